import { expect } from 'vitest';
import { ask } from './identities.ts';

/** Flows of the estimated table and of the true one in all cells that touch a divided province, in SQL of its own. */
const FLOWS = (dataOut: string): string => `
  WITH unknown AS (SELECT code FROM region WHERE province IN (SELECT province FROM region GROUP BY province HAVING count(*) > 1)),
  cell AS (
    SELECT if(category IN ('intermediate', 'export'), category, if(from_sector IS NULL, 'primary', 'final')) AS block,
      from_region, from_sector, if(category = 'export', 'export', to_region) AS to_region, to_sector,
      0 AS estimated, value AS actual
    FROM read_parquet('${dataOut}/stand-in-tables/stand_in_true_mrio.parquet')
    UNION ALL
    SELECT 'intermediate', from_region, from_sector, to_region, to_sector, value, 0 FROM mrio
    UNION ALL
    SELECT if(to_region = 'export', 'export', 'final'), from_region, from_sector, to_region, NULL, value, 0
    FROM final_demand
    UNION ALL
    SELECT 'primary', NULL, NULL, region, sector, value, 0 FROM primary_input),
  flow AS (SELECT * EXCLUDE (estimated, actual), sum(estimated) AS estimated, sum(actual) AS actual FROM cell GROUP BY ALL)
  SELECT sum(abs(estimated - actual)) / sum(actual) AS wape FROM flow
  WHERE from_region IN (FROM unknown) OR (block IN ('intermediate', 'primary') AND to_region IN (FROM unknown))`;

/** What the results say of methods against one another, checked from the tables that they are about. */
export async function expectValidation(dataOut: string): Promise<void> {
  const study = await ask(dataOut, 'SELECT noise, method, status, wape, message FROM validation_study');
  const levels = new Set(study.map(({ noise }) => noise));
  expect(levels.size).toBeGreaterThan(1);
  expect(study).toHaveLength(3 * levels.size);
  for (const { status, wape, message } of study) {
    expect(wape === null).toBe(status === 'no table');
    expect(message === null).toBe(status === 'solved');
  }
  const score = study.find(({ noise, method }) => noise === 0 && method === 'ANAIS');
  const [found] = await ask(dataOut, FLOWS(dataOut));
  expect(Math.abs(Number(score!['wape']) / Number(found!['wape']) - 1)).toBeLessThan(1e-9);
  expect(Number(found!['wape'])).toBeGreaterThan(0.001);

  const national = await ask(dataOut, 'SELECT noise, method, solved, draws, wape FROM validation_national');
  expect(national).toHaveLength(4 * levels.size);
  for (const { method, solved, draws } of national) if (method !== 'ANAIS') expect(solved).toBe(draws);
  const [source] = await ask(dataOut, "SELECT evidence FROM provenance WHERE artifact = 'validation_national'");
  expect(source).toEqual({ evidence: 'estimate from published facts' });
}
