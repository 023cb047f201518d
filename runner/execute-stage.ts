import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Assessed } from './assess.ts';
import { originsOf, seenBy, type Available, type Shelf } from './available.ts';
import type { Listener } from './events.ts';
import { keepDiagnoses } from './failed.ts';
import type { AbsentTable } from './graph.ts';
import { sha256OfFile, type Sha256 } from './hash.ts';
import type { JobInput, JobOutput, StageJob } from './job.ts';
import { isOwnFile } from './own-file.ts';
import type { Output } from './pipeline.ts';
import { JobFailure, runJob, type JobListener, type JobResult } from './run-job.ts';
import { filesOf } from './shell-command.ts';
import { filesBelow, hashOfSource } from './source-files.ts';
import type { Receipt } from './store.ts';
import { inWorkFolder, makeFolder, startAccount, type Account } from './work-folder.ts';
import type { StageCode, Workshop } from './workshop.ts';

/** A stored object turned out to be damaged when it was to be used. It is in quarantine: what made it has to run again. */
export class DamagedObject extends Error {
  override readonly name = 'DamagedObject';
  readonly artifact: string;
  readonly object: Sha256;

  constructor(artifact: string, object: Sha256) {
    super(`The stored ${artifact} is damaged`);
    this.artifact = artifact;
    this.object = object;
  }
}

/** A stage ended, and what it left is in the store. */
interface Executed {
  readonly receipt: Receipt;
  /** Whether all outputs are those of the receipt before. */
  readonly unchanged: boolean;
}

/** Runs a stage in a process of its own and stores its outputs; the receipt comes last. */
export async function executeStage(
  assessed: Assessed,
  shelf: Shelf,
  workshop: Workshop,
  listen: Listener,
): Promise<Executed> {
  const account = startAccount(workshop);
  return executeAside(assessed, shelf, workshop, listen, {
    use: (outputs, result) => keep(assessed, outputs, result, account(result), workshop),
    failure: (error, outputs) => keepDiagnoses(error, assessed.stage.id, outputs, workshop),
  });
}

/** What becomes of an execution. */
interface Aftermath<T> {
  readonly use: (outputs: readonly JobOutput[], result: JobResult) => T | Promise<T>;
  /** The error to be thrown for the one that ended the stage; absent: that one. */
  readonly failure?: (error: unknown, outputs: readonly JobOutput[]) => unknown;
  /** DuckDB's threads; absent: as declared. */
  readonly threads?: number;
}

/** Runs a stage in a process of its own and hands over what it made, which is gone afterwards unless it is moved away. */
export async function executeAside<T>(
  assessed: Assessed,
  shelf: Shelf,
  workshop: Workshop,
  listen: Listener,
  { use, failure = (error) => error, threads }: Aftermath<T>,
): Promise<T> {
  const { stage } = assessed;
  const inputs = stage.inputs.map((name) => [name, seenBy(stage, name, shelf)!] as const);
  requireIntact(inputs, workshop);
  return inWorkFolder(workshop, async (folder) => {
    const declared = stageJob(assessed, inputs, originsOf(stage, shelf), folder, workshop.pipeline.root);
    const job = { ...declared, threads: threads ?? declared.threads };
    const result = await runJob(job, workshop, reportTo(listen, stage.id), stage.timeout).catch((error: unknown) => {
      throw failure(error, job.outputs);
    });
    requireUntouched(inputs, workshop);
    requireOwn(job.outputs, workshop);
    return use(job.outputs, result);
  });
}

type Inputs = readonly (readonly [name: string, input: Available])[];

function stageJob(
  { stage, code }: Assessed,
  inputs: Inputs,
  origins: StageJob['origins'],
  folder: string,
  root: string,
): StageJob {
  return {
    kind: 'stage',
    stage: stage.name,
    code: jobCode(code, folder, root),
    parameters: stage.parameters,
    inputs: [
      ...inputs.map(([name, input]) => placeInput(name, input, folder)),
      ...stage.absent.map((table) => placeAbsent(table, folder)),
    ],
    outputs: stage.outputs.map((output) => placeOutput(output, folder)),
    origins: stage.provenance ? origins : [],
    threads: stage.threads,
    scratch: makeFolder(folder, 'scratch'),
  };
}

function jobCode(code: StageCode, folder: string, root: string): StageJob['code'] {
  if ('sql' in code) return { sql: code.sql, file: code.file };
  if ('bundle' in code) return { bundle: code.bundle };
  const placed = filesOf(code.command).map((file) => [file, placeFile(file, code.files[file]!, folder, root)]);
  return { command: code.command, files: Object.fromEntries(placed) as Record<string, string> };
}

