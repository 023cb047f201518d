import { join } from 'node:path';
import { assess, comparable, type Assessed } from './assess.ts';
import { shelveOutputs, usableReceipt } from './available.ts';
import { describeHolder } from './claim.ts';
import { exclusively } from './exclusive.ts';
import { executeStage } from './execute-stage.ts';
import { reasonToRun } from './explain.ts';
import { forgetDiagnoses } from './failed.ts';
import type { PlannedStage } from './graph.ts';
import type { Budget } from './room.ts';
import type { Run } from './run.ts';
import { JobFailure } from './run-job.ts';
import { borrow, lend, lendIfMissing, type SharedStore } from './shared-store.ts';
import type { Receipt } from './store.ts';

/**
 * Puts a stage's outputs on the shelf: those of before, those that another run is making, or new ones.
 * @param wanted whether there is still a use for them, asked before anything is begun
 */
export async function provide(stage: PlannedStage, run: Run, wanted: () => boolean): Promise<void> {
  const { workshop, shelf, steps, listen, used } = run;
  const { store } = workshop;
  // In the order of the file where several are ready: so is what is said of them.
  const assessed = await run.inTurn(() => assess(stage, shelf, workshop));
  if (assessed === null) throw new Error(`An input of ${stage.id} has not been made.`);
  const made = assessed.receipt === null ? await makeOnce(assessed, run, wanted) : await reused(assessed.receipt, run);
  if (made === null) return;
  const { receipt, executed, borrowed } = made;
  if (borrowed) listen({ kind: 'borrowed', stage: stage.id, key: receipt.key, from: workshop.shared!.name });
  else if (!executed) listen({ kind: 'cached', stage: stage.id, key: receipt.key });
  forgetDiagnoses(workshop, stage.id);
  if (store.latest(stage.id) !== receipt.key) store.setLatest(stage.id, receipt.key);
  used.set(stage.id, { key: receipt.key, executed });
  if (executed) run.note();
  shelveOutputs(stage, receipt, steps, workshop, shelf);
}

interface Made {
  readonly receipt: Receipt;
  readonly executed: boolean;
  readonly borrowed: boolean;
}

async function reused(receipt: Receipt, run: Run): Promise<Made> {
  await sharing(run, (shared) => lendIfMissing(receipt, shared, run.workshop.store));
  return { receipt, executed: false, borrowed: false };
}

/** Of several runs that want the same, one makes it. Null: nobody wants it any more. */
function makeOnce(assessed: Assessed, run: Run, wanted: () => boolean): Promise<Made | null> {
  const { workshop, listen, room } = run;
  const { id } = assessed.stage;
  const work = async (): Promise<Made | null> => {
    const receipt = usableReceipt(assessed.key, workshop);
    if (receipt !== null) return reused(receipt, run);
    const lent = await sharing(run, (shared) => borrow(assessed.key, id, shared, workshop.store, assessed.from));
    if (lent !== null) return { receipt: lent, executed: false, borrowed: true };
    const leave = await room.enter(needs(assessed.stage, run));
    try {
      workshop.interruption.throwIfAborted();
      if (!wanted()) return null;
      const made = await make(assessed, run);
      await sharing(run, (shared) => lend(made, shared, workshop.store));
      return { receipt: made, executed: true, borrowed: false };
    } finally {
      leave();
    }
  };
  return exclusively(join(workshop.store.folder, 'claims', assessed.key), work, {
    interruption: workshop.interruption,
    waitsFor: (holder) => {
      listen({ kind: 'waiting', stage: id, holder: describeHolder(holder) });
    },
    removeFolder: true,
  });
}

/** What the shared store gives; null: nothing, or there is none. That it fails is told, and is no failure of the run. */
export async function sharing<T>(
  { workshop: { shared }, listen }: Run,
  use: (shared: SharedStore) => Promise<T>,
): Promise<T | null> {
  if (shared === null) return null;
  try {
    return await use(shared);
  } catch (error) {
    listen({ kind: 'not-shared', store: shared.name, problem: error instanceof Error ? error.message : String(error) });
    return null;
  }
}

/** What a stage takes of the machine: as declared, or as the last time; of one that never ran an even share is guessed. */
function needs({ id, threads, memory }: PlannedStage, { workshop: { store }, budget }: Run): Budget {
  const before = store.latestReceipt(id);
  const memoryBytes = memory ?? before?.peak_memory_bytes ?? budget.memoryBytes / budget.slots;
  return { slots: threads ?? 1, memoryBytes };
}

/** Executes a stage, again if it fails and is declared to be tried again. */
async function make(assessed: Assessed, run: Run): Promise<Receipt> {
  const { shelf, workshop, listen } = run;
  const { stage, key } = assessed;
  const before = workshop.store.latestReceipt(stage.id);
  const reason = reasonToRun(before, comparable(assessed), workshop.pipeline.name);
  listen({ kind: 'started', stage: stage.id, reason });
  for (let left = stage.retries; ; left--) {
    try {
      const { receipt, unchanged } = await executeStage(assessed, shelf, workshop, listen);
      const { seconds, outputs } = receipt;
      listen({ kind: 'finished', stage: stage.id, key, seconds, outputs, unchanged });
      return receipt;
    } catch (error) {
      if (left === 0 || !(error instanceof JobFailure)) throw error;
      listen({ kind: 'retrying', stage: stage.id, left, failures: error.failures });
    }
  }
}
