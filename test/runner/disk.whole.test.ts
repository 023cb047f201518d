import { chmodSync, existsSync, readFileSync, readdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  STACK,
  leftOvers,
  shortPipeline,
  shortPipelineThatRan,
  wholeEdition,
  type ShortPipeline,
} from '../support/short-pipeline.ts';

const ran = (): Promise<ShortPipeline> => shortPipelineThatRan('alpha');
const published = ({ project }: ShortPipeline): string => project.read('data-out/deep/two.txt');

describe('a disk', () => {
  it.each([
    ['is full', 'full', /ENOSPC: no space left on device/],
    ['may only be read', 'locked', /EROFS: read-only file system/],
  ])('that %s is named, and when that is over the run goes on', async (_, mode, said) => {
    const pipeline = await ran();
    pipeline.turn({ word: 'beta' });
    const faults = { FAULT_FOLDER: pipeline.folder, FAULT_AT: '1', FAULT_MODE: mode };
    const { code, err } = await pipeline.start([], faults).ended;
    expect(code).toBe(1);
    expect(err).toMatch(said);
    expect(err).toMatch(/\n {2}Look at the disk, the permissions and the path/);
    expect(err).not.toMatch(STACK);
    expect(published(pipeline)).toBe('alphaalpha');
    expect(await pipeline.run()).toMatchObject({ code: 0 });
    expect(published(pipeline)).toBe('betabeta');
    expect(wholeEdition(pipeline.folder).wrong).toEqual([]);
    expect(leftOvers(pipeline.folder)).toEqual([]);
  });

  it('that refuses a log ends the run when the stage has ended, and what that made is used by the next', async () => {
    const pipeline = shortPipeline('alpha');
    await pipeline.run();
    pipeline.turn({ word: 'beta' });
    const list = `${pipeline.folder}/operations`;
    await pipeline.start([], { FAULT_FOLDER: pipeline.folder, FAULT_LIST: list }).ended;
    const operations = pipeline.project.read('operations').split('\n');
    // The line after that it runs: what it prints.
    const at = operations.indexOf('appendFileSync .cache/logs/short.make/RUN.log') + 1;
    const printed = operations.indexOf('appendFileSync .cache/logs/short.make/RUN.log', at) + 1;
    pipeline.turn({ word: 'gamma' });
    const faults = { FAULT_FOLDER: pipeline.folder, FAULT_AT: String(printed), FAULT_MODE: 'fail' };
    const { code, err } = await pipeline.start([], faults).ended;
    expect([code, err]).toEqual([1, expect.stringMatching(/\n\+ make: .*\nEIO: i\/o error, append .*\.log'\n/)]);
    expect(err).not.toMatch(STACK);
    expect((await pipeline.run()).err).toMatch(/^= make: up to date\n\+ published 2 files/);
    expect(published(pipeline)).toBe('gammagamma');
  });

  it('that lost the folder of a stage makes it fail, and the next run makes another', async () => {
    const { project: chain, folder, run } = shortPipeline('alpha');
    const outputs = join(folder, '.cache', 'work', '*', 'outputs');
    const yaml = chain.read('pipeline.yaml');
    chain.write({ 'pipeline.yaml': yaml.replace('printf %s', `rm -r ${outputs}; printf %s`) });
    const { code, err } = await run();
    expect([code, err]).toEqual([1, expect.stringContaining('x make failed')]);
    expect(err).not.toMatch(STACK);
    expect(existsSync(chain.path('data-out'))).toBe(false);
    chain.write({ 'pipeline.yaml': yaml });
    expect(await run()).toMatchObject({ code: 0 });
    expect(chain.read('data-out/deep/two.txt')).toBe('alphaalpha');
    expect(leftOvers(folder)).toEqual([]);
  });
});

describe('stored objects', () => {
  const cut = (path: string) => {
    truncateSync(path, 3);
  };
  const flip = (path: string) => {
    const bytes = readFileSync(path);
    bytes[1]! ^= 1;
    writeFileSync(path, bytes);
  };

  it.each([
    ['cut short', cut],
    ['flipped in one bit', flip],
  ])('that were %s are put aside and made again, before they get into a result', async (_, damage) => {
    const pipeline = await ran();
    const { project: chain, folder } = pipeline;
    const objects = readdirSync(chain.path('.cache/objects')).map((name) => chain.path(`.cache/objects/${name}`));
    expect(objects).toHaveLength(3);
    for (const object of objects) {
      chmodSync(object, 0o644);
      damage(object);
    }
    // Published anew, so that the objects are needed.
    writeFileSync(chain.path('data-out/deep/two.txt'), 'edited');
    const { code, err } = await pipeline.run();
    expect([code, err]).toEqual([0, expect.stringContaining('+ published 2 files')]);
    expect(published(pipeline)).toBe('alphaalpha');
    expect(wholeEdition(folder).wrong).toEqual([]);
    expect(leftOvers(folder)).toEqual([]);
    expect(readdirSync(chain.path('.cache/quarantine'))).toHaveLength(3);
  });
});

it('a manifest that was edited is put right', async () => {
  const pipeline = await ran();
  const { project: chain, run } = pipeline;
  const manifest = chain.read('data-out/manifest.json');
  writeFileSync(chain.path('data-out/manifest.json'), manifest.replace('one.txt', 'won.txt'));
  expect(await run()).toMatchObject({ code: 0 });
  expect(chain.read('data-out/manifest.json')).toBe(manifest);
});

it('a clock that was ahead and is set back: what was made then is used, and what changes since is noticed', async () => {
  const DAY = 24 * 60 * 60 * 1000;
  const pipeline = shortPipeline('alpha');
  const { project: chain, folder } = pipeline;
  expect(await pipeline.start([], { CLOCK_SHIFT: String(DAY) }).ended).toMatchObject({ code: 0 });
  const later = new Date(Date.now() + DAY);
  const receipts = readdirSync(chain.path('.cache/receipts')).map((name) => `.cache/receipts/${name}`);
  for (const file of [...receipts, 'pipeline.yaml', 'regions.csv']) utimesSync(chain.path(file), later, later);
  expect((await pipeline.run()).err).toMatch(/^= make: up to date\n= .*data-out is up to date\n$/);
  pipeline.turn({ word: 'gamma' });
  expect(await pipeline.start([], { CLOCK_SHIFT: String(-DAY) }).ended).toMatchObject({ code: 0 });
  expect(published(pipeline)).toBe('gammagamma');
  pipeline.turn({ word: 'alpha' });
  // Of the same length as before, and by its time from the same future.
  utimesSync(chain.path('pipeline.yaml'), later, later);
  expect(await pipeline.run()).toMatchObject({ code: 0 });
  expect(published(pipeline)).toBe('alphaalpha');
  expect(leftOvers(folder)).toEqual([]);
});
