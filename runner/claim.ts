import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, isMissing } from './folder.ts';
import { HOST, isAlive, startOf } from './processes.ts';

/**
 * A file, or a folder, that says by its name which process works somewhere: no two ever have the same name, so that one
 * of a dead process can be removed by anybody.
 */
const CLAIM = /^claim-(?<pid>\d+)(?:\.(?<start>\d+))?-[0-9a-f-]{36}@(?<host>.+)$/;

/** A file that is being written, beside the one whose place it takes, says so too. */
const TEMPORARY = /\.(?<claim>claim-[^/]+)\.tmp$/;

/** Who made a claim. */
export interface Holder {
  readonly pid: number;
  /** When that process started, where the system says so. */
  readonly start: string | null;
  readonly host: string;
}

export const describeHolder = ({ pid, host }: Holder): string => `process ${pid}${host === HOST ? '' : ` on ${host}`}`;

/** A claim that has been at rest for this long is of a dead process: those alive touch theirs. */
const QUIET_MS = 60_000;
const TOUCH_EVERY_MS = 5000;

/** Claims of this process: another with its id was made by a dead process that had the same one. */
const own = new Set<string>();

/** When claims of others were last seen to be touched, by path. Clocks of machines are not compared. */
const touched = new Map<string, { at: number; since: number }>();

/** A new claim, not yet laid down. */
export function newClaim(): string {
  const start = startOf(process.pid);
  const claim = `claim-${process.pid}${start === null ? '' : `.${start}`}-${randomUUID()}@${HOST}`;
  own.add(claim);
  return claim;
}

export const forgetClaim = (claim: string): void => void own.delete(claim);

/** Keeps a claim from looking abandoned; the function returned ends that. */
export function keepTouching(path: string): () => void {
  const timer = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Removed by somebody who took this process for dead: nothing that is stored depends on a claim.
    }
  }, TOUCH_EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/** The claims in a folder of processes that may be alive; what others left is removed. */
export function liveClaims(folder: string, quiet = QUIET_MS): string[] {
  return entriesOf(folder).filter((entry) => {
    const holder = holderOf(entry);
    if (holder === null) return false;
    const alive = mayLive(join(folder, entry), entry, holder, quiet);
    // What a dead process started may live for a moment, and still write there.
    if (!alive) rmSync(join(folder, entry), { recursive: true, force: true, maxRetries: 5 });
    return alive;
  });
}

export const temporaryName = (path: string, claim: string): string => `${path}.${claim}.tmp`;

/** Removes what processes were writing in a folder when they died. */
export function removeTemporaries(folder: string): void {
  for (const entry of entriesOf(folder)) {
    const claim = TEMPORARY.exec(entry)?.groups?.['claim'] ?? '';
    const holder = holderOf(claim);
    const path = join(folder, entry);
    if (holder !== null && !mayLive(path, claim, holder, QUIET_MS)) rmSync(path, { force: true });
  }
}

/** Says in a folder that this process works, as long as `work` takes; keeps nobody from doing the same. */
export async function claiming<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const claim = newClaim();
  const path = join(folder, claim);
  layDown(folder, claim);
  const stop = keepTouching(path);
  try {
    return await work();
  } finally {
    stop();
    rmSync(path, { force: true });
    forgetClaim(claim);
  }
}

/** Makes the claim's file. The folder may be removed at any moment by who was the last to leave it. */
export function layDown(folder: string, claim: string): void {
  for (;;) {
    mkdirSync(folder, { recursive: true });
    try {
      writeFileSync(join(folder, claim), '', { flag: 'wx' });
      return;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** Removes a folder that held claims, unless somebody else has one there. */
export function leave(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, or gone.
  }
}

export function holderOf(entry: string): Holder | null {
  const { pid, start = null, host } = CLAIM.exec(entry)?.groups ?? {};
  return pid === undefined || host === undefined ? null : { pid: Number(pid), start, host };
}

function mayLive(path: string, claim: string, { pid, start, host }: Holder, quiet: number): boolean {
  if (host === HOST) {
    if (pid === process.pid) return own.has(claim);
    if (!isAlive(pid)) return false;
    // Its id may have been given to another process since.
    if (start !== null) return startOf(pid) === start;
  }
  const at = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (at === undefined) return false;
  const now = performance.now();
  const seen = touched.get(path);
  if (seen?.at === at) return now - seen.since < quiet;
  touched.set(path, { at, since: now });
  return true;
}
