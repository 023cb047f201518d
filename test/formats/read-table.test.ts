import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { concordanceOf, type RegionName } from '../../formats/concordance.ts';
import type { ListedSector } from '../../formats/listed-sectors.ts';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import type { AccountLabel, OpenTable } from '../../formats/open-table.ts';
import { readTable } from '../../formats/read-table.ts';
import { CEADS_2018, gridOf, sample, writeWorkbook } from './ceads-layouts.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'read-'));

const REGIONS: RegionName[] = [
  { name: 'Beijing', region: 'BJ' },
  { name: '北京', region: 'BJ' },
  { name: 'Hebei', region: 'N' },
  { name: 'Shaanxi', region: 'SN' },
  { name: 'Shannxi', region: 'SN' },
  { name: '内蒙古', region: 'NM' },
];
const listed = (list: string, ...sectors: readonly (readonly [string, number])[]): ListedSector[] =>
  sectors.map(([name, sector], s) => ({ list, code: String(s + 1).padStart(2, '0'), names: [name], sector }));
const LISTS = [
  ...listed('old', ['Agriculture', 1], ['Coal mining', 2], ['Others', 2], ['Services', 3]),
  ...listed('new', ['Agriculture', 1], ['Coal mining', 2], ['Services', 3], ['Repair', 3]),
  ...listed('short', ['Agriculture', 1], ['Industry', 2]),
];
const labels = (
  region: string,
  ...sectors: readonly (readonly [string | null, string])[]
): { rows: AccountLabel[]; columns: AccountLabel[]; place: OpenTable['place'] } => {
  const rows = sectors.map(([code, sector]): AccountLabel => ({
    kind: 'account',
    region,
    sector,
    ...(code === null ? {} : { code }),
  }));
  return { rows, columns: rows, place: (row, column) => `cell ${row}, ${column}` };
};

