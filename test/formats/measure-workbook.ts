/**
 * Reads a labelled table of a workbook in a process of its own, and prints as JSON how many values it has, their sum, and by
 * how many bytes memory has grown at the most.
 */
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import type { Measured } from './mat/measure-memory.ts';

const [path, warmUp] = process.argv.slice(-2) as [string, string];
await readAll(warmUp);
globalThis.gc?.();
const before = process.memoryUsage.rss();
const { values, sum, most } = await readAll(path);
console.log(JSON.stringify({ values, sum, growth: most - before } satisfies Measured));

async function readAll(path: string): Promise<{ values: number; sum: number; most: number }> {
  const table = await openLabelledSheet(path);
  let [values, sum, most, rows] = [0, 0, 0, 0];
  for await (const stripe of table.stripes()) {
    values += stripe.values.length;
    // What is only stated may be absent.
    for (const value of stripe.values) if (!Number.isNaN(value)) sum += value;
    if (rows++ % 16 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  return { values, sum, most };
}
