import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from './folder.ts';
import type { CacheKey, Sha256 } from './hash.ts';
import { isComplete, readRunRecord, runIds, type RunRecord } from './run-record.ts';
import type { Receipt, Store } from './store.ts';

/** What is to stay in a cache. */
export interface Keeping {
  /** What the last so many runs of each pipeline used. */
  readonly runs: number;
  /** Beyond that the oldest go until objects take no more bytes than this; null: no bound. */
  readonly maxBytes: number | null;
  /** Objects that stay whatever happens: those of a lock file. */
  readonly objects: ReadonlySet<Sha256>;
}

/** What is in the way, by paths relative to the cache. */
export interface Garbage {
  readonly files: readonly string[];
  readonly bytes: number;
  /** What stays. */
  readonly kept: { readonly runs: number; readonly objects: number; readonly bytes: number };
}

/**
 * Finds what no kept run and no lock needs. The last complete run of each pipeline is always kept, so that the next one
 * finds all of it again. The store must not be in use while what is found is removed: see `clearingStore`.
 */
export function findGarbage(store: Store, keeping: Keeping): Garbage {
  const { folder } = store;
  const runs = runIds(folder).flatMap((id) => readRunRecord(folder, id) ?? []);
  const sizes = sizesIn(join(folder, 'objects'));
  const kept = keptRuns(runs, store, sizes, keeping);
  const { receipts, objects } = usedBy(kept, store, keeping);
  const ids = new Set(kept.map(({ id }) => id));
  const others = (place: string, stays: (entry: string) => boolean): string[] =>
    entriesOf(join(folder, place))
      .filter((entry) => !stays(entry))
      .map((entry) => join(place, entry));
  // What has another name was put there by somebody else.
  const isForeign = (entry: string): boolean => !/^[0-9a-f]{64}(\.json)?$/.test(entry);
  const files = [
    ...others('receipts', (entry) => isForeign(entry) || receipts.has(entry.replace(/\.json$/, '') as CacheKey)),
    ...others('objects', (entry) => isForeign(entry) || objects.has(entry as Sha256)),
    ...others('latest', (stage) => receipts.has(readFileSync(join(folder, 'latest', stage), 'utf8') as CacheKey)),
    ...others('runs', (entry) => ids.has(entry.replace(/\.json$/, ''))),
    ...entriesOf(join(folder, 'logs')).flatMap((stage) =>
      others(join('logs', stage), (entry) => ids.has(entry.replace(/\.log$/, ''))),
    ),
    ...others('quarantine', () => false),
    // Nobody uses the store: this is what killed processes left.
    ...others('work', () => false),
    ...others('claims', () => false),
  ];
  const left = [...sizes].filter(([hash]) => objects.has(hash));
  const bytesOf = (list: readonly (readonly [Sha256, number])[]) => list.reduce((sum, [, size]) => sum + size, 0);
  return {
    files,
    bytes: bytesOf([...sizes]) - bytesOf(left),
    kept: { runs: kept.length, objects: left.length, bytes: bytesOf(left) },
  };
}

/** Removes what was found. Killed in the middle it leaves receipts without outputs, which count as none. */
export function removeGarbage({ folder }: Store, { files }: Garbage): void {
  for (const file of files) rmSync(join(folder, file), { recursive: true, force: true });
}

/** The runs that stay, newest first. */
function keptRuns(
  runs: readonly RunRecord[],
  store: Store,
  sizes: ReadonlyMap<Sha256, number>,
  keeping: Keeping,
): RunRecord[] {
  const newestFirst = runs.toReversed();
  const isLastComplete = (run: RunRecord): boolean =>
    newestFirst.find((other) => other.pipeline === run.pipeline && isComplete(other)) === run;
  const recent = newestFirst.filter((run) => {
    const ofSame = newestFirst.filter(({ pipeline }) => pipeline === run.pipeline);
    return ofSame.indexOf(run) < keeping.runs || isLastComplete(run);
  });
  if (keeping.maxBytes === null) return recent;
  const kept = recent.filter(isLastComplete);
  for (const run of recent) {
    if (kept.includes(run)) continue;
    const bytes = [...usedBy([...kept, run], store, keeping).objects].reduce(
      (sum, hash) => sum + (sizes.get(hash) ?? 0),
      0,
    );
    if (bytes > keeping.maxBytes) break;
    kept.push(run);
  }
  return kept;
}

function usedBy(runs: readonly RunRecord[], store: Store, keeping: Keeping) {
  const receipts = new Map<CacheKey, Receipt>();
  for (const { stages } of runs) {
    for (const { key } of Object.values(stages)) {
      const receipt = receipts.has(key) ? null : store.receipt(key);
      if (receipt !== null) receipts.set(key, receipt);
    }
  }
  // Of what is locked, too, it is to be known what made it.
  for (const receipt of keeping.objects.size === 0 ? [] : store.receipts()) {
    if (Object.values(receipt.outputs).some(({ sha256 }) => keeping.objects.has(sha256)))
      receipts.set(receipt.key, receipt);
  }
  const outputs = [...receipts.values()].flatMap((receipt) => Object.values(receipt.outputs));
  const objects = new Set([...outputs.map(({ sha256 }) => sha256), ...keeping.objects]);
  return { receipts, objects };
}

const sizesIn = (objects: string): Map<Sha256, number> =>
  new Map(entriesOf(objects).map((entry) => [entry as Sha256, statSync(join(objects, entry)).size]));
