import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import type { ColumnLabel, OpenTable, RowLabel } from '../../formats/open-table.ts';
import { aggregate, grouping, ungrouped } from '../../mrio/aggregate.ts';
import { leontiefInverse } from '../../mrio/leontief.ts';
import { rowSums } from '../../mrio/table.ts';
import { tradeAccounts } from '../../mrio/trade-accounts.ts';
import type { PymrioSystem } from '../../formats/pymrio/write-folder.ts';
import { pymrioTestSystem } from '../support/pymrio-test-system.ts';
import { computed, hasPymrioData, mock, NEEDS_PYMRIO, part, wholeTable } from '../support/shared-data.ts';

const describeMocks = describe.skipIf(!hasPymrioData);

/** `account reg1 food`, `primary input Value Added`. */
const said = (label: RowLabel | ColumnLabel): string => {
  switch (label.kind) {
    case 'account':
      return `${label.region} ${label.sector}`;
    case 'final demand':
      return `${label.region} ${label.category}`;
    case 'stressor':
      return [label.name, label.compartment].filter((text) => text !== undefined).join(' ');
    default:
      return label.name;
  }
};

/** All values of a table by the names of row and column; of names that come again, the sum. */
async function byName(table: OpenTable): Promise<(row: string, column: string) => number> {
  const values = await wholeTable(table);
  const rows = table.rows.map(said);
  const columns = table.columns.map(said);
  return (row, column) => {
    expect(rows).toContain(row);
    expect(columns).toContain(column);
    return values[rows.indexOf(row) * columns.length + columns.indexOf(column)]!;
  };
}

const count = (labels: readonly (RowLabel | ColumnLabel)[], kind: string): number =>
  labels.filter((label) => label.kind === kind).length;

const expectClose = (actual: Float64Array, expected: Float64Array, tolerance: number): void => {
  expect(actual).toHaveLength(expected.length);
  const worst = actual.reduce((most, value, k) => {
    const scale = Math.max(1e-6, Math.abs(expected[k]!));
    return Math.max(most, Math.abs(value - expected[k]!) / scale);
  }, 0);
  expect(worst).toBeLessThan(tolerance);
};

