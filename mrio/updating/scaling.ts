import type { AnaisProblem } from '../anais/problem.ts';
import { worstFamily } from '../anais/feasibility.ts';
import { residuals, type FamilyResidual } from '../anais/residuals.ts';
import { ModelError } from '../error.ts';
import { NONE, equationsOf, type CellsOfAccounts, type Equations } from './equations.ts';
import { scalingFactor } from './factor.ts';
import type { IterationLimits } from './totals.ts';

/** Families of constraints that are not equations, or bounds on cells: RAS knows none of them. */
const NOT_EQUATIONS: readonly FamilyResidual['family'][] = ['coherence', 'coherence cap', 'deviation bound'];

export const EQUATION_LIMITS: IterationLimits = { tolerance: 1e-8, maxIterations: 1000 };

/** A table that meets the equations. */
export interface ScaledCells {
  /** Values of the problem's variable cells. */
  readonly values: Float64Array;
  readonly iterations: number;
  /** How well each family of equations is met. */
  readonly residuals: readonly FamilyResidual[];
}

/**
 * RAS on the equations of ANAIS: the cells x >= 0 nearest to x0 in the sense of the least sum of x ln(x / x0) - x + x0 that
 * meet every total of the target, total output, and the balance of each unknown account; bands of coefficients it does
 * not know. Equations are scaled one after the other until all are met at once. A total multiplies its cells, as in RAS;
 * a balance, sales less inputs = 0, multiplies the sales and divides the inputs of an account by one factor, and so do
 * cells of other signs in any equation, as in GRAS and KRAS (Lenzen, Gallego and Wood 2009).
 * @param progress told after each round: its number, and the largest discrepancy of an equation, relative to its terms
 * @throws ModelError where the equations are not met within the limits: they may contradict each other
 */
export function scaleToEquations(
  problem: AnaisProblem,
  progress: (round: number, discrepancy: number) => void = () => undefined,
  limits: IterationLimits = EQUATION_LIMITS,
): ScaledCells {
  const equations = equationsOf(problem);
  const { rightHandSide, layout } = problem;
  const values = problem.cells.value.slice();
  const scratch: Sums = { positive: new Float64Array(layout.count), negative: new Float64Array(layout.count) };
  for (let round = 0; ; round++) {
    const discrepancy = Math.max(
      scaleTotals(values, equations.total, rightHandSide, scratch),
      scaleTotals(values, equations.totalOutput, rightHandSide, scratch),
      scaleBalances(values, equations),
    );
    progress(round, discrepancy);
    if (discrepancy <= limits.tolerance)
      return { values, iterations: round, residuals: equationResiduals(problem, values) };
    if (round === limits.maxIterations || !Number.isFinite(discrepancy)) throw notMet(problem, values, round);
  }
}

/** Positive and negative terms of each row of the problem. */
interface Sums {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

const discrepancyOf = (b: number, positive: number, negative: number): number => {
  const terms = positive + negative + Math.abs(b);
  return terms === 0 ? 0 : Math.abs(positive - negative - b) / terms;
};

/**
 * Scales every equation of a kind at once: no cell stands in two of them.
 * @param rowOf the row of each cell, or NONE
 * @returns the largest discrepancy before
 */
function scaleTotals(values: Float64Array, rowOf: Int32Array, b: Float64Array, { positive, negative }: Sums): number {
  const count = values.length;
  positive.fill(0);
  negative.fill(0);
  for (let k = 0; k < count; k++) {
    const row = rowOf[k]!;
    if (row === NONE) continue;
    const value = values[k]!;
    if (value > 0) positive[row]! += value;
    else negative[row]! -= value;
  }
  let worst = 0;
  const factor = positive;
  for (let row = 0; row < b.length; row++) {
    const [P, N] = [positive[row]!, negative[row]!];
    if (P === 0 && N === 0) continue;
    worst = Math.max(worst, discrepancyOf(b[row]!, P, N));
    factor[row] = scalingFactor(b[row]!, P, N);
  }
  for (let k = 0; k < count; k++) {
    const row = rowOf[k]!;
    if (row === NONE) continue;
    const value = values[k]!;
    values[k] = value > 0 ? value * factor[row]! : value === 0 ? 0 : value / factor[row]!;
  }
  return worst;
}

/** Balances one account after the other. @returns the largest discrepancy that was found on the way */
function scaleBalances(values: Float64Array, { sales, inputs }: Equations): number {
  let worst = 0;
  for (let u = 0; u + 1 < sales.starts.length; u++) {
    const [soldPositive, soldNegative] = sums(values, sales, u);
    const [usedPositive, usedNegative] = sums(values, inputs, u);
    const P = soldPositive + usedNegative;
    const N = soldNegative + usedPositive;
    if (P === 0 && N === 0) continue;
    worst = Math.max(worst, discrepancyOf(0, P, N));
    const factor = scalingFactor(0, P, N);
    scale(values, sales, u, factor);
    scale(values, inputs, u, 1 / factor);
  }
  return worst;
}

function sums(values: Float64Array, { starts, cells }: CellsOfAccounts, u: number): [number, number] {
  let positive = 0;
  let negative = 0;
  for (let e = starts[u]!; e < starts[u + 1]!; e++) {
    const value = values[cells[e]!]!;
    if (value > 0) positive += value;
    else negative -= value;
  }
  return [positive, negative];
}

function scale(values: Float64Array, { starts, cells }: CellsOfAccounts, u: number, factor: number): void {
  for (let e = starts[u]!; e < starts[u + 1]!; e++) {
    const k = cells[e]!;
    const value = values[k]!;
    if (value > 0) values[k] = value * factor;
    else if (value < 0) values[k] = value / factor;
  }
}

const equationResiduals = (problem: AnaisProblem, values: Float64Array): FamilyResidual[] =>
  residuals(problem, values, Infinity).filter(({ family }) => !NOT_EQUATIONS.includes(family));

function notMet(problem: AnaisProblem, values: Float64Array, rounds: number): ModelError {
  const worst = worstFamily(equationResiduals(problem, values));
  return new ModelError(
    `RAS does not converge: after ${rounds} rounds "${worst.at}" is violated by ${worst.maxRelativeResidual.toPrecision(3)} of its terms`,
    'check the totals of the target table and the zeros of the reference table: with them, no table may meet all equations',
  );
}
