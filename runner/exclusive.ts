import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetClaim, holderOf, keepTouching, layDown, leave, liveClaims, newClaim, type Holder } from './claim.ts';

/** How one waits for others. */
interface Waiting {
  /** Ends the waiting, with its reason. */
  readonly interruption?: AbortSignal;
  /** Told once whom it waits for. */
  readonly waitsFor?: (holder: Holder) => void;
  /** For how long another process may give no sign of life. */
  readonly quietMs?: number;
  /** Whether the folder is removed when nobody works there any more. */
  readonly removeFolder?: boolean;
}

/** The longest between two looks. */
const LOOK_EVERY_MS = 400;

/**
 * Runs `work` while no other process does so in this folder.
 *
 * Who wants to work lays down a claim and looks around. Who is alone goes on, all others withdraw and try again: of two
 * at once at least one sees the other. The claim of a dead process can be removed by anybody, for its name never comes
 * back; a single lock file that is found stale may be a new one by the time it is removed.
 */
export async function exclusively<T>(folder: string, work: () => T | Promise<T>, waiting: Waiting = {}): Promise<T> {
  const claim = newClaim();
  const path = join(folder, claim);
  let pause = 20;
  try {
    for (let looks = 0; ; looks++) {
      waiting.interruption?.throwIfAborted();
      let other: string | undefined;
      try {
        layDown(folder, claim);
        other = liveClaims(folder, waiting.quietMs).find((found) => found !== claim);
        if (other === undefined) return await working(path, work);
      } finally {
        rmSync(path, { force: true });
      }
      // Two that started together see each other at the first look, and then nobody works.
      if (looks === 1) waiting.waitsFor?.(holderOf(other)!);
      // By chance, or two that started together would withdraw together for ever.
      await sleep(pause * (0.5 + Math.random()));
      pause = Math.min(LOOK_EVERY_MS, 1.5 * pause);
    }
  } finally {
    forgetClaim(claim);
    if (waiting.removeFolder === true) leave(folder);
  }
}

async function working<T>(claim: string, work: () => T | Promise<T>): Promise<T> {
  const stop = keepTouching(claim);
  try {
    return await work();
  } finally {
    stop();
  }
}
