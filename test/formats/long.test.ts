import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, inject, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { openLongTable } from '../../formats/long.ts';
import type { OpenTable } from '../../formats/open-table.ts';
import { gridOf, sample, writeWorkbook } from './ceads-layouts.ts';
import { numbers, writeMat5, type MatValue } from './mat/write-mat5.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'long-'));

const CELLS = `from_region,from_sector,to_region,to_sector,category,value_10k_cny
South,02,South,01,intermediate,4
North,01,North,01,intermediate,1
North,01,South,02,intermediate,3
South,02,North,,rural,7
South,02,North,,urban,-1
North,01,North,,export,3
,,South,01,imports,5
,,North,01,taxes,6
`;

async function sumsOf(table: OpenTable): Promise<number[][]> {
  const sums = table.rows.map(() => table.columns.map(() => 0));
  for await (const { axis, index, start, values } of table.stripes()) {
    expect(axis).toBe('row');
    values.forEach((value, k) => (sums[index]![start + k]! += value));
  }
  return sums;
}

function expectCells(table: OpenTable, sums: number[][]): void {
  const { rows, columns, unit } = table;
  expect(
    rows.map((row) =>
      row.kind === 'account' ? `${row.region} ${row.sector}` : row.kind === 'primary input' && row.name,
    ),
  ).toEqual(['South 02', 'South 01', 'North 01', 'imports', 'taxes']);
  expect(columns.slice(3)).toEqual([
    { kind: 'final demand', region: 'North', category: 'rural' },
    { kind: 'final demand', region: 'North', category: 'urban' },
    { kind: 'export', name: 'export' },
  ]);
  expect(unit).toBe('10k cny');
  expect(sums).toEqual([
    [0, 4, 0, 7, -1, 0],
    [0, 0, 0, 0, 0, 0],
    [3, 0, 1, 0, 0, 3],
    [0, 5, 0, 0, 0, 0],
    [0, 0, 6, 0, 0, 0],
  ]);
  expect(table.place(2, 0)).toMatch(/^user\/cells, from North\.01 to South\.02$/);
}

describe('a list of cells', () => {
  it('is read from CSV, TSV and Parquet', async () => {
    const csv = join(folder, 'cells.csv');
    writeFileSync(csv, CELLS);
    writeFileSync(join(folder, 'cells.tsv'), CELLS.replaceAll(',', '\t'));
    const database = await (await DuckDBInstance.create(':memory:')).connect();
    await database.run(`COPY (FROM read_csv('${csv}', all_varchar = true)) TO '${join(folder, 'cells.parquet')}'`);
    database.closeSync();
    for (const file of ['cells.csv', 'cells.tsv', 'cells.parquet']) {
      const table = await openLongTable(join(folder, file), 'user/cells');
      expectCells(table, await sumsOf(table));
      expect((await openTable(join(folder, file))).format).toBe('list of cells');
    }
  });

  it('has any line ends and encoding, and words in any case', async () => {
    const path = join(folder, 'mixed.csv');
    const text = CELLS.replace('4\n', '4\r\n').replace(',export,', ',Exports,').replace(',imports,', ',Import,');
    writeFileSync(path, Buffer.from(`\uFEFF${text}`, 'utf16le'));
    const table = await openLongTable(path, 'user/cells');
    expectCells(table, await sumsOf(table));
    expect((await openTable(path)).format).toBe('list of cells');
  });

  it.each([
    ['a missing column', ['to_sector,', 'to_setcor,'], /has no column to_sector/],
    [
      'a value that is no number',
      [',3\n', ',3;0\n'],
      /row 3 below the header, from North.01 to South.02: its value is "3;0", a number is expected/,
    ],
    ['an empty value', [',3\n', ',\n'], /row 3 below the header, .*: its value is "", a number/],
    [
      'no sector at all',
      [',,North,01,taxes', ',,North,,taxes'],
      /row 8 below the header, .*: it has neither from_sector nor to_sector/,
    ],
    [
      'a slip in export',
      ['North,01,North,,export,3', 'North,01,North,,exprot,3'],
      /row 6 below the header, .*: its category is "exprot": is it export\?/,
    ],
    [
      'a slip in imports',
      [',,South,01,imports,5', ',,South,01,inports,5'],
      /row 7 below the header, .*: its category is "inports": is it imports\?/,
    ],
    [
      'a cell twice',
      ['South,02,North,,urban,-1', 'South,02,North,,rural,-1'],
      /row 5 below the header, .*: row 4 is of the same cell/,
    ],
    [
      'deliveries of which one may be the whole',
      [',3\n', ',3\nNorth,01,South,02,,5\n'],
      /row 4 below the header, from North.01 to South.02: its category is empty, that of row 3, which is of the same cell, is not: it may be/,
    ],
    [
      'exports of which one may be the whole',
      [',export,3\n', ',export,3\nNorth,01,,,export,5\n'],
      /row 7 below the header, from North.01 to \.: its to_region is empty, that of row 6, which/,
    ],
    [
      'imports of which one may be the whole',
      [',,South,01,imports,5', 'USA,,South,01,imports,5\n,,South,01,imports,6'],
      /row 8 below the header, from \. to South.01: its from_region is empty, that of row 7, which/,
    ],
    [
      'exports twice to one region',
      [',export,3\n', ',export,3\nNorth,01,North,,export,5\n'],
      /row 7 below the header, from North.01 to North\.: row 6 is of the same cell/,
    ],
    [
      'a sector without its region',
      ['South,02,North,,rural', ',02,North,,rural'],
      /row 4 below the header, .*: from_region is empty/,
    ],
  ])('with %s is refused', async (name, [from, to], message) => {
    const path = join(folder, `${name}.csv`);
    writeFileSync(path, CELLS.replace(from!, to!));
    await expect(openLongTable(path, 'user/cells')).rejects.toThrow(message);
  });
});

