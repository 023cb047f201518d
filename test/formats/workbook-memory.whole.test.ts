import { execFileSync } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, inject, it } from 'vitest';
import { CEADS_2018, gridOf, sample, writeLargeSheet } from './ceads-layouts.ts';
import type { Measured } from './mat/measure-memory.ts';

/** A table of so many regions and sectors whose values need all digits. */
async function workbook(path: string, regions: number, sectors: number): Promise<{ bytes: number; rows: number }> {
  const names = (count: number, what: string) => Array.from({ length: count }, (_, k) => `${what} ${k + 1}`);
  const of = sample(names(regions, 'Region'), names(sectors, 'Sector'));
  const digits = (i: number, j: number) => Math.sqrt(2 + i * 7919 + j * 104_729) * 1e4;
  const grid = gridOf({ ...of, z: digits, f: digits }, CEADS_2018);
  await writeLargeSheet(path, 'Table_2018', grid);
  return { bytes: statSync(path).size, rows: grid.length };
}

/** Packed first, so that the process that is measured does not compile TypeScript. */
const packed = buildSync({
  entryPoints: [join(import.meta.dirname, 'measure-workbook.ts')],
  ...{ bundle: true, write: false, format: 'esm', platform: 'node', packages: 'external' },
}).outputFiles[0]!.text;

it('a workbook of more than 40 MB is read without holding its values', { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(join(inject('sharedFolder'), 'workbooks-'));
  const [large, small] = [join(folder, 'large.xlsx'), join(folder, 'small.xlsx')];
  const { bytes } = await workbook(large, 42, 42);
  expect(bytes).toBeGreaterThan(40 * 10 ** 6);
  await workbook(small, 8, 42);
  const options = ['--expose-gc', '--input-type=module', '--eval', packed, large, small];
  const measured = JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' })) as Measured;
  // 1,764 rows of sectors, 9 below them; columns of sectors, of final demand, and 7 others.
  expect(measured.values).toBe((1764 + 9) * (1764 + 210 + 7));
  // The packed file is held, and some rows: as numbers alone the table would be 28 MB, as cells of a sheet ten times that.
  expect(measured.growth).toBeLessThan(bytes + 64 * 2 ** 20);
});
