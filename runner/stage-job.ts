import { createRequire, Module } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as duckdb from '@duckdb/node-api';
import type { StageJob } from './job.ts';
import { runShellStage } from './shell-stage.ts';
import { storeTable } from './shell-table.ts';
import { runSqlStage } from './sql-stage.ts';
import { openContext } from './stage-context.ts';
import type { Progress, Stage } from './stage.ts';
import { failureOf, send, type JobAnswer } from './worker-process.ts';

/** Runs a stage with a database that has its tables. */
export async function runStage(job: StageJob): Promise<JobAnswer> {
  const { context, written, finish, close } = await openContext(job, {
    progress: throttled(),
    tell: (line) => {
      console.log(line);
    },
  });
  try {
    if ('sql' in job.code) await runSqlStage(context, job, job.code);
    else if ('command' in job.code) await runShellStage(job, job.code, (output) => storeTable(context, output));
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
