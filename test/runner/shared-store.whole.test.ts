import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { borrow, sharedFolder, type SharedStore } from '../../runner/shared-store.ts';
import { CHAIN, project, projectThatRan, type Project } from './project.ts';

/** A project, and a shared store that has all it can make: the cache of another checkout will do. */
async function filled(): Promise<{ chain: Project; folder: string }> {
  const chain = project(CHAIN);
  const other = await projectThatRan(CHAIN);
  cpSync(other.path('.cache'), chain.path('shared'), { recursive: true });
  return { chain, folder: chain.path('shared') };
}

/** Changes where a receipt says that its outputs are; undefined: nowhere. */
const withOutputs = (place: () => string | undefined) => (text: string) => {
  const receipt = JSON.parse(text) as { outputs: Record<string, { sha256: string } | undefined> };
  for (const [name, output] of Object.entries(receipt.outputs)) {
    const sha256 = place();
    receipt.outputs[name] = sha256 === undefined ? undefined : { ...output, sha256 };
  }
  return JSON.stringify(receipt);
};

const kinds = (events: readonly { kind: string }[]): string[] => [...new Set(events.map(({ kind }) => kind))];

describe('a shared store', () => {
  it('gives what another cache put there: nothing is read or made again', async () => {
    const chain = project(CHAIN);
    const folder = chain.path('shared');
    mkdirSync(folder);
    await chain.runWith({ cache: 'first', shared: sharedFolder(folder, false) });
    rmSync(chain.path('data-out'));
    const { events } = await chain.runWith({ cache: 'second', shared: sharedFolder(folder, true) });
    expect(kinds(events)).toEqual(['planned', 'borrowed', 'published']);
    expect(chain.read('data-out/report.txt')).toBe('total 24\n');
    // It is a cache of its own now.
    expect((await chain.runWith({ cache: 'second' })).executed).toEqual([]);
  });

  it('is given what was made before there was one', async () => {
    const chain = await projectThatRan(CHAIN);
    const folder = chain.path('shared');
    mkdirSync(folder);
    expect((await chain.runWith({ shared: sharedFolder(folder, false) })).executed).toEqual([]);
    const { executed } = await chain.runWith({ cache: 'second', shared: sharedFolder(folder, true) });
    expect(executed).toEqual([]);
  });

  it('gives a stage in a scenario what the one before it was there', async () => {
    const chain = project({
      ...CHAIN,
      'pipeline.yaml': `${CHAIN['pipeline.yaml']!}scenarios: { double: { doubled: { times: 4 } } }\n`,
    });
    const shared = chain.path('shared');
    mkdirSync(shared);
    await chain.runWith({ cache: 'first', shared: sharedFolder(shared, false) });
    chain.edit('pipeline.yaml', 'times: 4', 'times: 6');
    await chain.run('doubled@double');
    chain.edit('pipeline.yaml', 'times: 6', 'times: 4');
    await chain.runWith({ targets: ['doubled@double'], shared: sharedFolder(shared, true) });
    expect(await chain.why('doubled@double')).toContain('parameter times: 6 -> 4');
  });

  it('that may only be read is not written to', async () => {
    const { chain, folder } = await filled();
    const before = readdirSync(join(folder, 'receipts'));
    chain.edit('pipeline.yaml', 'times: 2', 'times: 3');
    expect((await chain.runWith({ cache: 'second', shared: sharedFolder(folder, true) })).executed).toEqual([
      'doubled',
      'total',
    ]);
    expect(readdirSync(join(folder, 'receipts'))).toEqual(before);
  });

  it.each([
    ['objects that are damaged', 'objects', () => 'damaged'],
    ['receipts that are cut short', 'receipts', (text: string) => text.slice(0, -20)],
    [
      'receipts that do not give their key',
      'receipts',
      (text: string) => text.replaceAll('"factor": 2', '"factor": 3').replaceAll('"times": 2', '"times": 3'),
    ],
    ['receipts of outputs that lie elsewhere', 'receipts', withOutputs(() => '../../../pipeline.yaml')],
    ['receipts that lack an output', 'receipts', withOutputs(() => undefined)],
  ])('is not believed: %s are as good as none', async (_, part, spoil) => {
    const { chain, folder } = await filled();
    for (const entry of readdirSync(join(folder, part))) {
      const file = join('shared', part, entry);
      const text = spoil(chain.read(file));
      rmSync(chain.path(file));
      writeFileSync(chain.path(file), text);
    }
    const { executed } = await chain.runWith({ cache: 'second', shared: sharedFolder(folder, true) });
    expect(executed).toEqual(expect.arrayContaining(['made', 'doubled']));
    expect(chain.read('data-out/report.txt')).toBe('total 24\n');
  });

  it('is mended: an object that was damaged there is put anew', async () => {
    const { chain, folder } = await filled();
    for (const entry of readdirSync(join(folder, 'objects'))) {
      rmSync(join(folder, 'objects', entry));
      writeFileSync(join(folder, 'objects', entry), 'damaged');
    }
    await chain.runWith({ cache: 'second', shared: sharedFolder(folder, false) });
    const { executed } = await chain.runWith({ cache: 'third', shared: sharedFolder(folder, true) });
    expect(executed).toEqual([]);
  });

  it('that fails is told of, and is no failure of the run', async () => {
    const chain = project(CHAIN);
    const fails = () => Promise.reject(new Error('no route to host'));
    const shared: SharedStore = {
      name: 'far away',
      readOnly: false,
      doubted: new Set(),
      receipt: fails,
      fetch: fails,
      has: fails,
      put: fails,
      putReceipt: fails,
    };
    const { outcome, events } = await chain.runWith({ shared });
    expect(outcome).toEqual({ ok: true });
    expect(events).toContainEqual({ kind: 'not-shared', store: 'far away', problem: 'no route to host' });
  });

  it('that is no folder is refused before anything runs', () => {
    expect(() => sharedFolder('/no/such/folder', true)).toThrow('Create it, or name another with --shared.');
  });

  it('leaves nothing behind of what did not arrive whole', async () => {
    const { chain, folder } = await filled();
    const { store } = await chain.workshop();
    const shared = sharedFolder(folder, true);
    const [entry] = readdirSync(join(folder, 'receipts'));
    const lost: SharedStore = { ...shared, fetch: () => Promise.resolve(false) };
    expect(await borrow(entry!.replace('.json', '') as never, 'one', lost, store)).toBeNull();
    expect(readdirSync(chain.path('.cache/work'))).toEqual([]);
  });
});
