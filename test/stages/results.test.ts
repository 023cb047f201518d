import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type Json } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Origin } from '../../runner/stage.ts';
import results from '../../stages/results.ts';
import { declaredOutputs, testContext } from '../support/stage-context.ts';
import { folder, miniature, writeTables } from './report/miniature.ts';
import { reportOrigins } from './report/origins.ts';

const origins = reportOrigins('absent');
let inputs: Record<string, string>;
let query: (sql: string) => Promise<Record<string, Json>[]>;

async function resultsDatabase(tables: Record<string, string>, from: readonly Origin[], threads = 2): Promise<Buffer> {
  const outputs = declaredOutputs('results');
  const result = await testContext({ inputs: tables, outputs, origins: from, threads }).run(results);
  const bytes = readFileSync(result.path('database'));
  result.close();
  return bytes;
}

/** Opens the bytes of a database. */
async function open(bytes: Buffer): Promise<typeof query> {
  const path = join(folder, 'bth.duckdb');
  writeFileSync(path, bytes);
  const connection = await (await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })).connect();
  return async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

beforeAll(async () => {
  inputs = await writeTables(miniature);
  query = await open(await resultsDatabase(inputs, origins));
});

describe('the results database', () => {
  it('has a table for every input, and the provenance', async () => {
    const tables = await query(`SELECT table_name AS "table" FROM duckdb_tables()`);
    expect(tables.map(({ table }) => table).sort()).toEqual([...Object.keys(miniature), 'provenance'].sort());
  });

  it.each(Object.keys(miniature))('has the rows of %s in their order', async (table) => {
    const path = inputs[table]!;
    const given = await query(`FROM read_parquet('${path}')`);
    expect(given).toHaveLength(miniature[table]!.length);
    expect(await query(`FROM "${table}"`)).toEqual(given);
  });

  it('has a comment on every table and every column', async () => {
    const silent = await query(`
      SELECT table_name AS name FROM duckdb_tables() WHERE coalesce(trim(comment), '') = ''
      UNION ALL
      SELECT table_name || '.' || column_name FROM duckdb_columns()
      WHERE NOT internal AND regexp_replace(coalesce(comment, ''), '\\[.*\\]|\\s', '', 'g') = ''`);
    expect(silent).toEqual([]);
  });

  it('says the unit in the comment', async () => {
    const [column] = await query(
      `SELECT comment FROM duckdb_columns() WHERE table_name = 'enterprise_emission' AND column_name = 'emission_kg'`,
    );
    const declared = origins.find(({ artifact }) => artifact === 'enterprise_emission')!.columns['emission_kg']!;
    expect(declared.description).toMatch(/\w+ \w+/);
    expect(column).toEqual({ comment: `${declared.description!} [kg]` });
  });

  it('says in the comment of a table what kind of knowledge is behind it', async () => {
    const comments = await query(
      `SELECT table_name AS name, comment FROM duckdb_tables() WHERE table_name IN ('region_balance', 'region') ORDER BY ALL`,
    );
    expect(comments.map(({ comment }) => comment)).toEqual([
      expect.stringMatching(/ \(made from: published fact\)$/),
      expect.stringMatching(/ \(made from: published fact \+ stand-in\)$/),
    ]);
  });

  it('says what each artifact was made from', async () => {
    const [balance] = await query(`SELECT inputs::VARCHAR AS inputs FROM provenance WHERE artifact = 'region_balance'`);
    expect(balance?.['inputs']).toContain('sector_account');
    expect(await query(`SELECT artifact FROM provenance`)).toHaveLength(origins.length);
    expect(
      await query(`FROM provenance WHERE artifact IN ('region_balance', 'energy_use', 'region') ORDER BY artifact`),
    ).toMatchObject([
      { artifact: 'energy_use', evidence: 'stand-in', stage: null },
      { artifact: 'region', evidence: 'published fact', stage: null },
      { artifact: 'region_balance', evidence: 'published fact + stand-in', stage: 'intensity' },
    ]);
  });

  it('refuses a column without a description, and names it', async () => {
    const silent = origins.map((origin) =>
      origin.artifact === 'mrio'
        ? { ...origin, columns: { ...origin.columns, to_sector: { type: 'UTINYINT' } } }
        : origin,
    );
    await expect(resultsDatabase(inputs, silent)).rejects.toThrow('no description of mrio.to_sector');
  });
});

describe('the bytes of the database', () => {
  /** Long texts, NULLs among whole numbers, and all kinds of doubles: what DuckDB stores with stray bytes. */
  async function writeLargeTables(): Promise<Record<string, string>> {
    const path = (name: string): string => inputs[name]!.replace('.parquet', '-large.parquet');
    const database = await (await DuckDBInstance.create(':memory:')).connect();
    await database.run(`COPY (
      SELECT 'a.csv' AS file, i AS line, md5(i::VARCHAR) AS id, if(i % 7 = 0, NULL, '企业' || hash(i) % 1000) AS name,
        '3110' AS industry, '110100' AS place, 'BJ' AS region, 1::UTINYINT AS sector
      FROM range(130000) AS rows(i)) TO '${path('enterprise')}' (FORMAT parquet)`);
    await database.run(`COPY (
      SELECT 'a.csv' AS file, i AS line, 'NOx' AS pollutant, (hash(i) % 1000000 / 1000)::DECIMAL(18, 3) AS emission_kg
      FROM range(130000) AS rows(i)) TO '${path('enterprise_emission')}' (FORMAT parquet)`);
    await database.run(`COPY (
      SELECT 'NOx' AS pollutant, 'BJ' || i % 41 AS region, if(hash(i) % 3 = 0, NULL, (i % 26)::UTINYINT) AS sector,
        sqrt(i) AS kg_per_output
      FROM range(130000) AS rows(i)) TO '${path('intensity')}' (FORMAT parquet)`);
    await database.run(`COPY (
      SELECT 'NOx' AS pollutant, 'BJ' || i % 41 AS region, floor(1e6 * sqrt(i)) / 10 AS production_t,
        sqrt(i) AS consumption_t, 0.0::DOUBLE AS net_inflow_t,
        if(hash(i) % 3 = 0, NULL, sqrt(i)) AS net_inflow_within_t, 'consumer' AS orientation
      FROM range(130000) AS rows(i)) TO '${path('region_balance')}' (FORMAT parquet)`);
    const large = ['enterprise', 'enterprise_emission', 'intensity', 'region_balance'];
    return { ...inputs, ...Object.fromEntries(large.map((name) => [name, path(name)])) };
  }

  it('are the same for the same tables, whatever the number of threads', async () => {
    const large = await writeLargeTables();
    const hashes: string[] = [];
    for (const threads of [2, 1, 2, 4]) {
      const bytes = await resultsDatabase(large, origins, threads);
      hashes.push(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(new Set(hashes).size).toBe(1);
  });
});
