import { anaisSystem } from './system.ts';
import { elasticModel } from './elastic.ts';
import { primalDual } from './primal-dual.ts';
import type { AnaisProblem } from '../problem.ts';
import type { IterationProgress } from '../solver.ts';

const TOLERANCES = { gap: 1e-7, residual: 1e-9, none: 1e-9 };
const MAX_ITERATIONS = 100;

/** The table that violates the constraints least. */
export interface ElasticSolution {
  /** Values of the variable cells. */
  readonly values: Float64Array;
  /** Dual value of each row. */
  readonly duals: Float64Array;
  /** Size of each row: violations are measured as a share of it; of a band, that of its cap. */
  readonly size: Float64Array;
  /** What the table's violations add up to, and what those of any table must add up to: above 0, a proof. */
  readonly sum: number;
  readonly bound: number;
  readonly iterations: number;
}

/** The least sum of violations, each as a share of the size of its constraint, with the balances of all accounts met. */
export function elasticRun(problem: AnaisProblem, progress: IterationProgress): ElasticSolution {
  const system = anaisSystem(problem, true);
  const model = elasticModel(system, TOLERANCES);
  const { iterations } = primalDual(model, {
    solutionSize: system.rowCount + problem.accounts.length,
    maxIterations: MAX_ITERATIONS,
    onIteration: (iteration) => {
      progress(iteration, null);
    },
  });
  return {
    values: problem.cells.unit.map((unit, k) => unit * model.level[k]!),
    duals: model.duals,
    size: system.scale.row,
    sum: model.sum(),
    bound: model.bound(),
    iterations,
  };
}
