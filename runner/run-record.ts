import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from './folder.ts';
import { MistakeError } from './diagnostic.ts';
import { writeAtomically } from './files.ts';
import type { CacheKey, Sha256 } from './hash.ts';

/** What a run used and made. It is written when the run ends, unless it did nothing and used what the one before did. */
export interface RunRecord {
  readonly id: string;
  readonly pipeline: string;
  readonly started_at: string;
  readonly seconds: number;
  readonly outcome: 'done' | 'failed' | 'interrupted';
  /** What was asked for; empty: everything. */
  readonly targets: readonly string[];
  /** Stages and sources (`source.NAME`) that were executed or reused, as far as the run came. */
  readonly stages: Readonly<Record<string, StageRecord>>;
  readonly artifacts: Readonly<Record<string, ArtifactRecord>>;
}

interface StageRecord {
  readonly key: CacheKey;
  readonly executed: boolean;
}

interface ArtifactRecord {
  readonly stage: string;
  readonly kind: 'table' | 'matrix' | 'file';
  readonly sha256: Sha256;
  readonly bytes: number;
  /** Columns by which rows of a table are told apart; empty: it has none. */
  readonly key: readonly string[];
}

const ID = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

/** `20261124T131609Z-1c84f2`: the first three digits of the end are milliseconds, so that ids sort by time. */
export function newRunId(now: Date): string {
  const second = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const milliseconds = now.getUTCMilliseconds().toString(16).padStart(3, '0');
  return `${second}-${milliseconds}${randomBytes(2).toString('hex').slice(0, 3)}`;
}

const folderOf = (cache: string): string => join(cache, 'runs');

export function writeRunRecord(cache: string, record: RunRecord): void {
  writeAtomically(join(folderOf(cache), `${record.id}.json`), `${JSON.stringify(record, null, 1)}\n`);
}

/** Ids of all runs that have left a record, oldest first. */
export function runIds(cache: string): string[] {
  const entries = entriesOf(folderOf(cache));
  return entries
    .flatMap((entry) => (entry.endsWith('.json') && ID.test(entry.slice(0, -5)) ? [entry.slice(0, -5)] : []))
    .toSorted();
}

/** Null for a record that is gone or was cut short. */
export function readRunRecord(cache: string, id: string): RunRecord | null {
  try {
    const record = JSON.parse(readFileSync(join(folderOf(cache), `${id}.json`), 'utf8')) as Partial<RunRecord>;
    return record.id === id && record.stages !== undefined && record.artifacts !== undefined
      ? (record as RunRecord)
      : null;
  } catch {
    return null;
  }
}

/** The newest run of a pipeline that has left a record. */
export function lastRun(cache: string, pipeline: string): RunRecord | null {
  for (const id of runIds(cache).reverse()) {
    const record = readRunRecord(cache, id);
    if (record?.pipeline === pipeline) return record;
  }
  return null;
}

/**
 * The run that is meant: by its id or the start of it, `last`, or `last~1` for the one before.
 * Throws a MistakeError that lists the runs there are.
 */
export function findRun(cache: string, named: string): RunRecord {
  const ids = runIds(cache);
  const back = /^last(?:~(\d+))?$/.exec(named);
  const found =
    back === null
      ? ids.filter((id) => id.startsWith(named))
      : ids
          .slice()
          .reverse()
          .slice(Number(back[1] ?? 0))
          .slice(0, 1);
  const record = found.length === 1 ? readRunRecord(cache, found[0]!) : null;
  if (record !== null) return record;
  const what = found.length > 1 ? `\`${named}\` is the start of ${found.length} runs` : `There is no run \`${named}\``;
  const known =
    ids.length === 0
      ? 'No run has left a record in this cache yet.'
      : `Runs: ${ids.slice(-8).join(', ')}; \`last\` is the newest, \`last~1\` the one before.`;
  throw new MistakeError(`${what}.\n  ${known}`);
}
