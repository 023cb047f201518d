import { ModelError } from '../mrio/error.ts';
import { noNumber } from './delimited/cells.ts';
import type { Files } from './delimited/files.ts';
import type { RowLabel } from './open-table.ts';
import { columnOf, type SatelliteCell } from './wiod-columns.ts';
import type { WiodSheet } from './wiod.ts';
import { cellName, openWorkbook, textOf, type Sheet, type SheetRow } from './workbook.ts';

/** The workbook lies beside the table, or in a folder of its own. */
const WORKBOOK = /^(?:SEA\/)?WIOD_SEA[^/]*\.xlsx$/i;
const SHEET = 'DATA';
/** What counts people and hours: money is in currencies of the countries, prices and volumes are indices. */
const UNITS: Readonly<Record<string, string>> = {
  EMP: 'thousand persons',
  EMPE: 'thousand persons',
  H_EMP: 'mill hours',
  H_EMPE: 'mill hours',
};
const VARIABLES = Object.keys(UNITS);
/** The sum of all sectors. */
const TOTAL = 'TOT';
/** The rest of the world is in the table and not in the accounts. */
const REST = 'ROW';

/** Positions in a row of the sheet, from 0. */
interface Layout {
  readonly country: number;
  readonly variable: number;
  readonly code: number;
  readonly year: number;
}

/**
 * Reads persons engaged and employees and their hours from the socio-economic accounts beside a table, in the year of
 * the table (`WIOD_SEA_July14.xlsx`, or that in a folder SEA): a row for each country, variable and sector, a column for
 * each year. All else in them is passed over, as pymrio does.
 *
 * As pymrio has it, an empty cell is zero, and so is the rest of the world unless the accounts have it. Refused are a
 * year that is not there, where pymrio warns and reads the table without them, several such workbooks, of which it takes
 * the first, countries or sectors other than the table has, and error values of the spreadsheet (`#VALUE!`) in a cell
 * that is read, which are zero to it.
 * @returns no rows where there is no such workbook
 * @throws ModelError with file, sheet and cell
 */
export async function readSocioEconomic(
  files: Files,
  table: WiodSheet,
): Promise<{ rows: RowLabel[]; cells: SatelliteCell[] }> {
  const found = files.names.filter((name) => WORKBOOK.test(name));
  if (found.length === 0) return { rows: [], cells: [] };
  const file = found.length === 1 ? files.path(found[0]!) : null;
  if (file === null) {
    throw new ModelError(
      `${files.place} holds several socio-economic accounts: ${found.join(', ')}`,
      'leave one of them in the folder',
    );
  }
  const { sheets } = await openWorkbook(file);
  const sheet = sheets.find(({ name }) => name === SHEET);
  if (sheet === undefined) {
    const names = sheets.map(({ name }) => `"${name}"`).join(', ');
    throw new ModelError(`${file} has no sheet "${SHEET}", only ${names}`, 'give the workbook as it is downloaded');
  }
  const place = `${file}, sheet "${SHEET}"`;
  const cells = await readCells(sheet, place, table);
  requireAll(cells, place, table);
  return { rows: VARIABLES.map((name) => ({ kind: 'stressor', name, unit: UNITS[name]! })), cells };
}

async function readCells(sheet: Sheet, place: string, table: WiodSheet): Promise<SatelliteCell[]> {
  let layout: Layout | null = null;
  const cells: SatelliteCell[] = [];
  for await (const row of sheet.rows()) {
    if (layout === null) layout = layoutOf(row, place, table.year);
    else {
      const cell = readCell(row, layout, place, table);
      if (cell !== null) cells.push(cell);
    }
  }
  return cells;
}

function layoutOf({ index, values }: SheetRow, place: string, year: string): Layout {
  // Years are written _2009.
  const names = values.map((value) => (textOf(value) ?? '').replace(/^_(?=\d{4}$)/, ''));
  const header = `${place}, row ${index + 1}`;
  const position = (name: string): number => {
    const at = names.indexOf(name);
    if (at >= 0) return at;
    throw new ModelError(
      `${header}, has no column ${name}: Country, Variable, Description, Code and years are expected`,
      'give the workbook as it is downloaded',
    );
  };
  if (!names.includes(year)) {
    const years = names.filter((name) => /^\d{4}$/.test(name));
    throw new ModelError(
      `${header}, has no year ${year}, which the table is of, only ${years.join(', ')}`,
      'take the accounts out of the folder, or give a table of another year',
    );
  }
  return {
    country: position('Country'),
    variable: position('Variable'),
    code: position('Code'),
    year: position(year),
  };
}

/** What a row has of the year; null: it is of something else, or a total. */
function readCell({ index, values }: SheetRow, layout: Layout, place: string, table: WiodSheet): SatelliteCell | null {
  const text = (column: number): string => textOf(values[column]) ?? '';
  const row = VARIABLES.indexOf(text(layout.variable));
  const [country, code] = [text(layout.country), text(layout.code)];
  if (row < 0 || code === TOTAL) return null;
  const names = [layout.country, layout.code].map((column) => cellName(index, column));
  const column = columnOf(code, country, table, `${place}, cells ${names.join(' and ')}`);
  const at = `${place}, cell ${cellName(index, layout.year)}`;
  const value = values[layout.year] ?? 0;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw noNumber(String(value), at);
  return { row, column, value: value + 0, place: at };
}

/** Each variable has to have each sector once; the rest of the world may be missing as a whole. */
function requireAll(cells: readonly SatelliteCell[], place: string, { columns }: WiodSheet): void {
  const first = new Map<string, SatelliteCell>();
  for (const cell of cells) {
    const key = `${cell.row} ${cell.column}`;
    const before = first.get(key);
    if (before !== undefined)
      throw new ModelError(
        `${cell.place} is of the same country, variable and sector as ${before.place}`,
        'give the workbook as it is downloaded',
      );
    first.set(key, cell);
  }
  const regions = new Set(cells.flatMap(({ column }) => regionOf(columns[column]!)));
  for (const [column, label] of columns.entries()) {
    if (label.kind !== 'account' || (label.region.toUpperCase() === REST && !regions.has(label.region))) continue;
    const row = VARIABLES.findIndex((_, k) => !first.has(`${k} ${column}`));
    if (row < 0) continue;
    throw new ModelError(
      `${place} has no ${VARIABLES[row]!} of ${label.region}, sector ${label.code ?? label.sector}`,
      'complete the accounts, or take them out of the folder',
    );
  }
}

const regionOf = (label: WiodSheet['columns'][number]): string[] => (label.kind === 'account' ? [label.region] : []);
