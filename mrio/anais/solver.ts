import type { AnaisProblem } from './problem.ts';

/** What a solver found in one step: a table, and duals to prove it by. */
export interface StepSolution {
  /** Values of the variable cells. */
  readonly values: Float64Array;
  /** The same before they were moved to exact balance, where the solver does that. */
  readonly unrepaired?: Float64Array;
  /** Dual value of each row of the problem: what one unit more on its right-hand side adds to the objective. */
  readonly duals: Float64Array;
  /** The solver's own word. */
  readonly status: string;
  readonly iterations: number;
}

/** Told after each iteration: its number, and the relative gap where the solver knows one. */
export type IterationProgress = (iteration: number, gap: number | null) => void;

/** A way to solve both steps. */
export interface AnaisSolver {
  readonly name: string;
  /** Step 1: the least rmax. */
  leastDeviation(problem: AnaisProblem, progress: IterationProgress): Promise<StepSolution>;
  /** Step 2: the least sum of deviations within rmax. */
  totalDeviation(problem: AnaisProblem, rmax: number, progress: IterationProgress): Promise<StepSolution>;
}
