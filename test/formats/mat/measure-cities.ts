/**
 * Reads a table of cities in a process of its own into the regions and sectors of a study. Writes all values of what was read
 * into a file, block after block, and prints as JSON what it took.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { concordanceOf, type RegionName } from '../../../formats/concordance.ts';
import type { ListedSector } from '../../../formats/listed-sectors.ts';
import { openTable } from '../../../formats/detect.ts';
import { readTable } from '../../../formats/read-table.ts';

/** What the process is told. */
export interface Reading {
  readonly folder: string;
  readonly regions: readonly string[];
  readonly sectors: readonly number[];
  readonly names: readonly RegionName[];
  readonly lists: readonly ListedSector[];
  /** Path of the file to write. */
  readonly output: string;
}

/** What it tells. */
export interface Taken {
  readonly format: string;
  /** Bytes of memory at the most, beyond those at the start. */
  readonly growth: number;
  /** Shares that were told, in their order, each that is one in a hundred more than the last. */
  readonly shares: readonly number[];
  /** Whether a share was ever less than the one before. */
  readonly falling: boolean;
}

const reading = JSON.parse(readFileSync(process.argv.at(-1)!, 'utf8')) as Reading;
const before = process.memoryUsage.rss();
const open = await openTable(reading.folder);
const concordance = concordanceOf(open, reading.names, reading.lists, reading.folder);
const shares: number[] = [0];
let [last, falling] = [0, false];
const { table } = await readTable(open, reading, concordance, (share) => {
  if (share < last) falling = true;
  last = share;
  if (share === 1 || share >= shares.at(-1)! + 0.01) shares.push(share);
});
const growth = 1024 * process.resourceUsage().maxRSS - before;
const blocks = [table.intermediate, table.finalDemand, table.primaryInput];
writeFileSync(reading.output, Buffer.concat(blocks.map(({ buffer }) => new Uint8Array(buffer))));
console.log(JSON.stringify({ format: open.format, growth, shares, falling } satisfies Taken));
