import { readFileSync } from 'node:fs';
import { readXlsx } from 'hucre';
import { openPromise } from 'yauzl';
import { cellName } from '../workbook.ts';

/** A cell with a formula and no value. A text that is empty is a value. */
const WITHOUT_VALUE =
  /<(?:\w+:)?f(?:\s[^>]*)?(?:\/>|>[^<]*<\/(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*(?:\/>|>\s*<\/(?:\w+:)?v>)\s*)?<\/(?:\w+:)?c>/;
/** No cell is longer: a formula has 8192 characters. */
const LONGEST_CELL = 2 ** 16;

/**
 * The cells (`D5`) of a sheet whose formula has no value beside it: the program that wrote it did not compute. A sheet that is
 * read row by row has them empty. Workbooks other than .xlsx and .xlsm have none: their formulas are not known.
 *
 * @param columns the first and the last one that is looked into, counted from 0
 */
export async function formulasWithoutValue(
  path: string,
  sheet: string,
  [first, last]: readonly [number, number],
): Promise<ReadonlySet<string>> {
  if (!/\.xls[xm]$/i.test(path) || !(await hasFormulaWithoutValue(path))) return new Set();
  const range = `${cellName(0, first)}:${cellName(LAST_ROW, last)}`;
  const { sheets } = await readXlsx(readFileSync(path), { sheets: [sheet], range });
  const cells = [...(sheets[0]?.cells ?? [])].filter(
    ([, { formula, value }]) => formula !== undefined && value === null,
  );
  return new Set(
    cells.map(([key]) => {
      const [row, column] = key.split(',').map(Number) as [number, number];
      return cellName(row, column);
    }),
  );
}

const LAST_ROW = 2 ** 20 - 1;

/** Whether any sheet has one: the whole of a sheet is held in memory only if so. */
async function hasFormulaWithoutValue(path: string): Promise<boolean> {
  const archive = await openPromise(path, { autoClose: false });
  try {
    for await (const entry of archive.eachEntry()) {
      if (!/\/worksheets\/[^/]+\.xml$/i.test(entry.fileName)) continue;
      let rest = '';
      for await (const chunk of await archive.openReadStreamPromise(entry)) {
        // What is cut between two chunks matters in texts only.
        const text: string = rest + (chunk as Buffer).toString('latin1');
        if (WITHOUT_VALUE.test(text)) return true;
        rest = text.slice(Math.max(0, text.lastIndexOf('</c>'), text.length - LONGEST_CELL));
      }
    }
    return false;
  } finally {
    archive.close();
  }
}
