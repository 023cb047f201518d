import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import type { OpenTable } from '../../formats/open-table.ts';
import { readTable, requireAsStated } from '../../formats/read-table.ts';
import { sharedData } from '../support/shared-data.ts';
import {
  CEADS_2018,
  gridOf,
  LAYOUTS,
  sample,
  writeWorkbook,
  type Cell,
  type Layout,
  type Sample,
} from './ceads-layouts.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'sheets-'));

/** All values of a table, by row and column. */
async function valuesOf(table: OpenTable): Promise<number[][]> {
  const values = table.rows.map(() => table.columns.map(() => 0));
  for await (const { axis, index, start, values: stripe } of table.stripes()) {
    expect(axis).toBe('row');
    stripe.forEach((value, k) => (values[index]![start + k] = value));
  }
  return values;
}

/** Positions of the rows or columns of a kind. */
const positions = (labels: readonly { kind: string }[], kind: string): number[] =>
  labels.flatMap((label, at) => (label.kind === kind ? [at] : []));

async function expectSample(table: OpenTable, of: Sample, layout: Layout): Promise<void> {
  const values = await valuesOf(table);
  const accounts = of.regions.flatMap((region) => of.sectors.map((sector) => [region, sector]));
  const [rows, columns] = [positions(table.rows, 'account'), positions(table.columns, 'account')];
  const named = (label: OpenTable['rows'][number]) => (label.kind === 'account' ? [label.region, label.sector] : []);
  expect(rows.map((at) => named(table.rows[at]!))).toEqual(accounts);
  expect(columns.map((at) => named(table.columns[at] as OpenTable['rows'][number]))).toEqual(accounts);
  const block = (across: readonly number[], down: readonly number[] = rows) =>
    down.map((i) => across.map((j) => values[i]![j]!));
  const expected = (width: number, value: (i: number, j: number) => number) =>
    rows.map((_, i) => Array.from({ length: width }, (_, j) => value(i, j)));
  expect(block(columns)).toEqual(expected(accounts.length, of.z));
  const demand = positions(table.columns, 'final demand');
  expect(demand.map((at) => table.columns[at])).toMatchObject(
    of.regions.flatMap((region) => of.demand.map(() => ({ region }))),
  );
  expect(block(demand)).toEqual(expected(demand.length, of.f));
  expect(block(positions(table.columns, 'export'))).toEqual(expected(1, of.exports));
  const discrepancy = positions(table.columns, 'discrepancy');
  expect(discrepancy).toHaveLength(layout.discrepancy === null ? 0 : 1);
  if (discrepancy.length > 0) expect(block(discrepancy)).toEqual(expected(1, of.discrepancy));
  const inputs = positions(table.rows, 'primary input');
  expect(inputs.map((at) => table.rows[at])).toMatchObject([
    { imports: true },
    ...of.inputs.map(() => ({ imports: false })),
  ]);
  expect(block(columns, inputs)).toEqual([
    columns.map((_, j) => of.imports(j)),
    ...of.inputs.map((_, k) => columns.map((_, j) => of.v(k, j))),
  ]);
  if (layout.totals) {
    const output = table.columns.findIndex((label) => label.kind === 'stated' && label.of === 'all');
    expect(values[rows[0]!]![output]).toBeGreaterThan(0);
  }
  expect(positions(table.rows, 'stressor')).toHaveLength(layout.footnotes === true ? 1 : 0);
}

