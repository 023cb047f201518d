import { existsSync, lstatSync } from 'node:fs';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { openColumnReader } from './columns.ts';
import type { JobOutput, StageJob } from './job.ts';
import { readMatrix, writeMatrix } from './matrix.ts';
import { suggest } from './nearest.ts';
import { createView } from './parquet.ts';
import { queryColumns } from './query.ts';
import { quoted, text } from './sql.ts';
import { StageError, type Column, type StageContext } from './stage.ts';
import { checkReference } from './table-checks.ts';
import { writeEmptyTable, writeTable } from './table.ts';

/** A stage's context while it runs. */
interface OpenContext {
  readonly context: StageContext;
  /** Rows of each table, and rows of each matrix, that has been written. */
  readonly written: Readonly<Record<string, number>>;
  /** Checks that every output is there and every reference holds. */
  readonly finish: () => Promise<void>;
  readonly close: () => void;
}

interface OpenDatabase {
  readonly database: DuckDBConnection;
  readonly close: () => void;
}

/** A database in memory whose results do not depend on the machine's settings. */
export async function openDatabase(scratch: string, threads: number | null): Promise<OpenDatabase> {
  const instance = await DuckDBInstance.create(':memory:', {
    // Else half a second is lost on each function that a missing extension would have.
    autoinstall_known_extensions: 'false',
    temp_directory: scratch,
    ...(threads === null ? {} : { threads: String(threads) }),
  });
  const database = await instance.connect();
  await database.run(`SET TimeZone = 'UTC'`);
  return {
    database,
    close() {
      database.closeSync();
      instance.closeSync();
    },
  };
}

export async function openContext(
  job: Omit<StageJob, 'kind' | 'code'>,
  { progress, tell }: Pick<StageContext, 'progress' | 'tell'>,
): Promise<OpenContext> {
  const { database, close } = await openDatabase(job.scratch, job.threads);
  for (const input of job.inputs) {
    if (input.absent !== undefined) await writeEmptyTable(database, input.path, input.absent);
    if (input.kind === 'table') await createView(database, input);
  }
  const reader = openColumnReader(database);
  const rows: Record<string, number> = {};

  const context: StageContext = {
    parameters: job.parameters,
    inputs: Object.fromEntries(job.inputs.map(({ name, path }) => [name, path])),
    places: Object.fromEntries(job.inputs.map(({ name, place }) => [name, place])),
    outputs: Object.fromEntries(
      job.outputs.filter(({ kind }) => kind === 'file').map(({ name, path }) => [name, path]),
    ),
    origins: job.origins,
    database,
    query: (sql) => queryColumns(database, sql),
    async readMatrix(name) {
      const input = job.inputs.find((known) => known.name === name);
      if (input?.kind === 'matrix') return readMatrix(name, input.path);
      const matrices = job.inputs.filter(({ kind }) => kind === 'matrix').map((known) => known.name);
      throw new StageError(`${job.stage} has no matrix input \`${name}\``, suggest(name, matrices));
    },
    async writeTable(name, table) {
      const output = requireOutput(job, name, 'table', rows);
      rows[name] =
        typeof table === 'string'
          ? await writeTable(database, output, table)
          : await reader.during(name, table, (from) =>
              writeTable(database, output, selectColumns(output, table, from)),
            );
      progress({ done: rows[name], unit: 'rows', note: name });
    },
    createTable: (name, columns) =>
      reader.during(name, columns, async (from) => {
        await database.run(`CREATE TABLE ${quoted(name)} AS FROM ${from}`);
      }),
    async writeMatrix(name, matrix) {
      const output = requireOutput(job, name, 'matrix', rows);
      await writeMatrix(output, matrix);
      rows[name] = matrix.rowLabels.length;
    },
    progress,
    tell,
  };
  const finish = async () => {
    requireAll(job.outputs);
    await checkReferences(database, job);
  };
  return { context, written: rows, finish, close };
}

function requireOutput<Kind extends JobOutput['kind']>(
  { stage, outputs }: Pick<StageJob, 'stage' | 'outputs'>,
  name: string,
  kind: Kind,
  written: Readonly<Record<string, number>>,
): Extract<JobOutput, { kind: Kind }> {
  const output = outputs.find((declared) => declared.name === name);
  const isKind = (found: JobOutput): found is Extract<JobOutput, { kind: Kind }> => found.kind === kind;
  if (output === undefined || !isKind(output)) {
    const known = outputs.filter((declared) => declared.kind === kind).map((declared) => declared.name);
    throw new StageError(`${stage} declares no ${kind} output \`${name}\``, suggest(name, known));
  }
  if (Object.hasOwn(written, name))
    throw new StageError(`${stage} writes ${name} twice`, 'Write each output once, with all its rows.');
  return output;
}

/** Numbers in memory have no NULL: NaN stands for it in columns that may be NULL, as in what `query` returns. */
function selectColumns(
  output: Extract<JobOutput, { kind: 'table' }>,
  columns: Readonly<Record<string, Column>>,
  from: string,
): string {
  const nullable = output.columns.filter(({ name, nullable }) => nullable && columns[name] instanceof Float64Array);
  if (nullable.length === 0) return `FROM ${from}`;
  const replaced = nullable.map(
    ({ name }) => `CASE WHEN isnan(${quoted(name)}) THEN NULL ELSE ${quoted(name)} END AS ${quoted(name)}`,
  );
  return `SELECT * REPLACE (${replaced.join(', ')}) FROM ${from}`;
}

function requireAll(outputs: readonly JobOutput[]): void {
  for (const { name, kind, path } of outputs) {
    if (!existsSync(path)) {
      const how =
        kind === 'file' ? `context.outputs.${name}` : kind === 'table' ? 'context.writeTable' : 'context.writeMatrix';
      throw new StageError(
        `The declared output ${name} was not written`,
        `Write it with ${how}, or remove it from the pipeline file.`,
      );
    }
    if (!lstatSync(path).isFile())
      throw new StageError(`The output ${name} is not a plain file`, 'Write one file to the path given.');
  }
}

async function checkReferences(
  database: DuckDBConnection,
  { inputs, outputs }: Pick<StageJob, 'inputs' | 'outputs'>,
): Promise<void> {
  const tables = new Map([...inputs, ...outputs].map(({ name, path }) => [name, `read_parquet(${text(path)})`]));
  for (const output of outputs) {
    if (output.kind !== 'table') continue;
    for (const column of output.columns) {
      if (column.references === undefined) continue;
      const { table, column: referred } = column.references;
      const checked = {
        from: tables.get(output.name)!,
        name: output.name,
        declared: output,
        givenBy: 'stage',
      } as const;
      const place = table;
      await checkReference(database, checked, column, {
        from: tables.get(table)!,
        name: table,
        place,
        column: referred,
      });
    }
  }
}
