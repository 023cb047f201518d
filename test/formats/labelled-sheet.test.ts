import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import type { OpenTable } from '../../formats/open-table.ts';
import { gridOf, sample, writeWorkbook, type Cell, type Layout, type Sample } from './ceads-layouts.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'sheets-'));

/** Layouts of releases as their readers describe them: shared/ceads-layout of the reference data. */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  '2017, with total intermediate use before final demand': {
    title: 'Multi-regional input-output table of China, 2017 (10,000 yuan)',
    intermediateUse: true,
    codes: true,
    regionsOnce: true,
    regionsOfDemand: true,
    totals: false,
    discrepancy: null,
  },
  '2017, without it': {
    title: '2017',
    intermediateUse: false,
    codes: true,
    regionsOnce: true,
    regionsOfDemand: true,
    totals: true,
    discrepancy: null,
  },
  '2018 and 2020': {
    title: 'MRIO 2018',
    intermediateUse: true,
    codes: true,
    regionsOnce: true,
    regionsOfDemand: true,
    totals: true,
    discrepancy: 'ERR',
    footnotes: true,
  },
  '2012 of 30 sectors, without codes': {
    intermediateUse: true,
    codes: false,
    regionsOnce: false,
    regionsOfDemand: true,
    totals: true,
    discrepancy: 'Others',
  },
  'with a column more at the left, codes as numbers, in Chinese': {
    title: '2015年中国多区域投入产出表 (万元)',
    extraColumn: true,
    intermediateUse: true,
    codes: true,
    regionsOnce: true,
    regionsOfDemand: true,
    totals: true,
    discrepancy: 'ERR',
    codesAsNumbers: true,
    chinese: true,
  },
  'with final demand that has no regions above it': {
    intermediateUse: false,
    codes: true,
    regionsOnce: true,
    regionsOfDemand: false,
    totals: false,
    discrepancy: null,
  },
};

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
  it.each(Object.entries(LAYOUTS))('is read exactly in the layout %s', async (name, layout) => {
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
    const layout = LAYOUTS['2018 and 2020']!;
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
    const layout = { ...LAYOUTS['2017, without it']!, regionsOnce: true };
    const of = sample(['']);
    const grid = gridOf({ ...of, regions: [''] }, layout).map((row) => row.map((cell) => (cell === '' ? null : cell)));
    await writeWorkbook(path, { Table: grid });
    await expectSample(await openLabelledSheet(path), of, layout);
  });

  it('names the cell that is no number', async () => {
    const path = join(folder, 'wrong.xlsx');
    const grid = gridOf(sample(), LAYOUTS['2017, without it']!);
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
    const grid = gridOf(sample(), LAYOUTS['2017, without it']!);
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
    const layout = LAYOUTS['2017, without it']!;
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
