import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { spectralRadius } from '../../mrio/spectral-radius.ts';

/** The radius of rows of numbers, if it is known to 1e-12. */
function radius(rows: readonly (readonly number[])[]): number {
  const { lower, upper } = spectralRadius(Float64Array.from(rows.flat()), rows.length);
  expect(lower).toBeLessThanOrEqual(upper);
  expect(upper - lower).toBeLessThanOrEqual(1e-12 * upper);
  return upper;
}

const E = 1e-9;

describe('spectral radius', () => {
  it.each([
    [
      'of nothing',
      [
        [0, 0],
        [0, 0],
      ],
      0,
    ],
    [
      'of a nilpotent matrix',
      [
        [0, 1],
        [0, 0],
      ],
      0,
    ],
    [
      'of a defective matrix',
      [
        [0.5, 1],
        [0, 0.5],
      ],
      0.5,
    ],
    [
      'of blocks, one of them above 1',
      [
        [1.00005, 0],
        [0, 0.9999],
      ],
      1.00005,
    ],
    [
      'of blocks, the larger one last',
      [
        [0.5, 0],
        [0, 0.9],
      ],
      0.9,
    ],
    [
      'of a permutation',
      [
        [0, 1],
        [1, 0],
      ],
      1,
    ],
    [
      'of a cycle of three with a weak link',
      [
        [0, 1, 0],
        [0, 0, 1],
        [1e-12, 0, 0],
      ],
      1e-4,
    ],
    [
      'of blocks that the one leads to the other',
      [
        [0.2, 0.3, 5],
        [0.4, 0.1, 7],
        [0, 0, 0.45],
      ],
      0.5,
    ],
    [
      'of an almost defective matrix',
      [
        [0.5, 1],
        [1e-16, 0.5],
      ],
      0.5 + 1e-8,
    ],
    [
      'of two near eigenvalues',
      [
        [0.5, E * E],
        [E * E, 0.5],
      ],
      0.5,
    ],
    [
      'in other units',
      [
        [0.5, 0.25e18],
        [0.25e-18, 0.5],
      ],
      0.75,
    ],
    ['of one account', [[0.3]], 0.3],
    [
      'of negative entries: of their absolute values',
      [
        [0.5, -0.25],
        [0.25, 0.5],
      ],
      0.75,
    ],
  ] as const)('%s', (_, rows, expected) => {
    expect(Math.abs(radius(rows) - expected)).toBeLessThanOrEqual(1e-12);
  });

  it('of blocks whose eigenvalues all but agree, which the power method alone is slow for', () => {
    // Twelve accounts that each deliver to the next and themselves, and the last a little to the first: a Jordan block, nearly.
    const n = 12;
    const rows = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_column, j) => (i === j ? 0.5 : j === i + 1 ? 1 : i === n - 1 && j === 0 ? 1e-24 : 0)),
    );
    // (x - 0.5)^12 = 1e-24.
    expect(radius(rows)).toBeCloseTo(0.51, 11);
  });

  it('is NaN where an entry is no finite number', () => {
    expect(spectralRadius(Float64Array.of(0.5, 0, NaN, 0.5), 2)).toEqual({ lower: NaN, upper: NaN });
    expect(spectralRadius(Float64Array.of(Infinity), 1)).toEqual({ lower: NaN, upper: NaN });
  });

  it('is the largest modulus of the eigenvalues that another library finds', () => {
    const entry = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1, noNaN: true }));
    const square = fc
      .integer({ min: 1, max: 8 })
      .chain((n) => fc.array(fc.array(entry, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(square, (rows) => {
        const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(new Matrix(rows));
        const moduli = realEigenvalues.map((real, k) => Math.hypot(real, imaginaryEigenvalues[k]!));
        const found = radius(rows);
        // Theirs of a defective matrix are right to the root of the last digit only, or less.
        const block = Math.max(...moduli);
        expect(Math.abs(found - block)).toBeLessThanOrEqual(1e-2 * Math.max(1, block));
        if (rows.every((row) => row.every((value) => value > 0))) expect(found).toBeCloseTo(block, 10);
      }),
      { numRuns: 200 },
    );
  });
});
