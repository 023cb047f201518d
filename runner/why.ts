import { assess } from './assess.ts';
import { shelveOutputs, shelveSources, type Shelf } from './available.ts';
import { changeLine, changes, type RunRecord } from './explain.ts';
import { stageNamed } from './graph.ts';
import type { Receipt, Store } from './store.ts';
import { planOf, type Workshop } from './workshop.ts';

/** Why a stage would run, or why it ran last: line by line. */
export async function why(workshop: Workshop, name: string): Promise<string[]> {
  stageNamed(workshop.pipeline, name);
  const whole = planOf(workshop.pipeline, []);
  const stage = whole.stages.find((planned) => planned.name === name);
  if (stage === undefined) return [`${name} does not run: files that are there take the place of what it makes.`];
  const steps = planOf(workshop.pipeline, [name]);
  const shelf: Shelf = new Map();
  const unread = shelveSources(steps, workshop, shelf);
  if (unread.length > 0) {
    const files = unread.map(({ source }) => source.file).join(', ');
    return [`${name} waits for its sources: ${files} changed, or was never read, and is read and checked first.`];
  }
  for (const upstream of steps.stages) {
    const assessed = await assess(upstream, shelf, workshop);
    if (assessed === null) break;
    const now = { key: assessed.key, fields: assessed.fields, files: assessed.code.files };
    if (upstream.name === name)
      return assessed.receipt === null
        ? willRun(name, now, workshop.store)
        : isCached(assessed.receipt, workshop.store);
    if (assessed.receipt !== null) shelveOutputs(upstream, assessed.receipt, steps, workshop, shelf);
  }
  const waiting = stage.inputs.filter((input) => !shelf.has(input));
  return [
    `${name} waits for ${waiting.join(', ')}: it runs if they come out different. Ask \`why\` of the stages that make them.`,
  ];
}

function willRun(name: string, now: RunRecord, store: Store): string[] {
  const latest = store.latest(name);
  const before = latest === null ? null : store.receipt(latest);
  if (before === null) return [`${name} will run: it never ran in this cache.`];
  const found = changes(before, now);
  if (found.length === 0) return [`${name} will run: nothing changed, but its stored outputs are gone or damaged.`];
  return [`${name} will run, because since ${before.started_at}:`, ...found.map((change) => `  ${changeLine(change)}`)];
}

function isCached(receipt: Receipt, store: Store): string[] {
  const { stage, started_at, seconds, previous } = receipt;
  const lines = [`${stage} is up to date: it ran at ${started_at}, for ${seconds} s.`];
  const before = previous === null ? null : store.receipt(previous);
  if (before === null) return [...lines, 'It ran because it had never run in this cache.'];
  const found = changes(before, receipt);
  if (found.length === 0) return [...lines, 'It ran because its stored outputs were gone or damaged.'];
  return [...lines, 'It ran because:', ...found.map((change) => `  ${changeLine(change)}`)];
}
