import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { division, type Division } from '../mrio/anais/disaggregation.ts';
import { queryColumns } from '../runner/query.ts';
import type { StageContext } from '../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable } from '../stages/accounts.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** The tables that the last run of the pipeline gave to ANAIS, from data-out. */
export async function studyDivision(): Promise<Division> {
  const tables = `${ROOT}/data-out/tables`;
  if (!existsSync(tables)) throw new Error('data-out/tables is not there: run `npm run pipeline` first');
  const instance = await DuckDBInstance.create(':memory:');
  const database = await instance.connect();
  const facts = `${ROOT}/data-raw`;
  await database.run(`CREATE VIEW region AS FROM read_csv('${facts}/regions.csv', all_varchar = true)`);
  await database.run(`CREATE VIEW sector AS SELECT id::UTINYINT AS id FROM read_csv('${facts}/sectors.csv')`);
  for (const table of ['reference_table', 'target_table']) {
    await database.run(`CREATE VIEW ${table} AS FROM read_parquet('${tables}/${table}.parquet')`);
  }
  const context = stageContext(database);
  const { axes, provinceOf } = await readProvinceAxes(context);
  const reference = await readTable(context, 'reference_table', await readAxes(context));
  const target = await readTable(context, 'target_table', axes);
  database.closeSync();
  instance.closeSync();
  return division(reference, target, (region) => provinceOf.get(region));
}

/** As much of a stage's context as reading tables needs. */
const stageContext = (database: DuckDBConnection): StageContext =>
  ({ query: (sql: string) => queryColumns(database, sql) }) as unknown as StageContext;
