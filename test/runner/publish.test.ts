import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type * as files from '../../runner/files.ts';
import { sha256 } from '../../runner/hash.ts';
import { openMemo } from '../../runner/memo.ts';

const UUID = '00000000-0000-4000-8000-000000000000';
/** How many renames go well before the run is killed. */
let renames = Infinity;
vi.mock(import('../../runner/files.ts'), async (original) => {
  const actual = await original();
  const renameDurably: typeof files.renameDurably = (from, to) => {
    if (renames-- <= 0) throw new Error('killed');
    actual.renameDurably(from, to);
  };
  return { ...actual, renameDurably };
});
// Other test files have loaded it as it is, and are to find it so.
vi.resetModules();
const { publish } = await import('../../runner/publish.ts');
afterAll(() => {
  vi.doUnmock(import('../../runner/files.ts'));
  vi.resetModules();
});
beforeEach(() => {
  renames = Infinity;
});

/** A folder in which texts are published, each as the file `a.txt`. */
function place() {
  const root = mkdtempSync(join(tmpdir(), 'publish-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  const publishText = (text: string, meanwhile: () => void = () => undefined) => {
    const object = join(root, `${text}.object`);
    writeFileSync(object, text);
    const file = { path: 'a.txt', artifact: 'a', stage: 'a', sha256: sha256(text) };
    const objectPath = () => {
      meanwhile();
      return object;
    };
    return publish(root, [file], objectPath, openMemo(join(root, 'memo.json')));
  };
  return {
    root,
    publishText,
    shown: () => readFileSync(join(root, 'data-out/a.txt'), 'utf8'),
    edition: () => readlinkSync(join(root, 'data-out')).replace('.data-out/', ''),
    editions: () => readdirSync(join(root, '.data-out')).toSorted(),
    damage: () => {
      writeFileSync(join(root, 'data-out/a.txt'), 'damaged');
    },
  };
}

describe('an edition that is damaged', () => {
  it.each([0, 1])('is there until the mended one is, if the run is killed after %i renames', async (count) => {
    const { publishText, shown, damage, editions, edition } = place();
    await publishText('one');
    damage();
    renames = count;
    await expect(publishText('one')).rejects.toThrow('killed');
    expect(shown()).toBe('damaged');
    renames = Infinity;
    expect(await publishText('one')).toMatchObject({ changed: true });
    expect(shown()).toBe('one');
    expect(editions()).toEqual([edition()]);
    expect(await publishText('one')).toMatchObject({ changed: false });
  });

  it('may be mended again and again', async () => {
    const { publishText, shown, damage, editions } = place();
    await publishText('one');
    for (let time = 0; time < 3; time++) {
      damage();
      await publishText('one');
      expect(shown()).toBe('one');
      expect(editions()).toHaveLength(1);
    }
  });
});

describe('runs that overlap', () => {
  it('publish one after the other', async () => {
    const { publishText, shown, edition, editions } = place();
    await publishText('zero');
    const order: string[] = [];
    let second: Promise<unknown> | undefined;
    const first = publishText('one', () => {
      second ??= publishText('two', () => order.push('two'));
      order.push('one');
    });
    await first;
    expect(shown()).toBe('one');
    const before = edition();
    await second;
    expect(order).toEqual(['one', 'two']);
    expect(shown()).toBe('two');
    // What is kept besides is the edition that was live when the second had its turn.
    expect(editions()).toEqual([before, edition()].toSorted());
  });

  it('leave a whole edition, whatever their number', async () => {
    const { root, publishText, shown, edition } = place();
    const texts = ['one', 'two', 'three', 'four', 'five'];
    await Promise.all(texts.map((text) => publishText(text)));
    expect(texts).toContain(shown());
    expect(existsSync(join(root, '.data-out', edition(), 'manifest.json'))).toBe(true);
  });
});

it('what killed runs left is removed, even if there is nothing to publish', async () => {
  const { root, publishText, editions, edition } = place();
  await publishText('one');
  const link = join(root, `data-out.${UUID}.tmp`);
  symlinkSync('.data-out/gone', link);
  mkdirSync(join(root, `.data-out/0123456789abcdef.${UUID}.tmp`));
  writeFileSync(join(root, 'data-out.mine.tmp'), 'of the user');
  expect(await publishText('one')).toMatchObject({ changed: false });
  expect(readdirSync(root).filter((entry) => entry.startsWith('data-out.'))).toEqual(['data-out.mine.tmp']);
  expect(editions()).toEqual([edition()]);
});

describe('git', () => {
  const ignored = (path: string) =>
    spawnSync('git', ['check-ignore', '--no-index', '-q', path], { cwd: join(import.meta.dirname, '../..') }).status ===
    0;

  it.each([
    'data-raw/user/enterprises/a.csv',
    'data-raw/user/deep/table.parquet',
    'data-out',
    '.data-out/0123456789abcdef/manifest.json',
    `data-out.${UUID}.tmp`,
    'data-out.before-1/mine.txt',
    '.cache/memo.json',
  ])('does not take %s', (path) => {
    expect(ignored(path)).toBe(true);
  });

  it.each(['data-raw/user/README.md', 'data-raw/regions.csv', 'runner/publish.ts'])('takes %s', (path) => {
    expect(ignored(path)).toBe(false);
  });
});
