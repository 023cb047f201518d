import { scalingFactor } from './factor.ts';
import {
  LIMITS,
  notConverged,
  requirePossibleTotals,
  signedSums,
  worstLine,
  type IterationLimits,
  type MatrixWithTotals,
  type UpdatedMatrix,
} from './totals.ts';

/**
 * GRAS: the matrix with given row and column totals that is nearest to a base matrix with cells of both signs, by
 * x = r x0 s where x0 > 0 and x = x0 / (r s) where x0 < 0 (Junius and Oosterhaven 2003). With z = x / x0 it minimises
 *
 *     sum of |x0| (z ln z - z + 1),
 *
 * the objective as corrected by Lenzen, Wood and Gallego (2007), whose least value is 0 at z = 1. Rows and columns without
 * positive cells as in Temurshoev, Miller and Bouwmeester (2013). Zeros stay zero and signs stay as they are.
 * @returns rows x columns in the unit of the base matrix
 * @throws ModelError for totals that contradict each other or the zeros and signs of a row or column, and where the totals
 * are not met within the limits: there is no matrix then, or scaling does not find it
 */
export function gras(matrix: MatrixWithTotals, limits: IterationLimits = LIMITS): UpdatedMatrix {
  requirePossibleTotals(matrix, 'GRAS');
  return scaleToTotals(matrix, limits, 'GRAS');
}

/** Scales rows and columns in turn until both have their totals. */
export function scaleToTotals(matrix: MatrixWithTotals, limits: IterationLimits, method: string): UpdatedMatrix {
  const values = matrix.values.slice();
  for (let iteration = 0; ; iteration++) {
    const { discrepancy } = worstLine(matrix, values);
    if (discrepancy <= limits.tolerance) return { values, iterations: iteration, discrepancy };
    if (iteration === limits.maxIterations || !Number.isFinite(discrepancy)) {
      throw notConverged(method, matrix, values, iteration);
    }
    scaleSide(matrix, values, 'row');
    scaleSide(matrix, values, 'column');
  }
}

function scaleSide({ rows, columns, ...totals }: MatrixWithTotals, values: Float64Array, side: 'row' | 'column'): void {
  const { positive, negative } = signedSums(values, rows, columns, side);
  const wanted = side === 'row' ? totals.rowTotals : totals.columnTotals;
  const factor = wanted.map((total, line) => scalingFactor(total, positive[line]!, negative[line]!));
  for (let i = 0, cell = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, cell++) {
      const value = values[cell]!;
      const r = factor[side === 'row' ? i : j]!;
      if (value > 0) values[cell] = value * r;
      else if (value < 0) values[cell] = value / r;
    }
  }
}
