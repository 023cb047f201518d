import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { exclusively } from '../../runner/exclusive.ts';

const UUID = '00000000-0000-4000-8000-000000000000';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'exclusive-'));
  onTestFinished(() => {
    rmSync(made, { recursive: true });
  });
  return made;
}

it('lets one work at a time, and leaves nothing', async () => {
  const at = folder();
  let working = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++working);
    await sleep(5);
    return working--;
  };
  expect(await Promise.all(Array.from({ length: 8 }, () => exclusively(at, work)))).toEqual(Array(8).fill(1));
  expect(most).toBe(1);
  expect(readdirSync(at)).toEqual([]);
});

it('holds no longer when the work throws', async () => {
  const at = folder();
  const fails = () => {
    throw new Error('no');
  };
  await expect(exclusively(at, fails)).rejects.toThrow('no');
  expect(await exclusively(at, () => 'yes', 0)).toBe('yes');
});

it.each([
  ['of a dead process', `claim-4194305-${UUID}@${hostname()}`],
  ['of a dead process that had the same id', `claim-${process.pid}-${UUID}@${hostname()}`],
])('takes no notice of a claim %s', async (_, claim) => {
  const at = folder();
  writeFileSync(join(at, claim), '');
  expect(await exclusively(at, () => readdirSync(at).includes(claim), 0)).toBe(false);
});

it('waits for another process, and when it is killed no longer', async () => {
  const at = folder();
  const other = spawn('sleep', ['60']);
  onTestFinished(() => void other.kill('SIGKILL'));
  const claim = `claim-${other.pid!}-${UUID}@${hostname()}`;
  writeFileSync(join(at, claim), '');
  let done = false;
  const waiting = exclusively(at, () => (done = true));
  await sleep(300);
  expect(done).toBe(false);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(await waiting).toBe(true);
});

it('names a process of another machine that it waited for in vain, and what to do', async () => {
  const at = folder();
  const claim = `claim-17-${UUID}@elsewhere.org`;
  writeFileSync(join(at, claim), '');
  await expect(exclusively(at, () => 'no', 200)).rejects.toMatchObject({
    message: `${at} has been in use by process 17 on elsewhere.org for 0.2 s`,
    remedy: `Wait until that run has ended. If there is none, remove ${join(at, claim)}.`,
  });
  expect(readdirSync(at)).toEqual([claim]);
});
