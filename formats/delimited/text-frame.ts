import { ModelError } from '../../mrio/error.ts';
import type { Stripe } from '../open-table.ts';
import { cellPlace, cellsOf, noNumber, numberIn } from './cells.ts';
import type { Files } from './files.ts';
import { sameKey, spoken, type Frame, type Key } from './frame.ts';
import { linesOf, type Encoding, type Line } from './lines.ts';

/** How a text holds a matrix. */
export interface Layout {
  readonly separator: string;
  /** Lines above the values that hold the keys of the columns. */
  readonly headerLines: number;
  /** Cells before the values of a line that hold the key of the row. */
  readonly indexCells: number;
  readonly encoding?: Encoding;
  /** What an empty cell counts as; null, or if this is left out: it may not be empty. Positions count from 0. */
  readonly ifEmpty?: (row: number, column: number) => number | null;
}

/** A matrix in a text. */
export interface TextFrame extends Frame {
  /** What stands before the keys of the columns in each line of the header. */
  readonly corner: readonly Key[];
}

/**
 * Opens a matrix in a text: reads its header, and no more.
 *
 * A line right below the header that has nothing but names for the levels of the rows' keys is part of it.
 * @throws ModelError where the text is shorter than its header or has no values
 */
export async function openTextFrame(files: Files, name: string, layout: Layout): Promise<TextFrame> {
  const place = files.names.length === 1 ? files.place : `${files.place}/${name}`;
  const { separator, headerLines, indexCells } = layout;
  const lines = (): AsyncGenerator<Line> => linesOf(files.open(name), place, layout.encoding);
  const split = ({ text, number }: Line): string[] => cellsOf(text, separator, `${place}, line ${number}`);

  const top: string[][] = [];
  for await (const line of lines()) {
    top.push(split(line));
    if (top.length > headerLines) break;
  }
  const below = top[headerLines];
  if (below === undefined) {
    throw new ModelError(`${place} has no values below its ${headerLines} lines of header`, 'give a complete file');
  }
  const width = top[0]!.length;
  const header = top.slice(0, headerLines);
  for (const [level, cells] of top.entries()) {
    if (cells.length !== width) throw ragged(place, level + 1, cells.length, width);
  }
  const named = headerLines > 0 && indexCells > 0 && below.slice(indexCells).every((cell) => cell === '');
  const skipped = named ? headerLines + 1 : headerLines;
  const columns = Array.from({ length: width - indexCells }, (_, c) => header.map((cells) => cells[indexCells + c]!));

  /** The lines below the header, counted from 0. */
  async function* body(): AsyncGenerator<Line & { readonly row: number }> {
    let row = -skipped;
    for await (const line of lines()) {
      if (row >= 0) yield { ...line, row };
      row++;
    }
  }

  async function* stripes(expected: readonly Key[] | null): AsyncGenerator<Stripe> {
    const values = new Float64Array(columns.length);
    let count = 0;
    for await (const line of body()) {
      const cells = split(line);
      if (cells.length !== width) throw ragged(place, line.number, cells.length, width);
      const wanted = expected?.[line.row];
      const key = cells.slice(0, indexCells);
      if (expected !== null && (wanted === undefined || !sameKey(key, wanted))) {
        throw misplaced(`${place}, line ${line.number}`, key, wanted);
      }
      for (let c = 0; c < values.length; c++) {
        const cell = cells[indexCells + c]!;
        const number = numberIn(cell);
        const empty = Number.isNaN(number) && cell.trim() === '';
        const value = empty ? layout.ifEmpty?.(line.row, c) : number;
        if (value === undefined || value === null || (!empty && Number.isNaN(value))) {
          throw noNumber(cell, cellPlace(place, line.number, indexCells + c + 1));
        }
        values[c] = value;
      }
      count++;
      yield { axis: 'row', index: line.row, start: 0, values };
    }
    if (expected !== null && count < expected.length) throw tooShort(place, expected[count]!);
  }

  return {
    place,
    indexNames: named ? below.slice(0, indexCells) : header.length === 1 ? header[0]!.slice(0, indexCells) : [],
    columns,
    corner: header.map((cells) => cells.slice(0, indexCells)),
    keys: async () => {
      const keys: Key[] = [];
      for await (const line of body()) keys.push(leading(line, indexCells, separator, split));
      return keys;
    },
    placeOf: (row, column) => cellPlace(place, skipped + row + 1, indexCells + column + 1),
    stripes,
  };
}

/** The first cells of a line, without a look at the others where that can be. */
function leading(line: Line, count: number, separator: string, split: (line: Line) => string[]): string[] {
  const start = line.text.slice(0, 1000);
  if (start.includes('"')) return split(line).slice(0, count);
  const cells = start.split(separator);
  return cells.length > count ? cells.slice(0, count) : split(line).slice(0, count);
}

const ragged = (place: string, line: number, found: number, expected: number): ModelError =>
  new ModelError(
    `${place}, line ${line}, has ${found} cells; its first line has ${expected}`,
    'give all lines the same number of cells',
  );

/** An error about a row that stands where another is expected. */
export const misplaced = (place: string, key: Key, wanted: Key | undefined): ModelError =>
  new ModelError(
    `${place} is ${spoken(key)}, where ${wanted === undefined ? 'the file is to end' : `${spoken(wanted)} is expected`}`,
    'give the rows in the order of the columns that they belong to',
  );

/** An error about a file that ends before a row. */
export const tooShort = (place: string, missing: Key): ModelError =>
  new ModelError(`${place} ends before the row of ${spoken(missing)}`, 'give the complete file');
