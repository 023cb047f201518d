import { MistakeError, refuse } from './diagnostic.ts';
import { suggest } from './nearest.ts';
import { producers, type Pipeline, type Source, type StageDeclaration } from './pipeline.ts';

/** What has to be done for some targets, with the files that are there today. */
export interface Plan {
  /** In an order in which every stage comes after those it needs; otherwise as in the file. */
  readonly stages: readonly StageDeclaration[];
  /** Sources whose file is present and is needed, with the sources they refer to. */
  readonly sources: readonly Source[];
  /** Sources whose file is absent, and the artifact in its place. */
  readonly replaced: ReadonlyMap<string, string>;
}

/**
 * The stages that `targets` need, in order.
 *
 * A stage whose only use was to stand in for a file that is present is not among them.
 * @param targets names of stages; empty: those whose outputs nobody consumes
 * @param present whether a source's file is there
 */
export function plan(pipeline: Pipeline, targets: readonly string[], present: (file: string) => boolean): Plan {
  const wanted = targets.length > 0 ? targets.map((name) => stageNamed(pipeline, name)) : finalStages(pipeline);
  const maker = producers(pipeline.stages.values());
  const replaced = new Map<string, string>();
  const sources = new Map<string, Source>();
  const needs = new Map<StageDeclaration, Set<StageDeclaration>>();

  const useSource = (source: Source) => {
    if (sources.has(source.name)) return;
    if (!present(source.file)) {
      if (source.otherwise === null) return missing(pipeline, source);
      replaced.set(source.name, source.otherwise);
      return;
    }
    sources.set(source.name, source);
    for (const { references } of source.table?.columns ?? []) {
      const other = references && pipeline.sources.get(references.table);
      if (other) useSource(other);
    }
  };
  const pending = [...wanted];
  for (let stage = pending.pop(); stage !== undefined; stage = pending.pop()) {
    if (needs.has(stage)) continue;
    const upstream = new Set<StageDeclaration>();
    needs.set(stage, upstream);
    for (const input of stage.inputs) {
      const source = pipeline.sources.get(input);
      if (source !== undefined) useSource(source);
      const producer = maker.get(replaced.get(input) ?? input);
      if (producer !== undefined) upstream.add(producer);
    }
    pending.push(...upstream);
  }
  return { stages: inOrder(pipeline, needs), sources: inFileOrder(pipeline, sources), replaced };
}

const inFileOrder = ({ sources }: Pipeline, used: ReadonlyMap<string, Source>): Source[] =>
  [...sources.values()].filter(({ name }) => used.has(name));

/** Stages in the order of the file, each put off until those it needs have come. */
function inOrder(
  { stages }: Pipeline,
  needs: ReadonlyMap<StageDeclaration, ReadonlySet<StageDeclaration>>,
): StageDeclaration[] {
  const waiting = new Set([...stages.values()].filter((stage) => needs.has(stage)));
  const ordered: StageDeclaration[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].find((stage) => [...needs.get(stage)!].every((upstream) => !waiting.has(upstream)));
    // Cycles are refused when the file is read.
    if (ready === undefined) throw new Error('The stages wait for each other.');
    waiting.delete(ready);
    ordered.push(ready);
  }
  return ordered;
}

/** Stages none of whose outputs is an input of another, be it in place of an absent file. */
export function finalStages({ sources, stages }: Pipeline): StageDeclaration[] {
  const consumed = new Set<string>();
  for (const stage of stages.values()) {
    for (const input of stage.inputs) {
      consumed.add(input);
      const standIn = sources.get(input)?.otherwise;
      if (standIn) consumed.add(standIn);
    }
  }
  return [...stages.values()].filter(({ outputs }) => outputs.every(({ name }) => !consumed.has(name)));
}

export function stageNamed({ stages }: Pipeline, name: string): StageDeclaration {
  const stage = stages.get(name);
  if (stage === undefined) throw new MistakeError(`There is no stage \`${name}\`. ${suggest(name, stages.keys())}`);
  return stage;
}

function missing(pipeline: Pipeline, { name, file, at }: Source): never {
  const message = `the file \`${file}\` of source \`${name}\` is not there`;
  const remedy = 'Put it there, correct its path, or name an artifact that is used instead with `otherwise`.';
  refuse([{ file: pipeline.file, at, message, remedy }], pipeline.text);
  throw new MistakeError(message);
}
