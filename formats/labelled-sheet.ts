import { ModelError } from '../mrio/error.ts';
import { sectorNumber, isSpecialCode } from './account-names.ts';
import { chooseTable } from './choose-table.ts';
import { UnclearAxis, readAxis, type AxisLabel, type LabelLine } from './axis-labels.ts';
import { PLAIN_NUMBER, groupedNumber } from './number-forms.ts';
import { accountsOf, type ColumnLabel, type OpenTable, type RowLabel, type Stripe } from './open-table.ts';
import { cellName, openWorkbook, textOf, type Sheet, type SheetRow, type SheetValue } from './workbook.ts';

/** A sheet that holds a table, and where in it. */
interface Found {
  readonly sheet: Sheet;
  readonly unit: string | null;
  /** Index of the row of codes, or of the last row of the header. */
  readonly header: number;
  /** Index of the first column of values. */
  readonly left: number;
  readonly rows: readonly RowLabel[];
  readonly columns: readonly ColumnLabel[];
  /** Index of each labelled row in the sheet. */
  readonly at: readonly number[];
}

/** A workbook with what looks like a table, but with labels that do not say what is where. */
export class UnclearTable extends ModelError {}
/** A sheet that has no header, or no numbers below it. */
class NoTable extends Error {}

const HEADER_ROWS = 20;

/**
 * Opens a table with labels around it, as the statistics of China and CEADs publish theirs: a workbook or a CSV file,
 * with one region or many. What is where is found by codes and names in the header and at the left, never by position.
 * @param place what errors call the file
 * @param sheet name of the sheet; absent: the only one that holds a table
 * Throws a ModelError that says of each sheet why it is no table, or SeveralTables that says which are.
 */
export async function openLabelledSheet(path: string, place = path, sheet?: string): Promise<OpenTable> {
  const { sheets } = await openWorkbook(path, place);
  const considered = sheet === undefined ? sheets : sheets.filter(({ name }) => name === sheet);
  if (considered.length === 0) {
    const names = sheets.map(({ name }) => `"${name}"`).join(', ');
    throw new ModelError(`${place} has no sheet "${sheet ?? ''}"`, `name one of these: ${names}`);
  }
  const tables: Found[] = [];
  const refused: string[] = [];
  let unclear = false;
  for (const candidate of considered) {
    try {
      tables.push(await find(candidate));
    } catch (error) {
      if (!(error instanceof UnclearAxis || error instanceof NoTable)) throw error;
      unclear ||= error instanceof UnclearAxis;
      refused.push(`${candidate.name === '' ? 'it' : `sheet "${candidate.name}"`} has ${error.message}`);
    }
  }
  if (tables.length === 0) {
    throw new (unclear ? UnclearTable : ModelError)(
      `${place} holds no input-output table: ${refused.join('; ')}`,
      'give it a header with sector codes (01, 02, ...) or names that repeat for each region, the region above them, and the same at the left',
    );
  }
  const candidates = tables.map((found) => ({ found, names: [found.sheet.name] as const, shown: extent(found) }));
  return tableOf(chooseTable(candidates, {}, 'tables', place).found, place, refused);
}

/** `sheet "2017" (31 x 42)` */
function extent({ sheet, rows }: Found): string {
  const accounts = accountsOf(rows);
  const regions = new Set(accounts.map(({ region }) => region)).size;
  return `sheet "${sheet.name}" (${regions} x ${accounts.length / regions})`;
}

async function find(sheet: Sheet): Promise<Found> {
  const top = await firstRows(sheet);
  const { header, left } = corner(top);
  const width = Math.max(...top.map(({ values }) => values.length)) - left;
  const above = top.filter(({ index }) => index <= header);
  const columns = readAxis(
    'column',
    above.map(({ values }) => Array.from({ length: width }, (_, j) => textOf(values[left + j]))),
  );
  const { at, lines } = await leftLines(sheet, header, left);
  const rows = readAxis('row', lines);
  requireSameAccounts(rows, columns);
  const labels = { rows: rows as RowLabel[], columns: calledAsRows(columns, rows) as ColumnLabel[] };
  return { sheet, unit: unitIn(above), header, left, at, ...labels };
}

async function firstRows(sheet: Sheet): Promise<SheetRow[]> {
  const top: SheetRow[] = [];
  for await (const row of sheet.rows()) if (top.push(row) === HEADER_ROWS) break;
  return top;
}

const isCode = (value: SheetValue): boolean => {
  const text = textOf(value);
  return text !== null && (sectorNumber(text) !== null || isSpecialCode(text));
};

/** Where the header ends and the values start. */
function corner(top: readonly SheetRow[]): { header: number; left: number } {
  for (const { index, values } of top) {
    const left = codesStart(values);
    if (left > 0) return { header: index, left };
  }
  // Without codes: the first row that is mostly numbers is the first of the values.
  const first = top.findIndex(({ values }) => {
    const numbers = values.filter((value) => typeof value === 'number').length;
    return numbers > 1 && numbers > 0.5 * values.filter((value) => value !== null).length;
  });
  if (first < 1) throw new NoTable('no header above numbers');
  const left = Math.min(
    ...top
      .slice(first)
      .map(({ values }) => values.findIndex((value) => typeof value === 'number'))
      .filter((j) => j > 0),
  );
  if (!Number.isFinite(left)) throw new NoTable('no labels left of its numbers');
  return { header: top[first - 1]!.index, left };
}

