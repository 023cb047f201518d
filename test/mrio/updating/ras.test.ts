import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../mrio/error.ts';
import { columnSums, rowSums } from '../../../mrio/table.ts';
import { gras } from '../../../mrio/updating/gras.ts';
import { ras } from '../../../mrio/updating/ras.ts';
import type { MatrixWithTotals } from '../../../mrio/updating/totals.ts';
import { MILLER_BLAIR, baseDeliveries } from '../../support/miller-blair.ts';

const matrix = (
  rows: number,
  values: readonly number[],
  u: readonly number[],
  v: readonly number[],
): MatrixWithTotals => ({
  rows,
  columns: values.length / rows,
  values: Float64Array.from(values),
  rowTotals: Float64Array.from(u),
  columnTotals: Float64Array.from(v),
});

const expectClose = (found: Float64Array, wanted: readonly number[], digits = 9): void => {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, k) => {
    expect(found[k]).toBeCloseTo(value, digits);
  });
};

function expectTotals({ rows, columns, rowTotals, columnTotals }: MatrixWithTotals, values: Float64Array): void {
  const size = values.reduce((sum, value) => sum + Math.abs(value), 0);
  rowSums(values, rows, columns).forEach((sum, i) => {
    expect(Math.abs(sum - rowTotals[i]!)).toBeLessThan(1e-9 * size);
  });
  columnSums(values, rows, columns).forEach((sum, j) => {
    expect(Math.abs(sum - columnTotals[j]!)).toBeLessThan(1e-9 * size);
  });
}

describe('RAS', () => {
  it('a 2 x 2 matrix by hand: the cross ratio stays as it was', () => {
    // x11 = x22 = a and x12 = x21 = 5 - a with a^2 / (5 - a)^2 = (1 * 4) / (2 * 3).
    const root = Math.sqrt(2 / 3);
    const a = (5 * root) / (1 + root);
    expectClose(ras(matrix(2, [1, 2, 3, 4], [5, 5], [5, 5])).values, [a, 5 - a, 5 - a, a]);
  });

  it('a matrix of ones is shared out in proportion to both totals', () => {
    expectClose(ras(matrix(2, [1, 1, 1, 1, 1, 1], [30, 10], [20, 12, 8])).values, [15, 9, 6, 5, 3, 2]);
  });

  it('the example of Miller and Blair: a_11 = 0.39242315', () => {
    const { sales, inputs, output } = MILLER_BLAIR;
    const { values } = ras({ rows: 3, columns: 3, values: baseDeliveries(), rowTotals: sales, columnTotals: inputs });
    const coefficients = values.map((z, cell) => z / output[cell % 3]!);
    // prettier-ignore
    expectClose(coefficients, [
      0.3924231549, 0.1218788896, 0.1596333822,
      0.1508993342, 0.0661485139, 0.1897003617,
      0.0528770359, 0.1887331599, 0.2937757967,
    ]);
  });

  it('names a negative cell', () => {
    expect(() => ras(matrix(2, [1, 2, -3, 4], [3, 1], [2, 2]))).toThrow(/RAS: the cell at row 2, column 1 is -3/);
  });

  it('names the row that has no way to its total, and says so where iterations do not get there', () => {
    // Row 1 can only be as large as column 1, which is smaller: the zero is in the way.
    const impossible = matrix(2, [1, 0, 1, 1], [6, 4], [5, 5]);
    const labelled = { ...impossible, rowLabels: ['mining', 'industry'], columnLabels: ['mining', 'industry'] };
    expect(() => ras(labelled, { tolerance: 1e-9, maxIterations: 200 })).toThrow(
      /RAS does not converge: after 200 iterations row industry adds up to 5 where 4 is wanted/,
    );
  });
});

