import { extname, resolve } from 'node:path';
import { absentInput, cacheKey, sourceFields, type DeclaredInput, type KeyFields } from './cache-key.ts';
import { nameIn, qualified, type Plan, type PlannedStage } from './graph.ts';
import type { CacheKey, Sha256 } from './hash.ts';
import { inputFrom, type FileHashes, type InputFrom } from './inputs-from.ts';
import type { ColumnDeclaration, Output, Source } from './pipeline.ts';
import { contentOf, hashOfSource, isFolder } from './source-files.ts';
import type { Origin } from './stage.ts';
import type { Receipt, StoredOutput } from './store.ts';
import type { Workshop } from './workshop.ts';

/** A source or artifact whose content is known. */
export interface Available extends DeclaredInput {
  readonly kind: 'table' | 'matrix' | 'file' | 'folder';
  readonly path: string;
  /** Whether it lies in the store; otherwise it is the user's file. */
  readonly stored: boolean;
  /** What errors call it: a file of the user, not where the store has what was read from it. */
  readonly place: string;
  /** Path of the user's file or folder, or name of the artifact. */
  readonly from: string;
  /** Of a folder: the hash of each file by its path in it. */
  readonly files?: FileHashes;
  readonly origin: Origin;
}

/** What is there so far, by the name that stages use; what a scenario makes, by `NAME@SCENARIO`. */
export type Shelf = Map<string, Available>;

/** What a stage sees under a name. */
export const seenBy = ({ scenario }: PlannedStage, name: string, shelf: Shelf): Available | undefined =>
  shelf.get(nameIn(scenario, name));

/** A source with declared columns, and the receipt of its reading if it has been read. */
export interface SourceToRead {
  readonly source: Source;
  readonly fileHash: Sha256;
  readonly key: CacheKey;
  readonly fields: KeyFields;
}

/**
 * Puts the sources on the shelf; returns those that have to be read and checked first.
 * @param known told of each that was read before
 */
export function shelveSources(
  { sources }: Plan,
  workshop: Workshop,
  shelf: Shelf,
  known: (source: string, key: CacheKey) => void = () => undefined,
): SourceToRead[] {
  const unread: SourceToRead[] = [];
  for (const source of sources) {
    const content = contentOf(workshop.pipeline.root, source.file, workshop.memo);
    const fileHash = content.hash;
    if (source.table === null) {
      shelf.set(source.name, plainFile(source, content, workshop));
      continue;
    }
    const fields = sourceFields(source, sourceInputs(source, fileHash, workshop), workshop.machinery);
    const reading = { source, fileHash, key: cacheKey(fields), fields };
    const receipt = usableReceipt(reading.key, workshop);
    const output = receipt?.outputs[source.name];
    if (output === undefined) unread.push(reading);
    else {
      shelf.set(source.name, readSource(reading, output, workshop));
      known(source.name, reading.key);
    }
  }
  return unread;
}

const plainFile = (
  source: Source,
  { hash, files }: ReturnType<typeof contentOf>,
  { pipeline }: Workshop,
): Available => ({
  kind: isFolder(source.file) ? 'folder' : source.file.endsWith('.parquet') ? 'table' : 'file',
  extension: extname(source.file),
  sha256: hash,
  path: resolve(pipeline.root, source.file),
  stored: false,
  place: source.file,
  from: source.file,
  ...(files === undefined ? {} : { files }),
  origin: sourceOrigin(source, hash),
});

/** A source that has been read into a table of the store. */
export const readSource = (
  { source, fileHash }: SourceToRead,
  { sha256 }: StoredOutput,
  { store }: Workshop,
): Available => ({
  kind: 'table',
  extension: '.parquet',
  sha256,
  path: store.objectPath(sha256),
  stored: true,
  place: source.file,
  from: source.file,
  origin: sourceOrigin(source, fileHash),
});

function sourceInputs(source: Source, fileHash: Sha256, workshop: Workshop): KeyFields['inputs'] {
  const inputs: Record<string, DeclaredInput> = {
    [source.name]: { sha256: fileHash, kind: 'file', extension: extname(source.file) },
  };
  for (const { references } of source.table?.columns ?? []) {
    const other = references && workshop.pipeline.sources.get(references.table);
    if (!other || other === source) continue;
    inputs[other.name] = { sha256: hashOfFile(other, workshop), kind: 'file', extension: extname(other.file) };
  }
  return inputs;
}