describeMocks(`mocks of databases that hold the test system (${NEEDS_PYMRIO})`, () => {
  let system: PymrioSystem;
  beforeAll(async () => {
    system = await pymrioTestSystem();
  });
  const [n, demand] = [48, 42];
  const width = n + demand;

  /** Consumption-based emissions, from coefficients. */
  const consumption = (values: Float64Array, row: number, perUnit: boolean): Float64Array => {
    const a = part(values, width, [0, n], [0, n]);
    const y = part(values, width, [0, n], [n, demand]);
    const l = leontiefInverse(
      a,
      Array.from({ length: n }, (_, k) => String(k)),
    );
    const byRegion = aggregate(y, ungrouped(n), grouping(Array.from({ length: demand }, (_, c) => Math.floor(c / 7))));
    const total = rowSums(y, n, demand);
    const output = Float64Array.from({ length: n }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += l[k * n + i]! * total[i]!;
      return sum;
    });
    const flows = part(values, width, [row, 1], [0, n]);
    return tradeAccounts(perUnit ? flows : flows.map((value, k) => value / output[k]!), l, byRegion, 6).consumption;
  };

  it('EXIOBASE 3: coefficients, satellites by account and of households, and the accounts from them', async () => {
    const table = await openTable(mock('exio3_mock'));
    expect(table.format).toBe('EXIOBASE 3 system "exio3_mock, v3.4_mock"');
    expect([table.unit, table.intermediate, table.extensions]).toEqual(['Mill USD', 'coefficients', undefined]);
    expect(table.rows[8]).toEqual({ kind: 'account', region: 'BRA', sector: 'food' });
    expect(table.rows.slice(48)).toEqual([
      { kind: 'stressor', name: 'emission_type1', extension: 'satellite', unit: 'kg' },
      { kind: 'stressor', name: 'emission_type2', extension: 'satellite', unit: 'kg' },
    ]);
    const values = await wholeTable(table);
    expectClose(part(values, width, [0, n], [0, n]), (await computed('A')).values, 1e-11);
    expect(part(values, width, [0, n], [n, demand])).toEqual(system.finalDemand);
    expect(part(values, width, [n, 2], [0, n])).toEqual(system.extensions[0]!.flows);
    expect(part(values, width, [n, 2], [n, demand])).toEqual(system.extensions[0]!.finalDemandFlows);
    const expected = (await computed('emissions__D_cba')).values;
    expectClose(consumption(values, n, false), expected.slice(0, n), 1e-9);
    expectClose(consumption(values, n + 1, false), expected.slice(n), 1e-9);
  });

  it.each([
    ['1, a folder', ['exio1_mock'], 1 + 2],
    ['2, an archive', ['exio2_mock', 'mrIOT_PxP_ita_coefficient_version2.2.2.zip'], 1 + 2 + 2 + 3],
  ])('EXIOBASE %s: everything per unit of output', async (_, path, extensions) => {
    const table = await openTable(mock(...path));
    expect([table.unit, table.intermediate, table.extensions]).toEqual(['M.EUR', 'coefficients', 'coefficients']);
    expect(table.rows.slice(48, 51)).toEqual([
      { kind: 'primary input', name: 'Value Added', imports: false },
      { kind: 'stressor', name: 'emission_type1', compartment: 'air', unit: 'kg' },
      { kind: 'stressor', name: 'emission_type2', compartment: 'water', unit: 'kg' },
    ]);
    expect(table.rows).toHaveLength(48 + extensions);
    const values = await wholeTable(table);
    expectClose(part(values, width, [0, n], [0, n]), (await computed('A')).values, 1e-11);
    expect(part(values, width, [0, n], [n, demand])).toEqual(system.finalDemand);
    expectClose(part(values, width, [n, 1], [0, n]), (await computed('factor_inputs__S')).values, 1e-10);
    expectClose(part(values, width, [n + 1, 2], [0, n]), (await computed('emissions__S')).values, 1e-10);
    expectClose(part(values, width, [n + 1, 2], [n, demand]), (await computed('emissions__S_Y')).values, 1e-10);
    expectClose(consumption(values, n + 1, true), (await computed('emissions__D_cba')).values.slice(0, n), 1e-9);
  });

  it('Eora26: the numbers of the test system to the bit', async () => {
    const table = await openTable(mock('eora26_mock'));
    expect([table.format, table.unit, table.intermediate]).toEqual(['Eora26, 2010 bp', null, 'deliveries']);
    expect(table.rows[9]).toEqual({ kind: 'account', region: 'reg2', sector: 'mining' });
    expect(table.rows.slice(48)).toEqual([
      { kind: 'primary input', name: 'Value Added', imports: false },
      { kind: 'stressor', name: 'I-GHG-CO2 emissions, emission_type1', unit: 'kg' },
      { kind: 'stressor', name: 'I-GHG-CO2 emissions, emission_type2', unit: 'kg' },
    ]);
    const values = await wholeTable(table);
    expect(part(values, width, [0, n], [0, n])).toEqual(system.intermediate);
    expect(part(values, width, [0, n], [n, demand])).toEqual(system.finalDemand);
    expect(part(values, width, [n, 1], [0, n])).toEqual(system.extensions[1]!.flows);
    expect(part(values, width, [n + 1, 2], [0, n])).toEqual(system.extensions[0]!.flows);
    expect(part(values, width, [n + 1, 2], [n, demand])).toEqual(system.extensions[0]!.finalDemandFlows);
  });
});

