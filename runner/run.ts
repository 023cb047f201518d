import { assess, type Assessed } from './assess.ts';
import { shelveOutputs, shelveSources, type Shelf } from './available.ts';
import { CodeError } from './code.ts';
import type { Listener } from './events.ts';
import { executeSources } from './execute-sources.ts';
import { DamagedObject, executeStage } from './execute-stage.ts';
import { reasonToRun } from './explain.ts';
import { forgetDiagnoses } from './failed.ts';
import type { Plan } from './graph.ts';
import { producers } from './pipeline.ts';
import { publish, type PublishedFile } from './publish.ts';
import { JobFailure } from './run-job.ts';
import { planOf, type Workshop } from './workshop.ts';

export type Outcome = { readonly ok: true } | { readonly ok: false; readonly stage: string };

/** Name under which the reading of sources is reported. */
const SOURCES = 'sources';

/**
 * Makes what `targets` need, reusing all that has been made before, and publishes it if it is the whole pipeline.
 * A stage that fails ends the run and leaves data-out as it was.
 */
export async function runPipeline(workshop: Workshop, targets: readonly string[], listen: Listener): Promise<Outcome> {
  const steps = planOf(workshop.pipeline, targets);
  listen({ kind: 'planned', stages: steps.stages.map(({ name }) => name), replaced: steps.replaced });
  try {
    for (;;) {
      try {
        return await attempt(steps, workshop, listen);
      } catch (error) {
        if (!(error instanceof DamagedObject)) throw error;
        // It is in quarantine now, so the next attempt finds that what made it has to run.
        const { artifact, object } = error;
        listen({ kind: 'damaged', stage: producers(steps.stages).get(artifact)?.name ?? SOURCES, artifact, object });
      }
    }
  } finally {
    workshop.memo.save();
  }
}

async function attempt(steps: Plan, workshop: Workshop, listen: Listener): Promise<Outcome> {
  const shelf: Shelf = new Map();
  let at = SOURCES;
  try {
    await makeSources(steps, workshop, shelf, listen);
    for (const stage of steps.stages) {
      at = stage.name;
      workshop.interruption.throwIfAborted();
      const assessed = await assess(stage, shelf, workshop);
      if (assessed === null) throw new Error(`An input of ${stage.name} has not been made.`);
      const receipt = assessed.receipt ?? (await make(assessed, shelf, workshop, listen));
      if (assessed.receipt !== null) listen({ kind: 'cached', stage: stage.name, key: receipt.key });
      forgetDiagnoses(workshop, stage.name);
      if (workshop.store.latest(stage.name) !== receipt.key) workshop.store.setLatest(stage.name, receipt.key);
      shelveOutputs(stage, receipt, steps, workshop, shelf);
    }
  } catch (error) {
    const failures = failuresToShow(error);
    if (failures === null) throw error;
    listen({ kind: 'failed', stage: at, failures });
    return { ok: false, stage: at };
  }
  workshop.interruption.throwIfAborted();
  await publishResults(steps, workshop, shelf, listen);
  return { ok: true };
}

/** What went wrong in the stage; null: something else did. */
function failuresToShow(error: unknown): JobFailure['failures'] | null {
  if (error instanceof JobFailure) return error.failures;
  if (error instanceof CodeError) return [{ message: error.message, remedy: error.remedy, stack: null }];
  return null;
}

async function makeSources(steps: Plan, workshop: Workshop, shelf: Shelf, listen: Listener): Promise<void> {
  const unread = shelveSources(steps, workshop, shelf);
  if (unread.length === 0) return;
  const sources = unread.map(({ source }) => source.name);
  listen({ kind: 'sources-started', sources });
  const start = performance.now();
  await executeSources(unread, shelf, workshop);
  listen({ kind: 'sources-finished', sources, seconds: (performance.now() - start) / 1000 });
}

async function make(assessed: Assessed, shelf: Shelf, workshop: Workshop, listen: Listener) {
  const { stage, key, fields, code } = assessed;
  const latest = workshop.store.latest(stage.name);
  const before = latest === null ? null : workshop.store.receipt(latest);
  listen({ kind: 'started', stage: stage.name, reason: reasonToRun(before, { key, fields, files: code.files }) });
  const { receipt, unchanged } = await executeStage(assessed, shelf, workshop, listen);
  listen({ kind: 'finished', stage: stage.name, seconds: receipt.seconds, outputs: receipt.outputs, unchanged });
  return receipt;
}

/** The stages of a run of everything that have to run, or may have to: names, in order. */
async function stillToRun(whole: Plan, made: ReadonlySet<string>, workshop: Workshop, shelf: Shelf): Promise<string[]> {
  shelveSources(whole, workshop, shelf);
  const waiting: string[] = [];
  for (const stage of whole.stages) {
    if (made.has(stage.name)) continue;
    const assessed = await assess(stage, shelf, workshop).catch((error: unknown) => {
      if (error instanceof CodeError) return null;
      throw error;
    });
    if (assessed?.receipt) shelveOutputs(stage, assessed.receipt, whole, workshop, shelf);
    else waiting.push(stage.name);
  }
  return waiting;
}

async function publishResults(steps: Plan, workshop: Workshop, shelf: Shelf, listen: Listener): Promise<void> {
  const { pipeline, store, memo } = workshop;
  const whole = planOf(pipeline, []);
  const made = new Set(steps.stages.map(({ name }) => name));
  if (whole.stages.some(({ name }) => !made.has(name))) {
    const artifacts = steps.stages.at(-1)?.outputs.map(({ name }) => [name, shelf.get(name)!] as const) ?? [];
    const waitsFor = await stillToRun(whole, made, workshop, shelf);
    listen({ kind: 'not-published', waitsFor, artifacts: Object.fromEntries(artifacts) });
    return;
  }
  const files = steps.stages.flatMap((stage) =>
    stage.outputs.map(({ name, publishAs }) => ({
      path: publishAs,
      artifact: name,
      stage: stage.name,
      sha256: shelf.get(name)!.sha256,
    })),
  );
  const intact = ({ artifact, sha256 }: PublishedFile): string => {
    if (!store.verify(sha256)) throw new DamagedObject(artifact, sha256);
    return store.objectPath(sha256);
  };
  const { folder, changed, movedAside } = await publish(pipeline.root, files, intact, memo);
  if (changed) listen({ kind: 'published', folder, files: files.length, movedAside });
  else listen({ kind: 'already-published', folder });
}
