import type { Failure, Job, WorkerMessage } from './job.ts';
import { killGroup } from './process-group.ts';

/** What a job comes to, but for what the process itself knows. */
export type JobAnswer =
  Omit<Extract<WorkerMessage, { kind: 'done' }>, 'peakMemoryBytes'> | Extract<WorkerMessage, { kind: 'failed' }>;

/** Makes this a process that is handed one job by its parent, answers, and ends. */
export function workFor(work: (job: Job) => Promise<JobAnswer>): void {
  process.once('message', (job: Job) => {
    work(job)
      .then(
        (answer) => ({ ...answer, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 }),
        (error: unknown): JobAnswer => ({ kind: 'failed', failure: failureOf(error), written: {} }),
      )
      .then((answer) => process.send?.(answer, () => process.exit(0)))
      .catch(() => process.exit(1));
  });
  // Without its parent there is nobody to work for.
  process.once('disconnect', () => {
    killGroup(process.pid);
  });
}

export function send(message: WorkerMessage): void {
  process.send?.(message);
}

/** An error with a remedy speaks to the user; any other is a fault in the code, and its stack says where. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), remedy: null, stack: null };
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : null;
  return { message: error.message, remedy, stack: remedy === null ? (error.stack ?? null) : null };
}
