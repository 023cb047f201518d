import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Assessed } from './assess.ts';
import { originsOf, readSource, type Available, type Shelf, type SourceToRead } from './available.ts';
import { sourceStage } from './cache-key.ts';
import type { Listener } from './events.ts';
import type { CacheKey, Sha256 } from './hash.ts';
import type { JobInput, JobOutput, SourcesJob, StageJob } from './job.ts';
import type { Output, Source } from './pipeline.ts';
import { JobFailure, runJob, type JobResult } from './run-job.ts';
import type { Receipt, StoredOutput } from './store.ts';
import type { Workshop } from './workshop.ts';

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
export interface Executed {
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
  const { stage, code } = assessed;
  requireIntact(stage.inputs, shelf, workshop);
  return inWorkFolder(workshop, async (folder) => {
    const outputs = stage.outputs.map((output) => placeOutput(output, folder));
    const job: StageJob = {
      kind: 'stage',
      stage: stage.name,
      code: 'sql' in code ? { sql: code.sql, file: stage.run } : { bundle: code.bundle },
      parameters: stage.parameters,
      inputs: stage.inputs.map((name) => placeInput(name, shelf.get(name)!, folder)),
      outputs,
      origins: stage.provenance ? originsOf(stage, shelf) : [],
      threads: stage.threads,
      scratch: makeFolder(folder, 'scratch'),
    };
    const timer = startTimer();
    const result = await runJob(job, workshop.worker.bundle, {
      progress: (progress) => {
        listen({ kind: 'progress', stage: stage.name, progress });
      },
      output: (line) => {
        listen({ kind: 'output', stage: stage.name, line });
      },
    });
    requireUntouched(stage.inputs, shelf, workshop);
    const stored = outputs.map(({ name, path }) => [name, store(workshop, path, result.rows[name])] as const);
    const previous = workshop.store.latest(stage.name);
    const receipt: Receipt = {
      key: assessed.key,
      stage: stage.name,
      fields: assessed.fields,
      outputs: Object.fromEntries(stored),
      files: code.files,
      previous,
      ...timer(result),
      versions: versionsOf(workshop),
    };
    workshop.store.writeReceipt(receipt);
    return { receipt, unchanged: sameOutputs(previous, receipt, workshop) };
  });
}

/** Reads sources into tables of the store and puts them on the shelf. Throws a JobFailure that names all wrong ones. */
export async function executeSources(
  reading: readonly SourceToRead[],
  shelf: Shelf,
  workshop: Workshop,
): Promise<void> {
  const { pipeline } = workshop;
  await inWorkFolder(workshop, async (folder) => {
    const outputs = makeFolder(folder, 'outputs');
    const place = ({ name, file, description, evidence, table }: Source) => ({
      ...{ name, file, description, evidence, table: table! },
      path: join(pipeline.root, file),
      output: join(outputs, name),
    });
    const ready = [...shelf].filter(([name, { kind }]) => kind === 'table' && pipeline.sources.has(name));
    const job: SourcesJob = {
      kind: 'sources',
      sources: reading.map(({ source }) => place(source)),
      tables: ready.map(([name, { path }]) => ({ name, kind: 'table', path })),
      scratch: makeFolder(folder, 'scratch'),
    };
    const timer = startTimer();
    const result = await runJob(job, workshop.worker.bundle, { progress: () => undefined, output: () => undefined });
    for (const one of reading) {
      const { source, key, fields, fileHash } = one;
      const path = join(pipeline.root, source.file);
      const rows = result.rows[source.name];
      if (rows === undefined) continue;
      if (workshop.memo.hashOf(path) !== fileHash) throw changedMeanwhile(source.file);
      const output = store(workshop, join(outputs, source.name), rows);
      const stage = sourceStage(source.name);
      const about = {
        key,
        stage,
        fields,
        outputs: { [source.name]: output },
        files: {},
        previous: workshop.store.latest(stage),
      };
      workshop.store.writeReceipt({ ...about, ...timer(result), versions: versionsOf(workshop) });
      workshop.store.setLatest(stage, key);
      shelf.set(source.name, readSource(one, output, workshop));
    }
    refuseSources(result);
  });
}

