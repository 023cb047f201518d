import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Failure, Job, WorkerMessage } from './job.ts';
import { endWithUs, killGroup } from './process-group.ts';
import { formatSeconds } from './quantity.ts';
import type { Progress } from './stage.ts';
import type { Workshop } from './workshop.ts';

export type JobResult = Extract<WorkerMessage, { kind: 'done' }>;

export interface JobListener {
  progress(progress: Progress): void;
  /** A line that the job printed. */
  output(line: string): void;
}

/** A job that ended without its outputs. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly failures: readonly Failure[];
  /** Rows of each table that the job had written by then. */
  readonly written: Readonly<Record<string, number>>;

  constructor(failures: readonly Failure[], written: Readonly<Record<string, number>> = {}) {
    super(failures.map(({ message }) => message).join('\n'));
    this.failures = failures;
    this.written = written;
  }
}

/** For how long lines are awaited of a job that has ended. */
const LAST_WORDS_MS = 1000;

/** How many of the last lines a crash report shows. */
const LAST_LINES = 15;

/**
 * Runs one job in a process of its own. Rejects with a JobFailure whatever way the process ends, unless it was
 * interrupted: then with the reason of that.
 * @param timeout seconds after which it is ended; null: never
 */
export async function runJob(
  job: Job,
  { worker, interruption }: Pick<Workshop, 'worker' | 'interruption'>,
  listener: JobListener,
  timeout: number | null = null,
): Promise<JobResult> {
  interruption.throwIfAborted();
  const child = fork(worker.bundle, [], {
    cwd: job.scratch,
    // Nothing of the user's environment can change a result, since the stage does not see it.
    env: { TZ: 'UTC', LANG: 'C.UTF-8', TMPDIR: job.scratch, ...pathFor(job) },
    execArgv: ['--enable-source-maps'],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: ended as a whole, with the programs of a shell stage.
    detached: true,
  });
  const end = () => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  interruption.addEventListener('abort', end);
  // What it has started and left running would go on to write into what is stored by then.
  child.once('exit', end);
  const late = new AbortController();
  const alarm = alarmAfter(timeout, () => {
    late.abort();
    end();
  });
  const lastLines = listenToLines(child, listener);
  endWithUs(child);
  child.send(job);
  const answer = await answerOf(child, listener).finally(() => {
    clearTimeout(alarm);
    interruption.removeEventListener('abort', end);
    interruption.throwIfAborted();
  });
  if (late.signal.aborted && answer.kind === 'ended') throw new JobFailure([timedOut(timeout!)]);
  if (answer.kind === 'ended') throw new JobFailure([crash(answer, lastLines)]);
  if (answer.kind === 'failed') throw new JobFailure([answer.failure], answer.written);
  return answer;
}

/** Longer waits than a timer knows are as good as none. */
const alarmAfter = (seconds: number | null, ring: () => void): NodeJS.Timeout | undefined =>
  seconds === null || seconds * 1000 >= 2 ** 31 ? undefined : setTimeout(ring, seconds * 1000);

const timedOut = (seconds: number): Failure => ({
  message: `It was ended, since it had not done so by itself within ${formatSeconds(seconds)}`,
  remedy: 'Give it more time (`timeout:` in the pipeline file), or look at what holds it up.',
  stack: null,
});

/** A shell command has to find its programs. */
const pathFor = (job: Job): NodeJS.ProcessEnv =>
  job.kind === 'stage' && 'command' in job.code ? { PATH: process.env['PATH'] } : {};

interface Ended {
  readonly kind: 'ended';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function answerOf(
  child: ChildProcess,
  listener: JobListener,
): Promise<Exclude<WorkerMessage, { kind: 'progress' }> | Ended> {
  return new Promise((resolve, reject) => {
    let answer: Exclude<WorkerMessage, { kind: 'progress' }> | null = null;
    child.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') listener.progress(message.progress);
      else answer = message;
    });
    child.on('error', reject);
    // 'close' comes after the last line of output, 'exit' may not. What has left the group may hold the pipes open for ever.
    child.on('exit', () => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, LAST_WORDS_MS).unref();
    });
    child.on('close', (code, signal) => {
      resolve(answer ?? { kind: 'ended', code, signal });
    });
  });
}

function listenToLines(child: ChildProcess, listener: JobListener): string[] {
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      listener.output(line);
    });
  }
  return lastLines;
}

function crash({ code, signal }: Ended, lastLines: readonly string[]): Failure {
  const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
  const outOfMemory = signal === 'SIGKILL' || lastLines.some((line) => line.includes('heap out of memory'));
  const remedy = outOfMemory
    ? 'It probably ran out of memory: free some, or make the stage hold less at a time.'
    : 'The process ended by itself: look for process.exit or a crash in native code in the stage.';
  const printed = lastLines.length === 0 ? '' : `\n${lastLines.map((line) => `    ${line}`).join('\n')}`;
  return { message: `The process ended without an answer (${how})${printed}`, remedy, stack: null };
}
