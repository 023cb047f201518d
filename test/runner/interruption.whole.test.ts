import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '../../runner/processes.ts';
import { project, type Project } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A pipeline of one stage that never ends, and writes the ids of its processes to a file. */
const endless = (stage: string, code: string) =>
  project({
    'pipeline.yaml': `pipeline: endless
stages:
  endless: { ${stage}, parameters: { pids: PIDS }, outputs: { report: { file: report.txt } } }
`,
    'stages/endless.ts': code,
  });

const BUSY = `import { writeFileSync, renameSync } from 'node:fs';
export default async ({ parameters: { pids } }) => {
  writeFileSync(pids + '.tmp', String(process.pid));
  renameSync(pids + '.tmp', pids);
  for (;;);
};
`;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

/** A process that has ended may wait as a zombie for its parent to notice. */
function runs(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
}

/** Starts a run and waits until its stage computes. */
async function started(of: Project): Promise<{ runner: ChildProcess; pids: number[]; said: () => string }> {
  const pidFile = of.path('pids');
  of.edit('pipeline.yaml', 'PIDS', pidFile);
  const runner = spawn(process.execPath, [join(ROOT, 'runner/start.cjs')], { cwd: of.folder });
  let said = '';
  runner.stderr.on('data', (text) => (said += String(text)));
  onTestFinished(() => void runner.kill('SIGKILL'));
  await until(() => existsSync(pidFile));
  const pids = readFileSync(pidFile, 'utf8').trim().split(/\s+/).map(Number);
  onTestFinished(() => {
    for (const pid of pids.filter(runs)) process.kill(pid, 'SIGKILL');
  });
  return { runner, pids, said: () => said };
}

describe('a run that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends its stage, says how things are, and ends with %i', async (signal, code) => {
    const busy = endless('run: stages/endless.ts', BUSY);
    const { runner, pids, said } = await started(busy);
    runner.kill(signal);
    expect(await once(runner, 'close')).toEqual([code, null]);
    expect(pids.filter(runs)).toEqual([]);
    expect(said()).toMatch(/\ninterrupted: data-out is as it was; run again to go on\n$/);
    expect(said()).not.toContain('failed');
    expect(readdirSync(busy.path('.cache/work'))).toEqual([]);
    expect(existsSync(busy.path('data-out'))).toBe(false);
  });

  it('ends the programs of a shell stage too', async () => {
    const command = "'sleep 600 & echo $$ $! > {parameters.pids}; wait; touch {outputs.report}'";
    const { runner, pids } = await started(endless(`sh: ${command}`, ''));
    expect(pids).toHaveLength(2);
    runner.kill('SIGTERM');
    await once(runner, 'close');
    await until(() => !pids.some(runs));
  });

  it('by being killed leaves no stage behind, be it as busy as can be', async () => {
    const { runner, pids } = await started(endless('run: stages/endless.ts', BUSY));
    runner.kill('SIGKILL');
    await once(runner, 'close');
    await until(() => !pids.some(runs));
  });
});
