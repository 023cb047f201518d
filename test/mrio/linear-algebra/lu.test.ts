import { Matrix, inverse as mlInverse } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { factorise, inverse, SingularMatrixError, solve } from '../../../mrio/linear-algebra/lu.ts';
import { createRandom } from '../../../stages/stand-in/random.ts';

/** Well conditioned, but with its large entries off the diagonal: elimination has to pivot. */
function randomMatrix(n: number, seed: number): Float64Array {
  const random = uniform(seed);
  const values = Float64Array.from({ length: n * n }, () => random() - 0.5);
  for (let i = 0; i < n; i++) values[((i + 3) % n) * n + i]! += 2 * n ** 0.5;
  return values;
}

function multiply(a: Float64Array, b: Float64Array, n: number, columns: number): Float64Array {
  const c = new Float64Array(n * columns);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      for (let j = 0; j < columns; j++) c[i * columns + j]! += a[i * n + k]! * b[k * columns + j]!;
    }
  }
  return c;
}

const uniform = (seed: number): (() => number) => createRandom(seed, 'matrix').uniform;

const largestDifference = (a: Float64Array, b: Float64Array): number =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

// Sizes on both sides of the panel width and of the 4 x 4 tile.
const sizes = [1, 2, 3, 5, 8, 31, 48, 49, 50, 97, 150];

describe('LU factorisation', () => {
  it.each(sizes)('solves n = %i for several right-hand sides', (n) => {
    const a = randomMatrix(n, n);
    const x = Float64Array.from({ length: n * 3 }, uniform(n + 1));
    const solved = solve(factorise(a, n), multiply(a, x, n, 3), 3);
    expect(largestDifference(solved, x)).toBeLessThan(1e-11);
  });

  it.each(sizes)('inverts n = %i as ml-matrix does', (n) => {
    const a = randomMatrix(n, 2 * n);
    const oracle = Float64Array.from(mlInverse(Matrix.from1DArray(n, n, Array.from(a))).to1DArray());
    expect(largestDifference(inverse(factorise(a, n)), oracle)).toBeLessThan(1e-11);
  });

  it('leaves its input as it was, and gives the same bits twice', () => {
    const a = randomMatrix(60, 5);
    const copy = a.slice();
    const first = inverse(factorise(a, 60));
    expect(a).toEqual(copy);
    expect(inverse(factorise(a, 60))).toEqual(first);
  });

  it('names the column of a singular matrix', () => {
    const a = Float64Array.from([1, 2, 3, 2, 4, 6, 1, 0, 1]);
    expect(() => factorise(a, 3)).toThrow(SingularMatrixError);
    expect(() => factorise(new Float64Array(9), 3)).toThrow('no pivot in column 1');
  });
});
