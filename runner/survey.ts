import { assess, comparable } from './assess.ts';
import { seenBy, shelveOutputs, shelveSources, type Shelf } from './available.ts';
import { reasonToRun } from './explain.ts';
import type { PlannedStage } from './graph.ts';
import { planOf, type Workshop } from './workshop.ts';

/** What a run would do with a stage. */
export interface Standing {
  /** Name of a stage, or of a source that has to be read. */
  readonly stage: string;
  /** `waits`: an input is made by a stage that has to run, and may or may not come out as it was. */
  readonly state: 'cached' | 'runs' | 'waits';
  readonly reason: string;
  /** How long it took the last time; null: it has never run here. */
  readonly seconds: number | null;
}

/** What a run would do, without doing it. */
export async function survey(workshop: Workshop, targets: readonly string[] = []): Promise<Standing[]> {
  const steps = planOf(workshop, targets);
  const shelf: Shelf = new Map();
  const unread = shelveSources(steps, workshop, shelf);
  const standings: Standing[] = unread.map(({ source }) => ({
    stage: source.name,
    state: 'runs',
    reason: `${source.file} changed, or was never read`,
    seconds: null,
  }));
  for (const stage of steps.stages) {
    const assessed = await assess(stage, shelf, workshop);
    const before = workshop.store.latestReceipt(stage.id);
    const seconds = before?.seconds ?? null;
    if (assessed === null) {
      standings.push({
        stage: stage.id,
        state: 'waits',
        reason: `waits for ${missingInputs(stage, shelf).join(', ')}`,
        seconds,
      });
    } else if (assessed.receipt !== null) {
      shelveOutputs(stage, assessed.receipt, steps, workshop, shelf);
      standings.push({ stage: stage.id, state: 'cached', reason: 'up to date', seconds });
    } else {
      standings.push({
        stage: stage.id,
        state: 'runs',
        reason: reasonToRun(before, comparable(assessed), workshop.pipeline.name),
        seconds,
      });
    }
  }
  workshop.memo.save();
  return standings;
}

const missingInputs = (stage: PlannedStage, shelf: Shelf): string[] =>
  stage.inputs.filter((input) => seenBy(stage, input, shelf) === undefined);
