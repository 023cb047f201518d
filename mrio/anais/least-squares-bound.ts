import { CarefulSum, completeDuals, price } from './bounds.ts';
import type { AnaisProblem } from './problem.ts';

/** The weighted sum of squares, sum of (x - x0)^2 / x0, in the unit of the table. */
export function squaredDeviation({ cells }: AnaisProblem, values: Float64Array): number {
  const sum = new CarefulSum();
  for (let k = 0; k < cells.count; k++) sum.add((values[k]! - cells.value[k]!) ** 2 / cells.value[k]!);
  return sum.value;
}

/**
 * A lower bound of the weighted sum of squares over all tables that meet the constraints, from any duals. With
 * g = d^2 / x0 and t = d A'y, a cell's part of the Lagrangian is the least of g u^2 - t u over u >= -x0 / d: -t^2 / 4g at
 * u = t / 2g, or the value at x = 0 where that lies below zero.
 */
export function squaredDeviationBound(problem: AnaisProblem, duals: Float64Array): number {
  const { cells } = problem;
  const { constant, gain, size } = price(problem, completeDuals(problem, duals));
  for (let k = 0; k < cells.count; k++) {
    const t = gain[k]!;
    const x0 = cells.value[k]!;
    const g = cells.unit[k]! ** 2 / x0;
    const fall = x0 / cells.unit[k]!;
    const best = t / (2 * g);
    if (best >= -fall) constant.add((-t * best) / 2, size[k]! * Math.abs(best));
    else constant.add(x0 + t * fall, x0 + size[k]! * fall);
  }
  return Math.max(0, constant.lowerBound);
}
