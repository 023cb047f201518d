import { parseCsv } from 'hucre';
import type { SheetRow, SheetValue } from '../workbook.ts';
import { firstRecord } from './broken-lines.ts';
import { firstLines } from './plain-text.ts';
import type { RecordSource } from './sources.ts';

/** A row that may be the header of a list of records. */
export interface HeaderRow {
  /** Of the file or sheet, from 1; 0: the names of columns that a Parquet file has apart from its rows. */
  readonly line: number;
  /** The same, or where its quotes hold line breaks the last line of it: records begin below. */
  readonly lastLine: number;
  readonly cells: readonly string[];
  /** What separates the fields of a text; null: the source has cells. */
  readonly delimiter: Delimiter | null;
}

const DELIMITERS = ['\t', ',', ';'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** The header stands in one of so many rows: titles may stand above it. */
export const HEADER_ROWS = 20;

/** The rows that may be the header, from the top; a line of text once for each way to separate its fields. */
export async function headerRows(source: RecordSource): Promise<HeaderRow[]> {
  if (source.kind === 'parquet')
    return [{ line: 0, lastLine: 0, cells: source.columns.map(({ name }) => name), delimiter: null }];
  if (source.kind === 'sheet')
    return (await firstRows(source.sheet.rows())).map(({ index, values }) => ({
      line: index + 1,
      lastLine: index + 1,
      cells: values.map(cellText),
      delimiter: null,
    }));
  const lines = await firstLines(source.plain, 2 * HEADER_ROWS);
  return lines.slice(0, HEADER_ROWS).flatMap(({ text }, at) => {
    const there = DELIMITERS.filter((delimiter) => text.includes(delimiter));
    // A line with one field is separated by anything.
    return (there.length === 0 ? ([','] as const) : there).map((delimiter) => {
      const { first, last, raw } = firstRecord(lines.slice(at), delimiter);
      return { line: first, lastLine: last, cells: fieldsOf(raw, delimiter), delimiter };
    });
  });
}

async function firstRows(rows: AsyncIterable<SheetRow>): Promise<SheetRow[]> {
  const top: SheetRow[] = [];
  for await (const row of rows) {
    if (row.index >= HEADER_ROWS) break;
    top.push(row);
  }
  return top;
}

const fieldsOf = (text: string, delimiter: Delimiter): string[] =>
  (parseCsv(text, { delimiter })[0] ?? []).map((cell) => cellText(cell as SheetValue).trim());

/** What a cell of a workbook says; numbers without more digits than they have. */
export const cellText = (value: SheetValue | undefined): string =>
  value === null || value === undefined ? '' : String(value).replaceAll(/[\r\n]+/g, ' ');
