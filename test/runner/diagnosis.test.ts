import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { project, type Project } from './project.ts';

const KEPT = '.cache/failed/diagnosis.balance/imbalance.parquet';

/** A stage that writes what does not balance, and fails if there is any. */
const balance = (): Project =>
  project({
    'pipeline.yaml': `pipeline: diagnosis
stages:
  balance:
    run: stages/balance.ts
    parameters: { accounts: [], crash: false }
    outputs:
      imbalance: { columns: { account: VARCHAR, difference: DOUBLE }, key: [account], diagnosis: true }
      notes: { columns: { note: VARCHAR } }
      total: { columns: { accounts: INTEGER } }
`,
    'stages/balance.ts': `export default async ({ parameters, writeTable }) => {
  const { accounts, crash } = parameters;
  await writeTable('notes', { note: ['seen'] });
  await writeTable('imbalance', { account: accounts, difference: Float64Array.from(accounts, (_, k) => k + 0.5) });
  if (crash) process.exit(3);
  if (accounts.length > 0) throw Object.assign(new Error('It does not balance'), { remedy: 'Correct it.' });
  await writeTable('total', { accounts: Int32Array.of(1) });
};
`,
  });

/** Rows of a Parquet file. */
async function rowsOf(path: string): Promise<unknown[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = (await connection.runAndReadAll(`FROM read_parquet('${path}') ORDER BY ALL`)).getRows();
  connection.closeSync();
  return rows;
}

describe('a diagnosis', () => {
  it('is kept where its stage fails, and named; results stay as they were', async () => {
    const made = balance();
    expect((await made.run()).outcome.ok).toBe(true);
    expect(await rowsOf(made.path('data-out/balance/imbalance.parquet'))).toEqual([]);
    const before = made.edition();
    made.edit('pipeline.yaml', 'accounts: []', 'accounts: [b, a]');
    const { outcome, events, message } = await made.run();
    expect(outcome).toEqual({ ok: false, stage: 'balance' });
    expect(message).toBe(`It does not balance\nimbalance (2 rows): ${KEPT}`);
    expect(events.at(-1)).toMatchObject({ kind: 'failed', failures: [{ remedy: 'Correct it.' }, { remedy: null }] });
    expect(await rowsOf(made.path(KEPT))).toEqual([
      ['a', 1.5],
      ['b', 0.5],
    ]);
    expect(readdirSync(made.path('.cache/failed/diagnosis.balance'))).toEqual(['imbalance.parquet']);
    expect(made.edition()).toBe(before);
    expect(await rowsOf(made.path('data-out/balance/imbalance.parquet'))).toEqual([]);
  });

  it('is replaced by that of the next failure', async () => {
    const made = balance();
    made.edit('pipeline.yaml', 'accounts: []', 'accounts: [a]');
    await made.run();
    made.edit('pipeline.yaml', 'accounts: [a]', 'accounts: [c]');
    await made.run();
    expect(await rowsOf(made.path(KEPT))).toEqual([['c', 0.5]]);
  });

  it('is gone after a failure without one, also where the process ended before it could say', async () => {
    const made = balance();
    made.edit('pipeline.yaml', 'accounts: []', 'accounts: [a]');
    await made.run();
    made.edit('pipeline.yaml', 'crash: false', 'crash: true');
    const { message } = await made.run();
    expect(message).toContain('exit code 3');
    expect(message).not.toContain('imbalance');
    expect(existsSync(made.path('.cache/failed/diagnosis.balance'))).toBe(false);
  });

  it.each(['has run', 'is up to date'])('is gone after its stage %s', async (how) => {
    const made = balance();
    if (how === 'is up to date') await made.run();
    made.edit('pipeline.yaml', 'accounts: []', 'accounts: [a]');
    await made.run();
    expect(existsSync(made.path(KEPT))).toBe(true);
    made.edit('pipeline.yaml', 'accounts: [a]', 'accounts: []');
    const { executed } = await made.run();
    expect(executed).toEqual(how === 'has run' ? ['balance'] : []);
    expect(existsSync(made.path('.cache/failed/diagnosis.balance'))).toBe(false);
    expect(await rowsOf(join(made.folder, 'data-out/balance/imbalance.parquet'))).toEqual([]);
  });

  it('can only be a table', async () => {
    const made = balance();
    made.edit('pipeline.yaml', 'total: {', 'page: { file: page.txt, diagnosis: true }\n      total: {');
    await expect(made.run()).rejects.toThrow(/only a table can be a diagnosis\n.*Remove `diagnosis`/s);
  });
});
