import { assess, type Assessed } from './assess.ts';
import { shelveOutputs, shelveSources, type Shelf } from './available.ts';
import { MistakeError } from './diagnostic.ts';
import type { Plan } from './graph.ts';
import type { Receipt } from './store.ts';
import { planOf, type Workshop } from './workshop.ts';

/** A stage whose outputs are stored, as are those of all that it needs. */
export type StageUpToDate = Assessed & { readonly receipt: Receipt };

/** What a run would find. */
export interface Found {
  readonly steps: Plan;
  readonly shelf: Shelf;
  /** In the order of the plan. */
  readonly stages: readonly StageUpToDate[];
  /** Sources that have to be read, and ids of stages that have to run, or may have to. */
  readonly open: readonly string[];
}

export async function findUpToDate(workshop: Workshop, targets: readonly string[]): Promise<Found> {
  const steps = planOf(workshop, targets);
  const shelf: Shelf = new Map();
  const open = shelveSources(steps, workshop, shelf).map(({ source }) => source.name);
  const stages: StageUpToDate[] = [];
  for (const stage of steps.stages) {
    const assessed = await assess(stage, shelf, workshop);
    const receipt = assessed?.receipt ?? null;
    if (assessed === null || receipt === null) {
      open.push(stage.id);
      continue;
    }
    shelveOutputs(stage, receipt, steps, workshop, shelf);
    stages.push({ ...assessed, receipt });
  }
  workshop.memo.save();
  return { steps, shelf, stages, open };
}

export const RUN_FIRST = 'Run everything first: npm run pipeline';

/** @param refused what is not done if not all is up to date: `Nothing is locked`. Then a MistakeError names what is not. */
export async function requireUpToDate(workshop: Workshop, refused: string): Promise<Found> {
  const found = await findUpToDate(workshop, []);
  const { open } = found;
  if (open.length === 0) return found;
  const are = open.length === 1 ? 'is' : 'are';
  throw new MistakeError(`${refused}: ${open.join(', ')} ${are} not up to date.\n  ${RUN_FIRST}`);
}
