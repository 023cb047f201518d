import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { JobInput, JobOutput, StageJob } from '../../runner/job.ts';
import { readMatrix, writeMatrix } from '../../runner/matrix.ts';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import { tableNamed, type Output, type Pipeline, type Source } from '../../runner/pipeline.ts';
import { queryColumns } from '../../runner/query.ts';
import { loadSource } from '../../runner/source-table.ts';
import { runSqlStage } from '../../runner/sql-stage.ts';
import { literal, quoted, text } from '../../runner/sql.ts';
import { openContext, openDatabase } from '../../runner/stage-context.ts';
import type { Matrix, Origin, Parameter, Progress, Stage } from '../../runner/stage.ts';
import { copyToParquet } from '../../runner/table.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/**
 * An input of a stage under test: rows become a table (whole numbers INTEGER, other numbers DOUBLE, texts VARCHAR),
 * a path is taken as it is (`.parquet` a table, `.arrow` a matrix, with `/` at its end a folder, else a plain file),
 * `{ source }` is read and checked as pipeline.yaml declares that source,
 * `{ absent }` is an optional input that is not there: the table of that name in pipeline.yaml, without rows.
 */
export type TestInput = readonly Row[] | Matrix | string | { readonly source: string } | { readonly absent: string };

export interface TestSetting {
  readonly inputs?: Readonly<Record<string, TestInput>>;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  /** Declared outputs: `declaredOutputs('emissions')` takes them from pipeline.yaml. */
  readonly outputs: readonly Output[];
  readonly origins?: readonly Origin[];
  readonly threads?: number;
}

/** What a stage under test left behind, checked as in a run. */
export interface TestOutputs {
  /** Rows of a table output, in the order stored. BIGINT and DECIMAL come as numbers. */
  rows(output: string): Promise<Record<string, string | number | boolean | null>[]>;
  /** Columns of any query; table inputs and outputs are views. */
  query(sql: string): Promise<Record<string, Float64Array | (string | null)[]>>;
  matrix(output: string): Promise<Matrix>;
  /** Path of an output of any kind. */
  path(output: string): string;
  readonly progress: readonly Progress[];
  /** Lines for the log of a run. */
  readonly told: readonly string[];
  /** Removes all files. */
  close(): void;
}

export interface TestContext {
  /** Runs a stage function, an SQL script by its path in the project, or SQL, with the code that the worker runs. */
  run(stage: Stage | string | { readonly sql: string }): Promise<TestOutputs>;
}

/** The outputs that a stage declares in pipeline.yaml. */
export function declaredOutputs(stage: string): readonly Output[] {
  const declared = projectPipeline().stages.get(stage);
  if (declared === undefined) throw new Error(`pipeline.yaml has no stage ${stage}`);
  return declared.outputs;
}

/** The parameters that a stage has in pipeline.yaml. */
export function declaredParameters(stage: string): Readonly<Record<string, Parameter>> {
  const declared = projectPipeline().stages.get(stage);
  if (declared === undefined) throw new Error(`pipeline.yaml has no stage ${stage}`);
  return declared.parameters;
}

let pipeline: Pipeline | null = null;
const projectPipeline = (): Pipeline => (pipeline ??= readPipelineFile(join(ROOT, 'pipeline.yaml')));

/** Prepares a run of one stage in this process, with files of its own in a temporary folder. */
export function testContext(setting: TestSetting): TestContext {
  return {
    async run(stage) {
      const folder = mkdtempSync(join(tmpdir(), 'stage-'));
      const inputs = await writeInputs(setting.inputs ?? {}, folder);
      const progress: Progress[] = [];
      const job: Omit<StageJob, 'kind' | 'code'> = {
        stage: 'stage under test',
        parameters: setting.parameters ?? {},
        inputs,
        outputs: setting.outputs.map((output) => placed(output, folder)),
        origins: setting.origins ?? [],
        threads: setting.threads ?? 2,
        scratch: folder,
      };
      const told: string[] = [];
      const { context, finish, close } = await openContext(job, {
        progress: (update) => progress.push(update),
        tell: (line) => told.push(line),
      });
      try {
        if (typeof stage === 'function') await stage(context);
        else await runSqlStage(context, job, scriptOf(stage));
        await finish();
      } catch (error) {
        rmSync(folder, { recursive: true });
        throw error;
      } finally {
        close();
      }
      return openOutputs(job, folder, { progress, told });
    },
  };
}

const scriptOf = (stage: string | { readonly sql: string }) =>
  typeof stage === 'string'
    ? { sql: readFileSync(join(ROOT, stage), 'utf8'), file: stage }
    : { ...stage, file: 'the script' };

