import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import * as h5wasm from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import type { Measured } from './measure-memory.ts';
import { Folder } from './read-all.ts';
import { numbers, writeMat5, type MatValue } from './write-mat5.ts';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

const ROWS = 2500;
const COLUMNS = 3000;
/** Enough of them for the code that reads to be compiled at its best, before memory is measured. */
const FEW_COLUMNS = 500;
const MOST_GROWTH = 64 * 2 ** 20;

/** 60 MB of doubles, of which one in seven is not 0. */
const values = Float64Array.from({ length: ROWS * COLUMNS }, (_, i) => (i % 7 === 0 ? i / 3 : 0));

/** Packed first, so that the process that is measured does not compile TypeScript. */
const packed = buildSync({
  entryPoints: [join(import.meta.dirname, 'measure-memory.ts')],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  packages: 'external',
}).outputFiles[0]!.text;

function measure(path: string, warmUp: string): Measured {
  const options = ['--expose-gc', '--input-type=module', '--eval', packed, path, warmUp];
  return JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' })) as Measured;
}

function expectBounded(measured: Measured): void {
  expect(measured.values).toBe(ROWS * COLUMNS);
  const ends = Array.from({ length: COLUMNS }, (_, j) => values[j * ROWS]! + values[(j + 1) * ROWS - 1]!);
  expect(measured.sum).toBe(ends.reduce((sum, value) => sum + value, 0));
  expect(measured.growth).toBeLessThan(MOST_GROWTH);
}

describe('memory', () => {
  const few = values.subarray(0, ROWS * FEW_COLUMNS);

  it.each([true, false])('does not grow with an array of version 5, compressed: %s', (compressed) => {
    const write = (name: string, columns: number, data: Float64Array): string => {
      const MRIO: MatValue = { kind: 'struct', elements: [{ Z: numbers(ROWS, columns, data) }] };
      return folder.write(name, writeMat5({ MRIO }, { compressed }));
    };
    expectBounded(measure(write('large.mat', COLUMNS, values), write('small.mat', FEW_COLUMNS, few)));
  });

  it('does not grow with an array of version 7.3', async () => {
    await h5wasm.ready;
    const write = (name: string, columns: number, data: Float64Array): string => {
      const file = new h5wasm.File(folder.file(name), 'w');
      file.create_dataset({ name: 'Z', data, shape: [columns, ROWS], chunks: [10, ROWS], compression: 1 });
      file.close();
      return folder.file(name);
    };
    expectBounded(measure(write('large73.mat', COLUMNS, values), write('small73.mat', FEW_COLUMNS, few)));
  });
});
