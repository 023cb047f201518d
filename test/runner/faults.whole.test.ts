import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOST } from '../../runner/processes.ts';
import { CHAIN, project, projectThatRan, type Project } from './project.ts';

/** A pipeline of one stage. */
const single = (code: string) =>
  project({
    'pipeline.yaml': `pipeline: single
stages:
  total: { run: stages/total.ts, outputs: { report: { file: report.txt, publish_as: report.txt } } }
`,
    'stages/total.ts': code,
  });

describe('a stage that fails', () => {
  it('says what it says, without a stack if it has a remedy', async () => {
    const runner = join(import.meta.dirname, '../../runner/stage.ts');
    const chain = single(`import { stage, StageError } from ${JSON.stringify(runner)};
export default stage(async () => { throw new StageError('Row 7 does not balance', 'Correct it.'); });
`);
    const { outcome, executed, events, message, remedy } = await chain.run();
    expect(outcome).toEqual({ ok: false, stage: 'total' });
    expect(executed).toEqual([]);
    expect([message, remedy]).toEqual(['Row 7 does not balance', 'Correct it.']);
    expect(events.at(-1)).toMatchObject({ kind: 'failed', failures: [{ stack: null }] });
  });

  it('is shown with file and line of its own code otherwise', async () => {
    const chain = single(`// a remark that the bundle does not hold

const explode = (value) => value.nothing.there;
export default async () => { explode({}); };
`);
    const { events } = await chain.run();
    const failed = events.find((event) => event.kind === 'failed')!;
    expect(failed.failures[0]!.stack).toMatch(/stages\/total\.ts:3:42/);
  });

  it.each([
    ['exits', 'process.exit(3)', /exit code 3/],
    ['is killed', "process.kill(process.pid, 'SIGKILL')", /signal SIGKILL/],
    ['crashes with last words', "console.error('last words'); process.abort()", /signal SIGABRT[^]*last words/],
  ])('that %s gets a clear error', async (_, code, said) => {
    const { outcome, message, remedy } = await single(`export default async () => { ${code} };`).run();
    expect(outcome).toEqual({ ok: false, stage: 'total' });
    expect(message).toMatch(said);
    expect(remedy).not.toBeNull();
  });

  it('whose code cannot be parsed is shown with place', async () => {
    const { outcome, message } = await single('export default async () => {\n  const x = ;\n};').run();
    expect(outcome).toEqual({ ok: false, stage: 'total' });
    expect(message).toMatch(/^stages\/total\.ts:2:13: Unexpected ";"\n {2}2 \| {3}const x = ;\n {18}\^/);
  });

  it('without a default export is told so', async () => {
    expect((await single('export const x = 1;').run()).message).toContain('has no default export');
  });

  it('leaves data-out as it was, and nothing of itself; once mended, only it runs', async () => {
    const chain = await projectThatRan(CHAIN);
    const before = chain.edition();
    const good = chain.read('stages/total.ts');
    chain.edit('pipeline.yaml', 'times: 2', 'times: 3');
    chain.write({ 'stages/total.ts': "export default async () => { throw new Error('no'); };" });
    expect((await chain.run()).outcome.ok).toBe(false);
    expect(chain.edition()).toBe(before);
    expect(chain.read('data-out/report.txt')).toBe('total 24\n');
    expect(readdirSync(chain.path('.cache/work'))).toEqual([]);
    chain.write({ 'stages/total.ts': good });
    expect((await chain.run()).executed).toEqual(['total']);
    expect(chain.read('data-out/report.txt')).toBe('total 36\n');
  });

  it('sees nothing of the environment, nor files it did not declare', async () => {
    process.env['SECRET_OF_TEST'] = 'x';
    const code = `import { existsSync, writeFileSync } from 'node:fs';
export default async (context) => writeFileSync(context.outputs.report, String(process.env.SECRET_OF_TEST) + existsSync('data-raw'));`;
    const chain = single(code);
    await chain.run();
    expect(chain.read('data-out/report.txt')).toBe('undefinedfalse');
  });

  it('that leaves a link for a file is refused', async () => {
    const code = `import { symlinkSync } from 'node:fs';
export default async (context) => symlinkSync('/etc/hostname', context.outputs.report);`;
    expect((await single(code).run()).message).toContain('The output report is not a plain file');
  });
});

/** Path of the stored object behind a published file. */
function objectOf(chain: Project, published: string): string {
  const manifest = JSON.parse(chain.read('data-out/manifest.json')) as { files: { path: string; sha256: string }[] };
  return chain.path(`.cache/objects/${manifest.files.find(({ path }) => path === published)!.sha256}`);
}