describe('a concordance', () => {
  it('takes the list of sectors whose names the table has, and the code of a name that is written otherwise', () => {
    const table = labels('Beijing', ['01', 'Agricultur'], ['02', 'Coal mining'], ['03', 'Services'], ['04', 'Repair']);
    const { list, sector } = concordanceOf(table, REGIONS, LISTS, 'table.xlsx');
    expect(list).toBe('new');
    expect(table.rows.map(sector)).toEqual([1, 2, 3, 3]);
  });

  it('asks which list it is where there are codes only that mean different sectors', () => {
    const table = labels('Beijing', ['01', '01'], ['02', '02'], ['03', '03'], ['04', '04']);
    expect(() => concordanceOf(table, REGIONS, LISTS, 'table.xlsx')).toThrow(
      'table.xlsx: its 4 sectors may be those of old or new',
    );
    const { sector } = concordanceOf(table, REGIONS, LISTS, 'table.xlsx', 'old');
    expect(table.rows.map(sector)).toEqual([1, 2, 2, 3]);
    expect(() => concordanceOf(table, REGIONS, LISTS, 'table.xlsx', 'odl')).toThrow('no list of sectors "odl"');
  });

  it('knows regions by any name, with and without what kind of place they are', () => {
    const one = (region: string) =>
      concordanceOf(labels(region, [null, 'Agriculture'], [null, 'Industry']), REGIONS, LISTS, 't').region({ region });
    expect(['Beijing', 'beijing ', '北京市', 'Shannxi', '内蒙古自治区', 'Hebei Province'].map(one)).toEqual([
      ...['BJ', 'BJ', 'BJ', 'SN', 'NM', 'N'],
    ]);
  });

  it.each([
    ['吉林省', 'JL'],
    ['吉林市', 'JLC'],
    ['Korea (North)', 'PRK'],
    ['Korea (South)', 'KOR'],
    ['Korea', null],
    ['吉林', null],
  ])('tells alike names apart: %s', (region, code) => {
    const names = [
      { name: '吉林省', region: 'JL' },
      { name: '吉林市', region: 'JLC' },
      { name: 'Korea (North)', region: 'PRK' },
      { name: 'Korea (South)', region: 'KOR' },
    ];
    const table = labels(region, [null, 'Agriculture'], [null, 'Industry']);
    const concordance = () => concordanceOf(table, names, LISTS, 't').region({ region });
    if (code !== null) expect(concordance()).toBe(code);
    else expect(concordance).toThrow(/^t: region ".*" may be (JL or JLC|PRK or KOR)$/);
  });

  it('tells sectors apart by what stands in brackets, else by their codes', () => {
    const list = listed('transport', ['Transport (rail)', 1], ['Transport (road)', 2]);
    const written = labels('Hebei', [null, 'Transport (road)'], [null, 'Transport (rail)']);
    expect(written.rows.map(concordanceOf(written, REGIONS, list, 't').sector)).toEqual([2, 1]);
    const numbered = labels('Hebei', ['02', 'Transport'], ['01', 'Transport']);
    expect(numbered.rows.map(concordanceOf(numbered, REGIONS, list, 't', 'transport').sector)).toEqual([2, 1]);
  });

  it('refuses two sectors of a region that are one of the list', () => {
    const table = labels('Hebei', ['01', 'Agriculture'], ['02', 'Agriculture']);
    expect(() => concordanceOf(table, REGIONS, LISTS, 't', 'short')).toThrow(
      't: sectors "01 Agriculture" and "02 Agriculture" of Hebei are both 01 Agriculture of the list short',
    );
  });

  it('knows the regions of final demand too, or names them', () => {
    const { rows, place } = labels('Hebei', [null, 'Agriculture'], [null, 'Industry']);
    const demand = { kind: 'final demand', region: 'World', category: 'all' } as const;
    expect(() => concordanceOf({ rows, columns: [...rows, demand], place }, REGIONS, LISTS, 't')).toThrow(
      't has a region of no known name: World (cell 0, 2)',
    );
  });

  it('knows the list by the sectors of all regions: the first may lack some', () => {
    const [north, south] = [
      labels('Hebei', [null, 'Coal mining'], [null, 'Services']),
      labels('Beijing', [null, 'agriculture'], [null, 'Coal mining'], [null, 'Services'], [null, 'Repair']),
    ];
    const table = { ...south, rows: [...north.rows, ...south.rows] };
    expect(concordanceOf(table, REGIONS, LISTS, 't').list).toBe('new');
  });

  it('names what it does not know', () => {
    const sectors = [
      [null, 'Agriculture'],
      [null, 'Industrie'],
    ] as const;
    expect(() => concordanceOf(labels('Beijing', ...sectors), REGIONS, LISTS, 't')).toThrow(
      't: its 2 sectors are those of no known list; nearest is short, which has 1 of them; missing in the table: 02 Industry; not in the list: Industrie',
    );
    expect(() => concordanceOf(labels('Paris', ...sectors), REGIONS, LISTS, 't')).toThrow(
      't has a region of no known name: Paris (cell 0, 0)',
    );
  });
});

/** A table of accounts and more, with these values. */
const given = (
  accounts: readonly AccountLabel[],
  moreRows: OpenTable['rows'],
  moreColumns: OpenTable['columns'],
  values: readonly (readonly number[])[],
): OpenTable => ({
  format: 'given',
  unit: null,
  rows: [...accounts, ...moreRows],
  columns: [...accounts, ...moreColumns],
  intermediate: 'deliveries',
  place: (row, column) => `${row}, ${column}`,
  // eslint-disable-next-line @typescript-eslint/require-await
  async *stripes() {
    for (const [index, row] of values.entries()) yield { axis: 'row', index, start: 0, values: Float64Array.from(row) };
  },
});

