import { DONE, type Answer, type Call } from '../command.ts';
import { countOf } from '../count.ts';
import { pipelineNameIn } from '../pipeline-name.ts';
import { formatSeconds } from '../quantity.ts';
import { completeRuns, isComplete, outcomeOf, runRecords, type RunRecord } from '../run-record.ts';

/** Older runs are counted only. */
const MOST_LINES = 20;

/** A run as it is listed. */
export interface ListedRun {
  readonly id: string;
  /** What `diff` may call it. */
  readonly names: readonly string[];
  readonly pipeline: string;
  readonly started_at: string;
  readonly seconds: number;
  readonly complete: boolean;
  readonly outcome: RunRecord['outcome'];
  /** Stages that were asked for; empty: everything. */
  readonly targets: readonly string[];
  /** Stages that were executed, as far as the run came. */
  readonly executed: readonly string[];
}

/** It asks the cache only, and the pipeline file for its name. */
export function answer({ cache, place }: Call): Promise<Answer> {
  const complete = completeRuns(cache, pipelineNameIn(place)).map(({ id }) => id);
  const runs = runRecords(cache).map((record, index): ListedRun => {
    const { id, pipeline, started_at, seconds, outcome, targets, stages } = record;
    const place = complete.indexOf(id);
    const names = [back('last', index), ...(place < 0 ? [] : [back('complete', place)])];
    // Stages have no dot in their names.
    const executed = Object.keys(stages).filter((stage) => stages[stage]!.executed && !stage.startsWith('source.'));
    const did = { id, names, pipeline, started_at, seconds };
    return { ...did, complete: isComplete(record), outcome, targets, executed };
  });
  return Promise.resolve({ exitCode: DONE, lines: describe(runs), json: { runs } });
}

const back = (name: string, steps: number): string => (steps === 0 ? name : `${name}~${steps}`);

/** Newest first, in columns. */
function describe(runs: readonly ListedRun[]): string[] {
  if (runs.length === 0) return ['No run has left a record in this cache yet.'];
  const rows = runs.slice(0, MOST_LINES).map((run) => {
    const { id, names, pipeline, executed, seconds } = run;
    const did = `${outcomeOf(run) ?? 'complete'}: ${countOf(executed.length, 'stage')} executed in ${formatSeconds(seconds)}`;
    return [id, names.join(', '), pipeline, did];
  });
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const more = runs.length - rows.length;
  return more === 0 ? lines : [...lines, `and ${countOf(more, 'older run')}`];
}
