import { basename } from 'node:path';
import { ModelError } from '../mrio/error.ts';
import { sectorNumber, isSpecialCode } from './account-names.ts';
import { chooseTable } from './choose-table.ts';
import { readAxis, type Axis, type AxisLabel, type LabelLine } from './axis-labels.ts';
import { shortened } from './name-index.ts';
import { PLAIN_NUMBER, groupedNumber } from './number-forms.ts';
import { accountsOf, type ColumnLabel, type OpenTable, type RowLabel, type Stripe } from './open-table.ts';
import { requireSameAccounts } from './same-accounts.ts';
import { SAY_ONE_UNIT, SheetUnits, contradictionOf, unitOfTable, type SaidOfUnit } from './sheet-unit.ts';
import { UnclearAxis, WHOLE_HEADER } from './unclear-axis.ts';
import {
  cellName,
  columnLetters,
  openWorkbook,
  textOf,
  type Sheet,
  type SheetRow,
  type SheetValue,
} from './workbook.ts';

/** A sheet that holds a table, and where in it. */
interface Found {
  readonly sheet: Sheet;
  /** All units that it states. */
  readonly units: SaidOfUnit;
  /** Index of the row of codes, or of the last row of the header. */
  readonly header: number;
  /** Index of the first column of values. */
  readonly left: number;
  readonly rows: readonly RowLabel[];
  readonly columns: readonly ColumnLabel[];
  /** Where labels stand. */
  readonly axes: Axes;
  /** Index of each labelled row in the sheet. */
  readonly at: readonly number[];
  /** Names above that are at the left those of other codes. */
  readonly otherNames: readonly string[];
}

/** The axes of a table. */
interface Axes {
  readonly row: Axis;
  readonly column: Axis;
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
  const remedies = new Set<string>();
  for (const candidate of considered) {
    try {
      tables.push(await find(candidate));
    } catch (error) {
      if (!(error instanceof UnclearAxis || error instanceof NoTable)) throw error;
      if (error instanceof UnclearAxis) remedies.add(error.remedy);
      refused.push(`${candidate.name === '' ? 'it' : `sheet "${candidate.name}"`} has ${error.message}`);
    }
  }
  if (tables.length === 0) {
    throw new (remedies.size > 0 ? UnclearTable : ModelError)(
      `${place} holds no input-output table: ${refused.join('; ')}`,
      remedies.size > 0 ? [...remedies].join('; ') : WHOLE_HEADER,
    );
  }
  const candidates = tables.map((found) => ({ found, names: [found.sheet.name] as const, shown: extent(found) }));
  const { found } = chooseTable(candidates, {}, 'tables', place);
  return tableOf(found, place, [...refused, ...namesNotUsed(found)], await unitOf(found, sheets, place));
}

