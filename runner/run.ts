import { shelveSources, type Shelf } from './available.ts';
import { sourceStage } from './cache-key.ts';
import { CodeError } from './code.ts';
import type { Listener, RunEvent } from './events.ts';
import { executeSources } from './execute-sources.ts';
import { DamagedObject } from './execute-stage.ts';
import { qualified, type Plan } from './graph.ts';
import type { CacheKey } from './hash.ts';
import { producers } from './pipeline.ts';
import { provide, sharing } from './provide.ts';
import { publishRun } from './publish-run.ts';
import { Room, type Budget } from './room.ts';
import { JobFailure } from './run-job.ts';
import type { LockCheck } from './lock.ts';
import { lastRun, newRunId, writeRunRecord, type RunRecord } from './run-record.ts';
import { inTurn, schedule } from './schedule.ts';
import { seal } from './seal.ts';
import { borrow, lend, lendIfMissing } from './shared-store.ts';
import { stageLogs } from './stage-log.ts';
import { usingStore } from './store-use.ts';
import { planOf, type Workshop } from './workshop.ts';

export type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly stage: string }
  /** All was made, but is not what the lock says: nothing is published. */
  | { readonly ok: false; readonly differs: true };

/** Name under which the reading of sources is reported. */
const SOURCES = 'sources';
const PUBLISHED = 'data-out';

/** What makes a run worth a record. */
const NEWS: readonly RunEvent['kind'][] = ['sources-finished', 'finished', 'failed', 'published'];

/** One run, as it goes. */
export interface Run {
  readonly steps: Plan;
  readonly workshop: Workshop;
  readonly shelf: Shelf;
  readonly budget: Budget;
  readonly room: Room;
  readonly inTurn: ReturnType<typeof inTurn>;
  readonly listen: Listener;
  /** Asked before anything is published; null: there is nothing to hold it against. */
  readonly check: LockCheck | null;
  /** Notes what was done so far, so that it is no garbage should the run be killed. */
  readonly note: () => void;
  /** What was executed or reused so far: stages by id, sources as `source.NAME`. */
  readonly used: Map<string, { key: CacheKey; executed: boolean }>;
}

/**
 * Makes what `targets` need, reusing all that has been made before, and publishes it if it is the whole pipeline.
 * A stage that fails ends the run and leaves data-out as it was.
 */
export async function runPipeline(
  workshop: Workshop,
  targets: readonly string[],
  listener: Listener,
  budget: Budget,
  check: LockCheck | null = null,
): Promise<Outcome> {
  const { store, memo, pipeline, interruption } = workshop;
  const steps = planOf(workshop, targets);
  const started = new Date();
  const id = newRunId(started);
  const logs = stageLogs(store.folder, pipeline.name, id);
  const events: RunEvent[] = [];
  const listen: Listener = (event) => {
    listener(event);
    logs(event);
    if (event.kind !== 'progress' && event.kind !== 'output') events.push(event);
  };
  const run: Run = {
    ...{ steps, workshop, listen, budget, check },
    shelf: new Map(),
    room: new Room(budget),
    inTurn: inTurn(),
    used: new Map(),
    note: () => {
      record('interrupted');
    },
  };
  const record = (outcome: RunRecord['outcome']) => {
    if (!events.some(({ kind }) => NEWS.includes(kind)) && isAsBefore(run)) return;
    const seconds = Math.round(Date.now() - started.getTime()) / 1000;
    const about = { id, pipeline: pipeline.name, started_at: started.toISOString(), seconds, outcome, targets };
    writeRunRecord(store.folder, { ...about, stages: Object.fromEntries(run.used), artifacts: artifactsOf(run) });
  };
  listen({
    kind: 'planned',
    stages: steps.stages.map((stage) => stage.id),
    seconds: secondsBefore(run),
    replaced: Object.fromEntries(steps.replaced),
  });
  try {
    const outcome = await usingStore(store.folder, interruption, () => untilIntact(run));
    record('stage' in outcome ? 'failed' : 'done');
    seal(workshop, events);
    return outcome;
  } catch (error) {
    try {
      // What was made until then is not garbage.
      record(interruption.aborted ? 'interrupted' : 'failed');
    } catch {
      // Where the disk is full there is no record either: what is told of is the error that ended the run.
    }
    throw error;
  } finally {
    memo.save();
  }
}

/** Whether the last run of the pipeline used just the same. */
function isAsBefore({ used, workshop: { store, pipeline } }: Run): boolean {
  const before = lastRun(store.folder, pipeline.name)?.stages ?? {};
  return used.size === Object.keys(before).length && [...used].every(([id, { key }]) => before[id]?.key === key);
}

