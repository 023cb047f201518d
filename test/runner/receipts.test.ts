import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { requireArchivable } from '../../runner/crate-record.ts';
import type { Sha256 } from '../../runner/hash.ts';
import { project, projectThatRan } from './project.ts';

const FILES = {
  'pipeline.yaml': `pipeline: shops
sources:
  sale:
    file: data-raw/sales.csv
    columns: { shop: VARCHAR, amount: INTEGER }
stages:
  totals:
    run: stages/totals.sql
    inputs: [sale]
    parameters: { least: 10 }
    outputs:
      total: { columns: { shop: VARCHAR, amount: BIGINT }, key: [shop] }
  results:
    run: stages/results.ts
    inputs: [total]
    outputs:
      database: { file: shops.duckdb, publish_as: shops.duckdb, receipts: true }
`,
  'data-raw/sales.csv': 'shop,amount\nA,12\nB,8\nA,30\n',
  'stages/totals.sql': `CREATE TABLE total AS SELECT shop, sum(amount)::BIGINT AS amount FROM sale GROUP BY shop HAVING sum(amount) >= getvariable('least');`,
  'stages/results.ts': `export default async ({ database, outputs }) => {
  await database.run(\`ATTACH '\${outputs.database}' AS results\`);
  await database.run('CREATE TABLE results.total AS FROM total; DETACH results');
};
`,
};

async function rows(database: string, sql: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(database, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

it('a database can be published with how everything was made, and stays as it was in the store', async () => {
  const of = project(FILES);
  expect((await of.run()).outcome).toEqual({ ok: true });
  const query = (sql: string) => rows(of.path('data-out/shops.duckdb'), sql);
  expect(await query('SELECT stage, parameters, inputs, outputs, rows FROM receipt ORDER BY stage')).toEqual([
    { stage: 'results', parameters: '{}', inputs: ['total'], outputs: ['database'], rows: '0' },
    { stage: 'source.sale', parameters: '{}', inputs: ['data-raw/sales.csv'], outputs: ['sale'], rows: '3' },
    { stage: 'totals', parameters: '{"least":10}', inputs: ['sale'], outputs: ['total'], rows: '1' },
  ]);
  expect(
    await query(
      "SELECT bool_and(seconds > 0 AND bytes > 0 AND started_at > TIMESTAMP '2020-01-01') AS sane FROM receipt",
    ),
  ).toEqual([{ sane: true }]);
  // From a result to the files behind it.
  const behind = `WITH RECURSIVE behind AS (
      SELECT 'database' AS artifact
      UNION
      SELECT read.artifact FROM behind JOIN lineage made ON made.artifact = behind.artifact AND made.direction = 'output'
      JOIN lineage read ON read.stage = made.stage AND read.direction = 'input'
    ) FROM behind ORDER BY artifact`;
  expect(await query(behind)).toEqual(
    ['data-raw/sales.csv', 'database', 'sale', 'total'].map((artifact) => ({ artifact })),
  );
  expect(await query('SELECT * FROM total')).toEqual([{ shop: 'A', amount: '42' }]);
  expect(
    await query(
      "SELECT count(*) AS n FROM duckdb_columns() WHERE table_name IN ('receipt', 'lineage') AND comment IS NULL",
    ),
  ).toEqual([{ n: '0' }]);
  expect(await rows(of.path(`.cache/objects/${await storedDatabase(of)}`), 'SHOW TABLES')).toEqual([{ name: 'total' }]);
  const again = await of.run();
  expect(again.events.at(-1)).toMatchObject({ kind: 'already-published' });
});

it('is published anew when a stage ran again, though its result is the same', async () => {
  const of = await projectThatRan(FILES);
  of.edit('pipeline.yaml', 'least: 10', 'least: 11');
  expect((await of.run()).events.at(-1)).toMatchObject({ kind: 'published' });
  expect(await rows(of.path('data-out/shops.duckdb'), "SELECT parameters FROM receipt WHERE stage = 'totals'")).toEqual(
    [{ parameters: '{"least":11}' }],
  );
});

async function storedDatabase(of: ReturnType<typeof project>): Promise<string> {
  const { store } = await of.workshop();
  return store.receipt(store.latest('results')!)!.outputs['database']!.sha256;
}

it('is published once, however the stages came to their end, and can be archived', async () => {
  const of = await projectThatRan(FILES);
  const edition = of.edition();
  // Now the stages are reused, and come in another order.
  await of.runWith({ budget: { slots: 4, memoryBytes: Infinity } });
  expect(of.edition()).toBe(edition);
  const { stages } = await requireArchivable(await of.workshop(), 'Nothing is archived');
  const { files } = JSON.parse(of.read('data-out/manifest.json')) as { files: { path: string; sha256: string }[] };
  const published = stages.find(({ stage }) => stage.id === 'results')!.published.get('database');
  expect(files.find(({ path }) => path === 'shops.duckdb')!.sha256).toBe(published);
  expect(published).not.toBe(await storedDatabase(of));
});

it('is made again where the stored one is damaged without a trace', async () => {
  const of = await projectThatRan(FILES);
  const { store, memo } = await of.workshop();
  const hash = (await storedDatabase(of)) as Sha256;
  const { size } = statSync(store.objectPath(hash));
  chmodSync(store.objectPath(hash), 0o644);
  writeFileSync(store.objectPath(hash), Buffer.alloc(size, 1));
  memo.remember(store.objectPath(hash), hash);
  memo.save();
  // The stage is up to date; what is published has to be made anew of its database.
  of.edit('pipeline.yaml', 'least: 10', 'least: 11');
  const { outcome, executed } = await of.run();
  expect(outcome).toEqual({ ok: true });
  expect(executed).toEqual(['totals', 'results']);
  expect(await rows(of.path('data-out/shops.duckdb'), 'SELECT amount FROM total')).toEqual([{ amount: '42' }]);
});
