import type { ColumnLabel, OpenTable, RowLabel, Stripe } from '../open-table.ts';
import type { Frame, Key } from './frame.ts';

/** A matrix of a file, and where it lies in a table. */
export interface Block {
  readonly frame: Frame;
  /** The row of the table that each row of the matrix is. */
  readonly rows: readonly number[];
  /** Keys that the rows of the matrix are to have, in their order; null: the file has none. */
  readonly keys: readonly Key[] | null;
  /** The column of the table that the first column of the matrix is. */
  readonly columnStart: number;
}

/** `count` numbers from `start` on. */
export const counted = (start: number, count: number): number[] => Array.from({ length: count }, (_, i) => start + i);

/** A table that is put together from matrices side by side. What none of them covers is zero. */
export function blockTable(
  parts: Pick<OpenTable, 'format' | 'unit' | 'intermediate' | 'extensions'> & {
    readonly rows: readonly RowLabel[];
    readonly columns: readonly ColumnLabel[];
    readonly blocks: readonly Block[];
  },
): OpenTable {
  const { blocks, ...table } = parts;
  return {
    ...table,
    place: (row, column) => {
      for (const { frame, rows, columnStart } of blocks) {
        const local = rows.indexOf(row);
        const across = column - columnStart;
        if (local >= 0 && across >= 0 && across < frame.columns.length) return frame.placeOf(local, across);
      }
      return `${parts.format}, row ${row + 1}, column ${column + 1}, which no file holds`;
    },
    async *stripes() {
      for (const block of blocks) {
        // A row without a key can still be counted.
        const expected = block.keys ?? block.rows.map(() => []);
        for await (const stripe of block.frame.stripes(expected)) yield* placed(stripe, block);
      }
    },
  };
}

/** A stripe of a matrix as one of the table: where its rows are scattered there, one for each value. */
function* placed(stripe: Stripe, { rows, columnStart }: Block): Generator<Stripe> {
  const { axis, index, start, values } = stripe;
  if (axis === 'row') {
    yield { axis, index: rows[index]!, start: columnStart + start, values };
    return;
  }
  const first = rows[start]!;
  if (values.every((_, i) => rows[start + i] === first + i)) {
    yield { axis, index: columnStart + index, start: first, values };
    return;
  }
  for (const [i] of values.entries()) {
    yield { axis, index: columnStart + index, start: rows[start + i]!, values: values.subarray(i, i + 1) };
  }
}
