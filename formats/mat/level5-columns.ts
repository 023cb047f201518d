import type { Element, Input } from './level5-elements.ts';
import { requireFewRows } from './sparse.ts';
import { countOfNumbers, NumberReader } from './level5-numbers.ts';

/** Opens the bytes that an array lies in, at their start, for one more reading. */
export interface Origin {
  open(): Promise<Input>;
  /** Whether the array is the last in bytes with a checksum at their end. */
  readonly checked: boolean;
}

/** A full array: its numbers, column by column. */
export interface FullArray {
  readonly rows: number;
  readonly columns: number;
  readonly values: Element;
}

/** A sparse array. */
export interface SparseArray {
  readonly rows: number;
  readonly columns: number;
  /** Of each value, its row. */
  readonly rowIndices: Element;
  /** Of each column, the number of values in the columns before it; and the number of all values. */
  readonly columnStarts: Element;
  readonly values: Element;
}

export async function* fullColumns(origin: Origin, { rows, columns, values }: FullArray): AsyncGenerator<Float64Array> {
  if (rows === 0 || columns === 0) return;
  const input = await origin.open();
  try {
    const numbers = await NumberReader.at(input, values, rows);
    const column = new Float64Array(rows);
    for (let j = 0; j < columns; j++) {
      await numbers.readInto(column);
      yield column;
    }
    if (origin.checked) await input.reader.readToEnd();
  } finally {
    await input.reader.close();
  }
}

/** Row indices, starts and values lie one after the other: each is read by a reader of its own, side by side. */
export async function* sparseColumns(origin: Origin, array: SparseArray): AsyncGenerator<Float64Array> {
  if (array.rows === 0 || array.columns === 0) return;
  requireFewRows(array.rows);
  const starts = await columnStarts(origin, array);
  const most = Math.min(array.rows, starts[array.columns]!);
  const opened: Input[] = [];
  const readerOf = async (element: Element): Promise<NumberReader> => {
    const input = await origin.open();
    opened.push(input);
    return await NumberReader.at(input, element, most);
  };
  try {
    const rowIndices = await readerOf(array.rowIndices);
    const values = await readerOf(array.values);
    const column = new Float64Array(array.rows);
    const rows = new Float64Array(most);
    const present = new Float64Array(most);
    for (let j = 0; j < array.columns; j++) {
      const count = starts[j + 1]! - starts[j]!;
      await rowIndices.readInto(rows.subarray(0, count));
      await values.readInto(present.subarray(0, count));
      column.fill(0);
      for (let k = 0; k < count; k++) {
        const row = rows[k]!;
        if (!(row >= 0 && row < array.rows)) {
          throw opened[0]!.reader.damaged(
            `column ${j + 1} has a value in row ${row + 1} of ${array.rows}`,
            array.rowIndices.start,
          );
        }
        column[row] = present[k]!;
      }
      yield column;
    }
    if (origin.checked) await opened[1]!.reader.readToEnd();
  } finally {
    for (const { reader } of opened) await reader.close();
  }
}

async function columnStarts(origin: Origin, array: SparseArray): Promise<Float64Array> {
  const input = await origin.open();
  try {
    const starts = new Float64Array(array.columns + 1);
    const numbers = await NumberReader.at(input, array.columnStarts, starts.length);
    await numbers.readInto(starts);
    const present = Math.min(countOfNumbers(input, array.rowIndices), countOfNumbers(input, array.values));
    const wrong = starts.findIndex((start, j) => {
      const before = j === 0 ? 0 : starts[j - 1]!;
      return j === 0 ? start !== 0 : !(start >= before && start - before <= array.rows && start <= present);
    });
    if (wrong !== -1) {
      throw input.reader.damaged(
        `${starts[wrong]!} values are said to lie before column ${wrong + 1}`,
        array.columnStarts.start,
      );
    }
    return starts;
  } finally {
    await input.reader.close();
  }
}
