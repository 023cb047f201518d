import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findGarbage, removeGarbage, type Keeping } from '../../runner/garbage.ts';
import type { Sha256 } from '../../runner/hash.ts';
import { clearingStore, usingStore } from '../../runner/store-use.ts';
import { project, type Project } from './project.ts';

const START = join(import.meta.dirname, '../../runner/start.cjs');

/** One stage that writes its parameter, so that each value is an object of its own. */
const ONE = {
  'pipeline.yaml': `pipeline: one
stages:
  one:
    sh: printf %s {parameters.text} > {outputs.one_file}
    parameters: { text: first }
    outputs: { one_file: { file: out.txt } }
`,
};

async function runs(...texts: string[]): Promise<Project> {
  const of = project(ONE);
  let before = 'first';
  for (const text of texts) {
    if (text !== before) of.edit('pipeline.yaml', `text: ${before}`, `text: ${text}`);
    await of.run();
    before = text;
  }
  return of;
}

const KEEP: Keeping = { runs: 1, maxBytes: null, objects: new Set() };

async function collect(of: Project, keeping: Partial<Keeping>) {
  const { store } = await of.workshop();
  const garbage = findGarbage(store, { ...KEEP, ...keeping });
  removeGarbage(store, garbage);
  return garbage;
}

const objects = (of: Project): string[] => readdirSync(of.path('.cache/objects'));

describe('garbage collection', () => {
  it('keeps what made a locked object: nothing runs again where that is wanted once more', async () => {
    const of = await runs('first', 'second');
    const locked = objects(of);
    of.edit('pipeline.yaml', 'text: second', 'text: third');
    await of.run();
    await collect(of, { objects: new Set(locked as never[]) });
    of.edit('pipeline.yaml', 'text: third', 'text: first');
    expect((await of.run()).executed).toEqual([]);
  });

  it('keeps what the last runs used, and nothing runs again for it', async () => {
    const of = await runs('first', 'second', 'third');
    expect(objects(of)).toHaveLength(3);
    expect((await collect(of, { runs: 2 })).kept).toEqual({ runs: 2, objects: 2, bytes: 11 });
    expect(objects(of)).toHaveLength(2);
    expect(readdirSync(of.path('.cache/logs/one.one'))).toHaveLength(2);
    expect((await of.run()).executed).toEqual([]);
    of.edit('pipeline.yaml', 'third', 'second');
    expect((await of.run()).executed).toEqual([]);
    of.edit('pipeline.yaml', 'second', 'first');
    expect((await of.run()).executed).toEqual(['one']);
  });

  it('keeps no more than it may, but always the last complete run', async () => {
    const of = await runs('first', 'second', 'third');
    expect((await collect(of, { runs: 9, maxBytes: 11 })).kept).toEqual({ runs: 2, objects: 2, bytes: 11 });
    expect((await collect(of, { runs: 9, maxBytes: 1 })).kept).toEqual({ runs: 1, objects: 1, bytes: 5 });
    expect((await of.run()).executed).toEqual([]);
  });

  it('keeps the last complete run, be there failed ones since', async () => {
    const of = await runs('first', 'second');
    of.edit('pipeline.yaml', 'printf %s', 'false; printf %s');
    await of.run();
    await of.run();
    await collect(of, { runs: 1 });
    of.edit('pipeline.yaml', 'false; printf %s', 'printf %s');
    expect((await of.run()).executed).toEqual([]);
  });

  it('keeps what a run has made that was killed', async () => {
    const of = project({
      'pipeline.yaml': `pipeline: two
stages:
  one: { sh: 'echo 1 > {outputs.first}', outputs: { first: { file: one.txt } } }
  two: { sh: 'cat {inputs.first} > {outputs.second}; sleep 60', inputs: [first], outputs: { second: { file: two.txt } } }
`,
    });
    const running = spawn(process.execPath, [START], { cwd: of.folder, stdio: 'ignore' });
    onTestFinished(() => void running.kill('SIGKILL'));
    await expect.poll(() => existsSync(of.path('.cache/logs/two.two')), { timeout: 30_000 }).toBe(true);
    running.kill('SIGKILL');
    await once(running, 'exit');
    await collect(of, {});
    expect(objects(of)).toHaveLength(1);
    of.edit('pipeline.yaml', '; sleep 60', '');
    expect((await of.run()).executed).toEqual(['two']);
  });

  it('keeps what a lock needs', async () => {
    const of = await runs('first', 'second', 'third');
    const all = objects(of) as Sha256[];
    await collect(of, { objects: new Set(all) });
    expect(objects(of)).toEqual(all);
  });

  it('removes what killed processes left and objects in quarantine, and nothing that is not of the cache', async () => {
    const of = await runs('first');
    const left = ['quarantine/abc', 'work/claim-1/x', 'claims/key/claim-1'];
    const foreign = ['objects/readme.txt', 'receipts/notes.json'];
    for (const file of [...left, ...foreign]) {
      mkdirSync(of.path(join('.cache', file, '..')), { recursive: true });
      writeFileSync(of.path(join('.cache', file)), 'x');
    }
    await collect(of, {});
    const there = (file: string) => existsSync(of.path(join('.cache', file)));
    expect([left.filter(there), foreign.filter(there)]).toEqual([[], foreign]);
    expect((await of.run()).executed).toEqual([]);
  });

  it('waits for no run, but says which one keeps it from its work; a run waits for it', async () => {
    const of = await runs('first');
    const { store } = await of.workshop();
    const log: string[] = [];
    const never = new AbortController().signal;
    await usingStore(store.folder, never, async () => {
      await expect(clearingStore(store.folder, () => log.push('cleared'))).rejects.toThrow(
        /in use by a run \(process \d+\)/,
      );
    });
    let run: Promise<unknown> = Promise.resolve();
    await clearingStore(store.folder, async () => {
      run = usingStore(store.folder, never, () => Promise.resolve(log.push('ran')));
      await sleep(100);
      log.push('clears');
    });
    await run;
    expect(log).toEqual(['clears', 'ran']);
  });
});
