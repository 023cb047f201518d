import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { parseCsvObjects } from 'hucre/csv';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { ListedSector } from '../../../formats/listed-sectors.ts';
import type { Reading, Taken } from './measure-cities.ts';
import { writeLargeMat5, writeLargeMat73, type LargeArray } from './write-large-mat.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const [CITIES, REGIONS, CATEGORIES, INPUTS] = [313, 13, 5, 4];
/** Z alone has 1.38 GB. */
const MOST_GROWTH = 256 * 2 ** 20;

/** Of a list, in its order: names and the sectors of the study. */
const list = parseCsvObjects(readFileSync(join(ROOT, 'data-raw/sector-lists.csv'), 'utf8'))
  .data.filter((row) => row['list'] === 'nbs-42-2017')
  .map((row): ListedSector => ({
    ...{ list: 'nbs-42-2017', code: String(row['code']) },
    ...{ names: [String(row['name'])], sector: Number(row['sector']) },
  }));
const sectors = [...new Set(list.map(({ sector }) => sector))].sort((a, b) => a - b);
const n = CITIES * list.length;

const city = (c: number): string => `City ${String(c + 1).padStart(3, '0')}`;
const region = (r: number): string => `R${r + 1}`;
const regionOfCity = (c: number): number => (c * 5) % REGIONS;
/** The account of the study that each account of the file belongs to. */
const target = Int32Array.from({ length: n }, (_, i) => {
  const { sector } = list[i % list.length]!;
  return regionOfCity(Math.floor(i / list.length)) * sectors.length + sectors.indexOf(sector);
});

const m = REGIONS * sectors.length;

/** Whole numbers below 2^16 of which one in eight is not 0, the same for a place and seed: their sums are exact. */
function valueAt(seed: number, i: number, j: number): number {
  let mixed = Math.imul(i ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(j + 1, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  return (mixed & 7) === 0 ? (mixed >>> 8) & 0xffff : 0;
}

/** What the file is to be read as. */
interface Sums {
  readonly intermediate: Float64Array;
  readonly finalDemand: Float64Array;
  readonly primaryInput: Float64Array;
}

/** The arrays of a table of so many cities, which count what they hold. */
function cities(): { arrays: LargeArray[]; sums: Sums } {
  const width = REGIONS + 1;
  const sums = {
    intermediate: new Float64Array(m * m),
    finalDemand: new Float64Array(m * width),
    primaryInput: new Float64Array(m),
  };
  const array = (
    name: string,
    [rows, columns]: readonly [number, number],
    seed: number,
    count: (i: number, j: number, value: number) => void,
  ): LargeArray => ({
    ...{ name, rows, columns },
    fill: (column, j) => {
      for (let i = 0; i < rows; i++) {
        const value = valueAt(seed, i, j);
        column[i] = value;
        if (value !== 0) count(i, j, value);
      }
    },
  });
  const demandOf = (j: number): number => regionOfCity(Math.floor(j / CATEGORIES));
  const arrays = [
    array('Z', [n, n], 1, (i, j, value) => (sums.intermediate[target[i]! * m + target[j]!]! += value)),
    array('F', [n, CITIES * CATEGORIES], 2, (i, j, value) => {
      sums.finalDemand[target[i]! * width + demandOf(j)]! += value;
    }),
    array('VA', [INPUTS, n], 3, (_, j, value) => (sums.primaryInput[target[j]!]! += value)),
    array('Import', [1, n], 4, (_, j, value) => (sums.primaryInput[target[j]!]! += value)),
    array('Export', [n, 1], 5, (i, _, value) => (sums.finalDemand[target[i]! * width + REGIONS]! += value)),
  ];
  return { arrays, sums };
}

/** Packed first, so that the process that is measured does not compile TypeScript. */
const packed = buildSync({
  entryPoints: [join(import.meta.dirname, 'measure-cities.ts')],
  ...{ bundle: true, write: false, format: 'esm', platform: 'node', packages: 'external' },
}).outputFiles[0]!.text;

const root = mkdtempSync(join(inject('sharedFolder'), 'cities-'));
const folder = join(root, 'user');
afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Write = (path: string, arrays: readonly LargeArray[]) => Promise<void>;
/** The arrays of 2 GB that stand before those of the table, so that their places are beyond 2^31 bytes. */
const ZEROS_NOT_READ = '; not read: A (16384 x 8193), L (16384 x 8193)';

describe('a table of 313 cities and 42 sectors', () => {
  it.each<[string, string, Write, number, string]>([
    ['version 5', '5', (path, arrays) => writeLargeMat5(path, arrays, false), 2 ** 31, ZEROS_NOT_READ],
    ['version 5, compressed', '5', (path, arrays) => writeLargeMat5(path, arrays, true), 0, ''],
    ['version 7.3', '7.3', writeLargeMat73, 2 ** 31, ZEROS_NOT_READ],
  ])(
    'in a file of %s is read into 13 regions and 26 sectors in bounded memory',
    async (_, version, write, least, notRead) => {
      const path = join(folder, 'Chinese_City_MRIO.mat');
      mkdirSync(folder);
      const { arrays, sums } = cities();
      await write(path, arrays);
      expect(statSync(path).size).toBeGreaterThan(least);
      const ofCities = Array.from({ length: CITIES }, (_, c) => c);
      writeFileSync(join(folder, 'regions.csv'), `region\n${ofCities.map(city).join('\n')}\n`);
      writeFileSync(join(folder, 'sectors.csv'), `sector\n${list.map(({ names }) => `"${names[0]!}"`).join('\n')}\n`);
      const reading: Reading = {
        ...{ folder, sectors, lists: list, output: join(root, 'read') },
        regions: Array.from({ length: REGIONS }, (_, r) => region(r)),
        names: ofCities.map((c) => ({ name: city(c), region: region(regionOfCity(c)) })),
      };
      writeFileSync(join(root, 'reading.json'), JSON.stringify(reading));
      const options = ['--input-type=module', '-', join(root, 'reading.json')];
      const taken = JSON.parse(
        execFileSync(process.execPath, options, { encoding: 'utf8', cwd: ROOT, input: packed }),
      ) as Taken;
      expect(taken.format).toBe(`MATLAB file of version ${version}, struct MRIO${notRead}`);
      expect(taken.growth).toBeLessThan(MOST_GROWTH);
      expect(taken.falling).toBe(false);
      expect(taken.shares.length).toBeGreaterThan(90);
      expect(taken.shares.at(-1)).toBe(1);
      const { buffer } = new Uint8Array(readFileSync(reading.output));
      let at = 0;
      for (const expected of [sums.intermediate, sums.finalDemand, sums.primaryInput]) {
        expect(new Float64Array(buffer, at, expected.length)).toEqual(expected);
        at += expected.byteLength;
      }
      expect(sums.intermediate.every((value) => value > 0)).toBe(true);
    },
  );
});
