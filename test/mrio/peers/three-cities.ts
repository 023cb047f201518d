import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concordanceOf } from '../../../formats/concordance.ts';
import { openTable } from '../../../formats/detect.ts';
import { writePymrioFolder, type PymrioSystem } from '../../../formats/pymrio/write-folder.ts';
import { readTable, requireAsStated } from '../../../formats/read-table.ts';
import type { ReadTable } from '../../../formats/table-sums.ts';
import { columnSums, rowSums } from '../../../mrio/table.ts';

export const CITIES = ['North', 'East', 'South'] as const;
const SECTORS = ['wheat', 'steel'] as const;
const n = 6;

// Powers of two and their multiples, so that no sum is rounded. Steel of the South has stocks drawn on, no other buyer at home.
// prettier-ignore
const intermediate = Float64Array.of(
  8, 16, 0, 4, 2, 0,
  4, 16, 2, 8, 0, 6,
  0, 8, 16, 4, 0, 2,
  2, 0, 4, 16, 8, 2,
  0, 4, 0, 2, 8, 4,
  0, 8, 2, 6, 4, 12,
);
/** Of households, and of stocks, in each city. */
// prettier-ignore
const finalDemand = Float64Array.of(
  32, 2, 0, 0, 0, 0,
  28, 0, 0, 0, 0, 0,
  0, 0, 40, -6, 0, 0,
  8, 0, 16, 8, 0, 0,
  0, 0, 0, 0, 46, 0,
  16, 0, 0, 0, 0, -16,
);
const sums = rowSums(finalDemand, n, 6);

/** Gross output: 64 each but of the last, which has 32. */
export const CITY_OUTPUT = rowSums(intermediate, n, n).map((value, k) => value + sums[k]!);
export const CITY_EMISSIONS = Float64Array.of(16, 64, 8, 32, 4, 128);

/** Three cities of two sectors in balance. */
export const THREE_CITIES: PymrioSystem = {
  name: 'three cities',
  regions: CITIES,
  sectors: SECTORS,
  categories: ['households', 'stocks'],
  unit: '10,000 yuan',
  intermediate,
  finalDemand,
  output: CITY_OUTPUT,
  extensions: [
    {
      name: 'factor_inputs',
      indexNames: ['inputtype'],
      rows: [{ key: ['value added'], unit: '10,000 yuan' }],
      flows: columnSums(intermediate, n, n).map((inputs, k) => CITY_OUTPUT[k]! - inputs),
    },
    {
      name: 'emissions',
      indexNames: ['stressor'],
      rows: [{ key: ['NOx'], unit: 't' }],
      flows: CITY_EMISSIONS,
    },
  ],
};

/** Writes the system, and then makes of the text of some of its files another. */
export async function writeCities(
  folder: string,
  changes: Readonly<Record<string, (text: string) => string>> = {},
  system: PymrioSystem = THREE_CITIES,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await writePymrioFolder(folder, system);
  for (const [file, change] of Object.entries(changes)) {
    const path = join(folder, file);
    const [before, after] = [readFileSync(path, 'utf8'), change(readFileSync(path, 'utf8'))];
    if (after === before) throw new Error(`nothing is changed in ${file}`);
    writeFileSync(path, after);
  }
  return folder;
}

/** The table of a file of these cities, as a study reads it: with the totals that are stated held against the sums. */
export async function readCities(path: string, tolerance = 1e-9): Promise<ReadTable> {
  const open = await openTable(path);
  const names = CITIES.map((name) => ({ name, region: name }));
  const list = SECTORS.map((name, s) => ({ list: 'own', code: `0${s + 1}`, names: [name], sector: s + 1 }));
  const concordance = concordanceOf(open, names, list, path);
  const read = await readTable(open, { regions: CITIES, sectors: [1, 2] }, concordance);
  requireAsStated(read.accounts, tolerance, path);
  return read;
}