describe('a table that is read into the regions and sectors of a study', () => {
  const two = labels('Hebei', ['01', 'Agriculture'], ['02', 'Industry']).rows;
  const asIs = { list: 'short', region: () => 'N', sector: ({ code }: { code?: string }) => Number(code) };

  it('has no region and no sector that the study has not', async () => {
    const table = given(two, [], [], [[1, 2], [3, 4]]); // prettier-ignore
    await expect(readTable(table, { regions: ['BJ'], sectors: [1, 2] }, asIs)).rejects.toThrow(
      'Hebei is N, which is no region of the study: BJ',
    );
    await expect(readTable(table, { regions: ['N'], sectors: [1] }, asIs)).rejects.toThrow(
      'Industry of Hebei is 2 in the list short, which is no sector of the study: 1',
    );
  });

  it('calls stressors by their extension and unit where names alone are the same, and adds up what is the same', async () => {
    const stressor = (name: string, extension: string, unit: string) =>
      ({ kind: 'stressor', name, extension, unit }) as const;
    const more = [
      stressor('CO2', 'satellite', 'kg'),
      stressor('CO2', 'impacts', 't'),
      stressor('Water', 'satellite', 'Mm3'),
      stressor('Water', 'satellite', 'Mm3'),
    ];
    const cells = [[1, 2], [3, 4], [1000, 2000], [1, 2], [5, 6], [7, 8]]; // prettier-ignore
    const { stressors } = await readTable(given(two, more, [], cells), { regions: ['N'], sectors: [1, 2] }, asIs);
    const amounts = [...stressors].map(([name, { unit, accounts }]) => [name, unit, ...accounts]);
    expect(amounts).toEqual([
      ['CO2, satellite, kg', 'kg', 1000, 2000],
      ['CO2, impacts, t', 't', 1, 2],
      ['Water', 'Mm3', 12, 14],
    ]);
  });

  it('has the sums of what belongs together, and says what its accounts were before', async () => {
    const path = join(folder, 'table.xlsx');
    const of = sample(['Beijing', 'Hebei', 'Shannxi']);
    await writeWorkbook(path, { Table: gridOf(of, CEADS_2018) });
    const open = await openLabelledSheet(path);
    const concordance = concordanceOf(open, REGIONS, LISTS, path);
    const axes = { regions: ['N', 'BJ', 'SN'], sectors: [1, 2, 3] };
    let told = 0;
    const { table, accounts, discrepancy, stressors } = await readTable(
      open,
      axes,
      concordance,
      (share) => (told = share),
    );
    expect(told).toBeGreaterThan(0.8);
    // Sectors 2 and 3 of each region are one; Hebei comes before Beijing.
    const parts = [[4], [5, 6], [7], [0], [1, 2], [3], [8], [9, 10], [11]];
    const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
    parts.forEach((rows, k) => {
      parts.forEach((columns, l) => {
        expect(table.intermediate[k * 9 + l]).toBe(total(rows.flatMap((i) => columns.map((j) => of.z(i, j)))));
      });
      [1, 0, 2].forEach((region, r) => {
        const demand = rows.flatMap((i) => [0, 1, 2, 3, 4].map((c) => of.f(i, region * 5 + c)));
        const own = Math.floor(k / 3) === r ? total(rows.map(of.discrepancy)) : 0;
        expect(table.finalDemand[k * 4 + r]).toBe(total(demand) + own);
      });
      expect(table.finalDemand[k * 4 + 3]).toBe(total(rows.map(of.exports)));
      expect(discrepancy[k]).toBe(total(rows.map(of.discrepancy)));
      expect(table.primaryInput[k]).toBe(
        total(rows.flatMap((j) => [of.imports(j), ...[0, 1, 2, 3].map((v) => of.v(v, j))])),
      );
      expect(stressors.get('CO2')!.accounts[k]).toBe(total(rows.map((j) => j / 4)));
    });
    expect(accounts).toHaveLength(12);
    for (const { rowTotal, columnTotal, statedRow, statedColumn } of accounts) {
      expect(rowTotal).toBe(statedRow);
      expect(columnTotal).toBe(statedColumn);
    }
  });
});
