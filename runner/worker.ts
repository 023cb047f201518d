import { createRequire, Module } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as duckdb from '@duckdb/node-api';
import type { Failure, SourcesJob, StageJob } from './job.ts';
import { createView } from './parquet.ts';
import { quoted } from './sql.ts';
import { loadSource } from './source-table.ts';
import { runShellStage } from './shell-stage.ts';
import { runSqlStage } from './sql-stage.ts';
import { openContext, openDatabase } from './stage-context.ts';
import type { Progress, Stage } from './stage.ts';
import { checkReference, type CheckedTable } from './table-checks.ts';
import { copyToParquet } from './table.ts';
import { failureOf, send, workFor, type JobAnswer } from './worker-process.ts';

/** The process that runs one job and ends: a stage's memory, crash or leak stays with it. */

async function runStage(job: StageJob): Promise<JobAnswer> {
  const { context, written, finish, close } = await openContext(job, throttled());
  try {
    if ('sql' in job.code) await runSqlStage(context, job, job.code);
    else if ('command' in job.code) await runShellStage(context, job, job.code);
    else await (await loadStage(job.code.bundle, job.stage))(context);
    await finish();
    return { kind: 'done', rows: written, refused: {} };
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error), written };
  } finally {
    close();
  }
}

const DUCKDB = '@duckdb/node-api';

/** A stage that imports DuckDB's package gets the one that is packed into this file: values of two would not be alike. */
function shareDuckDB(bundle: string): void {
  const require = createRequire(bundle);
  const place = require.resolve(DUCKDB);
  require.cache[place] = Object.assign(new Module(place), { filename: place, loaded: true, exports: duckdb });
}

async function loadStage(bundle: string, name: string): Promise<Stage> {
  shareDuckDB(bundle);
  const module = (await import(pathToFileURL(bundle).href)) as { default?: unknown };
  if (typeof module.default !== 'function')
    throw new Error(`Stage ${name} has no default export: write \`export default stage(async (context) => ...)\`.`);
  return module.default as Stage;
}

/** Reads and checks all sources, and stores those that are right, so that all wrong ones are named at once. */
async function readSources({ sources, tables, scratch }: SourcesJob): Promise<JobAnswer> {
  const { database, close } = await openDatabase(scratch, null);
  try {
    for (const table of tables) await createView(database, table);
    const places = new Map([
      ...tables.map(({ name, place }) => [name, place] as const),
      ...sources.map(({ name, file }) => [name, file] as const),
    ]);
    const refused: Record<string, Failure> = {};
    const loaded = new Map<string, CheckedTable>();
    const attempt = async (name: string, step: () => Promise<void>) => {
      try {
        await step();
      } catch (error) {
        refused[name] = failureOf(error);
      }
    };
    for (const source of sources) {
      await attempt(
        source.name,
        async () => void loaded.set(source.name, await loadSource(database, source, source.name)),
      );
    }
    const rows: Record<string, number> = {};
    for (const source of sources) {
      const table = loaded.get(source.name);
      if (table === undefined) continue;
      // A source that refers to a refused one cannot be vouched for yet: it is read again next time.
      if (
        source.table.columns.some(
          ({ references }) => references !== undefined && refused[references.table] !== undefined,
        )
      )
        continue;
      await attempt(source.name, async () => {
        await checkSourceReferences(database, table, places);
        rows[source.name] = await copyToParquet(
          database,
          { ...source.table, name: source.name, description: '', evidence: null, path: source.output },
          table.from,
        );
      });
    }
    return { kind: 'done', rows, refused };
  } finally {
    close();
  }
}

async function checkSourceReferences(
  database: duckdb.DuckDBConnection,
  table: CheckedTable,
  places: ReadonlyMap<string, string>,
): Promise<void> {
  for (const column of table.declared.columns) {
    if (column.references === undefined) continue;
    const { table: name, column: referred } = column.references;
    const place = places.get(name) ?? name;
    await checkReference(database, table, column, { from: quoted(name), name, place, column: referred });
  }
}

const REPORT_EVERY_MS = 100;

function throttled(): (progress: Progress) => void {
  let last = 0;
  return (progress) => {
    const now = performance.now();
    if (now - last < REPORT_EVERY_MS) return;
    last = now;
    send({ kind: 'progress', progress });
  };
}

workFor((job) => {
  if (job.kind === 'stage') return runStage(job);
  if (job.kind === 'sources') return readSources(job);
  throw new Error(`This process does not know how to do a job of the kind ${job.kind}.`);
});