function namesNotUsed({ sheet, otherNames }: Found): string[] {
  if (otherNames.length === 0) return [];
  const header = sheet.name === '' ? 'the header' : `the header of sheet "${sheet.name}"`;
  const shown = shortened(otherNames, 3);
  return [`names in ${header} that are at the left those of other codes (the left counts): ${shown}`];
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
  const column = readAxis(
    'column',
    above.map(({ values }) => Array.from({ length: width }, (_, j) => textOf(values[left + j]))),
    (line, j) => cellName(above[line]!.index, left + j),
  );
  const units = new SheetUnits(sheet.name);
  units.above(above, (j) => {
    const label = j < left ? undefined : column.labels[j - left];
    if (label === undefined || label.kind === 'account') return 'accounts';
    return label.kind === 'stated' && label.of === 'other' ? 'nothing' : 'others';
  });
  const { at, lines } = await leftLines(sheet, header, left, (one) => {
    units.below(one, left);
  });
  const row = readAxis('row', lines, (line, i) => cellName(at[i]!, line));
  const otherNames = requireSameAccounts(row, column);
  const rows = row.labels as RowLabel[];
  const columns = calledAsRows(column.labels, row.labels) as ColumnLabel[];
  const accounts = new Set(at.filter((_, i) => rows[i]!.kind === 'account'));
  const said = units.said((index) => accounts.has(index));
  return { sheet, units: said, header, left, at, rows, columns, axes: { row, column }, otherNames };
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

/**
 * The labels at the left of all rows below the header that have any.
 * @param see told each row below the header
 */
async function leftLines(
  sheet: Sheet,
  header: number,
  left: number,
  see: (row: SheetRow) => void,
): Promise<{ at: number[]; lines: LabelLine[] }> {
  const at: number[] = [];
  const lines: (string | null)[][] = Array.from({ length: left }, () => []);
  for await (const row of sheet.rows()) {
    const { index, values } = row;
    if (index <= header) continue;
    see(row);
    const labels = Array.from({ length: left }, (_, j) => textOf(values[j]));
    if (labels.every((label) => label === null)) continue;
    at.push(index);
    labels.forEach((label, j) => lines[j]!.push(label));
  }
  return { at, lines };
}

/** The columns with their accounts called as in the rows: a header may have codes only, or another spelling. */
function calledAsRows(columns: readonly AxisLabel[], rows: readonly AxisLabel[]): AxisLabel[] {
  const names = accountsOf(rows);
  let k = 0;
  return columns.map((label) => (label.kind === 'account' ? names[k++]! : label));
}

/** What is said of the unit of a table: in its own sheet or, where that says nothing of it, in the notes in the others. */
async function unitOf(
  { sheet, units }: Found,
  sheets: readonly Sheet[],
  place: string,
): Promise<Pick<OpenTable, 'unit' | 'unitPlace' | 'possibleUnit'>> {
  const others = sheets.filter((other) => other !== sheet);
  const { statements, possible } = await unitOfTable(units, others);
  const contradiction = contradictionOf(statements);
  if (contradiction !== null) throw new UnclearTable(`${place} ${contradiction}`, SAY_ONE_UNIT);
  const [stated] = statements;
  if (stated !== undefined) return { unit: stated.unit, unitPlace: `${basename(place)}, ${stated.place}` };
  return { unit: null, ...(possible === undefined ? {} : { possibleUnit: possible }) };
}

function tableOf(
  { sheet, header, left, at, rows, columns, axes }: Found,
  place: string,
  besides: readonly string[],
  unit: Awaited<ReturnType<typeof unitOf>>,
): OpenTable {
  const title = sheet.name === '' ? '' : `sheet "${sheet.name}", `;
  const cell = (row: number, column: number) => `${title}cell ${cellName(at[row]!, left + column)}`;
  const order = new Map(at.map((index, row) => [index, row]));
  async function* stripes(): AsyncGenerator<Stripe> {
    const values = new Float64Array(columns.length);
    for await (const row of sheet.rows()) {
      const index = row.index <= header ? undefined : order.get(row.index);
      if (index === undefined) continue;
      for (let j = 0; j < values.length; j++)
        values[j] = valueIn(row.values[left + j], index, j, row.uncomputed?.has(left + j) === true);
      yield { axis: 'row', index, start: 0, values };
    }
  }
  // A formula that was never computed looks empty. That matters only where a number is expected.
  const valueIn = (value: SheetValue | undefined, row: number, column: number, isUncomputed: boolean): number => {
    const [down, across] = [rows[row]!, columns[column]!];
    if (isOutput(down, across)) return numberIn(value, row, column, isUncomputed);
    if (down.kind === 'stated' || across.kind === 'stated')
      return textOf(value) === null ? NaN : (toNumber(value) ?? NaN);
    // Where neither is an account nothing is expected: there may be remarks.
    if (down.kind !== 'account' && across.kind !== 'account') return toNumber(value) ?? 0;
    return numberIn(value, row, column, isUncomputed);
  };
  const numberIn = (value: SheetValue | undefined, row: number, column: number, isUncomputed: boolean): number => {
    if (isUncomputed)
      throw new ModelError(
        `${place}: ${cell(row, column)} holds a formula without a value, a number is expected there`,
        'open it in a spreadsheet program, let it calculate, and save it: the program that wrote it did not compute its formulas',
      );
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
    ...unit,
    rows,
    columns,
    intermediate: 'deliveries',
    place: (row, column) => `${basename(place)}, ${cell(row, column)}`,
    labelPlace: (axis, position, of) => {
      const found = axes[axis].cellOf(of, position);
      return found === null ? null : { place: `${title}cell ${found}`, cell: found };
    },
    lineName: (axis, position) => (axis === 'row' ? String(at[position]! + 1) : columnLetters(left + position)),
    columnName: axes.column.nameAt,
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
