import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './processes.ts';
import type { JobResult } from './run-job.ts';
import type { Receipt } from './store.ts';
import type { Workshop } from './workshop.ts';

/** Gives `use` a folder of its own on the file system of the store, and removes it whatever happens. */
export async function inWorkFolder<T>({ store }: Workshop, use: (folder: string) => Promise<T>): Promise<T> {
  const work = makeFolder(store.folder, 'work');
  removeOrphans(work);
  const folder = mkdtempSync(join(work, `${process.pid}-`));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function makeFolder(parent: string, name: string): string {
  const made = join(parent, name);
  mkdirSync(made, { recursive: true });
  return made;
}

/** Work folders carry the id of their process: those of processes that were killed are of no use. */
function removeOrphans(work: string): void {
  for (const entry of readdirSync(work)) {
    if (!isAlive(Number.parseInt(entry, 10))) rmSync(join(work, entry), { recursive: true, force: true });
  }
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