describeMocks(`mocks of OECD ICIO (${NEEDS_PYMRIO})`, () => {
  it('2016: the numbers in the tests of pymrio; China is the whole with its parts', async () => {
    const table = await openTable(mock('oecd_mock', 'ICIO2016_2003.csv'));
    expect(count(table.rows, 'account')).toBe(48);
    expect(count(table.columns, 'final demand')).toBe(24);
    expect(table.columns.at(-1)).toEqual({ kind: 'discrepancy', name: 'DISC' });
    expect(table.rows.slice(48)).toEqual([
      { kind: 'primary input', name: 'VA+TAXSUB', imports: false },
      { kind: 'stated', of: 'all', name: 'OUT' },
    ]);
    const value = await byName(table);
    const china = ['CHN', 'CN1', 'CN2'];
    const total = (terms: readonly number[]): number => terms.reduce((sum, term) => sum + term, 0);
    expect(value('AUS C01T05AGR', 'AUS C01T05AGR')).toBe(23697.221);
    expect(value('NZL C23PET', 'AUS C20WOD')).toBe(684.49784);
    expect(value('NZL C23PET', 'PER DIRP')).toBe(14822221);
    expect(total(china.map((r) => value(`${r} C01T05AGR`, 'AUS C15T16FOD')))).toBeCloseTo(6932.1858, 8);
    expect(total(china.map((r) => value(`${r} C23PET`, 'NZL HFCE')))).toBe(24074818);
    expect(total(china.map((r) => value('VA+TAXSUB', `${r} C20WOD`)))).toBeCloseTo(569612.84, 8);
  });

  it.each(['ICIO2018_2010.CSV', 'ICIO2018_2010.zip'])('2018, %s: the numbers in the tests of pymrio', async (file) => {
    const table = await openTable(mock('oecd_mock', file));
    expect([count(table.rows, 'account'), count(table.rows, 'primary input')]).toEqual([48, 6]);
    expect(table.columns.at(-1)).toEqual({ kind: 'stated', of: 'all', name: 'TOTAL' });
    const value = await byName(table);
    expect(value('BEL 16', 'AUS 05T06')).toBe(150.89421);
    expect(value('BRA 09', 'COL GGFC')).toBe(11211977);
    expect(value('VALU', 'MEX 01T03') + value('VALU', 'MX1 01T03')).toBeCloseTo(284552.21, 8);
    expect(value('MEX_TAXSUB', 'BEL 16')).toBe(1.66161232097811);
  });

  it('the folder: the table of the year that is chosen, unpacked where it is packed too', async () => {
    const folder = mock('oecd_mock');
    const years = await Promise.all(['2003', '2010'].map((sheet) => openTable(folder, { sheet })));
    expect(years.map(({ format }) => format)).toEqual(['OECD ICIO, ICIO2016_2003.csv', 'OECD ICIO, ICIO2018_2010.CSV']);
    expect(await wholeTable(years[1]!)).toEqual(await wholeTable(await openTable(mock('oecd_mock', 'ICIO2018_2010.zip')))); // prettier-ignore
    await expect(openTable(folder, { sheet: '1077' })).rejects.toThrow(
      'oecd_mock holds no tables of OECD ICIO that are 1077: there are 2003 (ICIO2016_2003.csv), 2010 (ICIO2018_2010.CSV)',
    );
    await expect(openTable(folder)).rejects.toThrow(
      'oecd_mock holds several tables of OECD ICIO: 2003 (ICIO2016_2003.csv), 2010 (ICIO2018_2010.CSV)',
    );
  });
});

describeMocks(`mocks of WIOD (${NEEDS_PYMRIO})`, () => {
  it('the workbook alone', async () => {
    const table = await openTable(mock('wiod_mock', 'wiot09_row_sep12.xlsx'));
    expect([table.unit, table.intermediate]).toEqual(['millions of US$', 'deliveries']);
    expect(table.rows[1]).toEqual({ kind: 'account', region: 'AUS', sector: 'Mining and Quarrying', code: 'C' });
    expect(table.rows[4]).toMatchObject({ kind: 'account', code: '19' });
    expect(table.columns[48]).toEqual({
      kind: 'final demand',
      region: 'AUS',
      category: 'Final consumption expenditure by households',
    });
    expect(table.rows.slice(48).map(({ kind }) => kind)).toEqual([
      'stated',
      ...Array.from({ length: 6 }, () => 'primary input'),
      'stated',
    ]);
    const width = table.columns.length;
    const values = await wholeTable(table);
    expect(values[0]).toBe(23697.221);
    // Stated total output is what the row adds up to.
    const stated = part(values, width, [0, 48], [width - 1, 1]);
    expectClose(rowSums(part(values, width, [0, 48], [0, width - 1]), 48, width - 1), stated, 1e-9);
    expect(table.place(0, 0)).toMatch(/sheet "WIOT_2009", cell E7$/);
  });

  it('the folder: accounts of its countries in folders and archives', async () => {
    const table = await openTable(mock('wiod_mock'));
    const added = table.rows.filter(({ kind }) => kind === 'stressor');
    expect(added.map(said).slice(4, 8)).toEqual(['CO2', 'CH4', 'N2O', 'NOX']);
    expect(added.at(-1)).toEqual({ kind: 'stressor', name: 'Total', unit: '1000 ha' });
    const value = await byName(table);
    const households = 'Final consumption expenditure by households';
    expect(value('NOX', `LUX ${households}`)).toBe(999);
    expect(value('CO2', 'AUS Mining and Quarrying')).toBe(24083.36075261228);
    // Romania is ROM in the table and ROU in the accounts.
    expect(value('CO2', `ROM ${households}`)).toBe(41143.2189857637);
    expect(value('Arable_Area', 'AUS Agriculture, Hunting, Forestry and Fishing')).toBe(23551);
    expect(value('CO2', 'AUS Private Households with Employed Persons')).toBe(0);
  });

  it('the folder: persons and hours of its socio-economic accounts, in the year of the table', async () => {
    const table = await openTable(mock('wiod_mock'));
    const added = table.rows.filter(({ kind }) => kind === 'stressor').slice(0, 4);
    expect(added).toEqual([
      { kind: 'stressor', name: 'EMP', unit: 'thousand persons' },
      { kind: 'stressor', name: 'EMPE', unit: 'thousand persons' },
      { kind: 'stressor', name: 'H_EMP', unit: 'mill hours' },
      { kind: 'stressor', name: 'H_EMPE', unit: 'mill hours' },
    ]);
    const value = await byName(table);
    // The sheet has them in the cells F57, F743 and F760: Romania is ROU there.
    expect(value('EMP', 'AUS Agriculture, Hunting, Forestry and Fishing')).toBe(43.58770386015548);
    expect(value('EMP', 'ROM Food, Beverages and Tobacco')).toBe(130.4802498819896);
    expect(value('H_EMPE', 'ROM Mining and Quarrying')).toBe(3.4431091656129174);
    // In the tests of pymrio: the accounts have no rest of the world.
    expect(value('EMP', 'RoW Leather, Leather and Footwear')).toBe(0);
    const rowOf = (name: string): number => table.rows.findIndex((row) => said(row) === name);
    expect(table.place(rowOf('EMP'), 0)).toMatch(/WIOD_SEA_July14\.xlsx, sheet "DATA", cell F57$/);
    // Households have none, and neither has the column of totals.
    const columns = table.columns.length;
    const values = part(await wholeTable(table), columns, [rowOf('EMP'), 4], [48, columns - 48]);
    expect(values.every((each) => each === 0)).toBe(true);
  });
});

