import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { basesOf, readPipelineFile } from '../../runner/pipeline-file.ts';
import { placeOf } from '../../runner/pipeline-place.ts';
import { onCommandLine } from './command-line.ts';
import { STUDY } from './based-study.ts';
import { OTHER_STUDY as FILE, TWO_STUDIES as TWO } from './two-studies.ts';
import { project, type Project, type Ran } from './project.ts';

const runTwo = (of: Project) => of.runWith({ file: FILE });

/** What is said of each stage that begins. */
const reasons = (events: Ran['events']) =>
  events.flatMap((event) => (event.kind === 'started' ? [`${event.stage}: ${event.reason}`] : []));

describe('another study in a project', () => {
  it('is compared with its own runs, not with those of the study it shares the cache with', async () => {
    const both = project(TWO);
    await both.run();
    const asked = async (...args: string[]) => (await onCommandLine(both, ...args, '--file', both.path(FILE))).out;
    expect(await asked('status')).toContain('> first   will run: never ran in two');
    expect(await asked('why', 'first')).toBe('first will run: it never ran in two.\n');
    expect(reasons((await runTwo(both)).events)).toEqual(['first: never ran in two', 'second: never ran in two']);
    expect(await asked('why', 'second')).toMatch(/ s\.\nIt ran because it had never run in two\.\n$/);
    both.edit(FILE, '  second:\n', '  second: { parameters: { times: 3 } }\n');
    expect(await asked('why', 'second')).toMatch(/^second will run, because since .*:\n {2}parameter times: 2 -> 3\n$/);
    expect(reasons((await runTwo(both)).events)).toEqual(['second: parameter times: 2 -> 3']);
    // The first study knows nothing of that.
    both.write({ 'data-raw/word.txt': 'uno ' });
    const [first, second] = reasons((await both.run()).events);
    expect(first).toMatch(/^first: input word: \w{8} \(file\.txt\) -> \w{8} \(file\.txt\)$/);
    expect(second).not.toContain('times');
  });

  it('uses what the other one made, and says where that ran', async () => {
    const both = project({ ...TWO, 'examples/two/word.txt': TWO['data-raw/word.txt']! });
    await both.run();
    expect((await runTwo(both)).executed).toEqual([]);
    const asked = async (...args: string[]) => (await onCommandLine(both, ...args, '--file', both.path(FILE))).out;
    expect(await asked('why', 'second')).toMatch(/^second is up to date: it ran at \S+, for [\d.]+ s, in one\.\n$/);
    both.edit(FILE, '  second:\n', '  second: { parameters: { times: 3 } }\n');
    expect(await asked('why', 'second')).toMatch(/since .*:\n {2}parameter times: 2 -> 3\n$/);
    expect(reasons((await runTwo(both)).events)).toEqual(['second: parameter times: 2 -> 3']);
    expect(await both.why('second')).toMatch(/ s\.\nIt ran because it had never run in one\.$/);
  });

  it('keeps why a stage of it failed, whatever becomes of the stage in the other one', async () => {
    const both = project({
      'pipeline.yaml': `pipeline: one
stages:
  check:
    run: stages/check.ts
    parameters: { wrong: [] }
    outputs: { why: { columns: { what: VARCHAR }, diagnosis: true } }
`,
      'two.yaml': 'pipeline: two\nbase: pipeline.yaml\nstages: { check: { parameters: { wrong: [a] } } }\n',
      'stages/check.ts': `export default async ({ parameters: { wrong }, writeTable }) => {
  await writeTable('why', { what: wrong });
  if (wrong.length > 0) throw new Error('it is wrong');
};
`,
    });
    const { message } = await both.runWith({ file: 'two.yaml' });
    expect(message).toBe('it is wrong\nwhy (1 row): .cache/failed/two.check/why.parquet');
    expect((await both.run()).executed).toEqual(['check']);
    expect(existsSync(both.path('.cache/failed/two.check/why.parquet'))).toBe(true);
    both.edit('two.yaml', '[a]', '[]');
    await both.runWith({ file: 'two.yaml' });
    expect(existsSync(both.path('.cache/failed/two.check'))).toBe(false);
  });

  it('has its results beside its file, and shares what is the same with the study that it is based on', async () => {
    const both = project(TWO);
    await both.run();
    const manifest = both.read('data-out/manifest.json');
    const { executed, events } = await runTwo(both);
    expect(executed).toEqual(['first', 'second']);
    expect(events.at(-1)).toMatchObject({ kind: 'published', folder: both.path('examples/two/data-out'), files: 2 });
    expect(both.read('examples/two/data-out/total.txt')).toBe('two two 2');
    expect([both.read('data-out/total.txt'), both.read('data-out/manifest.json')]).toEqual(['one one 2', manifest]);
    expect(existsSync(both.path('examples/two/.cache'))).toBe(false);

    const verify = () => onCommandLine(both, 'verify', '--file', both.path(FILE));
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('2 published files read') as string });
    both.write({ 'examples/two/data-out/total.txt': 'edited' });
    expect(await verify()).toMatchObject({
      code: 3,
      out: expect.stringContaining('total.txt: it was edited') as string,
    });

    // With the word of the study nothing is left to do.
    both.write({ 'examples/two/word.txt': both.read('data-raw/word.txt') });
    both.edit(FILE, '  second:\n', '  second:\n  third:\n');
    expect((await runTwo(both)).executed).toEqual([]);
    expect((await both.run()).events.at(-1)).toMatchObject({ kind: 'already-published' });
  });

  it('in the folder of another one replaces its results as a whole', async () => {
    const both = project({ ...TWO, 'second.yaml': TWO[FILE]!.replace('  second:\n', '') });
    await both.run();
    expect((await both.runWith({ file: 'second.yaml' })).executed).toEqual(['first']);
    expect([both.read('data-out/copy.txt'), existsSync(both.path('data-out/total.txt'))]).toEqual(['two ', false]);
    expect((await both.run()).executed).toEqual([]);
    expect([both.read('data-out/copy.txt'), both.read('data-out/total.txt')]).toEqual(['one ', 'one one 2']);
  });

  it('runs again for an edit of the base, and only what that concerns', async () => {
    const both = project(TWO);
    await runTwo(both);
    both.edit('pipeline.yaml', 'times: 2', 'times: 5');
    expect((await runTwo(both)).executed).toEqual(['second']);
    both.edit(FILE, '  second:\n', '  second: { parameters: { times: 7 } }\n');
    expect((await runTwo(both)).executed).toEqual(['second']);
    both.edit('pipeline.yaml', 'times: 5', 'times: 6');
    expect((await runTwo(both)).executed).toEqual([]);
  });

  it('says of a file that is not there who names it', async () => {
    const both = project(TWO);
    both.edit(FILE, '  first:\n', '');
    await expect(runTwo(both)).rejects.toThrow(
      /two\/pipeline\.yaml:2:1: the file `data-raw\/measured\.txt` of source `measured` is not there; the base `.*pipeline\.yaml` names it\n[^]*name another file here: `measured: \{ file: \.\.\. \}` under `sources:`/,
    );
    both.write({ 'data-raw/measured.txt': '4 ' });
    expect((await runTwo(both)).executed).toEqual(['second']);
    both.edit(FILE, 'word.txt', 'gone.txt');
    await expect(runTwo(both)).rejects.toThrow(/two\/pipeline\.yaml:4:3: .*gone\.txt` of source `word` is not there\n/);
  });

  it('sees an optional table that only its base makes without rows', async () => {
    const alone = project({
      'pipeline.yaml': STUDY,
      'other.yaml': `pipeline: other
base: pipeline.yaml
sources: { measured: { file: m.csv, evidence: by hand, columns: { code: VARCHAR, value: DOUBLE } } }
stages:
  totals: { inputs: [measured], outputs: { noted: { publish_as: noted.csv } } }
`,
      'm.csv': 'code,value\nC,4\n',
      'stages/estimates.sql': '',
      'stages/notes.sql': '',
      'stages/totals.sql': `CREATE TABLE total AS SELECT getvariable('times') * sum(value ORDER BY code) AS value FROM measured;
CREATE TABLE noted AS SELECT count(said) AS codes FROM note
WHERE CASE WHEN (SELECT count(*) FROM note) = 0 THEN true ELSE error('there are notes') END;
`,
    });
    const { executed, message } = await alone.runWith({ file: 'other.yaml' });
    expect([message, executed]).toEqual(['', ['totals']]);
  });

  it('is of the project that its base is of', () => {
    const both = project({ ...TWO, 'inner/package.json': '{}', 'inner/pipeline.yaml': STUDY });
    both.edit(FILE, 'base: pipeline.yaml', 'base: inner/pipeline.yaml');
    expect(() => readPipelineFile(both.path(FILE))).toThrow(
      /two\/pipeline\.yaml:2:7: the base `inner\/pipeline\.yaml` belongs to another project/,
    );
  });

  it('knows the files of its bases, also while one is wrong', () => {
    const both = project(TWO);
    const bases = () => basesOf(placeOf(both.path(FILE))).map((file) => file.slice(both.folder.length + 1));
    expect(bases()).toEqual(['pipeline.yaml']);
    both.edit('pipeline.yaml', 'inputs: [total]', 'inputs: [total');
    expect(bases()).toEqual(['pipeline.yaml']);
    both.edit(FILE, 'base: pipeline.yaml', 'base: gone.yaml');
    expect(bases()).toEqual(['gone.yaml']);
    both.edit(FILE, 'base: gone.yaml', `base: ${FILE}`);
    expect(bases()).toEqual([]);
  });
});