async function untilIntact(run: Run): Promise<Outcome> {
  for (;;) {
    try {
      return await attempt(run);
    } catch (error) {
      if (!(error instanceof DamagedObject)) throw error;
      // It is in quarantine now, so the next attempt finds that what made it has to run.
      const { artifact, object } = error;
      const stage = producers(run.steps.stages).get(artifact)?.name ?? SOURCES;
      run.listen({ kind: 'damaged', stage, artifact, object });
      run.shelf.clear();
    }
  }
}

/** A stage failed, and that has been told. */
class StageFailed extends Error {
  override readonly name = 'StageFailed';
  readonly stage: string;

  constructor(stage: string) {
    super(`${stage} failed`);
    this.stage = stage;
  }
}

async function attempt(run: Run): Promise<Outcome> {
  const { steps, workshop, listen } = run;
  const telling = async (stage: string, work: () => Promise<void>): Promise<void> => {
    try {
      workshop.interruption.throwIfAborted();
      await work();
    } catch (error) {
      const failures = failuresToShow(error);
      if (failures === null) throw error;
      listen({ kind: 'failed', stage, failures });
      throw new StageFailed(stage);
    }
  };
  try {
    await telling(SOURCES, () => makeSources(run));
    const tasks = steps.stages.map((stage) => ({ name: stage.id, after: stage.after, stage }));
    await schedule(tasks, ({ name, stage }, wanted) => telling(name, () => provide(stage, run, wanted)));
    workshop.interruption.throwIfAborted();
    if (!(await isAsLocked(run))) return { ok: false, differs: true };
    await telling(PUBLISHED, () => publishRun(run));
    return { ok: true };
  } catch (error) {
    if (error instanceof StageFailed) return { ok: false, stage: error.stage };
    throw error;
  }
}

async function isAsLocked(run: Run): Promise<boolean> {
  const { check, workshop, listen, used } = run;
  if (check === null) return true;
  const artifacts = artifactsOf(run);
  // What a run of some stages does not make may well be locked.
  const complete = planOf(workshop, []).stages.every(({ id }) => used.has(id));
  const made = { artifacts, complete, describe: (artifact: string) => artifacts[artifact] ?? null };
  const difference = await check(made, workshop.store);
  if (difference !== null) listen({ kind: 'differs-from-lock', difference });
  return difference === null;
}

/** What went wrong in the stage; null: something else did. */
function failuresToShow(error: unknown): JobFailure['failures'] | null {
  if (error instanceof JobFailure) return error.failures;
  if (error instanceof CodeError) return [{ message: error.message, remedy: error.remedy, stack: null }];
  return null;
}

async function makeSources(run: Run): Promise<void> {
  const { steps, workshop, shelf, listen, used } = run;
  const { store } = workshop;
  const lendKept = async (key: CacheKey, give: typeof lend) => {
    const receipt = store.receipt(key);
    if (receipt !== null) await sharing(run, (shared) => give(receipt, shared, store));
  };
  const shelve = () =>
    shelveSources(steps, workshop, shelf, (source, key) => {
      const stage = sourceStage(source);
      if (store.latest(stage) !== key) store.setLatest(stage, key);
      used.set(stage, { key, executed: false });
    });
  const unknown = shelve();
  for (const { key } of used.values()) await lendKept(key, lendIfMissing);
  for (const { source, key } of unknown)
    await sharing(run, (shared) => borrow(key, sourceStage(source.name), shared, store));
  const unread = unknown.length === 0 ? [] : shelve();
  if (unread.length === 0) return;
  const sources = unread.map(({ source }) => source.name);
  listen({ kind: 'sources-started', sources });
  const start = performance.now();
  await executeSources(unread, shelf, workshop);
  for (const { key } of unread) await lendKept(key, lend);
  for (const { source, key } of unread) used.set(sourceStage(source.name), { key, executed: true });
  run.note();
  listen({ kind: 'sources-finished', sources, seconds: (performance.now() - start) / 1000 });
}

/** How long stages took the last time, by id. */
function secondsBefore({ steps, workshop: { store } }: Run): Record<string, number> {
  const known = steps.stages.flatMap(({ id }) => {
    const receipt = store.latestReceipt(id);
    return receipt === null ? [] : [[id, receipt.seconds] as const];
  });
  return Object.fromEntries(known);
}

/** What the stages made that are done, by name; in a scenario `NAME@SCENARIO`. */
function artifactsOf({ steps, used, workshop: { store } }: Run): RunRecord['artifacts'] {
  const artifacts = steps.stages.flatMap(({ id, scenario, outputs }) => {
    const key = used.get(id)?.key;
    const receipt = key === undefined ? null : store.receipt(key);
    if (receipt === null) return [];
    return outputs.map((output) => {
      const { sha256, bytes } = receipt.outputs[output.name]!;
      const columns = output.kind === 'table' ? output.key : [];
      return [qualified(output.name, scenario), { stage: id, kind: output.kind, sha256, bytes, key: columns }] as const;
    });
  });
  return Object.fromEntries(artifacts);
}