describe('a table with labels around it', () => {
  it.each(Object.entries<Layout>(LAYOUTS))('is read exactly in the layout %s', async (name, layout) => {
    const path = join(folder, `${String(Object.keys(LAYOUTS).indexOf(name))}.xlsx`);
    const of = sample();
    await writeWorkbook(path, {
      Note: [['Cite as']],
      Province: [
        ['Order', 'Chinese', 'Province'],
        [1, '北京', 'Beijing'],
        [2, '天津', 'Tianjin'],
      ],
      Table: gridOf(of, layout),
    });
    const table = await openLabelledSheet(path, 'user/table.xlsx');
    expect(table.format).toBe('labelled table in sheet "Table"');
    await expectSample(table, of, layout);
    if (layout.title?.includes('yuan') === true) expect(table.unit).toBe('10,000 yuan');
    if (layout.chinese === true) expect(table.unit).toBe('万元');
  });

  it('is read exactly from a CSV', async () => {
    const path = join(folder, 'table.csv');
    const layout = CEADS_2018;
    const of = sample();
    const quoted = (cell: Cell) => (typeof cell === 'string' ? `"${cell}"` : (cell ?? ''));
    writeFileSync(
      path,
      `\uFEFF${gridOf(of, layout)
        .map((row) => row.map(quoted).join(','))
        .join('\r\n')}\r\n`,
    );
    await expectSample(await openLabelledSheet(path), of, layout);
  });

  it('of one region needs no line of regions', async () => {
    const path = join(folder, 'one.xlsx');
    const layout = { ...LAYOUTS['2017, without it'], regionsOnce: true };
    const of = sample(['']);
    const grid = gridOf({ ...of, regions: [''] }, layout).map((row) => row.map((cell) => (cell === '' ? null : cell)));
    await writeWorkbook(path, { Table: grid });
    await expectSample(await openLabelledSheet(path), of, layout);
  });

  it('names the cell that is no number', async () => {
    const path = join(folder, 'wrong.xlsx');
    const grid = gridOf(sample(), LAYOUTS['2017, without it']);
    grid[5]![4] = '12 3';
    await writeWorkbook(path, { Table_2017: grid });
    const table = await openLabelledSheet(path, 'user/table.xlsx');
    await expect(valuesOf(table)).rejects.toThrow(
      'user/table.xlsx: sheet "Table_2017", cell E6 holds "12 3", a number is expected there',
    );
  });

  it.each([
    [
      'a sector too few in one region',
      (grid: Cell[][]) => void grid.splice(6, 1),
      /region 1 of 3 has 3 sectors|11 rows and 12 columns|has 4 sectors/,
    ],
    [
      'another order of regions at the left',
      (grid: Cell[][]) => {
        [grid[4]![0], grid[8]![0]] = [grid[8]![0]!, grid[4]![0]!];
      },
      /"Tianjin 01" in row 1 and "Beijing 01" in that column|Tianjin Agriculture/,
    ],
    [
      'no names of regions',
      (grid: Cell[][]) => {
        grid[1] = grid[1]!.map(() => null);
      },
      /no line that names the 3 regions/,
    ],
  ])('is refused with %s, and says why of each sheet', async (name, spoil, said) => {
    const path = join(folder, `${name}.xlsx`);
    const grid = gridOf(sample(), LAYOUTS['2017, without it']);
    spoil(grid);
    await writeWorkbook(path, { Note: [['nothing']], Table: grid });
    const opened = openLabelledSheet(path, 'user/table.xlsx');
    await expect(opened).rejects.toThrow(said);
    await expect(opened).rejects.toThrow(
      /user\/table\.xlsx holds no input-output table: sheet "Note" has no .*; sheet "Table" has/,
    );
  });

  it('is looked for in the sheet that is named', async () => {
    const path = join(folder, 'two.xlsx');
    const layout = LAYOUTS['2017, without it'];
    await writeWorkbook(path, {
      Chinese: gridOf(sample(), { ...layout, chinese: true }),
      English: gridOf(sample(), layout),
    });
    expect((await openLabelledSheet(path)).format).toContain('"Chinese"');
    expect((await openLabelledSheet(path, path, 'English')).format).toContain('"English"');
    await expect(openLabelledSheet(path, path, 'Englisch')).rejects.toThrow('has no sheet "Englisch"');
  });

  it('that is damaged is an error that names the file', async () => {
    const path = join(folder, 'damaged.xlsx');
    writeFileSync(path, 'PK\u0003\u0004 not really');
    await expect(openLabelledSheet(path, 'user/table.xlsx')).rejects.toThrow(
      /^user\/table\.xlsx cannot be read as a workbook/,
    );
  });
});

