import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseCsvObjects } from 'hucre/csv';
import { beforeAll, describe, expect, it } from 'vitest';
import { runExample, type ExampleRun } from './run-example.ts';

const DATA = resolve(import.meta.dirname, '../../data-raw');
type Fact = Readonly<Record<string, unknown>>;
const factsOf = (file: string): Fact[] => parseCsvObjects(readFileSync(file, 'utf8')).data;

let run: ExampleRun;
beforeAll(async () => {
  run = await runExample('provinces');
}, 300_000);

describe('31 provinces', () => {
  it('have the regional accounts of data-raw, cities added up', () => {
    const provinceOf = new Map(factsOf(join(DATA, 'regions.csv')).map(({ code, province }) => [code, province]));
    const sums = (rows: readonly Fact[], regionOf: (region: unknown) => unknown): Map<string, string> => {
      const found = new Map<string, number[]>();
      for (const { year, region, gdp_100m_cny, population_10k } of rows) {
        const key = `${String(year)} ${String(regionOf(region))}`;
        const [gdp = 0, people = 0] = found.get(key) ?? [];
        found.set(key, [gdp + Number(gdp_100m_cny), people + Number(population_10k)]);
      }
      return new Map([...found].map(([key, values]) => [key, values.map((value) => value.toFixed(6)).join(' ')]));
    };
    const given = sums(factsOf(join(run.folder, 'regional-accounts.csv')), (region) => region);
    expect(given).toEqual(sums(factsOf(join(DATA, 'regional-accounts.csv')), (region) => provinceOf.get(region)));
    expect(given.size).toBe(62);
  });

  it('are a study of full width: 31 regions and 26 sectors, traced exactly', async () => {
    expect(await run.numbers('SELECT count(*) FROM gross_output')).toEqual([31 * 26]);
    expect(await run.numbers('SELECT count(*) FROM mrio')).toEqual([(31 * 26) ** 2]);
    const [difference] = await run.numbers(`
      SELECT abs((SELECT sum(emission_t) FROM emission) / (SELECT sum(emission_t) FROM consumption) - 1)`);
    expect(difference).toBeLessThan(1e-9);
    expect(await run.ask(`FROM balance WHERE verdict = 'does not hold'`)).toEqual([]);
    expect(await run.numbers('SELECT count(*) FROM outside_flow')).toEqual([3 * 28]);
  });

  it('say that they rest on stand-ins', async () => {
    const [{ evidence } = {}] = await run.ask(`SELECT evidence FROM provenance WHERE artifact = 'region_balance'`);
    expect(evidence).toContain('stand-in');
    expect(run.said).not.toContain('data-raw/user');
  });
});