/** A copy, so that a script finds no other file of the project beside it than those that are named. */
function placeFile(file: string, hash: Sha256, folder: string, root: string): string {
  const copy = join(makeFolder(folder, join('files', dirname(file))), file.split('/').at(-1)!);
  copyFileSync(join(root, file), copy);
  if (sha256OfFile(copy) !== hash) throw changedMeanwhile(file);
  return copy;
}

function placeInput(name: string, input: Available, folder: string): JobInput {
  const { kind, path, stored, place, extension } = input;
  if (kind === 'folder') return { name, kind, path: placeFolder(name, input, folder), place };
  if (!stored) return { name, kind, path, place };
  // Under its own name and ending, where the store knows it by its hash only.
  const link = join(makeFolder(folder, 'inputs'), `${name}${extension}`);
  symlinkSync(path, link);
  return { name, kind, path: link, place };
}

/** A folder of links: the stage sees the files that are in the key, and no other. */
function placeFolder(name: string, { path }: Available, folder: string): string {
  const place = makeFolder(folder, join('inputs', name));
  for (const file of filesBelow(path, UNNOTICED)) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    symlinkSync(join(path, file), join(place, file));
  }
  return place;
}

const UNNOTICED = { consult: () => undefined };

/** The worker writes the file: it knows how. */
function placeAbsent({ name, columns }: AbsentTable, folder: string): JobInput {
  const path = join(makeFolder(folder, 'inputs'), `${name}.parquet`);
  return { name, kind: 'table', path, place: `${name} (not there)`, absent: columns };
}

const EXTENSIONS = { table: '.parquet', matrix: '.arrow' } as const;

function placeOutput(output: Output, folder: string): JobOutput {
  const own = makeFolder(folder, join('outputs', output.name));
  const file = output.kind === 'file' ? output.file : `${output.name}${EXTENSIONS[output.kind]}`;
  return { ...output, path: join(own, file) };
}

const reportTo = (listen: Listener, stage: string): JobListener => ({
  progress: (progress) => {
    listen({ kind: 'progress', stage, progress });
  },
  output: (line) => {
    listen({ kind: 'output', stage, line });
  },
});

/** Moves the outputs into the store and then writes the receipt. */
function keep(
  { stage, key, fields, from, code }: Assessed,
  outputs: readonly JobOutput[],
  result: JobResult,
  account: Account,
  { store, pipeline }: Workshop,
): Executed {
  const stored = outputs.map(({ name, path }) => [name, { ...store.adopt(path), rows: result.rows[name] ?? null }]);
  const previous = store.latest(stage.id);
  const about = { key, stage: stage.name, pipeline: pipeline.name, fields, from, files: code.files, previous };
  const receipt: Receipt = { ...about, outputs: Object.fromEntries(stored) as Receipt['outputs'], ...account };
  store.writeReceipt(receipt);
  return { receipt, unchanged: hasOutputsOf(previous === null ? null : store.receipt(previous), receipt) };
}

const hasOutputsOf = (before: Receipt | null, { outputs }: Receipt): boolean =>
  before !== null && Object.entries(outputs).every(([name, { sha256 }]) => before.outputs[name]?.sha256 === sha256);

function requireIntact(inputs: Inputs, { store }: Workshop): void {
  for (const [name, { stored, sha256 }] of inputs) {
    if (stored && !store.verify(sha256)) throw new DamagedObject(name, sha256);
  }
}

/** A user's file that was edited while it was read may have given anything. */
function requireUntouched(inputs: Inputs, { memo, pipeline }: Workshop): void {
  for (const [, { stored, place, sha256 }] of inputs) {
    if (!stored && hashOfSource(pipeline.root, place, memo) !== sha256) throw changedMeanwhile(place);
  }
}

/** The worker has looked, but the stage's code had not ended then. */
function requireOwn(outputs: readonly JobOutput[], { store }: Workshop): void {
  const failures = outputs
    .filter(({ path }) => !isOwnFile(path, store.folder))
    .map(({ name }) => ({
      message: `The output ${name} is not a plain file of the stage's own`,
      remedy: 'Write one file to the path given, and put no link in the place of it or of its folder.',
      stack: null,
    }));
  if (failures.length > 0) throw new JobFailure(failures);
}

export const changedMeanwhile = (file: string): JobFailure =>
  new JobFailure([
    { message: `${file} was changed while it was read`, remedy: 'Run again when it is at rest.', stack: null },
  ]);
