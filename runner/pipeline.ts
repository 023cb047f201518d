import type { Position } from './diagnostic.ts';
import type { ParameterType } from './parameter-types.ts';
import type { Command } from './shell-command.ts';
import type { Parameter } from './stage.ts';

/** A column that a table must have. */
export interface ColumnDeclaration {
  readonly name: string;
  /** A DuckDB type, in capitals. */
  readonly type: string;
  readonly unit?: string;
  readonly description?: string;
  readonly nullable: boolean;
  readonly min?: number;
  readonly max?: number;
  /** Every value must occur in this column of another table. */
  readonly references?: { readonly table: string; readonly column: string };
}

export interface TableDeclaration {
  readonly columns: readonly ColumnDeclaration[];
  /** Columns that together are unique, and by which rows are sorted; empty: sorted by all columns. */
  readonly key: readonly string[];
}

/** The label of what only the user has, and may not be allowed to pass on. */
export const USERS_DATA = "user's data";

/** A file from outside. */
export interface Source {
  readonly name: string;
  /** Path relative to the project. */
  readonly file: string;
  readonly description: string;
  readonly evidence: string | null;
  /** Declared columns; null: the file is handed to the stages as it is. */
  readonly table: TableDeclaration | null;
  /** The artifact that is used while the file is absent. */
  readonly otherwise: string | null;
  /** The base that its path comes from, as the user would write it; null: it is written in the pipeline file. */
  readonly base: string | null;
  readonly at: Position;
}

interface OutputBase {
  readonly name: string;
  readonly description: string;
  readonly evidence: string | null;
  /** Path inside `data-out`. */
  readonly publishAs: string;
  readonly at: Position;
}
export interface TableOutput extends OutputBase, TableDeclaration {
  readonly kind: 'table';
  /** Whether it is kept, out of the store, where the stage fails after it has written it. */
  readonly diagnosis: boolean;
}
interface MatrixOutput extends OutputBase {
  readonly kind: 'matrix';
  readonly unit: string | null;
}
interface FileOutput extends OutputBase {
  readonly kind: 'file';
  /** The name the stage writes it under. */
  readonly file: string;
  /** Whether it is a DuckDB database that is published with tables of how all was made. */
  readonly receipts: boolean;
}
export type Output = TableOutput | MatrixOutput | FileOutput;

interface StageBase {
  readonly name: string;
  readonly description: string;
  readonly inputs: readonly string[];
  /** Tables that it reads where they are there anyway, and sees without rows otherwise. */
  readonly optionalInputs: readonly string[];
  /** As the stage sees them: names of units replaced. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** What each parameter has to be, by name; null: the stage does not say. Not in the cache key: values are. */
  readonly parameterTypes: Readonly<Record<string, ParameterType>> | null;
  /** Whether the stage sees where its inputs come from (`context.origins`). */
  readonly provenance: boolean;
  /** Whether each table that it reads has to have a description, and each of its columns. */
  readonly describedInputs: boolean;
  /** DuckDB threads; null: as many as there are cores. */
  readonly threads: number | null;
  /** Bytes it needs at most, for the planning of parallel stages; null: what it took the last time. */
  readonly memory: number | null;
  /** After so many seconds it is ended and has failed; null: never. */
  readonly timeout: number | null;
  /** How many times it is tried again after it has failed. */
  readonly retries: number;
  readonly outputs: readonly Output[];
  readonly at: Position;
}

/** What a stage runs: a module or script, by its path relative to the project, or a shell command. */
export type Work =
  | { readonly language: 'typescript' | 'sql'; readonly run: string }
  | { readonly language: 'shell'; readonly command: Command };

export type StageDeclaration = StageBase & Work;

/** A pipeline file that has been read and found consistent. */
export interface Pipeline {
  readonly name: string;
  /** Licence of the data in its results, by SPDX id or URL; null: the file does not say. */
  readonly licence: string | null;
  /** Absolute path of the folder that all paths are relative to. */
  readonly root: string;
  /** Absolute path of the folder of the pipeline file: results are published there. */
  readonly folder: string;
  /** Absolute path of the pipeline file. */
  readonly absolute: string;
  /** Absolute paths of the pipeline files that it is based on, the nearest first. */
  readonly bases: readonly string[];
  /** Its path as the user would write it, and its text: for errors found later. */
  readonly file: string;
  readonly text: string;
  readonly sources: ReadonlyMap<string, Source>;
  readonly stages: ReadonlyMap<string, StageDeclaration>;
  readonly scenarios: ReadonlyMap<string, ScenarioDeclaration>;
  /** Tables of the base that optional inputs name and no stage here makes, by name: they are always absent. */
  readonly absentTables: ReadonlyMap<string, TableDeclaration>;
}

/** Other values of some parameters, by stage and parameter. */
export type ScenarioDeclaration = Readonly<Record<string, Readonly<Record<string, Parameter>>>>;

/** The table that a name stands for, read from a file or made by a stage; null: no table with declared columns. */
export function tableNamed(
  { sources, stages, absentTables }: Pick<Pipeline, 'sources' | 'stages' | 'absentTables'>,
  name: string,
): TableDeclaration | null {
  const source = sources.get(name);
  if (source?.table) return source.table;
  const artifact = source?.otherwise ?? name;
  for (const { outputs } of stages.values()) {
    const output = outputs.find((made) => made.name === artifact);
    if (output !== undefined) return output.kind === 'table' ? output : null;
  }
  return absentTables.get(name) ?? null;
}

/** The stage that makes each artifact, by the artifact's name. */
export function producers(stages: Iterable<StageDeclaration>): Map<string, StageDeclaration> {
  const made = new Map<string, StageDeclaration>();
  for (const stage of stages) for (const output of stage.outputs) made.set(output.name, stage);
  return made;
}