describe('GRAS', () => {
  it('a 2 x 2 matrix by hand: positive cells times r s, negative ones divided by it', () => {
    // r = (2, 1), s = (1, 1/2).
    expectClose(gras(matrix(2, [2, -1, 1, 1], [3, 1.5], [5, -0.5])).values, [4, -1, 1, 0.5]);
  });

  it('a row without positive cells', () => {
    // r = (2, 1), s = (1, 2).
    expectClose(gras(matrix(2, [-1, -2, 3, 4], [-1, 11], [2.5, 7.5])).values, [-0.5, -0.5, 3, 8]);
  });

  it('the matrix of Junius and Oosterhaven (2003): met totals, and one factor a row and a column', () => {
    // The factors prove it: only the optimum has sign(x0) ln(x / x0) = ln r + ln s in every cell that is not zero.
    const example = matrix(3, [7, 3, 5, -3, 2, 9, 8, 1, -2, 0, 2, 1], [15, 26, -1], [9, 16, 17, -2]);
    const { values } = gras(example);
    expectTotals(example, values);
    const log = example.values.map((x0, k) => Math.sign(x0) * Math.log(values[k]! / x0));
    const cross = (i: number, k: number, j: number, l: number): number =>
      log[4 * i + j]! - log[4 * i + l]! - log[4 * k + j]! + log[4 * k + l]!;
    for (const [i, k, j, l] of [
      [0, 1, 0, 1],
      [0, 1, 0, 2],
      [0, 1, 0, 3],
      [0, 2, 0, 2],
      [0, 2, 0, 3],
      [1, 2, 2, 3],
    ] as const) {
      expect(Math.abs(cross(i, k, j, l))).toBeLessThan(1e-8);
    }
    expect(values[9]).toBe(0);
    expect(values[3]).toBeLessThan(0);
  });

  const signed = fc
    .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 1e6 }))
    .map(([rows, columns, seed]) => {
      let state = seed;
      const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
      const values = Array.from({ length: rows * columns }, () => (uniform() < 0.2 ? 0 : 10 * (uniform() - 0.2)));
      // A first row and column that are positive, so that every total can be reached.
      for (let i = 0; i < rows; i++) values[i * columns] = 1 + uniform();
      for (let j = 0; j < columns; j++) values[j] = 1 + uniform();
      const [r, s] = [rows, columns].map((count) => Array.from({ length: count }, () => Math.exp(uniform() - 0.5)));
      const factor = (k: number): number => r![Math.floor(k / columns)]! * s![k % columns]!;
      const hidden = Float64Array.from(values, (x, k) => (x > 0 ? x * factor(k) : x / factor(k)));
      const problem = matrix(rows, values, [...rowSums(hidden, rows, columns)], [...columnSums(hidden, rows, columns)]);
      return { problem, hidden };
    });

  it('finds the scaled matrix from its totals; keeps zeros and signs', () => {
    fc.assert(
      fc.property(signed, ({ problem, hidden }) => {
        const { values } = gras(problem);
        expectTotals(problem, values);
        values.forEach((x, k) => {
          expect(Math.sign(x)).toBe(Math.sign(problem.values[k]!));
          expect(Math.abs(x - hidden[k]!)).toBeLessThan(1e-6 * (1 + Math.abs(hidden[k]!)));
        });
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('does not depend on the unit of money, nor on what the base matrix is multiplied by where nothing is negative', () => {
    fc.assert(
      fc.property(signed, ({ problem }) => {
        const times = (values: Float64Array, by: number): Float64Array => values.map((value) => value * by);
        const { values } = gras(problem);
        const money = {
          ...problem,
          values: times(problem.values, 1e4),
          rowTotals: times(problem.rowTotals, 1e4),
          columnTotals: times(problem.columnTotals, 1e4),
        };
        expectClose(times(gras(money).values, 1e-4), [...values], 6);
      }),
      { numRuns: 30, seed: 2 },
    );
  });

  it('is RAS where no cell is negative', () => {
    fc.assert(
      fc.property(signed, ({ problem }) => {
        const values = problem.values.map(Math.abs);
        const other = { ...problem, values };
        const half = { ...other, rowTotals: rowSums(values, problem.rows, problem.columns).map((sum) => 2 * sum) };
        const doubled = {
          ...half,
          columnTotals: columnSums(values, problem.rows, problem.columns).map((sum) => 2 * sum),
        };
        expect(gras(doubled).values).toEqual(ras(doubled).values);
        expectClose(ras(doubled).values, [...values.map((x) => 2 * x)], 6);
        expectClose(ras({ ...doubled, values: values.map((x) => 7 * x) }).values, [...ras(doubled).values], 6);
      }),
      { numRuns: 30, seed: 3 },
    );
  });
});

describe('what cannot be scaled', () => {
  const failing = (problem: MatrixWithTotals): ModelError => {
    try {
      gras(problem);
    } catch (error) {
      if (error instanceof ModelError) return error;
    }
    throw new Error('no ModelError');
  };

  it('totals that contradict each other', () => {
    const { message, remedy } = failing(matrix(2, [1, 2, 3, 4], [5, 5], [5, 6]));
    expect(message).toBe('GRAS: the row totals add up to 10, the column totals to 11');
    expect(remedy).toContain('one sum');
  });

  it('a zero row with a total', () => {
    expect(failing(matrix(2, [0, 0, 3, 4], [2, 7], [4, 5])).message).toMatch(
      /GRAS: row 1 is to add up to 2, but all cells are zero there/,
    );
  });

  it('a column of the other sign', () => {
    expect(failing(matrix(2, [1, -2, 3, -4], [3, 4], [5, 2])).message).toMatch(
      /GRAS: column 2 is to add up to 2, but no cell is positive there/,
    );
  });

  it('a value that is no number', () => {
    expect(failing(matrix(2, [1, NaN, 3, 4], [3, 4], [5, 2])).message).toBe('GRAS: the cell at row 1, column 2 is NaN');
  });
});