describeMocks(`mocks of GLORIA (${NEEDS_PYMRIO})`, () => {
  const file = (folder: string, part: string, markup: string): string =>
    mock('gloria_mock', folder, `0_120secMother_AllCountries_002_${part}-Results_2022_059_Markup${markup}(full).csv`);
  const numbers = (path: string): number[] =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .flatMap((line) => line.split(',').map(Number));

  it.each([
    ['bp', '001'],
    ['pp', '005'],
  ] as const)('all of it, at %s', async (price, markup) => {
    const table = await openTable(mock('gloria_mock'), { sheet: `2022 ${price}` });
    expect(table.format).toBe(`GLORIA, 2022, release 059, ${price}`);
    expect(table.rows.slice(2, 4).map(said)).toEqual([
      'AUS Crustaceans and molluscs (industry)',
      'AUS Forestry and logging (product)',
    ]);
    expect(table.rows.slice(18, 20).map(said)).toEqual([
      'AUS, Compensation of employees D.1',
      'AUS, Taxes on production D.29',
    ]);
    expect(table.rows[24]).toEqual({
      kind: 'stressor',
      name: "Emissions (EDGAR), 'c2f6_1A5_EDGAR_consistent'",
      unit: 'kilotonnes',
    });
    expect(said(table.columns[19]!)).toBe('AUS Non-profit institutions serving households P.3n');
    const values = await wholeTable(table);
    const [money, satellites] = ['GLORIA_MRIOs_59_2022', 'GLORIA_SatelliteAccounts_059_2022'];
    expect([...part(values, 24, [0, 18], [0, 18])]).toEqual(numbers(file(money, 'T', markup)));
    expect([...part(values, 24, [0, 18], [18, 6])]).toEqual(numbers(file(money, 'Y', markup)));
    expect([...part(values, 24, [18, 6], [0, 18])]).toEqual(numbers(file(money, 'V', '001')));
    expect([...part(values, 24, [24, 5], [0, 18])]).toEqual(numbers(file(satellites, 'TQ', '001')));
    expect([...part(values, 24, [24, 5], [18, 6])]).toEqual(numbers(file(satellites, 'YQ', '001')));
    // Industries deliver what they make, products what industries use.
    expect(values[3]).toBeGreaterThan(0);
    expect(values[3 * 24]).toBeGreaterThan(0);
    expect(values[0]).toBe(0);
  });
});

describeMocks(`what is no table (${NEEDS_PYMRIO})`, () => {
  it('says of each format why it does not fit', async () => {
    await expect(openTable(mock('exio_ext_mock'))).rejects.toThrow(
      /of no known format: folder saved by pymrio \(no file_parameters.json of a system\), EXIOBASE 3 .*GLORIA \(no /,
    );
    await expect(openTable(mock('gloria_mock', 'GLORIA_MRIOs_59_2022'))).rejects.toThrow(
      /OECD ICIO \(the header of 0_120secMother_.*\.csv is not AUS_\.\.\., AUS_\.\.\.\)/,
    );
  });
});
