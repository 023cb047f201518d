import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitMargins } from '../../../stages/stand-in/economy-fit.ts';

const grid = (rows: number, columns: number, values: readonly number[]) => ({
  rows,
  columns,
  values: Float64Array.from(values),
});

describe('fitMargins', () => {
  it('finds the one matrix that has the totals, where the zeros leave no choice', () => {
    const fitted = fitMargins(grid(2, 2, [1, 1, 0, 1]), Float64Array.of(5, 3), Float64Array.of(2, 6));
    expect(Array.from(fitted, (value) => Math.round(value * 1e9) / 1e9)).toEqual([2, 3, 0, 3]);
  });

  it('reaches any totals of a positive matrix, and stays biproportional to it', () => {
    const value = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 6, maxLength: 6 }),
        fc.array(value, { minLength: 6, maxLength: 6 }),
        (a, b) => {
          const target = (row: number, column: number) => b[row * 3 + column]!;
          const rows = Float64Array.from({ length: 2 }, (_, i) => target(i, 0) + target(i, 1) + target(i, 2));
          const columns = Float64Array.from({ length: 3 }, (_, j) => target(0, j) + target(1, j));
          const fitted = fitMargins(grid(2, 3, a), rows, columns);
          for (let i = 0; i < 2; i++)
            expect(fitted[i * 3]! + fitted[i * 3 + 1]! + fitted[i * 3 + 2]!).toBeCloseTo(rows[i]!, 9);
          for (let j = 0; j < 3; j++) expect(fitted[j]! + fitted[3 + j]!).toBeCloseTo(columns[j]!, 9);
          // The cross ratio of any four cells does not change.
          expect((fitted[0]! * fitted[4]!) / (fitted[1]! * fitted[3]!)).toBeCloseTo(
            (a[0]! * a[4]!) / (a[1]! * a[3]!),
            6,
          );
        },
      ),
    );
  });

  it('says so where the zeros do not admit the totals', () => {
    expect(() => fitMargins(grid(2, 2, [1, 0, 0, 1]), Float64Array.of(1, 2), Float64Array.of(2, 1))).toThrow(/RAS/);
  });
});
