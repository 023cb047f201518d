import type { AnaisProblem } from '../problem.ts';
import type { AnaisSolver, IterationProgress } from '../solver.ts';
import { leastDeviationModel, type Tolerances } from './least-deviation.ts';
import { primalDual, type PrimalDualModel, type PrimalDualResult } from './primal-dual.ts';
import { repair } from './repair.ts';
import { anaisSystem, type AnaisSystem } from './system.ts';
import { totalDeviationModel } from './total-deviation.ts';

const TOLERANCES: Tolerances = { gap: 5e-10, residual: 1e-8 };
const MAX_ITERATIONS = 300;

/** rmax to begin with, in mean cells. */
const START = 10;

/** A repair may move a cell at its bound by this share of rmax. */
const REPAIR_FLOOR = 1e-5;

const run = (model: PrimalDualModel, system: AnaisSystem, progress: IterationProgress): PrimalDualResult =>
  primalDual(model, {
    solutionSize: system.rowCount + system.problem.accounts.length,
    maxIterations: MAX_ITERATIONS,
    onIteration: (iteration, { gap }) => {
      progress(iteration, gap);
    },
  });

/** Weights for the repair: the square of how far each cell is from its bounds. */
function roomOf({ cells }: AnaisProblem, deviation: Float64Array, rmax: number): Float64Array {
  return deviation.map((u, k) => {
    const fall = cells.value[k]! / cells.unit[k]!;
    const room = Math.min(rmax - u, rmax + u, u + fall);
    return Math.max(room, REPAIR_FLOOR * Math.min(rmax, fall)) ** 2;
  });
}

const valuesOf = ({ cells }: AnaisProblem, deviation: Float64Array): Float64Array =>
  cells.value.map((x0, k) => Math.max(0, x0 + cells.unit[k]! * deviation[k]!));

const word = ({ finished }: PrimalDualResult): string => (finished ? 'converged' : 'stopped');

/**
 * A primal-dual interior-point method that knows the structure of ANAIS: cells are eliminated in closed form, and what is
 * left of a 41 x 26 table are a thousand dense rows.
 */
export function interiorPoint(): AnaisSolver {
  let built: AnaisSystem | null = null;
  const systemOf = (problem: AnaisProblem): AnaisSystem =>
    (built = built?.problem === problem ? built : anaisSystem(problem));
  return {
    name: 'structured interior point',
    leastDeviation: (problem, progress) => {
      const system = systemOf(problem);
      const { cells } = problem;
      const start = (START * cells.value.reduce((sum, x0, k) => sum + x0 / cells.unit[k]!, 0)) / cells.count;
      const model = leastDeviationModel(system, start, TOLERANCES);
      const result = run(model, system, progress);
      const { deviation } = model;
      const auxiliary = model.slack.slice(3 * problem.cells.count);
      const unrepaired = valuesOf(problem, deviation);
      if (!model.hopeless()) repair(system, { deviation, auxiliary }, roomOf(problem, deviation, model.rmax()));
      return Promise.resolve({
        values: valuesOf(problem, deviation),
        unrepaired,
        duals: model.duals,
        status: model.hopeless() ? 'given up' : word(result),
        iterations: result.iterations,
      });
    },
    totalDeviation: (problem, rmax, progress) => {
      const system = systemOf(problem);
      const model = totalDeviationModel(system, rmax, TOLERANCES);
      const result = run(model, system, progress);
      const deviation = model.rise.map((rise, k) => rise - model.fall[k]!);
      const auxiliary = model.slack.slice(4 * problem.cells.count);
      const unrepaired = valuesOf(problem, deviation);
      repair(system, { deviation, auxiliary }, roomOf(problem, deviation, rmax));
      return Promise.resolve({
        values: valuesOf(problem, deviation),
        unrepaired,
        duals: model.duals,
        status: word(result),
        iterations: result.iterations,
      });
    },
  };
}
