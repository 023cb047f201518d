import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { concordanceOf, type ListedSector, type RegionName } from '../../formats/concordance.ts';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import type { AccountLabel } from '../../formats/open-table.ts';
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
): { rows: AccountLabel[] } => ({
  rows: sectors.map(([code, sector]) => ({ kind: 'account', region, sector, ...(code === null ? {} : { code }) })),
});

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

  it('names what it does not know', () => {
    const sectors = [
      [null, 'Agriculture'],
      [null, 'Industrie'],
    ] as const;
    expect(() => concordanceOf(labels('Beijing', ...sectors), REGIONS, LISTS, 't')).toThrow(
      't: its 2 sectors are those of no known list; not known are Industrie',
    );
    expect(() => concordanceOf(labels('Paris', ...sectors), REGIONS, LISTS, 't')).toThrow(
      't has a region of no known name: Paris',
    );
  });
});

describe('a table that is read into the regions and sectors of a study', () => {
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
