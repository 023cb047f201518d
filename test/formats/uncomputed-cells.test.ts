import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOds, writeXlsx, type WriteSheet } from 'hucre';
import { describe, expect, inject, it } from 'vitest';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import type { OpenTable } from '../../formats/open-table.ts';
import { openWorkbook, type SheetRow } from '../../formats/workbook.ts';
import { CEADS_2018, gridOf, sample } from './ceads-layouts.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'uncomputed-'));
const GRID = gridOf(sample(), CEADS_2018);
/** Where the rows and columns with a code or name are. */
const rowOf = (label: string): number => GRID.findIndex((row) => row.slice(0, 3).includes(label));
const columnOf = (label: string): number => Math.max(...[2, 3].map((line) => GRID[line]!.indexOf(label)));
const [FIRST_ROW, FIRST_COLUMN] = [4, 3];

/** The sheet with a formula in one cell, that nothing was computed for, behind a sheet without any. */
function sheets(row: number, column: number): WriteSheet[] {
  const rows = GRID.map((cells) => [...cells]);
  const cells = new Map([[`${row},${column}`, { formula: '1000*2' }]]);
  rows[row]![column] = null;
  return [
    { name: 'Note', rows: [['Cite', 'as']] },
    { name: 'Table', rows, cells },
  ];
}

async function open(row: number, column: number): Promise<OpenTable> {
  const path = join(folder, `${row}-${column}.xlsx`);
  writeFileSync(path, await writeXlsx({ sheets: sheets(row, column) }));
  return openLabelledSheet(path, 'user/table.xlsx');
}

async function readAll(table: OpenTable): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { values } of table.stripes()) rows.push([...values]);
  return rows;
}

describe('a formula without a value', () => {
  it.each([
    ['a delivery', FIRST_ROW + 1, FIRST_COLUMN + 2, 'F6'],
    ['final demand', FIRST_ROW, columnOf('FU101'), 'Q5'],
    ['value added', rowOf('VA001'), FIRST_COLUMN, 'D19'],
    ['a stressor', rowOf('CO2 (Mt)'), FIRST_COLUMN, 'D26'],
    ['gross output', FIRST_ROW, columnOf('GO'), 'AI5'],
    ['gross input', rowOf('TI'), FIRST_COLUMN, 'D24'],
  ])('is an error in %s: it is no zero', async (_, row, column, cell) => {
    await expect(readAll(await open(row, column))).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(`^user/table\\.xlsx: sheet "Table", cell ${cell} holds a formula without a value`),
      ) as string,
      remedy: expect.stringMatching(/^open it in a spreadsheet program, let it calculate, and save it/) as string,
    });
  });

  it.each([
    ['a check', FIRST_ROW, columnOf('Gross Output Check')],
    ['intermediate use', FIRST_ROW, columnOf('Total intermediate use')],
    ['total value added', rowOf('TVA'), FIRST_COLUMN],
  ])('is none in %s: what is not there is not compared', async (_, row, column) => {
    const rows = await readAll(await open(row, column));
    expect(rows[row - FIRST_ROW]![column - FIRST_COLUMN]).toBeNaN();
  });

  it('is none where no account is: there may be remarks', async () => {
    const [row, column] = [rowOf('VA001'), columnOf('FU101')];
    const rows = await readAll(await open(row, column));
    expect(rows[row - FIRST_ROW]![column - FIRST_COLUMN]).toBe(0);
  });

  it('is told of an .ods too', async () => {
    const path = join(folder, 'table.ods');
    writeFileSync(path, await writeOds({ sheets: sheets(FIRST_ROW, FIRST_COLUMN) }));
    const rows: SheetRow[] = [];
    for await (const row of (await openWorkbook(path)).sheets[1]!.rows()) rows.push(row);
    expect(rows.flatMap(({ index, uncomputed }) => (uncomputed === undefined ? [] : [[index, ...uncomputed]]))).toEqual(
      [[FIRST_ROW, FIRST_COLUMN]],
    );
  });
});