const hashOfFile = ({ file }: Source, { pipeline, memo }: Workshop): Sha256 => hashOfSource(pipeline.root, file, memo);

/** The receipt of a key, if all its outputs are there. */
export function usableReceipt(key: CacheKey, { store }: Workshop): Receipt | null {
  const receipt = store.receipt(key);
  if (receipt === null) return null;
  // Each is looked at: all that are damaged are put aside at once.
  const intact = Object.values(receipt.outputs).map((output) => store.holds(output));
  return intact.every(Boolean) ? receipt : null;
}

/** Puts a stage's outputs on the shelf, and beside them the absent sources that they stand in for. */
export function shelveOutputs(
  stage: PlannedStage,
  { outputs }: Pick<Receipt, 'outputs'>,
  { replaced }: Plan,
  { store, pipeline }: Workshop,
  shelf: Shelf,
): void {
  for (const output of stage.outputs) {
    const { sha256 } = outputs[output.name]!;
    const made: Available = {
      kind: output.kind,
      extension: extensionOf(output),
      sha256,
      path: store.objectPath(sha256),
      stored: true,
      place: `artifact ${output.name} of stage ${stage.id}`,
      from: qualified(output.name, stage.scenario),
      origin: artifactOrigin(stage, output, sha256),
    };
    shelf.set(qualified(output.name, stage.scenario), made);
    for (const [source, artifact] of replaced) {
      if (artifact !== output.name) continue;
      const origin = { ...sourceOrigin(pipeline.sources.get(source)!, sha256), evidence: null, inputs: [artifact] };
      shelf.set(qualified(source, stage.scenario), { ...made, origin });
    }
  }
}

function extensionOf(output: Output): string {
  if (output.kind === 'file') return extname(output.file);
  return output.kind === 'table' ? '.parquet' : '.arrow';
}

/** The inputs of a stage as its key sees them; null while one of them has yet to be made. */
export function inputsOf(stage: PlannedStage, shelf: Shelf): KeyFields['inputs'] | null {
  const inputs: Record<string, DeclaredInput> = {};
  for (const name of stage.inputs) {
    const input = seenBy(stage, name, shelf);
    if (input === undefined) return null;
    inputs[name] = { sha256: input.sha256, kind: input.kind, extension: input.extension };
  }
  for (const { name, columns } of stage.absent) inputs[name] = absentInput(columns);
  return inputs;
}

/** Where each of them is from. */
export const inputsFrom = (stage: PlannedStage, shelf: Shelf): Readonly<Record<string, InputFrom>> =>
  Object.fromEntries(
    stage.inputs.flatMap((name) => {
      const input = seenBy(stage, name, shelf);
      return input === undefined ? [] : [[name, inputFrom(input.from, input.files)] as const];
    }),
  );

/** Everything upstream of a stage, each after what it was made from. */
export function originsOf(stage: PlannedStage, shelf: Shelf): Origin[] {
  const found = new Map<string, Origin>();
  const visit = (name: string) => {
    const origin = seenBy(stage, name, shelf)?.origin;
    if (origin === undefined || found.has(name)) return;
    origin.inputs.forEach(visit);
    found.set(name, origin);
  };
  stage.inputs.forEach(visit);
  return [...found.values()];
}

const sourceOrigin = (source: Source, hash: Sha256): Origin => ({
  artifact: source.name,
  stage: null,
  sha256: hash,
  evidence: source.evidence,
  inputs: [],
  description: source.description,
  columns: describeColumns(source.table?.columns ?? []),
});

const artifactOrigin = (stage: PlannedStage, output: Output, hash: Sha256): Origin => ({
  artifact: output.name,
  stage: stage.name,
  sha256: hash,
  evidence: output.evidence,
  inputs: stage.inputs,
  description: output.description,
  columns: describeColumns(output.kind === 'table' ? output.columns : []),
});

const describeColumns = (columns: readonly ColumnDeclaration[]): Origin['columns'] =>
  Object.fromEntries(
    columns.map(({ name, type, unit, description }) => [
      name,
      { type, ...(unit === undefined ? {} : { unit }), ...(description === undefined ? {} : { description }) },
    ]),
  );
