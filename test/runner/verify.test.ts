import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rerunAnswer } from '../../runner/rerun.ts';
import { verifyPublished, verifyStored } from '../../runner/verify.ts';
import { onCommandLine } from './command-line.ts';
import { CHAIN, project, projectThatRan } from './project.ts';

describe('verify', () => {
  it('says that a manifest is none, and takes stages only to execute them', async () => {
    const chain = await projectThatRan(CHAIN);
    expect(await onCommandLine(chain, 'verify')).toMatchObject({ code: 0 });
    expect(await onCommandLine(chain, 'verify', 'mda')).toMatchObject({
      code: 2,
      err: expect.stringContaining('with --rerun only') as string,
    });
    chain.write({ 'data-out/manifest.json': '{"files": [' });
    expect(await onCommandLine(chain, 'verify')).toMatchObject({
      code: 3,
      out: expect.stringContaining('x data-out/manifest.json: it is no manifest') as string,
    });
  });

  it('finds nothing wrong with what is as it was made, and names what is not', async () => {
    const chain = await projectThatRan(CHAIN);
    const { store } = await chain.workshop();
    expect(verifyStored(store)).toEqual({ receipts: 5, objects: 5, wrong: [] });
    expect(verifyPublished(chain.folder)).toEqual({ files: 4, wrong: [] });

    const [first = '', second = ''] = readdirSync(chain.path('.cache/objects'));
    chmodSync(chain.path(`.cache/objects/${first}`), 0o644);
    appendFileSync(chain.path(`.cache/objects/${first}`), 'x');
    rmSync(chain.path(`.cache/objects/${second}`));
    appendFileSync(chain.path('data-out/report.txt'), 'x');
    expect(
      verifyStored(store)
        .wrong.map(({ what, problem }) => [what.slice(8, 72), problem])
        .toSorted(),
    ).toEqual(
      [
        [first, 'its bytes have another hash'],
        [second, 'it is gone'],
      ].toSorted(),
    );
    expect(verifyPublished(chain.folder)!.wrong).toMatchObject([
      { what: 'data-out/report.txt', problem: 'it was edited' },
    ]);
    await chain.run();
    expect([...verifyStored(store).wrong, ...verifyPublished(chain.folder)!.wrong]).toEqual([]);
  });

  it('finds a receipt that was edited', async () => {
    const chain = await projectThatRan(CHAIN);
    const { store } = await chain.workshop();
    const file = `.cache/receipts/${store.latest('doubled')!}.json`;
    chain.edit(file, '"times": 2', '"times": 3');
    expect(verifyStored(store).wrong).toMatchObject([{ problem: 'its fields do not give its key' }]);
    chain.write({ [file]: chain.read(file).slice(0, 99) });
    expect(verifyStored(store).wrong).toMatchObject([{ problem: 'it is no receipt' }]);
  });

  it('knows what no stage uses any more', async () => {
    const chain = await projectThatRan(CHAIN);
    const { store } = await chain.workshop();
    const { sha256 } = store.latestReceipt('total')!.outputs['report']!;
    chain.edit('pipeline.yaml', 'times: 2', 'times: 3');
    await chain.run();
    rmSync(store.objectPath(sha256));
    const remedy = expect.stringContaining('gc` removes its receipt') as string;
    expect(verifyStored(store).wrong).toMatchObject([{ problem: 'it is gone', remedy }]);
    await onCommandLine(chain, 'gc', '--keep-runs', '1');
    expect(verifyStored(store).wrong).toEqual([]);
  });
});

describe('verify --rerun', () => {
  it('finds the same bytes at any number of threads, and stores nothing', async () => {
    const chain = await projectThatRan(CHAIN);
    const before = readdirSync(chain.path('.cache/objects'));
    const { exitCode, lines } = await rerunAnswer(await chain.workshop(), []);
    expect(exitCode).toBe(0);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^= made: the same bytes with 1 and \d+ threads$/);
    expect(readdirSync(chain.path('.cache/objects'))).toEqual(before);
  });

  it('says by column how far a stage is off that does not give the same each time', async () => {
    const chain = await projectThatRan({
      ...CHAIN,
      'stages/other.sql': `CREATE VIEW people AS SELECT (1e6 * random())::BIGINT AS people;`,
    });
    const { exitCode, lines } = await rerunAnswer(await chain.workshop(), ['other']);
    expect(exitCode).toBe(3);
    expect(lines.join('\n')).toMatch(/x other: people differs with 1 threads?[^]*people/);
  });

  it('says of a stage that fails why, and does not touch what is kept of its last failure', async () => {
    const flag = project({ 'failing.txt': 'no' }).path('failing.txt');
    const chain = project({
      ...CHAIN,
      'stages/total.ts': `import { readFileSync, writeFileSync } from 'node:fs';
export default (context) => {
  if (readFileSync(${JSON.stringify(flag)}, 'utf8') === 'yes') throw new Error('it is full');
  writeFileSync(context.outputs.report, 'done');
};`,
    });
    await chain.run();
    writeFileSync(flag, 'yes');
    mkdirSync(chain.path('.cache/failed/chain.total'), { recursive: true });
    const answer = await onCommandLine(chain, 'verify', '--rerun', 'total', 'other');
    expect(answer.code).toBe(1);
    expect(answer.out).toMatch(/^x total: failed with 1 threads\n +Error: it is full[^]*\n= other: the same bytes/);
    expect(existsSync(chain.path('.cache/failed/chain.total'))).toBe(true);
  });

  it('names an input that is damaged, and puts it aside', async () => {
    const chain = await projectThatRan(CHAIN);
    const { store } = await chain.workshop();
    const { sha256 } = store.latestReceipt('doubled')!.outputs['double_amount']!;
    const { size, mtime } = statSync(store.objectPath(sha256));
    chmodSync(store.objectPath(sha256), 0o644);
    writeFileSync(store.objectPath(sha256), Buffer.alloc(size, 1));
    utimesSync(store.objectPath(sha256), mtime, mtime);
    const workshop = await chain.workshop();
    // As it is where the damage leaves no trace.
    workshop.memo.remember(store.objectPath(sha256), sha256);
    await expect(rerunAnswer(workshop, ['total'])).rejects.toThrow(
      /The stored double_amount is damaged, and was put aside\.\n {2}`npm run pipeline` makes it again/,
    );
    expect((await chain.run()).executed).toEqual(['doubled']);
  });

  it('is refused where there is nothing to compare with', async () => {
    await expect(rerunAnswer(await project(CHAIN).workshop(), [])).rejects.toThrow('not up to date');
  });
});
