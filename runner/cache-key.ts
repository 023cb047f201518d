import type { Code } from './code.ts';
import { canonicalJson, sha256, type CacheKey, type Sha256 } from './hash.ts';
import type { ColumnDeclaration, Output, Source, StageDeclaration, TableDeclaration } from './pipeline.ts';
import type { Origin, Parameter } from './stage.ts';

/** Raised when the fields get another shape, or the same fields come to mean other bytes. */
const FORMAT = 2;

/** All that the bytes of a stage's outputs depend on, and nothing else. */
export interface KeyFields {
  /** So that a newer runner never takes an older one's outputs for its own. */
  readonly format: number;
  /** Two stages with the same code are still two entries in the record. */
  readonly stage: string;
  /** Columns, types and order decide the bytes; units, descriptions and evidence are stored in the files. */
  readonly outputs: Readonly<Record<string, DeclaredOutput>>;
  /** As the stage sees them. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** The code as it is executed, with every helper it imports. */
  readonly code: Sha256 | null;
  /** Versions and integrity of the packages in that code's closure. */
  readonly packages: Readonly<Record<string, string>>;
  /** The worker turns columns into files, so its code and DuckDB's and Arrow's versions decide the bytes too. */
  readonly worker: { readonly code: Sha256; readonly packages: Readonly<Record<string, string>> };
  /** `Math.exp`, Intl and zlib are the engine's: what they give may differ between its versions. */
  readonly node: Readonly<Record<string, string>>;
  /** Content of each input. Not the key of what made it: an unchanged output stops the ripple. */
  readonly inputs: Readonly<Record<string, DeclaredInput>>;
  /** Where the inputs come from, for a stage that is shown it. */
  readonly origins: readonly Origin[];
}

export interface DeclaredInput {
  readonly sha256: Sha256;
  /** Whether it is a view, a matrix or a plain file to the stage; or a view without rows, of which the columns count. */
  readonly kind: 'table' | 'matrix' | 'file' | 'folder' | 'absent';
  /** A stage may look at the ending of a plain file's name. */
  readonly extension: string;
}

type DeclaredOutput =
  | {
      readonly kind: 'table';
      readonly description: string;
      readonly evidence: string | null;
      readonly columns: readonly ColumnDeclaration[];
      readonly key: readonly string[];
    }
  | {
      readonly kind: 'matrix';
      readonly description: string;
      readonly evidence: string | null;
      readonly unit: string | null;
    }
  | { readonly kind: 'file'; readonly file: string };

export const cacheKey = (fields: KeyFields): CacheKey => sha256(canonicalJson(fields)) as string as CacheKey;

/** What of an output's declaration is stored in its bytes; where it is published is not. */
function declaredOutput(output: Output): DeclaredOutput {
  const { kind, description, evidence } = output;
  if (kind === 'file') return { kind, file: output.file };
  if (kind === 'matrix') return { kind, description, evidence, unit: output.unit };
  return { kind, description, evidence, columns: output.columns, key: output.key };
}

/** The parts of a key that are the same for every stage of a run. */
export interface Machinery {
  readonly worker: Pick<Code, 'hash' | 'packages'>;
  /** As `engineVersions` gives them. */
  readonly node: KeyFields['node'];
}

const common = ({ worker, node }: Machinery) => ({
  format: FORMAT,
  worker: { code: worker.hash, packages: worker.packages },
  node,
});

/** An optional input that is not there: the stage sees names and types of its columns. */
export const absentInput = (columns: readonly ColumnDeclaration[]): DeclaredInput => ({
  sha256: sha256(canonicalJson(columns.map(({ name, type }) => ({ name, type })))),
  kind: 'absent',
  extension: '',
});

interface StageMaterial {
  readonly code: Pick<Code, 'hash' | 'packages'>;
  readonly inputs: KeyFields['inputs'];
  readonly origins: readonly Origin[];
}

export function stageFields(
  stage: StageDeclaration,
  { code, inputs, origins }: StageMaterial,
  machinery: Machinery,
): KeyFields {
  return {
    ...common(machinery),
    stage: stage.name,
    outputs: Object.fromEntries(stage.outputs.map((output) => [output.name, declaredOutput(output)])),
    parameters: stage.parameters,
    code: code.hash,
    packages: code.packages,
    inputs,
    origins: stage.provenance ? origins : [],
  };
}

/**
 * Reading a source into a table is keyed like a stage without code.
 * @param inputs the source's file and those it refers to
 */
export function sourceFields(source: Source, inputs: KeyFields['inputs'], machinery: Machinery): KeyFields {
  const { columns, key } = withoutMeaning(source.table ?? { columns: [], key: [] });
  return {
    ...common(machinery),
    stage: sourceStage(source.name),
    outputs: { [source.name]: { kind: 'table', description: '', evidence: null, columns, key } },
    parameters: {},
    code: null,
    packages: {},
    inputs,
    origins: [],
  };
}

/**
 * What a source is held to. Its units and descriptions are not stored with it, since it is never published:
 * so a better wording of a fact's description makes nothing run again.
 */
export function withoutMeaning({ columns, key }: TableDeclaration): TableDeclaration {
  const bare = columns.map((column): ColumnDeclaration => {
    const rest: { -readonly [Field in keyof ColumnDeclaration]: ColumnDeclaration[Field] } = { ...column };
    delete rest.unit;
    delete rest.description;
    return rest;
  });
  return { columns: bare, key };
}

/** Name under which the receipt of a source is kept; no stage can have it. */
export const sourceStage = (source: string): string => `source.${source}`;
