import { rowPrices } from './bounds.ts';
import type { AnaisProblem } from './problem.ts';

/** A solved step. */
export interface SolvedStep {
  readonly step: 1 | 2;
  /** One per row, in units of the objective per unit of the row: a unit more on the right side adds so much. */
  readonly duals: Float64Array;
  /** Of the cells. */
  readonly values: Float64Array;
  /** The value of the step. */
  readonly objective: number;
  /** How far a cell may be from its reference: in step 1 the least rmax itself. */
  readonly rmax: number;
}

/** A cell below this share of its reference is at 0: an interior-point method leaves a little. */
const HELD = 1e-4;

/** A cell has x >= 0 as its lower bound and not rmax, where it can fall by less than that. */
const endsAtZero = ({ cells }: AnaisProblem, k: number, rmax: number): boolean =>
  cells.value[k]! / cells.unit[k]! < rmax;

/**
 * The slope of the objective in ln x0 of each cell, with rmax as it is. By the envelope theorem it is that of the Lagrangian,
 * with u as it is in the solution:
 *
 *     d/d ln x0 of (cost |u| - (A'y) x),    x = x0 + d u,
 *
 * so that x grows like x0 where d is x0, and by as much as x0 where d is 1; but stays at 0 where it is held there. In
 * step 1 the cost has no part.
 */
export function cellEffects(problem: AnaisProblem, { step, duals, values, rmax }: SolvedStep): Float64Array {
  const { cells, variant } = problem;
  const relative = variant.bound === 'relative';
  // cost |u| is in proportion to this power of x0.
  const power = Number(relative) - Number(variant.objective === 'relative');
  const { sum: prices } = rowPrices(problem, duals);
  return cells.value.map((x0, k) => {
    const [price, unit, cost, x] = [prices[k]!, cells.unit[k]!, cells.cost[k]!, values[k]!];
    // A cell that rests inside its box has the same price as one that is just held, up to rounding.
    const held = x < HELD * x0 && price * unit < (step === 2 ? -cost : 0);
    const atZero = !relative && held && endsAtZero(problem, k, rmax);
    const moved = relative ? x : atZero ? 0 : x0;
    const deviation = step === 2 ? (cost * Math.abs(x - x0)) / unit : 0;
    return (power + Number(atZero)) * deviation - price * moved;
  });
}

/** The slope of step 2 in rmax, 0 or less: by how much its cells at rmax would gain by moving further. */
export function rmaxEffect(problem: AnaisProblem, { duals, rmax }: SolvedStep): number {
  const { cells } = problem;
  const { sum: prices } = rowPrices(problem, duals);
  let slope = 0;
  for (let k = 0; k < cells.count; k++) {
    const gain = prices[k]! * cells.unit[k]!;
    const beyond = Math.abs(gain) - cells.cost[k]!;
    if (beyond > 0 && !(gain < 0 && endsAtZero(problem, k, rmax))) slope -= beyond;
  }
  return slope;
}
