import type { StageJob } from './job.ts';
import { literal, quoted, text } from './sql.ts';
import { StageError, type StageContext } from './stage.ts';

/**
 * Runs a script and stores each declared output from the table or view of its name.
 * Parameters, and the paths of inputs that are plain files, are variables: `getvariable('year')`.
 * A stage with `provenance: true` also has a table `origin(artifact, stage, key, sha256, evidence, inputs)`.
 */
export async function runSqlStage(
  context: StageContext,
  job: Pick<StageJob, 'parameters' | 'inputs' | 'outputs'>,
  script: { sql: string; file: string },
): Promise<void> {
  const { database } = context;
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

async function createOrigins({ database, origins }: StageContext): Promise<void> {
  if (origins.length === 0) return;
  const rows = origins.map(({ artifact, stage, key, sha256, evidence, inputs }) =>
    literal({ artifact, stage, key, sha256, evidence, inputs }),
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

/** DuckDB's message says what is wrong and shows the line. */
function sqlError(error: unknown, where: string): StageError {
  return new StageError(
    `${where}: ${error instanceof Error ? error.message : String(error)}`,
    'Correct the script, or the data it reads.',
  );
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