describe('a damaged store', () => {
  const AMOUNT = 'made/amount.parquet';

  it.each([
    [
      'gone',
      (path: string) => {
        unlinkSync(path);
      },
    ],
    [
      'cut short',
      (path: string) => {
        truncateSync(path, 100);
      },
    ],
    ['flipped in one bit', flipBit],
  ])('an object that is %s is made again, with the same bytes', async (_, damage) => {
    const chain = await projectThatRan(CHAIN);
    const object = objectOf(chain, AMOUNT);
    const bytes = readFileSync(object);
    damage(object);
    const { outcome, executed } = await chain.run();
    expect(outcome).toEqual({ ok: true });
    expect(executed).toEqual(['made']);
    expect(readFileSync(object).equals(bytes)).toBe(true);
  });

  it('an object is read whole before it is used: what nobody noticed is found then', async () => {
    const chain = await projectThatRan(CHAIN);
    const object = objectOf(chain, AMOUNT);
    flipBit(object);
    // As if the file's times had not moved: what is remembered of it says that it is intact.
    const memo = JSON.parse(chain.read('.cache/memo.json')) as {
      hashes: Record<string, { stamp: string; hash: string }>;
    };
    const { size, mtimeNs, ctimeNs, ino } = statSync(object, { bigint: true });
    memo.hashes[object] = { stamp: `${size}:${mtimeNs}:${ctimeNs}:${ino}`, hash: basename(object) };
    chain.write({ '.cache/memo.json': JSON.stringify(memo) });
    chain.edit('pipeline.yaml', 'times: 2', 'times: 3');
    const { outcome, executed, events } = await chain.run();
    expect(outcome).toEqual({ ok: true });
    expect(events.find(({ kind }) => kind === 'damaged')).toMatchObject({ artifact: 'amount', stage: 'made' });
    expect(executed).toEqual(['made', 'doubled', 'total']);
    expect(chain.read('data-out/report.txt')).toBe('total 36\n');
    expect(readdirSync(chain.path('.cache/quarantine'))).toHaveLength(1);
  });

  it('a receipt that is cut short counts as none', async () => {
    const chain = await projectThatRan(CHAIN);
    const receipt = chain.path(`.cache/receipts/${chain.read('.cache/latest/chain.doubled')}.json`);
    truncateSync(receipt, 50);
    expect((await chain.run()).executed).toEqual(['doubled']);
  });

  it('a receipt that lacks an output, or says that it is no object of the store, counts as none', async () => {
    const chain = await projectThatRan(CHAIN);
    const place = `.cache/receipts/${chain.read('.cache/latest/chain.doubled')}.json`;
    const receipt = chain.read(place);
    const pipeline = chain.read('pipeline.yaml');
    for (const spoilt of [
      receipt.replace(/"double_amount": \{\s+"sha256"/, '"doubl_amount": {"sha256"'),
      '{"key":1}',
    ]) {
      chain.write({ [place]: spoilt });
      expect((await chain.run()).executed).toEqual(['doubled']);
    }
    chain.write({
      [place]: receipt.replace(/("outputs": \{\s+"double_amount": \{\s+"sha256": )"\w+"/, '$1"../../pipeline.yaml"'),
    });
    expect((await chain.run()).executed).toEqual(['doubled']);
    expect(chain.read('pipeline.yaml')).toBe(pipeline);
  });

  it('a lost or broken memo costs nothing but time', async () => {
    const chain = await projectThatRan(CHAIN);
    rmSync(chain.path('.cache/memo.json'));
    expect((await chain.run()).executed).toEqual([]);
    chain.write({ '.cache/memo.json': '{"version":1,' });
    expect((await chain.run()).executed).toEqual([]);
  });

  it('what a killed run left in its work folder is removed', async () => {
    const chain = project(CHAIN);
    // No process has this id: it is above the largest that Linux gives.
    const work = chain.path('.cache/work');
    mkdirSync(join(work, `claim-4194305-00000000-0000-4000-8000-000000000000@${HOST}`), { recursive: true });
    await chain.run();
    expect(readdirSync(work)).toEqual([]);
  });
});

describe('data-out', () => {
  it('gets back what was edited or removed by hand', async () => {
    const chain = await projectThatRan(CHAIN);
    const manifest = chain.read('data-out/manifest.json');
    writeFileSync(chain.path('data-out/report.txt'), 'edited');
    rmSync(chain.path('data-out/other'), { recursive: true });
    const { executed, events } = await chain.run();
    expect(executed).toEqual([]);
    expect(events.at(-1)).toMatchObject({ kind: 'published', files: 4, movedAside: null });
    expect(chain.read('data-out/report.txt')).toBe('total 24\n');
    expect(chain.read('data-out/manifest.json')).toBe(manifest);
    expect(existsSync(chain.path('data-out/other/people.parquet'))).toBe(true);
  });

  it('keeps the edition before, and no older ones', async () => {
    const chain = project(CHAIN);
    const editions: string[] = [];
    for (const times of [2, 3, 4]) {
      chain.write({ 'pipeline.yaml': CHAIN['pipeline.yaml']!.replace('times: 2', `times: ${times}`) });
      await chain.run();
      editions.push(chain.edition().replace('.data-out/', ''));
    }
    expect(readdirSync(chain.path('.data-out')).toSorted()).toEqual(editions.slice(1).toSorted());
  });

  it('that is a folder is moved aside and named', async () => {
    const chain = project({ ...CHAIN, 'data-out/mine.txt': 'mine' });
    const { events } = await chain.run();
    expect(events.at(-1)).toMatchObject({ kind: 'published', movedAside: chain.path('data-out.before-1') });
    expect(chain.read('data-out.before-1/mine.txt')).toBe('mine');
    expect(chain.read('data-out/report.txt')).toBe('total 24\n');
  });

  it('that links elsewhere is left alone, with an error', async () => {
    const chain = project({ ...CHAIN, 'elsewhere/mine.txt': 'mine' });
    symlinkSync('elsewhere', chain.path('data-out'));
    await expect(chain.run()).rejects.toThrow(/data-out is not a folder of this pipeline\.\n {2}Move it away/);
    expect(readdirSync(chain.path('elsewhere'))).toEqual(['mine.txt']);
  });
});

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}