/** Where the codes of a row of them start, -1 if it is none: 01, 02, ... that start anew with each region, and codes of other accounts. */
function codesStart(values: readonly SheetValue[]): number {
  const numbers = values.map((value) => sectorNumber(textOf(value) ?? ''));
  const start = numbers.findIndex((number) => number !== null);
  if (start === -1 || numbers[start] !== 1 || numbers[start + 1] !== 2) return -1;
  let last = 0;
  for (const number of numbers) {
    if (number === null) continue;
    if (number !== 1 && number <= last) return -1;
    last = number;
  }
  const there = values.filter((value) => value !== null);
  return there.filter(isCode).length > 0.5 * there.length ? start : -1;
}

/** The labels at the left of all rows below the header that have any. */
async function leftLines(sheet: Sheet, header: number, left: number): Promise<{ at: number[]; lines: LabelLine[] }> {
  const at: number[] = [];
  const lines: (string | null)[][] = Array.from({ length: left }, () => []);
  for await (const { index, values } of sheet.rows()) {
    if (index <= header) continue;
    const labels = Array.from({ length: left }, (_, j) => textOf(values[j]));
    if (labels.every((label) => label === null)) continue;
    at.push(index);
    labels.forEach((label, j) => lines[j]!.push(label));
  }
  return { at, lines };
}

/** Rows and columns have to be of the same sectors of the same regions, by code or by name. */
function requireSameAccounts(rows: readonly AxisLabel[], columns: readonly AxisLabel[]): void {
  const [down, across] = [accountsOf(rows), accountsOf(columns)];
  if (down.length !== across.length)
    throw new UnclearAxis(`${down.length} rows and ${across.length} columns of sectors`);
  const differs = down.findIndex((row, k) => {
    const column = across[k]!;
    return row.region !== column.region || (row.code ?? row.sector) !== (column.code ?? column.sector);
  });
  if (differs === -1) return;
  const name = ({ region, sector }: { region: string; sector: string }) => `${region} ${sector}`.trim();
  throw new UnclearAxis(
    `"${name(down[differs]!)}" in row ${differs + 1} and "${name(across[differs]!)}" in that column`,
  );
}

/** The columns with their accounts called as in the rows: a header may have codes only, or another spelling. */
function calledAsRows(columns: readonly AxisLabel[], rows: readonly AxisLabel[]): AxisLabel[] {
  const names = accountsOf(rows);
  let k = 0;
  return columns.map((label) => (label.kind === 'account' ? names[k++]! : label));
}

/** A unit that a cell above the values names: `Unit: 10,000 yuan`, `单位：万元`, or an amount of a currency. */
function unitIn(top: readonly SheetRow[]): string | null {
  const UNIT =
    /(?:\bunits?\s*[:：=]|单位\s*[:：]?)\s*([^)）]+)|((?:10,?000|ten thousand|million|billion|万|亿)\s*(?:yuan|rmb|cny|元))/i;
  for (const { values } of top)
    for (const value of values.slice(0, 10)) {
      const found = typeof value === 'string' ? UNIT.exec(value) : null;
      if (found !== null) return (found[1] ?? found[2]!).trim();
    }
  return null;
}

function tableOf(
  { sheet, unit, header, left, at, rows, columns }: Found,
  place: string,
  besides: readonly string[],
): OpenTable {
  const title = sheet.name === '' ? '' : `sheet "${sheet.name}", `;
  const cell = (row: number, column: number) => `${title}cell ${cellName(at[row]!, left + column)}`;
  const order = new Map(at.map((index, row) => [index, row]));
  async function* stripes(): AsyncGenerator<Stripe> {
    const values = new Float64Array(columns.length);
    for await (const row of sheet.rows()) {
      const index = row.index <= header ? undefined : order.get(row.index);
      if (index === undefined) continue;
      for (let j = 0; j < values.length; j++) {
        const value = row.values[left + j];
        const [down, across] = [rows[index]!.kind, columns[j]!.kind];
        if (isOutput(rows[index]!, columns[j]!)) values[j] = numberIn(value, index, j);
        else if (down === 'stated' || across === 'stated') values[j] = toNumber(value) ?? NaN;
        // Where neither is an account nothing is expected: there may be remarks.
        else if (down !== 'account' && across !== 'account') values[j] = toNumber(value) ?? 0;
        else values[j] = numberIn(value, index, j);
      }
      yield { axis: 'row', index, start: 0, values };
    }
  }
  const numberIn = (value: SheetValue | undefined, row: number, column: number): number => {
    const number = toNumber(value);
    if (number !== null) return number;
    throw new ModelError(
      `${place}: ${cell(row, column)} holds "${String(value)}", a number is expected there`,
      'write it as 1234.5 or 1,234.5, or empty the cell if it is zero',
    );
  };
  return {
    format: sheet.name === '' ? 'labelled table' : `labelled table in sheet "${sheet.name}"`,
    besides,
    unit,
    rows,
    columns,
    intermediate: 'deliveries',
    place: cell,
    stripes,
  };
}

/** Whether a cell states the output or input of an account: one that cannot be read is not to be one that is not compared. */
const isOutput = (row: RowLabel, column: ColumnLabel): boolean =>
  (row.kind === 'account' && column.kind === 'stated' && column.of === 'all') ||
  (column.kind === 'account' && row.kind === 'stated' && row.of === 'all');

const NUMBER = new RegExp(`^(?:${PLAIN_NUMBER}|${groupedNumber(',')})$`);

/** An empty cell is zero, as is a dash; thousands may be separated. Null: it is no number. */
function toNumber(value: SheetValue | undefined): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  const text = textOf(value);
  if (text === null || /^[-–—]$/.test(text)) return 0;
  return NUMBER.test(text) ? Number(text.replaceAll(',', '')) + 0 : null;
}
