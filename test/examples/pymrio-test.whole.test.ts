import { beforeAll, describe, expect, it } from 'vitest';
import { computed, hasPymrioData, NEEDS_PYMRIO } from '../support/shared-data.ts';
import { runExample, worst, type ExampleRun } from './run-example.ts';

/** Consumption-based emissions by region, kg, as pymrio 0.6.3 computes them (D_cba, summed over sectors). */
const D_CBA = {
  'type 1': [
    145416783.4316281, 76901360.28110078, 240925692.6653611, 169246760.2396692, 194604290.75616872, 253129540.666072,
  ],
  'type 2': [
    27221033.586118896, 31793223.621876918, 90851942.26939763, 85490392.12324789, 28933330.3628976, 126794920.15546095,
  ],
};

/** The same with what final demand itself emits (D_cba_reg). */
const D_CBA_REG = {
  'type 1': [
    207752104.43162811, 115468289.28110078, 345798792.66536111, 446060180.2396692, 416485670.75616872,
    824407840.66607201,
  ],
  'type 2': [
    86427438.586118907, 72007225.621876925, 375333542.26939762, 172157308.12324789, 127893828.3628976,
    290156970.15546095,
  ],
};

/** Rows of pymrio's tables. */
const STRESSORS = { 'type 1': 'emission_type1|air', 'type 2': 'emission_type2|water' };

let run: ExampleRun;
beforeAll(async () => {
  run = await runExample('pymrio-test');
}, 120_000);

describe('the test system of pymrio as a study', () => {
  it.each(Object.entries(D_CBA))('gives the consumption-based emissions of pymrio, %s', async (pollutant, expected) => {
    const kg = await run.numbers(`
      SELECT 1000 * consumption_t FROM region_balance WHERE pollutant = '${pollutant}' ORDER BY region`);
    expect(worst(kg, expected)).toBeLessThan(1e-12);
    const stressor = pollutant === 'type 1' ? 'emission_type1 (air)' : 'emission_type2 (water)';
    const [ofDemand] = await run.ask(`
      SELECT list(amount ORDER BY region) AS amounts, any_value(unit) AS unit
      FROM '${run.dataOut}/table/final_demand_stressor.parquet' WHERE stressor = '${stressor}'`);
    expect(ofDemand!['unit']).toBe('kg');
    const amounts = (ofDemand!['amounts'] as string[]).map(Number);
    const withDemand = kg.map((value, r) => value + amounts[r]!);
    expect(worst(withDemand, D_CBA_REG[pollutant as keyof typeof D_CBA_REG])).toBeLessThan(1e-12);
  });

  it.skipIf(!hasPymrioData).each(Object.entries(STRESSORS))(
    `agrees with its tables, %s (${NEEDS_PYMRIO})`,
    async (pollutant, stressor) => {
      const of = async (table: string): Promise<number[]> => {
        const { rows, columns, values } = await computed(table);
        const at = rows.indexOf(stressor) * columns.length;
        return [...values.subarray(at, at + columns.length)];
      };
      const footprint = await run.numbers(`
        SELECT 1000 * emission_t FROM footprint
        WHERE pollutant = '${pollutant}' AND consumer_region <> 'export' ORDER BY consumer_region, product_sector`);
      expect(worst(footprint, await of('emissions__D_cba'))).toBeLessThan(1e-9);
      const account = (column: string) =>
        run.numbers(`
          SELECT 1000 * ${column} FROM sector_account WHERE pollutant = '${pollutant}' ORDER BY region, sector`);
      expect(worst(await account('production_t'), await of('emissions__D_pba'))).toBeLessThan(1e-9);
      expect(worst(await account('direct_intensity'), await of('emissions__S'))).toBeLessThan(1e-9);
      expect(worst(await account('multiplier'), await of('emissions__M'))).toBeLessThan(1e-9);
    },
  );

  it('says how far the columns of the table are from its rows', async () => {
    const [difference] = await run.numbers('SELECT max(relative_difference) FROM table_balance');
    expect(difference).toBeGreaterThan(0.9);
    expect(await run.ask(`SELECT verdict FROM balance WHERE measure = 'accounts out of balance'`)).toEqual([
      { verdict: 'does not hold' },
    ]);
  });
});
