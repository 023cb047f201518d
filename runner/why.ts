import { assess, comparable } from './assess.ts';
import { seenBy, shelveOutputs, shelveSources, type Shelf } from './available.ts';
import { changeLine, changes, type Change, type Comparable } from './explain.ts';
import { requireStage } from './scenarios.ts';
import type { Receipt } from './store.ts';
import { planOf, type Workshop } from './workshop.ts';

/** Why a stage would run, or why it ran last. */
export interface Explanation {
  readonly lines: readonly string[];
  readonly json: {
    readonly stage: string;
    /** `superseded`: files that are there take the place of what it makes. */
    readonly state: 'cached' | 'runs' | 'waits' | 'superseded';
    /** Inputs, or files of sources, that have to be made or read first. */
    readonly waits_for: readonly string[];
    /** What changed since the run that it is compared with: of a stage that is up to date, since the one before. */
    readonly changes: readonly Change[];
    /** When the run began that it is compared with; null: there is none. */
    readonly since: string | null;
    /** How long the stage took the last time. */
    readonly seconds: number | null;
  };
}

export async function why(workshop: Workshop, id: string): Promise<Explanation> {
  requireStage(workshop.pipeline, id);
  const nothing = { stage: id, waits_for: [], changes: [], since: null, seconds: null };
  const { stages } = planOf(workshop, []);
  const stage = stages.find((planned) => planned.id === id);
  const [name = '', scenario] = id.split('@');
  if (stage === undefined && scenario !== undefined && stages.some((planned) => planned.id === name)) {
    const { lines, json } = await why(workshop, name);
    return { lines: [`${id} is ${name}: the scenario ${scenario} changes nothing for it.`, ...lines], json };
  }
  if (stage === undefined) {
    const lines = [`${id} does not run: files that are there take the place of what it makes.`];
    return { lines, json: { ...nothing, state: 'superseded' } };
  }
  const steps = planOf(workshop, [id]);
  const shelf: Shelf = new Map();
  const unread = shelveSources(steps, workshop, shelf).map(({ source }) => source.file);
  if (unread.length > 0) {
    const reason = `${unread.join(', ')} changed, or was never read, and is read and checked first.`;
    return {
      lines: [`${id} waits for its sources: ${reason}`],
      json: { ...nothing, state: 'waits', waits_for: unread },
    };
  }
  for (const upstream of steps.stages) {
    const assessed = await assess(upstream, shelf, workshop);
    if (assessed === null) continue;
    const { receipt } = assessed;
    if (upstream.id === id)
      return receipt === null ? willRun(id, comparable(assessed), workshop) : isCached(id, receipt, workshop);
    if (receipt !== null) shelveOutputs(upstream, receipt, steps, workshop, shelf);
  }
  const waiting = stage.inputs.filter((input) => seenBy(stage, input, shelf) === undefined);
  const lines = [
    `${id} waits for ${waiting.join(', ')}: it runs if they come out different. Ask \`why\` of the stages that make them.`,
  ];
  return { lines, json: { ...nothing, state: 'waits', waits_for: waiting } };
}

function willRun(id: string, now: Comparable, workshop: Workshop): Explanation {
  const before = nearest(id, now, workshop);
  const found = before === null ? [] : changes(before, now);
  const json = {
    stage: id,
    state: 'runs',
    waits_for: [],
    changes: found,
    since: before?.started_at ?? null,
    seconds: before?.seconds ?? null,
  } as const;
  if (before === null) return { lines: [`${id} will run: it never ran in ${workshop.pipeline.name}.`], json };
  if (found.length === 0)
    return { lines: [`${id} will run: nothing changed, but its stored outputs are gone or damaged.`], json };
  return { lines: [`${id} will run, because since ${before.started_at}:`, ...indented(found)], json };
}

/**
 * Of the receipts of a stage in this pipeline the one that differs in the least; of several the newest. One that another
 * pipeline made is among them if it is what the stage used last.
 */
function nearest(id: string, now: Comparable, { store, pipeline }: Workshop): Receipt | null {
  const latest = store.latest(id);
  let best: { receipt: Receipt; distance: number } | null = null;
  for (const receipt of store.receipts()) {
    if (receipt.stage !== now.fields.stage) continue;
    if (receipt.pipeline !== pipeline.name && receipt.key !== latest) continue;
    const distance = changes(receipt, now).length;
    const newer = best === null || receipt.started_at > best.receipt.started_at;
    if (best === null || distance < best.distance || (distance === best.distance && newer))
      best = { receipt, distance };
  }
  return best?.receipt ?? null;
}

function isCached(id: string, receipt: Receipt, { store, pipeline: { name } }: Workshop): Explanation {
  const { started_at, seconds, previous, pipeline = name } = receipt;
  // Why another pipeline ran it is no answer to what changed in this one.
  const before = previous === null || pipeline !== name ? null : store.receipt(previous);
  const found = before === null ? [] : changes(before, receipt);
  const state = 'cached' as const;
  const json = { stage: id, state, waits_for: [], changes: found, since: before?.started_at ?? null, seconds };
  const where = pipeline === name ? '' : `, in ${pipeline}`;
  const lines = [`${id} is up to date: it ran at ${started_at}, for ${seconds} s${where}.`];
  if (pipeline !== name) return { lines, json };
  if (before === null) return { lines: [...lines, `It ran because it had never run in ${name}.`], json };
  if (found.length === 0) return { lines: [...lines, 'It ran because its stored outputs were gone or damaged.'], json };
  return { lines: [...lines, 'It ran because:', ...indented(found)], json };
}

const indented = (found: readonly Change[]): string[] => found.map((change) => `  ${changeLine(change)}`);
