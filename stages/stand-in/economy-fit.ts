import { ModelError } from '../../mrio/error.ts';

/** A row-major matrix of non-negative values. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

const RELATIVE_TOLERANCE = 1e-13;
const MAX_ROUNDS = 20_000;

function sumRow({ columns, values }: Grid, row: number): number {
  let sum = 0;
  for (let k = row * columns; k < (row + 1) * columns; k++) sum += values[k]!;
  return sum;
}

function sumColumns({ rows, columns, values }: Grid): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) sums[j]! += values[i * columns + j]!;
  }
  return sums;
}

/** Scales every row to its total; returns the largest relative correction that was needed. */
function scaleRows(grid: Grid, totals: Float64Array): number {
  let worst = 0;
  for (let i = 0; i < grid.rows; i++) {
    const sum = sumRow(grid, i);
    if (sum === 0) continue;
    const factor = totals[i]! / sum;
    worst = Math.max(worst, Math.abs(factor - 1));
    for (let k = i * grid.columns; k < (i + 1) * grid.columns; k++) grid.values[k]! *= factor;
  }
  return worst;
}

function scaleColumns(grid: Grid, totals: Float64Array): void {
  const factors = sumColumns(grid).map((sum, j) => (sum === 0 ? 0 : totals[j]! / sum));
  for (let i = 0; i < grid.rows; i++) {
    for (let j = 0; j < grid.columns; j++) grid.values[i * grid.columns + j]! *= factors[j]!;
  }
}

/**
 * RAS: the matrix of the same zeros that is biproportional to `grid` and has these row and column totals.
 * @param rowTotals of the same sum as `columnTotals`; a total of 0 empties its row
 * @param adjust changes the matrix between rounds, for a further condition; it must come to rest
 * @throws ModelError where the totals cannot be reached on these zeros
 */
export function fitMargins(
  grid: Grid,
  rowTotals: Float64Array,
  columnTotals: Float64Array,
  adjust: (values: Float64Array) => void = () => undefined,
): Float64Array {
  const fitted = { ...grid, values: grid.values.slice() };
  let worst = Infinity;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    worst = scaleRows(fitted, rowTotals);
    if (round > 0 && worst <= RELATIVE_TOLERANCE) break;
    scaleColumns(fitted, columnTotals);
    adjust(fitted.values);
  }
  if (!(worst <= 1e-10)) {
    throw new ModelError(
      `RAS did not reach its totals: a row is still ${worst} off after ${MAX_ROUNDS} rounds`,
      'give stand-in-tables another seed, or data-raw/specialisation.csv fewer zeros',
    );
  }
  return fitted.values;
}
