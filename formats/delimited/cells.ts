import { ModelError } from '../../mrio/error.ts';

/** Where a cell is, for errors; counted from 1. */
export const cellPlace = (file: string, line: number, column: number): string =>
  `${file}, line ${line}, column ${column}`;

/**
 * The cells of a line. A cell in double quotes may hold the separator, and a doubled quote stands for one.
 * @param place the line, for errors
 */
export function cellsOf(text: string, separator: string, place: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const cells: string[] = [];
  for (let from = 0; from <= text.length;) {
    const quoted = text[from] === '"';
    const end = quoted ? closingQuote(text, from, place) + 1 : following(text, separator, from);
    cells.push(quoted ? text.slice(from + 1, end - 1).replaceAll('""', '"') : text.slice(from, end));
    if (end < text.length && text[end] !== separator) {
      throw new ModelError(`${place}: text follows the quotes of cell ${cells.length}`, 'put the whole cell in quotes');
    }
    from = end + 1;
  }
  return cells;
}

function following(text: string, separator: string, from: number): number {
  const next = text.indexOf(separator, from);
  return next < 0 ? text.length : next;
}

function closingQuote(text: string, opening: number, place: string): number {
  let quote = text.indexOf('"', opening + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  if (quote >= 0) return quote;
  throw new ModelError(`${place}: a quote is never closed`, 'close the quotes of the cell in the same line');
}

/** Infinity, hexadecimal numbers and empty cells are numbers to JavaScript, but not in a table. */
const NUMBER = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;

/** The number in a cell, or NaN where it holds none. Minus zero is zero. */
export function numberIn(cell: string): number {
  const value = Number(cell);
  const second = cell.charCodeAt(1) | 32;
  // Only these can be misread: all else that Number() takes is a decimal number.
  const doubtful = value === 0 || !Number.isFinite(value) || second === 0x78 || second === 0x62 || second === 0x6f;
  if (doubtful && !NUMBER.test(cell)) return Number.NaN;
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}

/** An error about a cell that is to hold a number and does not. */
export function noNumber(cell: string, place: string): ModelError {
  const found = cell.trim() === '' ? 'is empty' : `holds ${JSON.stringify(cell)}`;
  return new ModelError(
    `${place} ${found}: a number is expected`,
    'write the number there, or 0 where there is nothing',
  );
}

/** How cells of text are written: in quotes only where they hold what separates cells or lines, or a quote. */
export const writtenCell = (text: string, separator: string): string =>
  text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
