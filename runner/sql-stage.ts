import type { StageJob } from './job.ts';
import { literal, quoted, text } from './sql.ts';
import { StageError, type StageContext } from './stage.ts';

/** Stands before and between the two texts of `stage_error`, and in no message of DuckDB's own. */
const SEPARATOR = '\u001e';

/**
 * Runs a script and stores each declared output from the table or view of its name.
 * Parameters, and the paths of inputs that are plain files, are variables: `getvariable('year')`. What an error calls
 * each input is in `getvariable('places')`, and `stage_error(what is wrong, remedy)` ends the stage as a StageError does.
 * A stage with `provenance: true` also has a table `origin(artifact, stage, sha256, evidence, inputs)`.
 */
export async function runSqlStage(
  context: StageContext,
  job: Pick<StageJob, 'parameters' | 'inputs' | 'outputs'>,
  script: { sql: string; file: string },
): Promise<void> {
  const { database } = context;
  await createErrors(context);
  for (const [name, value] of Object.entries(job.parameters))
    await database.run(`SET VARIABLE ${quoted(name)} = ${literal(value)}`);
  for (const { name, kind, path } of job.inputs) {
    if (kind === 'file') await database.run(`SET VARIABLE ${quoted(name)} = ${text(path)}`);
  }
  await createOrigins(context);
  await runStatements(context, script);
  for (const { name } of job.outputs) {
    await requireRelation(context, name, script.file);
    await context.writeTable(name, `FROM ${quoted(name)}`);
  }
}

/** What a script needs to complain of its data. A text that is NULL would be no error at all. */
async function createErrors({ database, places }: StageContext): Promise<void> {
  if (Object.keys(places).length > 0) await database.run(`SET VARIABLE places = ${literal(places)}`);
  const part = (name: string): string => `${text(SEPARATOR)} || coalesce(${name}::VARCHAR, 'NULL')`;
  await database.run(`CREATE TEMP MACRO stage_error(what, remedy) AS error(${part('what')} || ${part('remedy')})`);
}

async function createOrigins({ database, origins }: StageContext): Promise<void> {
  if (origins.length === 0) return;
  const rows = origins.map(({ artifact, stage, sha256, evidence, inputs }) =>
    literal({ artifact, stage, sha256, evidence, inputs }),
  );
  await database.run(`CREATE TABLE origin AS SELECT unnest([${rows.join(', ')}], max_depth := 2)`);
}

async function runStatements(context: StageContext, { sql, file }: { sql: string; file: string }): Promise<void> {
  const { database } = context;
  const statements = await database.extractStatements(sql).catch((error: unknown) => {
    throw sqlError(error, file);
  });
  for (let index = 0; index < statements.count; index++) {
    context.progress({ done: index, total: statements.count, unit: 'statements' });
    try {
      await (await statements.prepare(index)).run();
    } catch (error) {
      throw sqlError(error, `${file}, statement ${index + 1} of ${statements.count}`);
    }
  }
}

/** DuckDB's message says what is wrong and shows the line; an error of `stage_error` says it in the script's words. */
function sqlError(error: unknown, where: string): StageError {
  const message = error instanceof Error ? error.message : String(error);
  const [, wrong, remedy] = message.split(SEPARATOR);
  if (wrong !== undefined && remedy !== undefined) return new StageError(wrong, remedy);
  return new StageError(`${where}: ${message}`, 'Correct the script, or the data it reads.');
}

async function requireRelation({ database }: StageContext, name: string, file: string): Promise<void> {
  const found = await database.runAndReadAll(
    `SELECT 1 FROM duckdb_tables() WHERE table_name = ${text(name)} UNION ALL SELECT 1 FROM duckdb_views() WHERE view_name = ${text(name)}`,
  );
  if (found.currentRowCount > 0) return;
  throw new StageError(
    `${file} makes no table or view \`${name}\``,
    `Add \`CREATE TABLE ${name} AS ...\`, or remove the output from the pipeline file.`,
  );
}
