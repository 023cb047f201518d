import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask } from '../study/identities.ts';
import { expectShown, queryCount, shownQueries } from './shown-queries.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(`${ROOT}/docs/anais.md`, 'utf8');
const queries = shownQueries(page);

describe('docs/anais.md', () => {
  it('prints a table under each query', () => {
    expect(queries.length).toBeGreaterThanOrEqual(5);
    expect(queries).toHaveLength(queryCount(page));
  });

  it.each(queries)('shows what its query gives on the full-size results: $sql', async (query) => {
    await expectShown(`${ROOT}/data-out`, query);
  });

  it('says in words what the query under Measured gives', () => {
    const { rows } = queries.find(({ sql }) => sql.includes('least_rmax_percent'))!;
    const [least, , sum, mean] = rows[1]!;
    const words = page.replace(/\s+/g, ' ');
    expect(words).toContain(`within less than ${least!}% of their reference`);
    expect(words).toContain(`deviations is ${sum!}: ${mean!}% for a cell on average`);
  });

  it('says in words what the tables of the validation say', async () => {
    const study = await ask(`${ROOT}/data-out`, 'FROM validation_study');
    const value = (row: (typeof study)[number], measure: string): number => Number(row[measure]);
    const of = (noise: unknown, method: string) =>
      study.find((row) => row['noise'] === noise && row['method'] === method)!;
    // Behind RAS in every measure at every level, but for flows at the largest errors.
    const largest = Math.max(...study.map((row) => value(row, 'noise')));
    for (const noise of new Set(study.map((row) => row['noise']))) {
      const [anais, ras] = [of(noise, 'ANAIS'), of(noise, 'RAS')];
      for (const measure of ['wape', 'stpe', 'mad', 'theil_u', 'city_flow_wape', 'footprint_wape']) {
        const isBehind = value(anais, measure) > value(ras, measure);
        expect(isBehind, `${String(noise)} ${measure}`).toBe(!(noise === largest && measure === 'wape'));
      }
    }
    const percent = (row: (typeof study)[number], measure: string): string =>
      `${(100 * value(row, measure)).toFixed(1)}%`;
    const shares = [percent(of(0, 'ANAIS'), 'inefficient_share'), percent(of(0, 'RAS'), 'inefficient_share')];
    expect(page.replace(/\s+/g, ' ')).toContain(
      `(${shares[0]!} by ANAIS, ${shares[1]!} by RAS, ${percent(of(0, 'RAS'), 'true_inefficient_share')} in truth)`,
    );

    const picked = (pick: 'arg_min' | 'arg_max') =>
      ask(
        `${ROOT}/data-out`,
        `SELECT noise, measure, ${pick}(method, error) AS method
         FROM (FROM validation_national UNPIVOT (error FOR measure IN (wape, stpe, mad, theil_u)))
         GROUP BY noise, measure`,
      );
    const worst = await picked('arg_max');
    expect(worst).toHaveLength(4 * 4);
    for (const { method } of worst) expect(method).toBe('ANAIS');
    for (const { noise, measure, method } of await picked('arg_min'))
      expect(method, `${String(noise)} ${String(measure)}`).toBe(noise === 0.1 && measure === 'wape' ? 'GRAS' : 'RAS');
  });
});
