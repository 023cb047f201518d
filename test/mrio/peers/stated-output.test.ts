import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openTable } from '../../../formats/detect.ts';
import {
  consumptionBased,
  directIntensity,
  embodiedFlows,
  finalDemandFlows,
  leontiefInverse,
  multipliers,
  technicalCoefficients,
} from '../../../mrio/leontief.ts';
import { accountLabels, grossOutput } from '../../../mrio/table.ts';
import { tradeAccounts } from '../../../mrio/trade-accounts.ts';
import { gridOf, sample, writeWorkbook } from '../../formats/ceads-layouts.ts';
import { part, wholeTable } from '../../support/shared-data.ts';
import { CITY_OUTPUT, THREE_CITIES, readCities, writeCities } from './three-cities.ts';

const folder = (): string => mkdtempSync(join(inject('sharedFolder'), 'stated-'));
const isMinusZero = (value: number): boolean => Object.is(value, -0);

/** The same system with coefficients A in the place of Z. */
const COEFFICIENTS = {
  ...THREE_CITIES,
  intermediate: THREE_CITIES.intermediate.map((value, cell) => value / CITY_OUTPUT[cell % 6]!),
};
const callItA = (text: string): string => text.replace('"Z"', '"A"');

describe('x of a folder of pymrio that is not what Z and Y add up to', () => {
  it('is no fault where it is', async () => {
    const { accounts } = await readCities(await writeCities(folder()));
    expect(accounts.map(({ statedRow }) => statedRow)).toEqual([...CITY_OUTPUT]);
    const { accounts: again } = await readCities(
      await writeCities(folder(), { 'file_parameters.json': callItA }, COEFFICIENTS),
    );
    again.forEach(({ rowTotal }, k) => {
      expect(rowTotal).toBeCloseTo(CITY_OUTPUT[k]!, 12);
    });
  });

  it('is an error with the worst rows first and both numbers of each', async () => {
    const path = await writeCities(folder(), {
      'x.txt': (text) => text.replace('East\twheat\t64', 'East\twheat\t60').replace('South\tsteel\t32', 'South\tsteel\t64'), // prettier-ignore
    });
    await expect(readCities(path)).rejects.toThrow(
      `${path}: 2 of its totals are not what its cells add up to: row of South steel: 32, stated 64 as indout (x.txt, line 7, column 3); row of East wheat: 64, stated 60 as indout (x.txt, line 4, column 3)`,
    );
  });

  it('names five of many, and says how many there are', async () => {
    const path = await writeCities(folder(), { 'x.txt': (text) => text.replaceAll('\t64', '\t65').replace('\t32', '\t31') }); // prettier-ignore
    const message = await readCities(path).then(
      () => 'nothing',
      (error: unknown) => String(error),
    );
    expect(message).toContain('6 of its totals');
    expect(message.match(/, stated/g)).toHaveLength(5);
    expect(message).toMatch(
      /up to: row of South steel: 32, stated 31 as indout \(x[^;]*\); row of North wheat: 64, stated 65 as indout/,
    );
  });

  it('within the tolerance is one of rounding, and beyond it is not', async () => {
    const path = await writeCities(folder(), { 'x.txt': (text) => text.replace('\t32', '\t32.000032') });
    await expect(readCities(path, 1.1e-6)).resolves.toBeDefined();
    await expect(readCities(path, 0.9e-6)).rejects.toThrow('row of South steel: 32, stated 32.000032');
  });

  it('is held against what A and Y call for, where the folder has A', async () => {
    const path = await writeCities(folder(), {
      'file_parameters.json': callItA,
      'x.txt': (text) => text.replace('North\tsteel\t64', 'North\tsteel\t640'),
    }, COEFFICIENTS); // prettier-ignore
    await expect(readCities(path)).rejects.toThrow(
      / 1 of its totals .*: row of North steel: 6[34](\.\d+)?, stated 640 as indout \(x\.txt, line 3, column 3\)$/,
    );
  });
});

describe('x that is no number', () => {
  it.each(['NaN', 'nan', '', 'inf', '-inf'])(
    '"%s" in a folder of pymrio is an error with its place',
    async (written) => {
      const path = await writeCities(folder(), {
        'x.txt': (text) => text.replace('East\twheat\t64', `East\twheat\t${written}`),
      });
      const found = written === '' ? 'is empty' : `holds "${written}"`;
      await expect(readCities(path)).rejects.toThrow(`x.txt, line 4, column 3 ${found}: a number is expected`);
    },
  );

  it.each(['NaN', '#DIV/0!'])(
    '"%s" in the gross output or input of a sheet is an error with its cell',
    async (written) => {
      const layout = { intermediateUse: true, codes: true, regionsOnce: true, regionsOfDemand: true, totals: true, discrepancy: null }; // prettier-ignore
      const spoilt = async (spoil: (grid: ReturnType<typeof gridOf>) => void) => {
        const path = join(folder(), 'table.xlsx');
        const grid = gridOf(sample(), layout);
        spoil(grid);
        await writeWorkbook(path, { Table: grid });
        return wholeTable(await openTable(path));
      };
      // Below three lines of header and right of three columns of labels; the last row and column are gross input and output.
      const ofOutput = spoilt((grid) => (grid[4]![grid[4]!.length - 1] = written));
      await expect(ofOutput).rejects.toThrow(/sheet "Table", cell [A-Z]+5 holds ".*", a number is expected/);
      const ofInput = spoilt((grid) => (grid.at(-1)![4] = written));
      await expect(ofInput).rejects.toThrow(/sheet "Table", cell E\d+ holds ".*", a number is expected/);
    },
  );

  it('in a list of cells is an error with its row', async () => {
    const path = join(folder(), 'cells.csv');
    writeFileSync(path, 'from_region,from_sector,to_region,to_sector,value\nNorth,wheat,North,steel,NaN\n');
    await expect(openTable(path)).rejects.toThrow(
      'row 1 below the header, from North.wheat to North.steel: its value is "NaN", a number is expected',
    );
  });

  it('is an error with its account in the model', () => {
    const labels = ['North.1', 'North.2'];
    const deliveries = Float64Array.of(1, 2, 0, 3);
    for (const wrong of [NaN, Infinity, -1, -0]) {
      const output = Float64Array.of(4, wrong);
      const said = `a gross output of ${wrong}`;
      expect(() => technicalCoefficients(deliveries, output, labels)).toThrow(`North.2 has inputs (2 from North.1) but ${said}`); // prettier-ignore
      expect(() => directIntensity(Float64Array.of(1, 5), output, labels)).toThrow(`North.2 emits 5 t but has ${said}`);
    }
    const broken = Float64Array.of(1, NaN, 0, 3);
    expect(() => technicalCoefficients(broken, Float64Array.of(4, 8), labels)).toThrow('the delivery of North.1 to North.2 is NaN'); // prettier-ignore
    expect(() => directIntensity(Float64Array.of(1, NaN), Float64Array.of(4, 8), labels)).toThrow(
      'North.2 emits NaN t',
    );
  });
});

