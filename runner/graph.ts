import { MistakeError, refuse } from './diagnostic.ts';
import { suggest } from './nearest.ts';
import {
  producers,
  tableNamed,
  type ColumnDeclaration,
  type Pipeline,
  type Source,
  type StageDeclaration,
} from './pipeline.ts';

/** A stage as it is run with the files that are there today. */
export type PlannedStage = StageDeclaration & {
  /** What it reads: its inputs, and its optional inputs that are there. */
  readonly inputs: readonly string[];
  /** Its optional inputs that are not there: tables without rows. */
  readonly absent: readonly AbsentTable[];
  /** Its name in a run: `anais`, or `anais@as-printed` in a scenario. */
  readonly id: string;
  /** Ids of the stages it waits for. */
  readonly after: readonly string[];
  /** Null: the pipeline as it stands. */
  readonly scenario: ScenarioScope | null;
};

/** What differs in a scenario from the pipeline as it stands. */
export interface ScenarioScope {
  readonly name: string;
  /** Stages with other parameters, and all that follow from them. */
  readonly stages: ReadonlySet<string>;
  /** What those make, and the absent sources that it stands in for. */
  readonly artifacts: ReadonlySet<string>;
}

/** What a stage of a scenario calls by its plain name: its own, or that of the pipeline as it stands. */
export const nameIn = (scenario: ScenarioScope | null, name: string): string =>
  scenario?.artifacts.has(name) === true ? qualified(name, scenario) : name;

/** What a stage or artifact is called where those of scenarios are told apart. */
export const qualified = (name: string, scenario: ScenarioScope | null): string =>
  scenario === null ? name : `${name}@${scenario.name}`;

export interface AbsentTable {
  readonly name: string;
  readonly columns: readonly ColumnDeclaration[];
}

/** What has to be done for some targets, with the files that are there today. */
export interface Plan {
  /** In an order in which every stage comes after those it needs; otherwise as in the file. */
  readonly stages: readonly PlannedStage[];
  /** Sources whose file is present and is needed, with the sources they refer to. */
  readonly sources: readonly Source[];
  /** Sources whose file is absent, and the artifact in its place. */
  readonly replaced: ReadonlyMap<string, string>;
}

/** The stages that each stage has to wait for. */
type Needs = ReadonlyMap<StageDeclaration, ReadonlySet<StageDeclaration>>;

/**
 * The stages that `targets` need, in order.
 *
 * A stage whose only use was to stand in for a file that is present is not among them; an optional input asks for none.
 * @param targets names of stages; empty: those whose outputs nobody consumes
 * @param present whether a source's file is there
 */
export function plan(pipeline: Pipeline, targets: readonly string[], present: (file: string) => boolean): Plan {
  const final = finalStages(pipeline);
  const wanted = targets.length > 0 ? targets.map((name) => stageNamed(pipeline, name)) : final;
  const readBy = inputsRead(pipeline, final, present);
  const needs = closure(wanted, readBy, makerOf(pipeline, present));
  const stages = inOrder(pipeline, needs).map((stage) =>
    planned(pipeline, stage, readBy(stage), [...needs.get(stage)!]),
  );
  return { stages, ...sourcesOf(pipeline, new Set(stages.flatMap(({ inputs }) => inputs)), present) };
}

/**
 * What a stage reads. An optional input is there if a run of everything has it without being asked for it: so a stage
 * reads the same whatever the targets of a run are.
 */
function inputsRead(
  pipeline: Pipeline,
  final: readonly StageDeclaration[],
  present: (file: string) => boolean,
): (stage: StageDeclaration) => readonly string[] {
  const maker = makerOf(pipeline, present);
  const anyway = closure(final, ({ inputs }) => inputs, maker);
  const isThere = (name: string): boolean => {
    const source = pipeline.sources.get(name);
    if (source !== undefined && present(source.file)) return true;
    const stage = maker(name);
    return stage !== undefined && anyway.has(stage);
  };
  return ({ inputs, optionalInputs }) => [...inputs, ...optionalInputs.filter(isThere)];
}

/** The stage that makes what is read under a name; undefined if that is a file. */
function makerOf(
  { sources, stages }: Pipeline,
  present: (file: string) => boolean,
): (name: string) => StageDeclaration | undefined {
  const maker = producers(stages.values());
  return (name) => {
    const source = sources.get(name);
    if (source === undefined) return maker.get(name);
    return source.otherwise === null || present(source.file) ? undefined : maker.get(source.otherwise);
  };
}

/** Some stages and all that they wait for. */
function closure(
  wanted: readonly StageDeclaration[],
  readBy: (stage: StageDeclaration) => readonly string[],
  maker: (name: string) => StageDeclaration | undefined,
): Needs {
  const needs = new Map<StageDeclaration, Set<StageDeclaration>>();
  const pending = [...wanted];
  for (let stage = pending.pop(); stage !== undefined; stage = pending.pop()) {
    if (needs.has(stage)) continue;
    const upstream = new Set(readBy(stage).flatMap((input) => maker(input) ?? []));
    needs.set(stage, upstream);
    pending.push(...upstream);
  }
  return needs;
}

function planned(
  pipeline: Pipeline,
  stage: StageDeclaration,
  inputs: readonly string[],
  needs: readonly StageDeclaration[],
): PlannedStage {
  const absent = stage.optionalInputs.filter((name) => !inputs.includes(name));
  return {
    ...stage,
    inputs,
    // That each is a table is seen to when the file is read.
    absent: absent.map((name) => ({ name, columns: tableNamed(pipeline, name)!.columns })),
    id: stage.name,
    after: needs.map(({ name }) => name),
    scenario: null,
  };
}

/** The files that are read, and the artifacts in place of those that are absent. */
function sourcesOf(
  pipeline: Pipeline,
  read: ReadonlySet<string>,
  present: (file: string) => boolean,
): Pick<Plan, 'sources' | 'replaced'> {
  const replaced = new Map<string, string>();
  const used = new Set<Source>();
  const use = (source: Source) => {
    if (used.has(source)) return;
    if (!present(source.file)) {
      if (source.otherwise === null) return missing(pipeline, source);
      replaced.set(source.name, source.otherwise);
      return;
    }
    used.add(source);
    for (const { references } of source.table?.columns ?? []) {
      const other = references && pipeline.sources.get(references.table);
      if (other) use(other);
    }
  };
  for (const name of read) {
    const source = pipeline.sources.get(name);
    if (source !== undefined) use(source);
  }
  return { sources: [...pipeline.sources.values()].filter((source) => used.has(source)), replaced };
}

/** Stages in the order of the file, each put off until those it needs have come. */
function inOrder({ stages }: Pipeline, needs: Needs): StageDeclaration[] {
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

/** Stages none of whose outputs another has to have, be it in place of an absent file. */
export function finalStages({ sources, stages }: Pipeline): StageDeclaration[] {
  const consumed = new Set<string>();
  for (const { inputs, optionalInputs } of stages.values()) {
    inputs.forEach((input) => consumed.add(input));
    for (const input of [...inputs, ...optionalInputs]) {
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

function missing(pipeline: Pipeline, { name, file, base, at }: Source): never {
  const message = `the file \`${file}\` of source \`${name}\` is not there${base === null ? '' : `; the base \`${base}\` names it`}`;
  const remedy =
    base === null
      ? 'Put it there, or correct its path here.'
      : `Put it there, or name another file here: \`${name}: { file: ... }\` under \`sources:\`.`;
  refuse([{ file: pipeline.file, at, message, remedy }], pipeline.text);
  throw new MistakeError(message);
}