describe('a national table of the statistical office', () => {
  /** 01 delivers 1 and 2, 02 delivers 3 and 4; TC and GCF are totals of what stands before them. */
  const COMPETITIVE = `"","Code","Description","01","02","TIU","FU101","FU102","FU103","TC","FU201","FU202","GCF","EX","TFU","IM","ERR","GO"
"1","01","Agriculture",1,2,3,10,20,30,60,5,-4,1,7,68,6,0.5,65.5
"2","02","Industry",3,4,7,11,21,31,63,6,1,7,8,78,9,-0.5,75.5
"3","TII","Total intermediate input",4,6,10,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA
"4","VA001","Compensation of employees",61.5,69.5,131,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA
"5","TVA","Total value-added",61.5,69.5,131,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA
"6","TI","Total inputs",65.5,75.5,141,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA
`;
  /** Imports have rows of their own. */
  const WITH_ORIGINS = `"","Code","Description","Origin","01","02","TIU","TC","FU201","EX","TFU","GO"
"1","01","Agriculture","Domestic",1,2,3,60,5,7,72,75
"2","02","Industry","Domestic",3,4,7,63,6,8,77,84
"3","01","Agriculture","Imports",0.5,0.25,0.75,2,0,0,2,2.75
"4","02","Industry","Imports",0.5,0.75,1.25,3,1,0,4,5.25
"5","TII","Total intermediate input","TOT",5,7,12,NA,NA,NA,NA,NA
"6","VA001","Compensation of employees","TOT",70,77,147,NA,NA,NA,NA,NA
"7","TI","Total inputs","TOT",75,84,159,NA,NA,NA,NA,NA
`;
  const axes = { regions: ['CN'], sectors: [1, 2] };
  const concordance = { list: '', region: () => 'CN', sector: ({ code }: { code?: string }) => Number(code) };

  it('has imports deducted where its rows hold them, and totals left out', async () => {
    const path = join(folder, 'competitive.csv');
    writeFileSync(path, COMPETITIVE);
    const { table, accounts, discrepancy } = await readTable(await openLabelledSheet(path), axes, concordance);
    expect(table.intermediate).toEqual(Float64Array.of(1, 2, 3, 4));
    // Consumption, investment and stocks, less imports, with the discrepancy; then exports.
    expect(table.finalDemand).toEqual(Float64Array.of(60 + 1 - 6 + 0.5, 7, 63 + 7 - 9 - 0.5, 8));
    expect(discrepancy).toEqual(Float64Array.of(0.5, -0.5));
    expect(
      accounts.map(({ rowTotal, columnTotal, statedRow, statedColumn }) => [
        rowTotal,
        columnTotal,
        statedRow,
        statedColumn,
      ]),
    ).toEqual([
      [65.5, 65.5, 65.5, 65.5],
      [75.5, 75.5, 75.5, 75.5],
    ]);
  });

  it('has rows of imports among its primary inputs, and totals that stand for their parts', async () => {
    const path = join(folder, 'origins.csv');
    writeFileSync(path, WITH_ORIGINS);
    const { table, accounts, outsideAccounts } = await readTable(await openLabelledSheet(path), axes, concordance);
    expect(table.finalDemand).toEqual(Float64Array.of(65, 7, 69, 8));
    expect(table.primaryInput).toEqual(Float64Array.of(71, 78));
    expect(outsideAccounts).toBe(6);
    expect(accounts.map(({ rowTotal, columnTotal }) => [rowTotal, columnTotal])).toEqual([[75, 75], [84, 84]]); // prettier-ignore
  });

  it.skipIf(!existsSync(sharedData('nbs')))('balances as published (needs nbs in BTH_MRIO_SHARED_DATA)', async () => {
    for (const name of ['china_2012_139', 'china_2015_42', 'china_2017_42']) {
      const open = await openTable(sharedData('nbs', `${name}.csv`));
      const sectors = open.rows.filter(({ kind }) => kind === 'account').map((_, s) => s + 1);
      const { accounts } = await readTable(open, { regions: ['CN'], sectors }, concordance);
      expect(accounts).toHaveLength(Number(name.split('_')[2]));
      for (const { rowTotal, columnTotal } of accounts)
        expect(Math.abs(rowTotal - columnTotal)).toBeLessThanOrEqual(1e-9 * rowTotal);
      expect(() => { requireAsStated(accounts, 1e-9, name); }).not.toThrow(); // prettier-ignore
    }
  });
});
