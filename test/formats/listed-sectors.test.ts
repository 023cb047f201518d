import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsvObjects } from 'hucre/csv';
import { describe, expect, inject, it } from 'vitest';
import { concordanceOf } from '../../formats/concordance.ts';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import { accountsOf } from '../../formats/open-table.ts';
import { gridOf, LAYOUTS, sample, writeWorkbook, type Cell } from './ceads-layouts.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'listed-'));
const CSV = readFileSync(new URL('../../data-raw/sector-lists.csv', import.meta.url), 'utf8');
const LISTS = (parseCsvObjects(CSV, { header: true }).data as { list: string; code: string; name: string }[]).map(
  ({ list, code, name }) => ({ list, code, names: [name], sector: Number(code) }),
);
const NAMES = LISTS.filter(({ list }) => list === 'ceads-30').map(({ names: [name] }) => name!);
const REGIONS = ['Beijing', 'Tianjin'].map((name) => ({ name, region: name }));
const PAIR = NAMES.toSpliced(4, 2, NAMES[5]!, NAMES[4]!);
let count = 0;

/** Codes stand in row 4 and column C, names in row 3 and column B. */
async function meant(names: readonly string[], spoil: (grid: Cell[][]) => void = () => undefined) {
  const grid = gridOf(sample(['Beijing', 'Tianjin'], [...names]), LAYOUTS['2017, without it']);
  spoil(grid);
  const path = join(folder, `${count++}.xlsx`);
  await writeWorkbook(path, { Table: grid });
  const open = await openLabelledSheet(path, 'table.xlsx');
  const { list, sector, notices } = concordanceOf(open, REGIONS, LISTS, 'table.xlsx');
  return { list, sectors: accountsOf(open.rows).map(sector), notices };
}

/** Writes other codes above and at the left. */
const recode = (grid: Cell[][], codeOf: (code: number) => number): void => {
  const changed = (cell: Cell | undefined): Cell =>
    /^\d+$/.test(String(cell)) ? String(codeOf(Number(cell))).padStart(2, '0') : (cell ?? null);
  grid[3] = grid[3]!.map(changed);
  for (const row of grid.slice(4)) row[2] = changed(row[2]);
};
const twice = (sectors: readonly number[]): number[] => [...sectors, ...sectors];
const ALL = NAMES.map((_, s) => s + 1);
const SWAPPED = ALL.toSpliced(4, 2, 6, 5);

describe('the 30 sectors of CEADs', () => {
  it('are known by their names where codes skip a number', async () => {
    const read = await meant(NAMES, (grid) => {
      recode(grid, (code) => (code < 28 ? code : code + 1));
    });
    expect(read).toMatchObject({ list: 'ceads-30', sectors: twice(ALL) });
    expect(read.notices).toEqual([
      'taken by its name, with another code than in the list: 29 Leasing and commercial services (sheet "Table", cell B32), 30 Scientific research (sheet "Table", cell B33)',
    ]);
  });

  it('are known by their names where two are in another order, under codes in order or with their own', async () => {
    const inOrder = await meant(PAIR);
    expect(inOrder).toMatchObject({ list: 'ceads-30', sectors: twice(SWAPPED) });
    expect(inOrder.notices).toHaveLength(1);
    const own = await meant(PAIR, (grid) => {
      recode(grid, (code) => SWAPPED[code - 1]!);
    });
    expect(own).toEqual({ list: 'ceads-30', sectors: twice(SWAPPED), notices: [] });
  });

  it('are refused where names at the left contradict both their codes and the names above', async () => {
    const refused = meant(PAIR, (grid) => {
      for (const start of [3, 33]) grid[2]!.splice(start, 30, ...NAMES);
    });
    await expect(refused).rejects.toThrow(
      'table.xlsx: sheet "Table", cell B9 has the name "Food processing and tobaccos", which the list ceads-30 has as 06, with the code 05, which is Nonmetal mining there; above it is "Nonmetal mining" (H3)',
    );
  });

  it('are those at the left where names above contradict their codes', async () => {
    const read = await meant(NAMES, (grid) => {
      for (const start of [3, 33]) grid[2]!.splice(start, 30, ...PAIR);
    });
    expect(read).toEqual({ list: 'ceads-30', sectors: twice(ALL), notices: [] });
  });
});
