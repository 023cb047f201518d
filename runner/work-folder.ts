import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { forgetClaim, keepTouching, newClaim } from './claim.ts';
import type { JobResult } from './run-job.ts';
import type { Receipt } from './store.ts';
import type { Workshop } from './workshop.ts';

/** Gives `use` a folder of its own on the file system of the store, and removes it whatever happens. */
export async function inWorkFolder<T>(
  { store }: Pick<Workshop, 'store'>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const work = makeFolder(store.folder, 'work');
  const claim = newClaim();
  const folder = makeFolder(work, claim);
  const stop = keepTouching(folder);
  try {
    return await use(folder);
  } finally {
    stop();
    rmSync(folder, { recursive: true, force: true });
    forgetClaim(claim);
  }
}

export function makeFolder(parent: string, name: string): string {
  const made = join(parent, name);
  mkdirSync(made, { recursive: true });
  return made;
}

/** What a receipt says of how a job went; none of it enters a key. */
export type Account = Pick<Receipt, 'started_at' | 'seconds' | 'peak_memory_bytes' | 'versions'>;

/** Starts the clock of a job; the function returned stops it. */
export function startAccount({ worker }: Workshop): (result: JobResult) => Account {
  const started_at = new Date().toISOString();
  const start = performance.now();
  const duckdb = worker.packages['@duckdb/node-api']?.split(' ')[0] ?? '';
  return ({ peakMemoryBytes }) => ({
    started_at,
    seconds: Math.round(performance.now() - start) / 1000,
    peak_memory_bytes: peakMemoryBytes,
    versions: { node: process.versions.node, duckdb },
  });
}
