import { readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runsLines } from '../../runner/difference-lines.ts';
import { compareSides, type Side } from '../../runner/difference-runs.ts';
import type { Sha256 } from '../../runner/hash.ts';
import { onCommandLine, SMALL } from './command-line.ts';
import { projectThatRan } from './project.ts';

const ID = /\d{8}T\d{6}Z-[0-9a-f]{6}/g;
/** Lines that differ from run to run in ids and times only. */
const listed = ({ out }: { readonly out: string }): string[] =>
  out
    .trimEnd()
    .replaceAll(ID, 'RUN')
    .replaceAll(/[\d.]+ s$/gm, 'SECONDS')
    .split('\n');

const store = { verify: () => false, objectPath: () => '' };
const side = (name: string, artifacts: Record<string, string>, complete = true): Side => ({
  name,
  artifacts: Object.fromEntries(
    Object.entries(artifacts).map(([artifact, sha256]) => [artifact, { stage: 's', sha256: sha256 as Sha256 }]),
  ),
  complete,
  describe: () => ({ kind: 'file', key: [] }),
});

describe('two sides', () => {
  it('of which objects are gone are compared by hash', async () => {
    const found = await compareSides(
      side('one', { a: 'aaaaaaaaaa', b: 'b' }),
      side('two', { a: 'cccccccccc', b: 'b' }),
      store,
    );
    expect(found).toEqual({
      before: 'one',
      after: 'two',
      differs: true,
      same: 1,
      changed: [{ artifact: 'a', stage: 's', before: 'aaaaaaaaaa', after: 'cccccccccc', difference: null }],
      only_before: [],
      only_after: [],
    });
    expect(runsLines(found)).toEqual([
      'one -> two',
      'a (stage s): other bytes, of which the cache has only hashes: aaaaaaaa -> cccccccc',
      '1 artifact is the same',
    ]);
  });

  it('differ in what one of them lacks, unless it was not to have all', async () => {
    const whole = side('one', { a: 'a', b: 'b' });
    expect(await compareSides(whole, side('two', { a: 'a' }), store)).toMatchObject({ differs: true, same: 1 });
    const partial = await compareSides(whole, side('two', { a: 'a' }, false), store);
    expect(partial).toMatchObject({ differs: false, only_before: [{ artifact: 'b' }] });
    expect(runsLines(partial)).toEqual(['one -> two', 'b (stage s): only in one', '1 artifact is the same']);
    expect(await compareSides(side('two', { a: 'a' }, false), whole, store)).toMatchObject({ differs: false });
    expect(await compareSides(side('two', { c: 'c' }, false), whole, store)).toMatchObject({ differs: true });
  });
});

