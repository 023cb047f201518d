import type { Job, StageJob } from './job.ts';
import { runShellStage } from './shell-stage.ts';
import { workFor, type JobAnswer } from './worker-process.ts';

/**
 * The process that runs one job and ends: a stage's memory, crash or leak stays with it. DuckDB is loaded where it is
 * needed: it takes longer than a short command.
 */
workFor(async (job) => {
  if (isPlainCommand(job)) return runPlainCommand(job);
  if (job.kind === 'stage') return (await import('./stage-job.ts')).runStage(job);
  if (job.kind === 'sources') return (await import('./sources-job.ts')).readSources(job);
  throw new Error(`This process does not know how to do a job of the kind ${job.kind}.`);
});

type PlainCommand = StageJob & { readonly code: Extract<StageJob['code'], { command: unknown }> };

/** A shell command that writes no table, and for which none has to be written. */
const isPlainCommand = (job: Job): job is PlainCommand =>
  job.kind === 'stage' &&
  'command' in job.code &&
  job.outputs.every(({ kind }) => kind === 'file') &&
  job.inputs.every(({ absent }) => absent === undefined);

async function runPlainCommand(job: PlainCommand): Promise<JobAnswer> {
  await runShellStage(job, job.code, () => Promise.resolve());
  return { kind: 'done', rows: {}, refused: {} };
}