describe('minus zero', () => {
  /** The steel of the South is no longer made or used. */
  const without = (values: Float64Array, width: number): Float64Array =>
    values.map((value, cell) => (Math.floor(cell / width) === 5 || (width === 6 && cell % width === 5) ? -0 : value));
  const deliveries = without(THREE_CITIES.intermediate, 6);
  const demand = THREE_CITIES.finalDemand.map((value, cell) => (Math.floor(cell / 6) === 5 ? -0 : value));
  const output = Float64Array.from({ length: 6 }, (_, k) => {
    const row = (values: Float64Array): number =>
      values.subarray(6 * k, 6 * k + 6).reduce((sum, value) => sum + value, 0);
    return row(deliveries) + row(demand);
  });
  const withoutSteel = { ...THREE_CITIES, intermediate: deliveries, finalDemand: demand, output };
  const toMinusZero = (text: string): string => text.replace('South\tsteel\t0', 'South\tsteel\t-0.0');
  const emissions = Float64Array.of(16, -0, 8, 32, 4, -0);

  it('in x is the zero of an account without output, and stays out of all results', async () => {
    const path = await writeCities(folder(), { 'x.txt': toMinusZero }, withoutSteel);
    const open = await openTable(path);
    const stated = open.columns.findIndex(({ kind }) => kind === 'stated');
    const values = await wholeTable(open);
    expect(part(values, open.columns.length, [5, 1], [stated, 1])).toEqual(Float64Array.of(0));
    expect(values.some(isMinusZero)).toBe(false);

    const { table, accounts } = await readCities(path);
    expect(accounts.at(-1)).toMatchObject({ rowTotal: 0, statedRow: 0 });
    expect([table.intermediate, table.finalDemand, table.primaryInput].flatMap((block) => [...block]).some(isMinusZero)).toBe(false); // prettier-ignore
    expectNoMinusZero(table.intermediate, grossOutput(table), accountLabels(table));
  });

  it('as the model is given it is a zero, too', () => {
    const labels = THREE_CITIES.regions.flatMap((region) =>
      THREE_CITIES.sectors.map((sector) => `${region}.${sector}`),
    );
    expectNoMinusZero(deliveries, output.map((value) => (value === 0 ? -0 : value)), labels); // prettier-ignore
  });

  function expectNoMinusZero(z: Float64Array, x: Float64Array, labels: readonly string[]): void {
    const coefficients = technicalCoefficients(z, x, labels);
    const leontief = leontiefInverse(coefficients, labels);
    const intensity = directIntensity(emissions, x, labels);
    // Stocks that are drawn on, times nothing.
    const bought = Float64Array.of(34, 28, -6, -2, 46, -0);
    const results = [
      coefficients,
      leontief,
      intensity,
      multipliers(intensity, leontief),
      embodiedFlows(intensity, leontief, x),
      finalDemandFlows(intensity, leontief, bought),
      consumptionBased(intensity, leontief, demand, 6),
      ...Object.values(tradeAccounts(intensity, leontief, bought, 1) as unknown as Record<string, Float64Array>),
    ];
    expect(results.map((values) => values.some(isMinusZero))).toEqual(results.map(() => false));
    expect(results.every((values) => values.every(Number.isFinite))).toBe(true);
    // What has no output has no inputs, calls for itself alone and emits nothing.
    expect([...coefficients.slice(30)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...leontief.slice(30)]).toEqual([0, 0, 0, 0, 0, 1]);
    expect(intensity[5]).toBe(0);
  }
});

describe('minus zero as a text', () => {
  it.each([
    ['-0', 0],
    ['-0.0', 0],
    ['-0e-3', 0],
  ])('%s in a labelled table is 0', async (written, expected) => {
    const path = join(folder(), 'table.csv');
    const layout = { intermediateUse: false, codes: true, regionsOnce: true, regionsOfDemand: true, totals: false, discrepancy: null }; // prettier-ignore
    const grid = gridOf(sample(), layout).map((row) => row.map((cell) => cell ?? ''));
    grid[3]![3] = written;
    writeFileSync(path, grid.map((row) => row.join(',')).join('\n'));
    expect((await wholeTable(await openTable(path)))[0]).toBe(expected);
  });
});
