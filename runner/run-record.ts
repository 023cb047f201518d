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

/** All runs that have left a record, newest first. */
export const runRecords = (cache: string): RunRecord[] =>
  runIds(cache)
    .reverse()
    .flatMap((id) => readRunRecord(cache, id) ?? []);

/** The newest run of a pipeline that has left a record. */
export function lastRun(cache: string, pipeline: string): RunRecord | null {
  for (const id of runIds(cache).reverse()) {
    const record = readRunRecord(cache, id);
    if (record?.pipeline === pipeline) return record;
  }
  return null;
}

/** Whether a run was of everything, and made all of it. */
export const isComplete = ({ outcome, targets }: Pick<RunRecord, 'outcome' | 'targets'>): boolean =>
  outcome === 'done' && targets.length === 0;

/** What a run was that was not complete: `failed`, `only emissions`; null: it was. */
export function outcomeOf({ outcome, targets }: Pick<RunRecord, 'outcome' | 'targets'>): string | null {
  const said = [
    ...(outcome === 'done' ? [] : [outcome]),
    ...(targets.length === 0 ? [] : [`only ${targets.join(', ')}`]),
  ];
  return said.length === 0 ? null : said.join(', ');
}

/** @param pipeline whose runs are meant; null: those of any */
export const completeRuns = (cache: string, pipeline: string | null): RunRecord[] =>
  runRecords(cache).filter((run) => isComplete(run) && (pipeline === null || run.pipeline === pipeline));

/**
 * The run that is meant: by its id or the start of it, `last`, or `last~1` for the one before; `complete`, or `complete~1`
 * for the one before, of those of the pipeline that were complete.
 * Throws a MistakeError that lists the runs there are.
 * @param pipeline null: of any pipeline
 */
export function findRun(cache: string, named: string, pipeline: string | null): RunRecord {
  const { word, steps = '0' } = /^(?<word>last|complete)(?:~(?<steps>\d+))?$/.exec(named)?.groups ?? {};
  const runs = word === 'complete' ? completeRuns(cache, pipeline) : runRecords(cache);
  const found =
    word === undefined ? runs.filter(({ id }) => id.startsWith(named)) : runs.slice(Number(steps)).slice(0, 1);
  if (found.length === 1) return found[0]!;
  const what = found.length > 1 ? `\`${named}\` is the start of ${found.length} runs` : `There is no run \`${named}\``;
  throw new MistakeError(`${what}.\n  ${knownRuns(runs, word === 'complete' ? pipeline : undefined)}`);
}

/** @param complete whose complete runs they are; undefined: they are runs of all kinds */
function knownRuns(runs: readonly RunRecord[], complete: string | null | undefined): string {
  if (complete === undefined && runs.length === 0) return 'No run has left a record in this cache yet.';
  const ids = runs
    .slice(0, 8)
    .map(({ id }) => id)
    .reverse()
    .join(', ');
  const all = 'See all with: npm run pipeline -- runs';
  if (complete === undefined) return `Runs: ${ids}; \`last\` is the newest, \`last~1\` the one before. ${all}`;
  const of = complete === null ? '' : ` of ${complete}`;
  return `Complete runs${of}: ${ids === '' ? 'none yet' : ids}. ${all}`;
}