async function openOutputs(
  job: Pick<StageJob, 'inputs' | 'outputs'>,
  folder: string,
  said: Pick<TestOutputs, 'progress' | 'told'>,
): Promise<TestOutputs> {
  const { database, close } = await openDatabase(folder, 2);
  for (const { name, kind, path } of [...job.inputs, ...job.outputs]) {
    if (kind === 'table') await database.run(`CREATE VIEW ${quoted(name)} AS FROM read_parquet(${text(path)})`);
  }
  const path = (name: string): string => {
    const output = job.outputs.find((declared) => declared.name === name);
    if (output === undefined) throw new Error(`no output ${name}`);
    return output.path;
  };
  return {
    path,
    ...said,
    query: (sql) => queryColumns(database, sql),
    matrix: (name) => readMatrix(name, path(name)),
    async rows(name) {
      const result = await database.runAndReadAll(`FROM read_parquet(${text(path(name))})`);
      return result
        .getRowObjectsJS()
        .map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)])));
    },
    close() {
      close();
      rmSync(folder, { recursive: true });
    },
  };
}

function plain(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'bigint') return Number(value);
  return JSON.stringify(value);
}

function placed(output: Output, folder: string): JobOutput {
  const own = join(folder, 'outputs', output.name);
  mkdirSync(own, { recursive: true });
  const file = { table: `${output.name}.parquet`, matrix: `${output.name}.arrow` };
  return { ...output, path: join(own, output.kind === 'file' ? output.file : file[output.kind]) };
}

async function writeInputs(inputs: Readonly<Record<string, TestInput>>, folder: string): Promise<JobInput[]> {
  const { database, close } = await openDatabase(folder, 2);
  try {
    const written: JobInput[] = [];
    for (const [name, input] of Object.entries(inputs)) written.push(await writeInput(database, name, input, folder));
    return written;
  } finally {
    close();
  }
}

async function writeInput(
  database: DuckDBConnection,
  name: string,
  input: TestInput,
  folder: string,
): Promise<JobInput> {
  const about = { name, description: '', evidence: null };
  const artifact = `artifact ${name} of stage test`;
  if (typeof input === 'string' && input.endsWith('/')) {
    return { name, path: resolve(ROOT, input), place: input, kind: 'folder' };
  }
  if (typeof input === 'string') {
    const path = join(folder, `${name}${extname(input)}`);
    symlinkSync(resolve(ROOT, input), path);
    return {
      name,
      path,
      place: input,
      kind: { '.parquet': 'table' as const, '.arrow': 'matrix' as const }[extname(input)] ?? 'file',
    };
  }
  if (isMatrix(input)) {
    const path = join(folder, `${name}.arrow`);
    await writeMatrix({ ...about, unit: null, path }, input);
    return { name, path, kind: 'matrix', place: artifact };
  }
  const path = join(folder, `${name}.parquet`);
  if ('absent' in input) {
    const table = tableNamed(projectPipeline(), input.absent);
    if (table === null) throw new Error(`pipeline.yaml has no table ${input.absent}`);
    return { name, path, kind: 'table', place: `${name} (not there)`, absent: table.columns };
  }
  if ('source' in input) {
    const { file } = await readSource(database, input.source, path);
    return { name, path, kind: 'table', place: file };
  }
  await database.run(`COPY (${selectRows(input)}) TO ${text(path)} (FORMAT parquet)`);
  return { name, path, kind: 'table', place: artifact };
}

const isMatrix = (input: Exclude<TestInput, string>): input is Matrix => 'rowLabels' in input;

async function readSource(database: DuckDBConnection, name: string, output: string): Promise<Source> {
  const source = projectPipeline().sources.get(name);
  if (source?.table == null) throw new Error(`pipeline.yaml has no source ${name} with columns`);
  const table = source.table;
  const job = { ...source, table, givenBy: 'user', path: join(ROOT, source.file), output } as const;
  const read = await loadSource(database, job, `test ${name}`);
  await copyToParquet(database, { ...source, ...table, path: output }, read.from);
  return source;
}

function selectRows(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) throw new Error('an input table needs at least one row');
  const values = rows.map((row) => `(${names.map((name) => literal(row[name] ?? null)).join(', ')})`);
  const columns = names.map(
    (name) => `${quoted(name)}::${typeOf(rows.map((row) => row[name] ?? null))} AS ${quoted(name)}`,
  );
  return `SELECT ${columns.join(', ')} FROM (VALUES ${values.join(', ')}) AS given(${names.map(quoted).join(', ')})`;
}

function typeOf(values: readonly (string | number | boolean | null)[]): string {
  const there = values.filter((value) => value !== null);
  if (there.every((value) => typeof value === 'boolean')) return 'BOOLEAN';
  if (there.some((value) => typeof value === 'string')) return 'VARCHAR';
  return there.every((value) => Number.isInteger(value)) ? 'INTEGER' : 'DOUBLE';
}
