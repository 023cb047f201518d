import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../runner/hash.ts';
import { openMemo } from '../../runner/memo.ts';
import { stampOf } from '../../runner/stamp.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'memo-'));
  onTestFinished(() => {
    rmSync(made, { recursive: true });
  });
  return made;
}

it('sees a changed byte behind an unchanged size and time of change', () => {
  const file = join(folder(), 'a.txt');
  const memo = openMemo(join(file, '../memo.json'));
  writeFileSync(file, 'one');
  memo.remember(file, memo.hashOf(file));
  const { atime, mtime } = statSync(file);
  writeFileSync(file, 'two');
  utimesSync(file, atime, mtime);
  expect(memo.hashOf(file)).toBe(sha256('two'));
});

it('keeps a value until one of its files changes, over runs', async () => {
  const at = folder();
  const file = join(at, 'a.txt');
  writeFileSync(file, 'one');
  await sleep(150);
  let computed = 0;
  const read = (good = true) => {
    const memo = openMemo(join(at, 'memo.json'));
    const compute = () => Promise.resolve({ value: ++computed, files: [file] });
    return memo
      .derive('value', compute, () => good)
      .finally(() => {
        memo.save();
      });
  };
  expect([await read(), await read()]).toEqual([1, 1]);
  expect(await read(false)).toBe(2);
  writeFileSync(file, 'two');
  await sleep(150);
  expect([await read(), await read()]).toEqual([3, 3]);
});

it('does not keep a value whose file changed while it was computed', async () => {
  const at = folder();
  const file = join(at, 'a.txt');
  writeFileSync(file, 'one');
  await sleep(150);
  const memo = openMemo(join(at, 'memo.json'));
  const first = await memo.derive(
    'value',
    () => {
      writeFileSync(file, 'two');
      return Promise.resolve({ value: 'one', files: [file] });
    },
    () => true,
  );
  const second = await memo.derive(
    'value',
    () => Promise.resolve({ value: 'two', files: [file] }),
    () => true,
  );
  expect([first, second]).toEqual(['one', 'two']);
});

it('takes note of files that a value comes from, also where it cannot keep the value', async () => {
  const at = folder();
  const file = join(at, 'a.txt');
  const memo = openMemo(join(at, 'memo.json'));
  writeFileSync(file, 'one');
  await memo.derive(
    'value',
    () => Promise.resolve({ value: 1, files: [file] }),
    () => true,
  );
  // As it may have been changed while it was read, no state of it is the one that was seen.
  expect(memo.consulted().has(file)).toBe(true);
  expect(memo.consulted().get(file)).not.toBe(stampOf(file)!.text);
});
