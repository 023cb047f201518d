import { createReadStream, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import {
  HucreError,
  parseCsv,
  readOds,
  readXls,
  readXlsb,
  readXlsx,
  streamXlsxRows,
  type CellValue,
  type Sheet as HeldSheet,
} from 'hucre';
import { ModelError } from '../mrio/error.ts';
import { formulasWithoutValue, hasFormulaWithoutValue, type UncomputedCells } from './records/formulas.ts';
import { openPlainText } from './records/plain-text.ts';

/** A value as a sheet holds it; null: an empty cell. */
export type SheetValue = string | number | boolean | null;

/** One row of a sheet. */
export interface SheetRow {
  /** Counted from 0. */
  readonly index: number;
  /** From column A on; what is beyond the end is empty. */
  readonly values: readonly SheetValue[];
  /** Columns, from 0, of formulas without a value: who wrote them did not compute them. They look as if they were empty. */
  readonly uncomputed?: ReadonlySet<number>;
}

export interface Sheet {
  readonly name: string;
  /** Rows that have anything in them, from the top. Can be read again and again. */
  rows(): AsyncIterable<SheetRow>;
}

/** A workbook of Excel (.xlsx, .xlsm, .xlsb, .xls), LibreOffice (.ods), or a text with separators (.csv, .tsv). */
export interface Workbook {
  readonly sheets: readonly Sheet[];
}

/** What a spreadsheet program calls a cell: `D5`. Positions count from 0. */
export const cellName = (row: number, column: number): string => `${columnLetters(column)}${row + 1}`;

/** What it calls a column: `D`. */
export function columnLetters(column: number): string {
  let letters = '';
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  return letters;
}

/** The value of a cell that holds text: trimmed, with single spaces; null if there is none. */
export function textOf(value: SheetValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  const text = String(value).normalize('NFKC').replace(/\s+/g, ' ').trim();
  return text === '' ? null : text;
}

/**
 * Opens a workbook. Sheets of .xlsx are read row by row; older formats are held in memory as a whole.
 * Throws a ModelError that names the file if it is damaged, locked by a password, or no workbook.
 */
export async function openWorkbook(path: string, place = path): Promise<Workbook> {
  const kind = extname(path).toLowerCase();
  if (kind === '.csv' || kind === '.tsv') return { sheets: [delimited(path, place, kind === '.tsv' ? '\t' : ',')] };
  try {
    if (kind === '.xlsx' || kind === '.xlsm') return await streamed(path, place);
    const read = { '.xls': readXls, '.xlsb': readXlsb, '.ods': readOds }[kind];
    if (read === undefined) throw new ModelError(`${place} is no workbook`, `save it as ${KINDS}`);
    const { sheets } = await read(readFileSync(path));
    return { sheets: sheets.map((sheet) => ({ name: sheet.name, rows: () => whole(sheet) })) };
  } catch (error) {
    throw refusal(error, place);
  }
}

const KINDS = '.xlsx, .xlsb, .xls, .ods, .csv or .tsv';

const refusal = (error: unknown, place: string): unknown =>
  error instanceof HucreError
    ? new ModelError(
        `${place} cannot be read as a workbook: ${error.message}`,
        `open it in a spreadsheet program and save it again, as ${KINDS}`,
      )
    : error;

/** The packed file stays in memory, its rows do not. */
async function streamed(path: string, place: string): Promise<Workbook> {
  const bytes = readFileSync(path);
  const names: string[] = [];
  await readXlsx(bytes, {
    sheets: ({ name }) => {
      names.push(name);
      return false;
    },
  });
  // Looked for before any values are: beside them it would hold more memory.
  let looked: Promise<boolean> | undefined;
  async function* rows(sheet: string, position: number): AsyncGenerator<SheetRow> {
    const formulas = (await (looked ??= hasFormulaWithoutValue(path))) ? uncomputedRows(path, position) : null;
    try {
      for await (const { index, values } of streamXlsxRows(bytes, { sheet })) {
        if (values.every((value) => value === null)) continue;
        const uncomputed = await formulas?.at(index);
        yield { index, values: values.map(plain), ...(uncomputed === undefined ? {} : { uncomputed }) };
      }
    } catch (error) {
      throw refusal(error, `${place}, sheet "${sheet}"`);
    } finally {
      await formulas?.close();
    }
  }
  return { sheets: names.map((name, position) => ({ name, rows: () => rows(name, position) })) };
}

/** Finds the formulas without a value of a row, for rows from the top: the sheet is looked through beside them. */
function uncomputedRows(path: string, sheet: number) {
  const found = formulasWithoutValue(path, sheet);
  let next: IteratorResult<UncomputedCells, void> | undefined;
  return {
    async at(row: number): Promise<ReadonlySet<number> | undefined> {
      next ??= await found.next();
      while (next.done !== true && next.value.row < row) next = await found.next();
      return next.done !== true && next.value.row === row ? next.value.columns : undefined;
    },
    close: () => found.return(undefined),
  };
}

const plain = (value: CellValue): SheetValue => (value instanceof Date ? value.toISOString() : value);

// eslint-disable-next-line @typescript-eslint/require-await
async function* whole({ rows, cells }: Pick<HeldSheet, 'rows' | 'cells'>): AsyncGenerator<SheetRow> {
  // Rows without cells may be missing, and cells.
  for (const [index, values = []] of (rows as (CellValue[] | undefined)[]).entries()) {
    const there = Array.from(values, (value: CellValue | undefined) => plain(value ?? null));
    if (there.every((value) => value === null)) continue;
    const isUncomputed = (column: number): boolean => cells?.get(`${index},${column}`)?.formula !== undefined;
    const uncomputed = there.flatMap((value, column) => (value === null && isUncomputed(column) ? [column] : []));
    yield { index, values: there, ...(uncomputed.length === 0 ? {} : { uncomputed: new Set(uncomputed) }) };
  }
}

/** A text in any encoding that `openPlainText` knows, without quoted line ends, as all tables of numbers are. */
function delimited(path: string, place: string, delimiter: string): Sheet {
  async function* rows(): AsyncGenerator<SheetRow> {
    const plain = await openPlainText({ path, place });
    try {
      let index = 0;
      for await (const line of createInterface({ input: createReadStream(plain.path), crlfDelay: Infinity })) {
        const [cells = []] = parseCsv(index === 0 ? line.replace(/^\uFEFF/, '') : line, { delimiter });
        if (cells.some((cell) => cell !== '')) yield { index, values: cells.map(fromText) };
        index++;
      }
    } finally {
      await plain.close();
    }
  }
  return { name: '', rows };
}

/** Codes such as 01 stay text. */
function fromText(cell: CellValue): SheetValue {
  const text = String(cell ?? '').trim();
  if (text === '') return null;
  return /^[-+]?(0|[1-9]\d*)?(\.\d*)?(e[-+]?\d+)?$/i.test(text) && !Number.isNaN(Number(text)) ? Number(text) : text;
}
