import { describe, expect, it } from 'vitest';
import correlation from '../../stages/correlation.ts';
import { multiplied, ofPollutant } from '../support/pollutants.ts';
import type { Parameter } from '../../runner/stage.ts';
import {
  declaredOutputs,
  declaredParameters,
  testContext,
  type Row,
  type TestInput,
} from '../support/stage-context.ts';

const cities = ['BJ', 'TJ', 'SJZ', 'TS', 'QHD', 'HD', 'XT', 'BD', 'ZJK', 'CD', 'CZ', 'LF', 'HS'];

/** Computed emissions that rise with the city's place in the list. */
const balance: Row[] = cities.map((region, k) => ({ region, consumption_t: 1000 * (k + 1) }));
const withAnother = [
  ...ofPollutant('NOx', balance),
  ...ofPollutant('SO2', multiplied(balance.toReversed(), ['consumption_t'])),
];

function run(parameters: Readonly<Record<string, Parameter>>, published: TestInput = { source: 'published' }) {
  return testContext({
    inputs: {
      region: { source: 'region' },
      city_factor: { source: 'city_factor' },
      published,
      region_balance: withAnother,
    },
    parameters: { ...declaredParameters('correlation'), ...parameters },
    outputs: declaredOutputs('correlation'),
  }).run(correlation);
}

describe('the correlation of Table 1', () => {
  it('is recomputed on the printed rows: 0.797, 0.906, 0.889, 0.867, 0.503', async () => {
    const outputs = await run({ confidence: 0.95 });
    const rows = await outputs.rows('correlation');
    expect(Object.fromEntries(rows.map(({ factor, r }) => [factor, Number(r).toFixed(3)]))).toEqual({
      gdp_per_capita: '0.867',
      land_price_average: '0.906',
      land_price_industrial: '0.889',
      population_density: '0.797',
      tertiary_share: '0.503',
    });
    const tertiary = rows.find(({ factor }) => factor === 'tertiary_share');
    expect(Number(tertiary?.['p_two_sided']).toFixed(3)).toBe('0.080');
    expect(tertiary?.['note']).toBe('printed as 0.506; the printed rows give 0.503, p = 0.080');
    expect(rows.filter(({ note }) => note !== null)).toHaveLength(1);
    for (const { r, ci_low, ci_high, n } of rows) {
      expect(n).toBe(13);
      expect(Number(ci_low)).toBeLessThan(Number(r));
      expect(Number(ci_high)).toBeGreaterThan(Number(r));
    }
    outputs.close();
  });

  it('is computed with our emissions too', async () => {
    const outputs = await run({ confidence: 0.95 });
    const rows = await outputs.rows('correlation_computed');
    expect(rows).toHaveLength(5);
    // Beijing and Tianjin come first in the list, and have the highest prices. Of the other pollutant it is as they have.
    expect(Number(rows.find(({ factor }) => factor === 'land_price_average')?.['r'])).toBeLessThan(-0.5);
    outputs.close();
  });

  it('is that of factors of a study of its own, where nothing is printed', async () => {
    const outputs = await run({ factors: ['gdp_per_capita'], printed: null }, { absent: 'published' });
    expect(await outputs.rows('correlation')).toEqual([]);
    expect((await outputs.rows('correlation_sample'))[0]).toEqual({ region: 'BD', printed_t: null, computed_t: 8000 });
    const computed = await outputs.rows('correlation_computed');
    expect(computed).toMatchObject([{ factor: 'gdp_per_capita', n: 13, r_published: null, note: null }]);
    outputs.close();
  });

  it('names the columns that there are where a factor is not one', async () => {
    await expect(run({ factors: ['wealth'] })).rejects.toMatchObject({
      message: expect.stringContaining('has no column wealth of numbers') as string,
      remedy: expect.stringContaining('population_density, land_price_average') as string,
    });
  });

  it('names the pollutants that there are where it is to be of another', async () => {
    await expect(run({ pollutant: 'CO2' })).rejects.toMatchObject({
      message: 'parameter pollutant of stage correlation is CO2, which is not studied',
      remedy: 'set it to one of NOx, SO2',
    });
  });

  it('refuses a level of confidence that is none', async () => {
    await expect(run({ confidence: 95 })).rejects.toThrow('parameter confidence of stage correlation is 95');
  });
});
