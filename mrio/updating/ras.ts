import { ModelError } from '../error.ts';
import { scaleToTotals } from './gras.ts';
import {
  LIMITS,
  columnLabel,
  requirePossibleTotals,
  rowLabel,
  type IterationLimits,
  type MatrixWithTotals,
  type UpdatedMatrix,
} from './totals.ts';

/**
 * RAS: the matrix x = r x0 s with given row and column totals, found by scaling rows and columns in turn (Stone 1961;
 * Bacharach 1970, who shows that it is the one that minimises the sum of x ln(x / x0)). Zeros stay zero.
 * @returns rows x columns in the unit of the base matrix
 * @throws ModelError for negative cells, for totals that contradict each other or a row of zeros, and where the totals are
 * not met within the limits
 */
export function ras(matrix: MatrixWithTotals, limits: IterationLimits = LIMITS): UpdatedMatrix {
  const { values, columns } = matrix;
  const negative = values.findIndex((value) => value < 0);
  if (negative >= 0) {
    const at = `${rowLabel(matrix, Math.floor(negative / columns))}, ${columnLabel(matrix, negative % columns)}`;
    throw new ModelError(
      `RAS: the cell at ${at} is ${values[negative]!}; RAS needs values of zero or more`,
      'use GRAS, which scales negative cells the other way',
    );
  }
  requirePossibleTotals(matrix, 'RAS');
  return scaleToTotals(matrix, limits, 'RAS');
}
