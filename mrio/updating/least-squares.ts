import { relativeGap } from '../anais/bounds.ts';
import { isMet, requireFeasible } from '../anais/feasibility.ts';
import { leastSquaresModel } from '../anais/interior-point/least-squares.ts';
import { primalDual } from '../anais/interior-point/primal-dual.ts';
import { repair } from '../anais/interior-point/repair.ts';
import { anaisSystem } from '../anais/interior-point/system.ts';
import { squaredDeviation, squaredDeviationBound } from '../anais/least-squares-bound.ts';
import type { AnaisProblem } from '../anais/problem.ts';
import { residuals, type FamilyResidual } from '../anais/residuals.ts';
import { ModelError } from '../error.ts';

const TOLERANCES = { gap: 1e-8, residual: 1e-8 };
const MAX_ITERATIONS = 60;

/** A repair may move a cell near zero by this share of its reference. */
const REPAIR_FLOOR = 1e-5;

/** A table, how far it is from the reference, and a bound that no table under the constraints can pass. */
export interface LeastSquaresSolution {
  /** Values of the problem's variable cells. */
  readonly values: Float64Array;
  /** Sum of (x - x0)^2 / x0, in the unit of the table. */
  readonly primal: number;
  readonly dualBound: number;
  /** (primal - dual bound) / primal. */
  readonly relativeGap: number;
  readonly residuals: readonly FamilyResidual[];
  readonly iterations: number;
}

/**
 * Weighted least squares under the constraints of ANAIS: the cells x >= 0 with the least sum of (x - x0)^2 / x0 that meet its
 * equations and bands of coefficients (Friedlander 1961; Harthoorn and van Dalen 1987 for the weights).
 * @param largestGap a table further from its dual bound, as a share of its value, is not proven, and an error
 * @param progress told after each iteration: its number, and the relative gap
 * @throws ModelError where no table meets the constraints, or it is not proven to be the nearest
 */
export function weightedLeastSquares(
  problem: AnaisProblem,
  largestGap: number,
  progress: (iteration: number, gap: number) => void = () => undefined,
): LeastSquaresSolution {
  const { cells } = problem;
  if (isMet(problem)) {
    const nothing = { primal: 0, dualBound: 0, relativeGap: 0, iterations: 0 };
    return { values: cells.value.slice(), ...nothing, residuals: residuals(problem, cells.value, Infinity) };
  }
  const system = anaisSystem(problem);
  const model = leastSquaresModel(system, TOLERANCES);
  const { iterations } = primalDual(model, {
    solutionSize: system.rowCount + problem.accounts.length,
    maxIterations: MAX_ITERATIONS,
    onIteration: (iteration, { gap }) => {
      progress(iteration, gap);
    },
  });
  const { deviation } = model;
  const room = deviation.map((u, k) => {
    const fall = cells.value[k]! / cells.unit[k]!;
    return Math.max(u + fall, REPAIR_FLOOR * fall) ** 2;
  });
  repair(system, { deviation, auxiliary: model.slack.slice(cells.count) }, room);
  const values = cells.value.map((x0, k) => Math.max(0, x0 + cells.unit[k]! * deviation[k]!));
  const families = residuals(problem, values, Infinity);
  requireFeasible(families, 'weighted least squares');
  const primal = squaredDeviation(problem, values);
  const dualBound = squaredDeviationBound(problem, model.duals);
  const gap = relativeGap(primal, dualBound);
  if (!(Math.abs(gap) <= largestGap)) {
    throw new ModelError(
      `weighted least squares is not proven: its sum of squares is ${primal}, the dual bound ${dualBound}, a relative gap ` +
        `of ${gap.toPrecision(3)} where ${largestGap} is allowed`,
      'raise largest_gap to publish a table that is not proven to be the nearest',
    );
  }
  return { values, primal, dualBound, relativeGap: gap, residuals: families, iterations };
}
