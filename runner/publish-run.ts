import { assess } from './assess.ts';
import { seenBy, shelveOutputs, shelveSources, type Shelf } from './available.ts';
import { CodeError } from './code.ts';
import { DamagedObject } from './execute-stage.ts';
import { qualified, type Plan } from './graph.ts';
import { publish, type PublishedFile } from './publish.ts';
import type { Run } from './run.ts';
import { withReceipts } from './with-receipts.ts';
import { planOf, type Workshop } from './workshop.ts';

/** Publishes what a run of everything made; of any other says where it lies, and what a run of everything waits for. */
export async function publishRun(run: Run): Promise<void> {
  const { steps, workshop, shelf, listen } = run;
  const { pipeline, store, memo } = workshop;
  const whole = planOf(workshop, []);
  const made = new Set(steps.stages.map(({ id }) => id));
  if (whole.stages.some(({ id }) => !made.has(id))) {
    const last = steps.stages.at(-1);
    const artifacts =
      last?.outputs.map(({ name }) => [name, shelf.get(qualified(name, last.scenario))!] as const) ?? [];
    const waitsFor = await stillToRun(whole, workshop);
    listen({ kind: 'not-published', waitsFor, artifacts: Object.fromEntries(artifacts) });
    return;
  }
  const files: PublishedFile[] = [];
  for (const stage of steps.stages) {
    for (const output of stage.outputs) {
      const { name, publishAs } = output;
      const made = seenBy(stage, name, shelf)!.sha256;
      const annotated = output.kind === 'file' && output.receipts;
      const sha256 = annotated ? await withReceipts(stage, name, made, run) : made;
      files.push({ path: publishAs, artifact: name, stage: stage.id, sha256 });
    }
  }
  const intact = ({ artifact, sha256 }: PublishedFile): string => {
    if (!store.verify(sha256)) throw new DamagedObject(artifact, sha256);
    return store.objectPath(sha256);
  };
  const { folder, changed, movedAside } = await publish(pipeline.folder, files, intact, memo);
  if (changed) listen({ kind: 'published', folder, files: files.length, movedAside });
  else listen({ kind: 'already-published', folder });
}

/**
 * The stages of a run of everything that have to run, or may have to: ids, in order. What was made is put on a shelf anew,
 * since it may stand in for more sources than the run of a part read.
 */
async function stillToRun(whole: Plan, workshop: Workshop): Promise<string[]> {
  const shelf: Shelf = new Map();
  shelveSources(whole, workshop, shelf);
  const waiting: string[] = [];
  for (const stage of whole.stages) {
    const assessed = await assess(stage, shelf, workshop).catch((error: unknown) => {
      if (error instanceof CodeError) return null;
      throw error;
    });
    if (assessed?.receipt) shelveOutputs(stage, assessed.receipt, whole, workshop, shelf);
    else waiting.push(stage.id);
  }
  return waiting;
}
