import { ModelError } from '../error.ts';
import type { AnaisProblem } from './problem.ts';
import { isWorse, residuals, type FamilyResidual } from './residuals.ts';

/** A solution that violates a constraint by more than this share of its terms is no solution. */
const FEASIBILITY_TOLERANCE = 1e-6;

/** A reference that meets every constraint up to rounding is the estimate. */
const MET = 1e-12;

/** Whether the reference meets every constraint as it is. */
export const isMet = (problem: AnaisProblem): boolean =>
  residuals(problem, problem.cells.value, Infinity).every(({ maxRelativeResidual }) => maxRelativeResidual <= MET);

/** The family that is violated most. */
export const worstFamily = (families: readonly FamilyResidual[]): FamilyResidual =>
  families.reduce((a, b) => (isWorse(b.maxRelativeResidual, a.maxRelativeResidual) ? b : a));

/**
 * @param what found no table, in words: `the solver ended with status optimal and`
 * @throws ModelError for a solution that is no solution
 */
export function requireFeasible(families: readonly FamilyResidual[], what: string): void {
  const { maxRelativeResidual, at } = worstFamily(families);
  if (maxRelativeResidual <= FEASIBILITY_TOLERANCE) return;
  throw new ModelError(
    `${what} violates "${at}" by ${maxRelativeResidual.toPrecision(3)} of its terms (tolerance ${FEASIBILITY_TOLERANCE}): ` +
      'the constraints may contradict each other',
    'check the totals of the target table, or widen the bands of technical coefficients (band_widening)',
  );
}