describe('rows that are parts of one cell', () => {
  const table = async (name: string, ...rows: readonly string[]) => {
    const path = join(folder, `${name}.csv`);
    const lines = ['from_region,from_sector,to_region,to_sector,category,value', 'A,1,A,1,domestic,10', ...rows];
    writeFileSync(path, `${lines.join('\n')}\n`);
    return openLongTable(path);
  };

  it.each([
    ['exports of goods and of services', ['A,1,,,export of goods,30', 'A,1,,,export of services,40'], [[10, 70]]],
    ['exports to two countries', ['A,1,USA,,export,11', 'A,1,JPN,,export,22'], [[10, 33]]],
    ['imports from two countries', ['USA,,A,1,imports,7', 'JPN,,A,1,imports,8'], [[10], [15]]],
    ['deliveries of domestic and of imported goods', ['A,1,A,1,imported,3'], [[13]]],
  ])('%s are summed', async (name, rows, sums) => {
    expect(await sumsOf(await table(name, ...rows))).toEqual(sums);
  });

  it('are summed in their order, and minus zero is zero', async () => {
    const parts = [1e16, 1, -1e16, 1, 0.1].map((value, k) => `A,1,R${k},,export,${value}`);
    expect((await sumsOf(await table('in order', ...parts)))[0]![1]).toBe(1e16 + 1 - 1e16 + 1 + 0.1);
    const zero = await sumsOf(await table('minus zero', 'A,1,USA,,export,-0'));
    expect(Object.is(zero[0]![1], 0)).toBe(true);
  });
});

describe('a table in a folder of its own', () => {
  it('is told by what is there: a workbook, a MATLAB file with names beside it', async () => {
    const workbook = mkdtempSync(join(folder, 'workbook-'));
    const layout = {
      intermediateUse: true,
      codes: true,
      regionsOnce: true,
      regionsOfDemand: true,
      totals: true,
      discrepancy: null,
    };
    await writeWorkbook(join(workbook, 'MRIO2017.xlsx'), { Table: gridOf(sample(), layout) });
    expect((await openTable(workbook)).format).toBe('labelled table in sheet "Table"');
    await expect(openTable(workbook, { sheet: 'Tabel' })).rejects.toThrow('has no sheet "Tabel"');
    const matlab = mkdtempSync(join(folder, 'matlab-'));
    const square = numbers(
      4,
      4,
      Array.from({ length: 16 }, (_, k) => k),
    );
    writeFileSync(join(matlab, 'table.mat'), writeMat5({ Z: square, F: numbers(4, 2, [1, 2, 3, 4, 5, 6, 7, 8]) }));
    writeFileSync(join(matlab, 'regions.csv'), 'region\nNorth\nSouth\n');
    const { format, rows } = await openTable(matlab);
    expect(format).toBe('MATLAB file of version 5');
    expect(rows[3]).toEqual({ kind: 'account', region: 'South', sector: '02' });
    const tables = ['T2012', 'T2017'].map((name, k): [string, MatValue] => {
      const demand = numbers(4, 2, Array<number>(8).fill(k));
      return [name, { kind: 'struct', elements: [{ Z: square, F: demand }] }];
    });
    writeFileSync(join(matlab, 'table.mat'), writeMat5(Object.fromEntries(tables)));
    await expect(openTable(matlab)).rejects.toThrow('holds several tables: T2012, T2017');
    expect((await openTable(matlab, { sheet: 'T2017' })).format).toBe('MATLAB file of version 5, struct T2017');
  });

  it('that holds something else is refused with what is known of each format', async () => {
    const path = join(folder, 'notes.csv');
    writeFileSync(path, 'a,b\n1,2\n');
    await expect(openTable(path)).rejects.toThrow(
      /no known format: .*list of cells \(no columns from_region.*table with labels around it \(/,
    );
  });
});
