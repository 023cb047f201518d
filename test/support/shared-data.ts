import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openFiles } from '../../formats/delimited/files.ts';
import type { Frame } from '../../formats/delimited/frame.ts';
import { openTextFrame, type Layout } from '../../formats/delimited/text-frame.ts';
import type { OpenTable } from '../../formats/open-table.ts';

/**
 * Data of others that tests hold ours against, and that are no part of this repository because of their licences:
 * in the folder BTH_MRIO_SHARED_DATA, or in ../shared/data beside the checkout.
 */
const SHARED = process.env.BTH_MRIO_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data');

/** Path of something in the shared data, whether it is there or not. */
export const sharedData = (...parts: readonly string[]): string => join(SHARED, ...parts);

/** Whether the test data of pymrio are there. */
export const hasPymrioData = existsSync(sharedData('pymrio-raw')) && existsSync(sharedData('pymrio_test'));

/** Why a test is skipped, for its title. */
export const NEEDS_PYMRIO = 'needs pymrio-raw and pymrio_test in BTH_MRIO_SHARED_DATA';

/** A file among the raw data of pymrio. */
export const pymrioRaw = (...parts: readonly string[]): string => sharedData('pymrio-raw', ...parts);

/** A mock of a database as pymrio's tests have it. */
export const mock = (...parts: readonly string[]): string => pymrioRaw('mock_mrios', ...parts);

/** A matrix in memory. */
export interface Matrix {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Row-major. */
  readonly values: Float64Array;
}

/** All values of a frame; keys are joined by `|`. */
export async function wholeFrame(frame: Frame): Promise<Matrix> {
  const keys = await frame.keys();
  const width = frame.columns.length;
  const values = new Float64Array(keys.length * width);
  for await (const stripe of frame.stripes(keys)) {
    if (stripe.axis === 'row') values.set(stripe.values, stripe.index * width + stripe.start);
    else stripe.values.forEach((value, i) => (values[(stripe.start + i) * width + stripe.index] = value));
  }
  const name = (key: readonly string[]): string => key.join('|');
  return { rows: keys.map(name), columns: frame.columns.map(name), values };
}

export async function textMatrix(path: string, layout: Layout): Promise<Matrix> {
  const files = await openFiles(path);
  return wholeFrame(await openTextFrame(files, files.names[0]!, layout));
}

/** A table of what pymrio computed. */
export const computed = (name: string): Promise<Matrix> =>
  textMatrix(sharedData('pymrio_test', `${name}.csv`), { separator: ',', headerLines: 1, indexCells: 1 });

/** All values of a table, row-major, each of which may come once only. */
export async function wholeTable(table: OpenTable): Promise<Float64Array> {
  const width = table.columns.length;
  const values = new Float64Array(table.rows.length * width);
  const seen = new Uint8Array(values.length);
  for await (const stripe of table.stripes()) {
    stripe.values.forEach((value, i) => {
      const along = stripe.start + i;
      const cell = stripe.axis === 'row' ? stripe.index * width + along : along * width + stripe.index;
      if (seen[cell]! > 0 || cell >= values.length)
        throw new Error(`${table.place(Math.floor(cell / width), cell % width)} twice`);
      seen[cell] = 1;
      values[cell] = value;
    });
  }
  return values;
}

/** A part of a table. */
export function part(
  values: Float64Array,
  width: number,
  [firstRow, rows]: readonly [number, number],
  [firstColumn, columns]: readonly [number, number],
): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, k) => {
    const row = firstRow + Math.floor(k / columns);
    return values[row * width + firstColumn + (k % columns)]!;
  });
}
