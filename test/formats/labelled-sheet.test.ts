import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { concordanceOf } from '../../formats/concordance.ts';
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
    expect(table.besides).toHaveLength(2);
    expect(table.besides![0]).toMatch(/^sheet "Note" has no /);
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
      /sheet "Table" has 3 sectors of Beijing \(C5 to C7\) and 4 sectors of other regions: Beijing lacks 03 Others$/,
    ],
    [
      'another order of regions at the left',
      (grid: Cell[][]) => {
        [grid[4]![0], grid[8]![0]] = [grid[8]![0]!, grid[4]![0]!];
      },
      /sheet "Table" has "Tianjin 01 Agriculture" \(A5, B5\) as row 1 of its sectors and "Beijing 01 Agriculture" \(D2, D3\) as that column/,
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
    await expect(openLabelledSheet(path, 'user/two.xlsx')).rejects.toThrow(
      'user/two.xlsx holds several tables: sheet "Chinese" (3 x 4), sheet "English" (3 x 4)',
    );
    expect((await openLabelledSheet(path, path, 'Chinese')).format).toContain('"Chinese"');
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

describe('a small table with labels around it', () => {
  /** Two regions with two sectors; final demand of each for two categories. */
  const GRID = (changes: Readonly<Record<string, string>> = {}): string => {
    let text = [
      ',,North,,South,,,,,,',
      ',,01,02,01,02,FU101,FU103,FU101,FU103,GO',
      'North,01,3,1,2,4,1,2,3,4,20',
      ',02,5,6,7,8,5,6,7,8,52',
      'South,01,9,10,11,12,9,10,11,12,84',
      ',02,13,14,15,16,13,14,15,16,116',
      ',VA001,-10,21,49,76,,,,,',
    ].join('\n');
    for (const [from, to] of Object.entries(changes)) {
      expect(text).toContain(from);
      text = text.replace(from, to);
    }
    return text;
  };
  let count = 0;
  const open = (content: string | Uint8Array, kind = 'csv'): Promise<OpenTable> => {
    const path = join(folder, `small-${count++}.${kind}`);
    writeFileSync(path, content);
    return openLabelledSheet(path, `user/small.${kind}`);
  };
  /** A folder of its own with the file, and what a spreadsheet program has left there. */
  const dirnameOf = (text: string): string => {
    const own = mkdtempSync(join(folder, 'own-'));
    writeFileSync(join(own, 'table.csv'), text);
    writeFileSync(join(own, '~$table.csv'), 'lock');
    return own;
  };
  const demandRegions = ({ columns }: OpenTable) =>
    columns.flatMap((label) => (label.kind === 'final demand' ? [label.region] : []));

  it('has codes only above, and names beside them at the left: what names a row names its column', async () => {
    const path = join(folder, 'codes-above.csv');
    const text = [
      ',,,North,,South,,,',
      ',,,01,02,01,02,FU101,FU101,GO',
      'North,01,Farms,3,1,2,4,1,3,14',
      ',02,Mines,5,6,7,8,5,7,38',
      'South,01,Farms,9,10,11,12,9,11,62',
      ',02,Mines,13,14,15,16,13,15,86',
      ',VA001,Wages,-16,7,27,46,,,',
    ].join('\n');
    writeFileSync(path, text);
    const open = await openLabelledSheet(path);
    expect(open.rows[1]).toEqual({ kind: 'account', region: 'North', sector: 'Mines', code: '02' });
    expect(open.columns.slice(0, 4)).toEqual(open.rows.slice(0, 4));
    const axes = { regions: ['N', 'S'], sectors: [1, 2] };
    const concordance = concordanceOf(
      open,
      [
        { name: 'North', region: 'N' },
        { name: 'South', region: 'S' },
      ],
      ['Farms', 'Mines'].map((name, s) => ({ list: 'two', code: String(s + 1), names: [name], sector: s + 1 })),
      path,
    );
    const { table } = await readTable(open, axes, concordance);
    expect([...table.intermediate]).toEqual([3, 1, 2, 4, ...[5, 6, 7, 8], ...[9, 10, 11, 12], ...[13, 14, 15, 16]]);
    expect([...table.primaryInput]).toEqual([-16, 7, 27, 46]);
  });

  it('names the sector that a region lacks', async () => {
    const text = GRID({ ',,North,,South': ',,North,,,South', ',,01,02,01,02,': ',,01,02,03,01,02,' });
    await expect(openTable(dirnameOf(text))).rejects.toMatchObject({
      message: expect.stringMatching(
        /holds no input-output table: it has 2 sectors of South \(F2 to G2\) and 3 sectors of North: South lacks 03$/,
      ) as string,
    });
  });

  it('has final demand region by region, where no regions stand above it', async () => {
    expect(demandRegions(await open(GRID()))).toEqual(['North', 'North', 'South', 'South']);
  });

  it('has final demand in any order where regions stand above it', async () => {
    const text = GRID({ 'North,,South,,,,,,': 'North,,South,,North,South,North,South,' });
    expect(demandRegions(await open(text))).toEqual(['North', 'South', 'North', 'South']);
  });

  it.each([
    [
      'final demand category by category',
      { 'FU101,FU103,FU101,FU103': 'FU101,FU101,FU103,FU103' },
      'do not have the same categories for one region after the other; name the region above each',
    ],
    [
      'final demand of a region more',
      { 'North,,South,,,,,,': 'North,,South,,North,,South,World,' },
      'final demand of "World" (J1), which has no sectors',
    ],
  ])('is refused with %s', async (_, changes, message) => {
    await expect(open(GRID(changes))).rejects.toThrow(message);
  });

  it.each(['0,125', '1234,567', '1,23', '1,234,56'])('does not take %s for a number', async (text) => {
    const table = await open(GRID({ ',02,5': `,02,"${text}"` }));
    await expect(valuesOf(table)).rejects.toMatchObject({
      message: `user/small.csv: cell C4 holds "${text}", a number is expected there`,
      remedy: expect.stringContaining('1234.5') as string,
    });
  });

  it('has thousands separated', async () => {
    expect((await valuesOf(await open(GRID({ ',02,5': ',02,"1,234,567.5"' }))))[1]![0]).toBe(1234567.5);
  });

  it('has names only, and small numbers in its first row', async () => {
    const text = GRID({ ',,01,02,01,02': ',,Farms,Mines,Farms,Mines' })
      .replaceAll(',01,', ',Farms,')
      .replaceAll(',02,', ',Mines,')
      .replaceAll('FU101', 'Rural household consumption')
      .replaceAll('FU103', 'Government consumption')
      .replace('GO', 'Gross output')
      .replace('VA001', 'Net taxes on production');
    const table = await open(text);
    expect(table.rows[0]).toMatchObject({ kind: 'account', region: 'North', sector: 'Farms' });
    expect((await valuesOf(table))[0]!.slice(0, 4)).toEqual([3, 1, 2, 4]);
  });

  it.each([
    ['Unit: million EUR', 'million EUR'],
    ['(units: 万元)', '万元'],
    ['单位 万元', '万元'],
    ['Community services', null],
    ['United Kingdom', null],
  ])('%s in its title says the unit %s', async (title, unit) => {
    expect((await open(`${title},,,,,,,,,,\n${GRID()}`)).unit).toBe(unit);
  });

  it('is read in GB18030 as in UTF-8', async () => {
    const text = `单位：亿元,,,,,,,,,,\n${GRID({ 'North,01': '北京,01', ',,North': ',,北京' })}`;
    const table = await open(text);
    // 单位：亿元 and 北京
    const bytes = Buffer.concat([
      Buffer.from([0xb5, 0xa5, 0xce, 0xbb, 0xa3, 0xba, 0xd2, 0xda, 0xd4, 0xaa]),
      Buffer.from(text.slice('单位：亿元'.length).replaceAll('北京', '\xb1\xb1\xbe\xa9'), 'latin1'),
    ]);
    const same = await open(bytes);
    expect(same.unit).toBe('亿元');
    expect(same.rows).toEqual(table.rows);
    expect(await valuesOf(same)).toEqual(await valuesOf(table));
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
