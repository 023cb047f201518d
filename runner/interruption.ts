import { Interrupted, type Ending } from './interrupted.ts';

const SIGNALS: readonly Ending[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A run has time to end its stage and to clear up. */
const GRACE_MS = 2000;

/**
 * Does work that can be told to end: the signal given to it is aborted with an Interrupted, for it to throw.
 * If it does not do so soon, it is left behind.
 */
export async function interruptible<T>(work: (interruption: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const end = (signal: Ending) => {
    controller.abort(new Interrupted(signal));
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    return await Promise.race([work(controller.signal), leftBehind(controller.signal)]);
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
}

const leftBehind = (interruption: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    interruption.addEventListener('abort', () => {
      setTimeout(() => {
        reject(interruption.reason as Interrupted);
      }, GRACE_MS).unref();
    });
  });
