/**
 * Reads all arrays of a MATLAB file in a process of its own, and prints as JSON how many values there are, their sum, and
 * by how many bytes memory has grown at the most.
 */
import { openMat } from '../../../formats/mat/mat-file.ts';

export interface Measured {
  readonly values: number;
  readonly sum: number;
  readonly growth: number;
}

// What is read once for all, code and machine code, is there before memory is measured.
const [path, warmUp] = process.argv.slice(-2) as [string, string];
await readAll(warmUp);
globalThis.gc?.();
const before = process.memoryUsage.rss();
const result = await readAll(path);
const measured: Measured = { values: result.values, sum: result.sum, growth: result.most - before };
console.log(JSON.stringify(measured));

async function readAll(path: string): Promise<{ values: number; sum: number; most: number }> {
  const file = await openMat(path);
  let [values, sum, most, columns] = [0, 0, 0, 0];
  for (const array of file.arrays) {
    for await (const column of array.columnsOf()) {
      values += column.length;
      sum += column[0]! + column.at(-1)!;
      if (columns++ % 16 === 0) most = Math.max(most, process.memoryUsage.rss());
    }
  }
  most = Math.max(most, process.memoryUsage.rss());
  file.close();
  return { values, sum, most };
}
