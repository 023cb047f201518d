import { Worker } from 'node:worker_threads';

/** Ends a process that leads a group of its own, and all that it has started. */
export function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // It has ended.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

const LOOK_EVERY_MS = 250;

/** The main thread may compute for minutes without a look at anything else: this is run beside it. */
const WATCH = `
const { workerData: { parent, every } } = require('node:worker_threads');
setInterval(() => { if (process.ppid !== parent) process.kill(-process.pid, 'SIGKILL'); }, every);
`;

/** Ends this process, which leads a group of its own, and all that it has started, when its parent is gone. */
export function endWithParent(): void {
  const watch = new Worker(WATCH, { eval: true, workerData: { parent: process.ppid, every: LOOK_EVERY_MS } });
  watch.unref();
  process.once('disconnect', () => {
    killGroup(process.pid);
  });
}