describe('the command', () => {
  it('compares what two runs made', async () => {
    const small = await projectThatRan(SMALL);
    small.edit('pipeline.yaml', 'times: 2', 'times: 3');
    small.edit('pipeline.yaml', 'total: 24', 'total: 36');
    await small.run();
    const { code, out, err } = await onCommandLine(small, 'diff', 'last~1', 'last');
    expect([code, err]).toEqual([3, '']);
    // 2, 4, 6 doubled are 4, 8, 12, tripled 6, 12, 18; the last differs most, all by a third.
    expect(out.replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, 'RUN').split('\n')).toEqual([
      'RUN -> RUN',
      'table number (stage numbers): 1 of 2 columns differ, in 3 of 3 rows',
      '  value  3 cells, largest difference 6 t at code C: 12.0 -> 18.0 (0.333 relative)',
      'file report (stage words): other bytes, 9 bytes both, from line 1 on',
      '  "total 24" -> "total 36"',
      '0 artifacts are the same',
      '',
    ]);
    const runs = readdirSync(small.path('.cache/runs')).map((file) => file.slice(0, -'.json'.length));
    const [before, after] = runs.toSorted() as [string, string];
    const json = await onCommandLine(small, 'diff', before, after, '--json');
    expect(json.code).toBe(3);
    const answer = JSON.parse(json.out) as { changed: { before: string }[] };
    expect(answer).toMatchObject({
      ...{ before, after, differs: true, same: 0, only_before: [], only_after: [] },
      changed: [
        {
          artifact: 'number',
          stage: 'numbers',
          difference: { kind: 'table', columns: [{ column: 'value', cells: 3, largest_absolute: { absolute: 6 } }] },
        },
        { artifact: 'report', difference: { kind: 'file' } },
      ],
    });
    rmSync(small.path(`.cache/objects/${answer.changed[0]!.before}`));
    expect((await onCommandLine(small, 'diff', before, after)).out).toContain(
      'number (stage numbers): other bytes, of which the cache has only hashes: ',
    );
  });

  it('compares the last two complete runs of the pipeline where none is named', async () => {
    const small = await projectThatRan(SMALL);
    const first = listed(await onCommandLine(small, 'runs'));
    expect(first).toEqual(['RUN  last, complete  small  complete: 2 stages executed in SECONDS']);
    expect(await onCommandLine(small, 'diff')).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^There is no run `complete~1`\.\n {2}Complete runs of small: \S+\. See all with: npm run pipeline -- runs\n$/,
      ) as string,
    });
    small.edit('pipeline.yaml', 'times: 2', 'times: 3');
    small.edit('stages/numbers.sql', "'C'", "'B'");
    expect((await small.run()).outcome.ok).toBe(false);
    small.edit('stages/numbers.sql', "('B', 6.0)", "('C', 6.0)");
    await small.run('numbers');
    await small.run();
    // Another study in the same cache.
    small.write({ 'other.yaml': small.read('pipeline.yaml').replace('small', 'other') });
    await small.runWith({ file: 'other.yaml' });
    expect(listed(await onCommandLine(small, 'runs'))).toEqual([
      'RUN  last                other  complete: 0 stages executed in SECONDS',
      'RUN  last~1, complete    small  complete: 0 stages executed in SECONDS',
      'RUN  last~2              small  only numbers: 1 stage executed in SECONDS',
      'RUN  last~3              small  failed: 0 stages executed in SECONDS',
      'RUN  last~4, complete~1  small  complete: 2 stages executed in SECONDS',
    ]);
    const { code, out } = await onCommandLine(small, 'diff');
    expect(code).toBe(3);
    expect(out.replaceAll(ID, 'RUN')).toMatch(
      /^RUN -> RUN\ntable number \(stage numbers\): 1 of 2 columns differ, in 3 of 3 rows\n/,
    );
    expect(out).toBe((await onCommandLine(small, 'diff', 'last~4', 'last~1')).out);
    const said = await onCommandLine(small, 'diff', 'last~3', 'last~2');
    expect(said.out.replaceAll(ID, 'RUN')).toMatch(/^RUN \(failed\) -> RUN \(only numbers\)\n/);
    expect(JSON.parse((await onCommandLine(small, 'runs', '--json')).out)).toMatchObject({
      runs: [
        {},
        { names: ['last~1', 'complete'], complete: true },
        { targets: ['numbers'], executed: ['numbers'] },
        {},
        {},
      ],
    });
  });

  it('names a few only of what a run lacks that was not complete', async () => {
    const made = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, name]));
    const found = await compareSides({ ...side('one', {}, false), was: 'failed' }, side('two', made), store);
    expect(runsLines(found)).toEqual([
      'one (failed) -> two',
      ...['a', 'b', 'c', 'd', 'e'].map((name) => `${name} (stage s): only in two`),
      '2 more artifacts only in two',
      '0 artifacts are the same',
    ]);
  });

  it('knows artifacts of scenarios by their names', async () => {
    const small = await projectThatRan({
      ...SMALL,
      'pipeline.yaml': `${SMALL['pipeline.yaml']!}scenarios:\n  triple: { numbers: { times: 3 } }\n`,
    });
    small.edit('pipeline.yaml', 'numbers: { times: 3 }', 'numbers: { times: 5 }');
    await small.run();
    const { code, out } = await onCommandLine(small, 'diff', 'last~1', 'last');
    expect(code).toBe(3);
    expect(out).toContain('table number@triple (stage numbers@triple): 1 of 2 columns differ, in 3 of 3 rows\n');
    expect(out).toContain('2 artifacts are the same\n');
  });

  it('ends with 0 for the same, and with 2 for a run that there is not', async () => {
    const small = await projectThatRan(SMALL);
    const same = await onCommandLine(small, 'diff', 'last', 'last');
    expect([same.code, same.out]).toEqual([0, expect.stringMatching(/^\S+ -> \S+\n2 artifacts are the same\n$/)]);
    const unknown = await onCommandLine(small, 'diff', 'last', '1999');
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('There is no run `1999`.')]);
    expect((await onCommandLine(small, 'diff', 'last')).err).toContain('`diff` takes two runs');
  });
});
