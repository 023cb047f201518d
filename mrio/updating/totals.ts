import { ModelError } from '../error.ts';

/** A matrix, the totals that it is to have, and what its rows and columns are called. */
export interface MatrixWithTotals {
  readonly rows: number;
  readonly columns: number;
  /** rows x columns, row-major. */
  readonly values: Float64Array;
  /** In the unit of the values; one per row. */
  readonly rowTotals: Float64Array;
  /** One per column. */
  readonly columnTotals: Float64Array;
  /** For messages; numbers from 1 where there are none. */
  readonly rowLabels?: readonly string[];
  readonly columnLabels?: readonly string[];
}

/** When an iteration ends: totals are met to this share of their terms, or it has gone on for too long. */
export interface IterationLimits {
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** A matrix with its totals met. */
export interface UpdatedMatrix {
  /** rows x columns, row-major. */
  readonly values: Float64Array;
  readonly iterations: number;
  /** The largest |sum - total| of a row or column, as a share of its terms. */
  readonly discrepancy: number;
}

export const LIMITS: IterationLimits = { tolerance: 1e-11, maxIterations: 20_000 };

/** Sums of row and of column totals that differ by more than this share contradict each other. */
const CONTRADICTION = 1e-9;

export const rowLabel = ({ rowLabels }: MatrixWithTotals, row: number): string => `row ${rowLabels?.[row] ?? row + 1}`;

export const columnLabel = ({ columnLabels }: MatrixWithTotals, column: number): string =>
  `column ${columnLabels?.[column] ?? column + 1}`;

/** A row or column in a message. */
export const lineLabel = (matrix: MatrixWithTotals, side: 'row' | 'column', line: number): string =>
  side === 'row' ? rowLabel(matrix, line) : columnLabel(matrix, line);

/** Positive cells and the size of negative ones, summed by row and by column. */
export interface SignedSums {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** Sums of one side of a matrix, positive and negative cells apart. */
export function signedSums(values: Float64Array, rows: number, columns: number, side: 'row' | 'column'): SignedSums {
  const count = side === 'row' ? rows : columns;
  const positive = new Float64Array(count);
  const negative = new Float64Array(count);
  for (let i = 0, cell = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, cell++) {
      const value = values[cell]!;
      const line = side === 'row' ? i : j;
      if (value > 0) positive[line]! += value;
      else negative[line]! -= value;
    }
  }
  return { positive, negative };
}

/**
 * @throws ModelError for values that are no numbers, for totals that contradict each other, and for a row or column
 * whose cells cannot have its total: all zero, or all of the other sign
 */
export function requirePossibleTotals(matrix: MatrixWithTotals, method: string): void {
  const { rows, columns, values, rowTotals, columnTotals } = matrix;
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const at = `${rowLabel(matrix, Math.floor(wrong / columns))}, ${columnLabel(matrix, wrong % columns)}`;
    throw new ModelError(`${method}: the cell at ${at} is ${values[wrong]!}`, 'give the cell a number');
  }
  const total = (totals: Float64Array): number => totals.reduce((sum, value) => sum + value, 0);
  const size = (totals: Float64Array): number => totals.reduce((sum, value) => sum + Math.abs(value), 0);
  const [byRow, byColumn] = [total(rowTotals), total(columnTotals)];
  if (!(Math.abs(byRow - byColumn) <= CONTRADICTION * (size(rowTotals) + size(columnTotals)))) {
    throw new ModelError(
      `${method}: the row totals add up to ${byRow}, the column totals to ${byColumn}`,
      'bring both to one sum: every cell counts once in each',
    );
  }
  for (const side of ['row', 'column'] as const) {
    const totals = side === 'row' ? rowTotals : columnTotals;
    const { positive, negative } = signedSums(values, rows, columns, side);
    totals.forEach((wanted, line) => {
      const hasPositive = positive[line]! > 0;
      const hasNegative = negative[line]! > 0;
      const isPossible = wanted > 0 ? hasPositive : wanted < 0 ? hasNegative : wanted === 0;
      if (isPossible) return;
      const cells =
        !hasPositive && !hasNegative ? 'all cells are zero' : `no cell is ${wanted > 0 ? 'positive' : 'negative'}`;
      throw new ModelError(
        `${method}: ${lineLabel(matrix, side, line)} is to add up to ${wanted}, but ${cells} there, and scaling keeps zeros and signs`,
        'give the base matrix a value there, or correct the total',
      );
    });
  }
}

/** The row or column that is furthest from its total, relative to its terms. */
export function worstLine(
  matrix: MatrixWithTotals,
  values: Float64Array,
): { readonly side: 'row' | 'column'; readonly line: number; readonly sum: number; readonly discrepancy: number } {
  let worst = { side: 'row' as 'row' | 'column', line: 0, sum: 0, discrepancy: -1 };
  for (const side of ['row', 'column'] as const) {
    const totals = side === 'row' ? matrix.rowTotals : matrix.columnTotals;
    const { positive, negative } = signedSums(values, matrix.rows, matrix.columns, side);
    totals.forEach((wanted, line) => {
      const sum = positive[line]! - negative[line]!;
      const terms = positive[line]! + negative[line]! + Math.abs(wanted);
      const discrepancy = terms === 0 ? 0 : Math.abs(sum - wanted) / terms;
      if (!(discrepancy <= worst.discrepancy) && !Number.isNaN(worst.discrepancy))
        worst = { side, line, sum, discrepancy };
    });
  }
  return worst;
}

/** The error of a scaling that does not come to its totals: it is no result. */
export function notConverged(
  method: string,
  matrix: MatrixWithTotals,
  values: Float64Array,
  iterations: number,
): ModelError {
  const { side, line, sum, discrepancy } = worstLine(matrix, values);
  const wanted = (side === 'row' ? matrix.rowTotals : matrix.columnTotals)[line]!;
  return new ModelError(
    `${method} does not converge: after ${iterations} iterations ${lineLabel(matrix, side, line)} adds up to ${sum} ` +
      `where ${wanted} is wanted, ${discrepancy.toPrecision(3)} of its terms`,
    'look at the zeros of the base matrix: with them, no matrix may have these totals at all',
  );
}
