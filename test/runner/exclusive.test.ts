import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { exclusively } from '../../runner/exclusive.ts';
import { HOST } from '../../runner/processes.ts';

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
  expect(await exclusively(at, () => 'yes')).toBe('yes');
});

it.each([
  ['of a dead process', `claim-4194305-${UUID}@${HOST}`],
  ['of a dead process that had the same id', `claim-${process.pid}-${UUID}@${HOST}`],
  ['of a dead process whose id has been given away', `claim-${process.ppid}.1-${UUID}@${HOST}`],
])('takes no notice of a claim %s', async (_, claim) => {
  const at = folder();
  writeFileSync(join(at, claim), '');
  expect(await exclusively(at, () => readdirSync(at).includes(claim))).toBe(false);
});

it('waits for another process, and when it is killed no longer', async () => {
  const at = folder();
  const other = spawn('sleep', ['60']);
  onTestFinished(() => void other.kill('SIGKILL'));
  const claim = `claim-${other.pid!}-${UUID}@${HOST}`;
  writeFileSync(join(at, claim), '');
  let done = false;
  const waiting = exclusively(at, () => (done = true));
  await sleep(300);
  expect(done).toBe(false);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(await waiting).toBe(true);
});

it('waits for a process of another machine as long as that gives a sign of life, and tells of it', async () => {
  const at = folder();
  const claim = join(at, `claim-17-${UUID}@elsewhere.org`);
  writeFileSync(claim, '');
  const alive = setInterval(() => {
    utimesSync(claim, new Date(), Date.now() / 1000);
  }, 50);
  const told: unknown[] = [];
  let done = false;
  const waiting = exclusively(at, () => (done = true), { quietMs: 600, waitsFor: (holder) => told.push(holder) });
  await sleep(1500);
  expect({ done, told }).toEqual({ done: false, told: [{ pid: 17, start: null, host: 'elsewhere.org' }] });
  clearInterval(alive);
  expect(await waiting).toBe(true);
  expect(readdirSync(at)).toEqual([]);
});

it('waits no longer than it is let', async () => {
  const at = folder();
  writeFileSync(join(at, `claim-17-${UUID}@elsewhere.org`), '');
  const interruption = AbortSignal.timeout(100);
  await expect(exclusively(at, () => 'no', { interruption })).rejects.toThrow(/timeout/);
});
