import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { datasetsOf, type Datasets } from './datasets.ts';
import { MistakeError } from './diagnostic.ts';
import type { PlannedStage } from './graph.ts';
import type { Sha256 } from './hash.ts';
import type { PublishedFile } from './publish.ts';
import { readRunRecord, runIds, type RunRecord } from './run-record.ts';
import { filesOf } from './shell-command.ts';
import type { Receipt } from './store.ts';
import { RUN_FIRST, requireUpToDate } from './up-to-date-stages.ts';
import { publishedObject } from './with-receipts.ts';
import type { Workshop } from './workshop.ts';

/** What is archived: everything, as the last complete run left it. */
export interface Archived {
  readonly datasets: Datasets;
  /** In the order of the plan. */
  readonly stages: readonly ArchivedStage[];
  /** Sources whose file is absent, and the artifact in its place. */
  readonly replaced: ReadonlyMap<string, string>;
  /** Path of the folder of the results, relative to the project. */
  readonly results: string;
  readonly run: ArchivedRun;
}

export interface ArchivedStage {
  readonly stage: PlannedStage;
  readonly receipt: Receipt;
  /** The object that is published of each output. */
  readonly published: ReadonlyMap<string, Sha256>;
  /** Paths of the files of its code, relative to the project. */
  readonly code: readonly string[];
  /** False: it was executed in an earlier run, and what it made was used again. */
  readonly executed: boolean;
}

interface ArchivedRun {
  /** Null: it left no record, and its times are those of the stages. */
  readonly id: string | null;
  readonly started: Date;
  readonly ended: Date;
}

/**
 * Throws a MistakeError if not all is up to date and published.
 * @param refusal what is not done then: `Nothing is archived`
 */
export async function requireArchivable(workshop: Workshop, refusal: string): Promise<Archived> {
  const { steps, stages: found } = await requireUpToDate(workshop, refusal);
  const stages = found.map(({ stage, receipt, code }): Omit<ArchivedStage, 'executed'> => {
    const published = stage.outputs.map((output) => {
      const { sha256 } = receipt.outputs[output.name]!;
      return [output.name, publishedObject(stage, output, sha256, workshop.store)] as const;
    });
    const files = stage.language === 'shell' ? filesOf(stage.command) : Object.keys(code.files);
    return { stage, receipt, published: new Map(published), code: files };
  });
  const { root, folder } = workshop.pipeline;
  requirePublished(folder, stages, refusal);
  const record = recordOf(workshop.store.folder, stages);
  return {
    datasets: datasetsOf(steps),
    stages: stages.map((one) => ({ ...one, executed: record?.stages[one.stage.id]?.executed ?? true })),
    replaced: steps.replaced,
    results: relative(root, join(folder, 'data-out')),
    run: record === null ? runOf(stages) : runOfRecord(record),
  };
}

type Made = readonly Pick<ArchivedStage, 'stage' | 'receipt' | 'published'>[];

/** The published files are looked at one by one when they are copied. */
function requirePublished(folder: string, stages: Made, refusal: string): void {
  const manifest = join(folder, 'data-out', 'manifest.json');
  const files = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, 'utf8')) as { files: PublishedFile[] }).files
    : [];
  const published = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const expected = new Map<string, Sha256>(
    stages.flatMap((one) =>
      one.stage.outputs.map(({ name, publishAs }) => [publishAs, one.published.get(name)!] as const),
    ),
  );
  const same = published.size === expected.size && [...expected].every(([path, hash]) => published.get(path) === hash);
  if (!same) throw new MistakeError(`${refusal}: data-out does not hold what is up to date.\n  ${RUN_FIRST}`);
}

/** The last run that used or made all of it; null: it left no record in this cache. */
function recordOf(cache: string, stages: Made): RunRecord | null {
  for (const id of runIds(cache).toReversed()) {
    const record = readRunRecord(cache, id);
    if (record?.outcome !== 'done') continue;
    if (stages.every(({ stage, receipt }) => record.stages[stage.id]?.key === receipt.key)) return record;
  }
  return null;
}

const runOfRecord = ({ id, started_at, seconds }: RunRecord): ArchivedRun => ({
  id,
  started: new Date(started_at),
  ended: endOf({ started_at, seconds }),
});

function runOf(stages: Made): ArchivedRun {
  const starts = stages.map(({ receipt }) => Date.parse(receipt.started_at));
  const ends = stages.map(({ receipt }) => endOf(receipt).getTime());
  return { id: null, started: new Date(Math.min(...starts)), ended: new Date(Math.max(...ends)) };
}

export const endOf = ({ started_at, seconds }: Pick<Receipt, 'started_at' | 'seconds'>): Date =>
  new Date(Date.parse(started_at) + Math.round(seconds * 1000));
