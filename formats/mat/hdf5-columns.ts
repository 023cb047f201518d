import type { Dataset } from 'h5wasm/node';
import type { Hdf5File } from './hdf5-library.ts';
import type { Numbers } from './numbers.ts';
import { requireFewRows } from './sparse.ts';

/** Runs one access to the file, and makes a ModelError of what goes wrong. */
export type Attempt = <T>(action: () => T) => T;

/** So much is read at once, if chunks allow. */
const BLOCK_BYTES = 1 << 21;
/** So much may be read at once, where the file has chunks of many columns: else they would be inflated for each anew. */
const MOST_BLOCK_BYTES = 1 << 25;
/** So many values of a sparse array are read at once. */
const SPARSE_BLOCK = 1 << 17;

/** The columns of a dataset of shape [columns, rows]. */
// eslint-disable-next-line @typescript-eslint/require-await -- the interface is that of files that are read asynchronously
export async function* denseColumns(
  hdf5: Hdf5File,
  dataset: Dataset,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  attempt: Attempt,
): AsyncGenerator<Float64Array> {
  if (rows === 0 || columns === 0) return;
  const column = attempt(() => new Float64Array(rows));
  const width = attempt(() => columnsAtOnce(dataset, rows));
  for (let start = 0; start < columns; start += width) {
    const end = Math.min(start + width, columns);
    const block = attempt(() =>
      hdf5.numbers(dataset, [
        [start, end],
        [0, rows],
      ]),
    );
    for (let j = 0; j < end - start; j++) {
      copy(block.subarray(j * rows, (j + 1) * rows), column);
      yield column;
    }
  }
}

/** How many columns to read at once: whole chunks of them, since the library keeps none for the next call. */
export function columnsAtOnce({ metadata }: Pick<Dataset, 'metadata'>, rows: number): number {
  const columnBytes = rows * metadata.size;
  const chunk = metadata.chunks?.[0] ?? 1;
  const fitting = Math.max(Math.floor(BLOCK_BYTES / columnBytes), 1);
  if (chunk <= fitting) return Math.floor(fitting / chunk) * chunk;
  return chunk * columnBytes <= MOST_BLOCK_BYTES ? chunk : fitting;
}

export interface SparseDatasets {
  readonly rows: number;
  readonly columns: number;
  /** Number of values before each column, and of all. */
  readonly starts: Dataset;
  /** null: there are no values. */
  readonly rowIndices: Dataset | null;
  readonly values: Dataset | null;
}

// eslint-disable-next-line @typescript-eslint/require-await -- as above
export async function* sparseColumns(
  hdf5: Hdf5File,
  array: SparseDatasets,
  attempt: Attempt,
): AsyncGenerator<Float64Array> {
  const { rows, columns } = array;
  if (rows === 0 || columns === 0) return;
  requireFewRows(rows);
  const starts = attempt(() => columnStarts(hdf5, array));
  const column = new Float64Array(rows);
  let entries = attempt(() => entriesFrom(hdf5, array, 0));
  for (let j = 0; j < columns; j++) {
    column.fill(0);
    for (let k = starts[j]!; k < starts[j + 1]!; k++) {
      if (k >= entries.end) entries = attempt(() => entriesFrom(hdf5, array, k));
      column[entries.rows[k - entries.start]!] = entries.values[k - entries.start]!;
    }
    yield column;
  }
}

interface Entries {
  readonly start: number;
  readonly end: number;
  readonly rows: Float64Array;
  readonly values: Float64Array;
}

function entriesFrom(hdf5: Hdf5File, array: SparseDatasets, start: number): Entries {
  const { rowIndices, values, rows } = array;
  const end = Math.min(start + SPARSE_BLOCK, entryCount(rowIndices), entryCount(values));
  const read = (dataset: Dataset | null): Float64Array => {
    const block = new Float64Array(end - start);
    if (dataset !== null && end > start) copy(hdf5.numbers(dataset, [[start, end]]), block);
    return block;
  };
  const indices = read(rowIndices);
  const outside = indices.find((row) => !(row >= 0 && row < rows));
  if (outside !== undefined) throw new Error(`a value is in row ${outside + 1} of ${rows}`);
  return { start, end, rows: indices, values: read(values) };
}

const entryCount = (dataset: Dataset | null): number => dataset?.shape?.[0] ?? 0;

function columnStarts(hdf5: Hdf5File, array: SparseDatasets): Float64Array {
  const { starts, rowIndices, values, columns } = array;
  const counts = new Float64Array(columns + 1);
  copy(hdf5.numbers(starts, [[0, columns + 1]]), counts);
  const present = Math.min(entryCount(rowIndices), entryCount(values));
  const inOrder = counts.every((count, j) => count >= (j === 0 ? 0 : counts[j - 1]!) && count <= present);
  if (!inOrder) throw new Error('the starts of its columns are out of order');
  return counts;
}

/** Whole numbers of 64 bits are rounded to doubles. */
function copy(numbers: Numbers, target: Float64Array): void {
  if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) {
    for (let i = 0; i < target.length; i++) target[i] = Number(numbers[i]!);
  } else {
    target.set(numbers);
  }
}
