import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KERNEL_BYTES } from '../../../mrio/linear-algebra/kernel-bytes.ts';
import { createKernel } from '../../../mrio/linear-algebra/kernel.ts';
import { factorise, solve } from '../../../mrio/linear-algebra/lu.ts';
import { quasiDefinite, type QuasiDefinite } from '../../../mrio/linear-algebra/quasi-definite.ts';
import { createRandom } from '../../../stages/stand-in/random.ts';
import { assembleKernel } from '../../../tools/build-kernel.ts';

describe('the dense kernel', () => {
  it('is kernel.wat, assembled', async () => {
    expect(KERNEL_BYTES).toBe(await assembleKernel());
  });

  it("subtracts A'B on and above the diagonal, tile by tile", () => {
    const [k, rowStrips, columnStrips] = [3, 2, 3];
    const [a, b, c, stride] = [0, 64, 256, 14];
    const kernel = createKernel(400);
    const random = createRandom(1, 'kernel').uniform;
    for (let i = 0; i < 400; i++) kernel.values[i] = random();
    const before = kernel.values.slice();
    kernel.subtractUpper(k, rowStrips, columnStrips, a, b, c, stride);
    const packed = (start: number, row: number, column: number): number =>
      before[start + Math.floor(column / 4) * k * 4 + row * 4 + (column % 4)]!;
    for (let i = 0; i < 4 * rowStrips; i++) {
      for (let j = 0; j < 4 * columnStrips; j++) {
        const at = c + i * stride + j;
        const isUpdated = Math.floor(j / 4) >= Math.floor(i / 4);
        let product = 0;
        for (let row = 0; row < k; row++) product += packed(a, row, i) * packed(b, row, j);
        expect(kernel.values[at]).toBeCloseTo(before[at]! - (isUpdated ? product : 0), 14);
      }
    }
  });
});

interface Example {
  readonly matrix: Float64Array;
  readonly factor: QuasiDefinite;
  readonly fill: () => void;
}

/** A sparse positive definite block, a negative diagonal one behind it, coupled at random. */
function example(seed: number, size: number, density: number, denseShare: number): Example {
  const random = createRandom(seed, 'quasi-definite').uniform;
  const negative = Math.floor(size / 4);
  const matrix = new Float64Array(size * size);
  const sign = Int8Array.from({ length: size }, (_, row) => (row < negative ? -1 : 1));
  const rows: number[] = [];
  const columns: number[] = [];
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      if (j < negative || random() > density) continue;
      const value = random() - 0.5;
      matrix[i * size + j] = matrix[j * size + i] = value;
      rows.push(random() < 0.5 ? i : j);
      columns.push(rows.at(-1) === i ? j : i);
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = 0.1;
    for (let j = 0; j < size; j++) sum += i >= negative && j >= negative ? Math.abs(matrix[i * size + j]!) : 0;
    matrix[i * size + i] = sign[i]! * (sum + random());
  }
  const order = Int32Array.from({ length: size }, (_, row) => row);
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const entries = [{ rows: Int32Array.from(rows), columns: Int32Array.from(columns) }];
  const denseFrom = Math.floor(size * (1 - denseShare));
  const factor = quasiDefinite({ order, entries, denseFrom, sign, regularisation: 0 });
  return {
    matrix,
    factor,
    fill: () => {
      factor.clear();
      for (let i = 0; i < size; i++) {
        for (let j = i; j < size; j++) {
          const value = matrix[i * size + j]!;
          if (value !== 0) factor.values[factor.position(i, j)]! += value;
        }
      }
    },
  };
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function errorOf({ matrix, factor, fill }: Example, seed: number): number {
  const random = createRandom(seed, 'right-hand side').uniform;
  const b = Float64Array.from({ length: factor.size }, () => random() - 0.5);
  const expected = solve(factorise(matrix, factor.size), b, 1);
  fill();
  expect(factor.factorise()).toBe(0);
  const x = b.slice();
  factor.solve(x);
  return largest(x.map((value, i) => value - expected[i]!)) / largest(expected);
}

describe('LDL factorisation of quasi-definite matrices', () => {
  it('solves as LU does, for any pattern and order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer(),
        fc.constantFrom(0, 0.05, 0.3, 1),
        fc.constantFrom(0, 0.3, 1),
        (size, seed, density, denseShare) => {
          expect(errorOf(example(seed, size, density, denseShare), seed)).toBeLessThan(1e-10);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([97, 160, 203])('solves where blocks of pivots follow each other: size %i', (size) => {
    expect(errorOf(example(size, size, 0.2, 0.4), 7)).toBeLessThan(1e-10);
    expect(errorOf(example(size, size, 1, 0), 8)).toBeLessThan(1e-10);
  });

  it('gives the same bits again after it is filled again', () => {
    const one = example(3, 80, 0.3, 0.5);
    const run = (): Float64Array => {
      one.fill();
      one.factor.factorise();
      const x = new Float64Array(80).fill(1);
      one.factor.solve(x);
      return x;
    };
    expect(run()).toEqual(run());
  });

  it('leaves out a row whose pivot has the wrong sign, and says so', () => {
    const factor = quasiDefinite({
      order: Int32Array.of(0, 1, 2),
      entries: [{ rows: Int32Array.of(0, -1), columns: Int32Array.of(1, 2) }],
      denseFrom: 2,
      sign: Int8Array.of(1, 1, 1),
      regularisation: 0,
    });
    factor.values[factor.position(0, 0)] = 1;
    factor.values[factor.position(0, 1)] = 1;
    factor.values[factor.position(1, 1)] = 1;
    factor.values[factor.position(2, 2)] = 4;
    expect(factor.factorise()).toBe(1);
    const x = Float64Array.of(2, 2, 8);
    factor.solve(x);
    expect(x[0]).toBeCloseTo(2, 12);
    expect(x[1]).toBeCloseTo(0, 12);
    expect(x[2]).toBe(2);
  });
});