function refuseSources({ refused }: JobResult): void {
  const failures = Object.values(refused);
  if (failures.length === 0) return;
  const told = failures.map(({ message, remedy, stack }) =>
    [stack ?? message, remedy].filter((part) => part !== null).join('\n  '),
  );
  throw new JobFailure({
    message: told.slice(0, -1).concat(failures.at(-1)!.message).join('\n\n'),
    remedy: failures.at(-1)!.remedy,
    stack: failures.at(-1)!.stack,
  });
}

function store({ store: into }: Workshop, path: string, rows: number | undefined): StoredOutput {
  return { ...into.adopt(path), rows: rows ?? null };
}

function requireIntact(inputs: readonly string[], shelf: Shelf, { store }: Workshop): void {
  for (const name of inputs) {
    const { stored, sha256 } = shelf.get(name)!;
    if (stored && !store.verify(sha256)) throw new DamagedObject(name, sha256);
  }
}

/** A user's file that was edited while it was read may have given anything. */
function requireUntouched(inputs: readonly string[], shelf: Shelf, { memo }: Workshop): void {
  for (const name of inputs) {
    const { stored, path, sha256 } = shelf.get(name)!;
    if (!stored && memo.hashOf(path) !== sha256) throw changedMeanwhile(path);
  }
}

const changedMeanwhile = (file: string): JobFailure =>
  new JobFailure({
    message: `${file} was changed while it was read`,
    remedy: 'Run again when it is at rest.',
    stack: null,
  });

function placeInput(name: string, { kind, path, stored, extension }: Available, folder: string): JobInput {
  if (!stored) return { name, kind, path };
  // Under its own name and ending, where the store knows it by its hash only.
  const link = join(makeFolder(folder, 'inputs'), `${name}${extension}`);
  symlinkSync(path, link);
  return { name, kind, path: link };
}

function placeOutput(output: Output, folder: string): JobOutput {
  const own = makeFolder(folder, join('outputs', output.name));
  if (output.kind === 'file') return { ...output, path: join(own, output.file) };
  return { ...output, path: join(own, `${output.name}.${output.kind === 'table' ? 'parquet' : 'arrow'}`) };
}

function makeFolder(folder: string, name: string): string {
  const made = join(folder, name);
  mkdirSync(made, { recursive: true });
  return made;
}

/** Gives `use` a folder of its own on the file system of the store, and removes it whatever happens. */
async function inWorkFolder<T>({ store }: Workshop, use: (folder: string) => Promise<T>): Promise<T> {
  const work = makeFolder(store.folder, 'work');
  removeOrphans(work);
  const folder = mkdtempSync(join(work, `${process.pid}-`));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Work folders carry the id of their process: those of processes that were killed are of no use. */
function removeOrphans(work: string): void {
  for (const entry of readdirSync(work)) {
    const pid = Number.parseInt(basename(entry), 10);
    if (!isAlive(pid)) rmSync(join(work, entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

type Timing = Pick<Receipt, 'started_at' | 'seconds' | 'peak_memory_bytes'>;

function startTimer(): (result: JobResult) => Timing {
  const started_at = new Date().toISOString();
  const start = performance.now();
  return ({ peakMemoryBytes }) => ({
    started_at,
    seconds: Math.round(performance.now() - start) / 1000,
    peak_memory_bytes: peakMemoryBytes,
  });
}

function versionsOf({ worker }: Workshop): Record<string, string> {
  const duckdb = worker.packages['@duckdb/node-api']?.split(' ')[0] ?? '';
  return { node: process.versions.node, duckdb };
}

function sameOutputs(previous: CacheKey | null, { outputs }: Receipt, { store }: Workshop): boolean {
  const before = previous === null ? null : store.receipt(previous);
  if (before === null) return false;
  return Object.entries(outputs).every(([name, { sha256 }]) => before.outputs[name]?.sha256 === sha256);
}
