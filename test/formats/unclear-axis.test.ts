import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import type { OpenTable } from '../../formats/open-table.ts';
import { gridOf, LAYOUTS, sample, writeWorkbook, type Cell } from './ceads-layouts.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'unclear-'));
let count = 0;

/** Regions in row 2 and column A, names in row 3 and column B, codes in row 4 and column C; 4 sectors, D to G, H to K, L to O. */
const opened = async (spoil: (grid: Cell[][]) => void, regions?: string[]): Promise<OpenTable> => {
  const grid = gridOf(sample(regions), LAYOUTS['2017, without it']);
  spoil(grid);
  const path = join(folder, `${count++}.xlsx`);
  await writeWorkbook(path, { Table: grid });
  return openLabelledSheet(path, 'table.xlsx');
};
const refusalOf = (spoil: (grid: Cell[][]) => void, regions?: string[]): Promise<unknown> =>
  opened(spoil, regions).then(
    () => 'read',
    (error: unknown) => error,
  );

/** Removes a column, or writes it again behind itself. */
const splice = (grid: Cell[][], column: number, again: boolean): void => {
  for (const row of grid) if (column < row.length) row.splice(column, again ? 0 : 1, ...(again ? [row[column]!] : []));
};

const swap = (row: Cell[], a: number, b: number): void => {
  [row[a], row[b]] = [row[b]!, row[a]!];
};

describe('a table whose labels do not say what is where', () => {
  it.each<[string, (grid: Cell[][]) => void, string, RegExp]>([
    [
      'a region written twice',
      (grid) => void (grid[1]![11] = 'Beijing'),
      'two regions of one name, "Beijing" (D2) and L2',
      /name of its own/,
    ],
    [
      'no name above a region',
      (grid) => void (grid[1]![7] = null),
      'no name of a region in H2, where sectors start anew after those of "Beijing"',
      /write the name of the region there/,
    ],
    [
      'no name left of a region',
      (grid) => void (grid[12]![0] = null),
      'no name of a region in A13, where sectors start anew after those of "Tianjin"',
      /write the name of the region there/,
    ],
    [
      'a name that stands too far right',
      (grid) => {
        swap(grid[1]!, 7, 8);
      },
      '"Tianjin" (I2) inside the sectors of one region, which start at H2',
      /where its sectors start/,
    ],
    [
      'no name above the final demand of a region',
      (grid) => void (grid[1]![20] = null),
      'no final demand of Tianjin; 10 columns of final demand under "Beijing" (from P2 on)',
      /above the final demand of each region/,
    ],
    [
      'a sector too few above',
      (grid) => {
        splice(grid, 9, false);
      },
      '3 sectors of Tianjin (H4 to J4) and 4 sectors of other regions: Tianjin lacks 03 Others',
      /the same sectors, each once/,
    ],
    [
      'a region that starts with its second sector',
      (grid) => {
        const name = grid[1]![7]!;
        splice(grid, 7, false);
        grid[1]![7] = name;
      },
      '3 sectors of Tianjin (H4 to J4) and 4 sectors of other regions: Tianjin lacks 01 Agriculture',
      /the same sectors, each once/,
    ],
    [
      'a sector twice at the left',
      (grid) => void grid.splice(9, 0, [...grid[9]!]),
      '5 sectors of Tianjin (C9 to C13) and 4 sectors of other regions: Tianjin has 02 twice (C10 and C11)',
      /the same sectors, each once/,
    ],
    [
      'two sectors of a region in another order at the left',
      (grid) => {
        for (const column of [1, 2]) [grid[9]![column], grid[10]![column]] = [grid[10]![column]!, grid[9]![column]!];
      },
      '"Tianjin 03 Others" (B10) as row 6 of its sectors and "Tianjin 02 Coal mining" (I3) as that column',
      /in the same order/,
    ],
    [
      'no rows of a region',
      (grid) => void grid.splice(12, 4),
      '8 rows and 12 columns of sectors; no rows of "Shannxi" (L3)',
      /the same sectors of the same regions/,
    ],
  ])('is refused with %s', async (_, spoil, message, remedy) => {
    expect(await refusalOf(spoil)).toMatchObject({
      message: `table.xlsx holds no input-output table: sheet "Table" has ${message}`,
      remedy: expect.stringMatching(remedy) as string,
    });
  });

  it('may have other names above than at the left', async () => {
    const read = await refusalOf((grid) => {
      for (const start of [3, 7, 11]) grid[2]![start] = 'Farming';
    });
    expect(read).toBe('read');
  });

  it('may have names above at the codes of each other, which is told: codes and what stands at the left count', async () => {
    const table = await opened((grid) => {
      for (const start of [3, 7, 11]) swap(grid[2]!, start + 1, start + 3);
    });
    const left = ['Agriculture', 'Coal mining', 'Others', 'Services'];
    for (const labels of [table.rows, table.columns])
      expect(labels.slice(0, 4)).toMatchObject(left.map((sector) => ({ sector, region: 'Beijing' })));
    expect([0, 1, 2, 3].map((at) => table.columnName!(at))).toEqual([
      'Agriculture',
      'Services',
      'Others',
      'Coal mining',
    ]);
    expect(table.besides).toEqual([
      'names in the header of sheet "Table" that are at the left those of other codes (the left counts): ' +
        '"Beijing 02 Services" (E3), which is "Beijing 04 Services" (B8) at the left, ' +
        '"Beijing 04 Coal mining" (G3), which is "Beijing 02 Coal mining" (B6) at the left, ' +
        '"Tianjin 02 Services" (I3), which is "Tianjin 04 Services" (B12) at the left and 3 more',
    ]);
  });
});
