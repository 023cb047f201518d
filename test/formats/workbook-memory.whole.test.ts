import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeXlsxStream } from 'hucre/xlsx';
import { buildSync } from 'esbuild';
import { expect, inject, it } from 'vitest';
import { gridOf, sample, type Layout } from './ceads-layouts.ts';
import type { Measured } from './mat/measure-memory.ts';

const LAYOUT: Layout = {
  ...{ title: 'MRIO', intermediateUse: true, codes: true, regionsOnce: true, regionsOfDemand: true },
  ...{ totals: true, discrepancy: 'ERR', footnotes: true },
};

/** A table of so many regions and sectors whose values need all digits. */
async function workbook(path: string, regions: number, sectors: number): Promise<{ bytes: number; rows: number }> {
  const names = (count: number, what: string) => Array.from({ length: count }, (_, k) => `${what} ${k + 1}`);
  const of = sample(names(regions, 'Region'), names(sectors, 'Sector'));
  const digits = (i: number, j: number) => Math.sqrt(2 + i * 7919 + j * 104_729) * 1e4;
  const grid = gridOf({ ...of, z: digits, f: digits }, LAYOUT);
  const stream = writeXlsxStream(grid, { name: 'Table_2018' }) as unknown as Parameters<typeof Readable.fromWeb>[0];
  await pipeline(Readable.fromWeb(stream), createWriteStream(path));
  return { bytes: statSync(path).size, rows: grid.length };
}

/** Packed first, so that the process that is measured does not compile TypeScript. */
const packed = buildSync({
  entryPoints: [join(import.meta.dirname, 'measure-workbook.ts')],
  ...{ bundle: true, write: false, format: 'esm', platform: 'node', packages: 'external' },
}).outputFiles[0]!.text;

it('a workbook of 31 regions and 42 sectors is read without holding its values', { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(join(inject('sharedFolder'), 'workbooks-'));
  const [large, small] = [join(folder, 'large.xlsx'), join(folder, 'small.xlsx')];
  const { bytes } = await workbook(large, 31, 42);
  await workbook(small, 8, 42);
  const options = ['--expose-gc', '--input-type=module', '--eval', packed, large, small];
  const measured = JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' })) as Measured;
  // 1,302 rows of sectors, 9 below them; columns of sectors, of final demand, and 6 others.
  expect(measured.values).toBe((1302 + 9) * (1302 + 155 + 6));
  // The packed file is held, and some rows: as numbers alone the table would be 15 MB, as cells of a sheet ten times that.
  expect(measured.growth).toBeLessThan(bytes + 64 * 2 ** 20);
});
