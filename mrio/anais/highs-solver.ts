import { ModelError } from '../error.ts';
import { solveLinearProgramme, type LinearProgrammeSolution } from '../linear-programme.ts';
import { leastDeviationStep, totalDeviationStep, type Step } from './highs-programmes.ts';
import type { AnaisProblem } from './problem.ts';
import type { AnaisSolver, IterationProgress, StepSolution } from './solver.ts';

/** How often step 1 is solved again where x >= 0 binds, and how close to the least rmax it has to come. */
const ROUNDS = 24;
const TOLERANCE = 1e-7;

/**
 * HiGHS on both steps: interior point without crossover, since a vertex is not needed and the certificate does not rest
 * on one. Without presolve, which makes these programmes denser and the solve more than ten times slower.
 */
export function highsSolver(): AnaisSolver {
  return {
    name: 'HiGHS interior point (WebAssembly)',
    leastDeviation,
    totalDeviation: async (problem, rmax, progress) => {
      const step = totalDeviationStep(problem, rmax);
      return solution(step, await solve(step, progress));
    },
  };
}

const solve = (step: Step, progress: IterationProgress): Promise<LinearProgrammeSolution> =>
  solveLinearProgramme(step.programme, {
    options: { solver: 'ipm', run_crossover: 'off', presolve: 'off' },
    onIteration: (iteration) => {
      progress(iteration, null);
    },
  });

const solution = (step: Step, { columns, rowDuals, status, iterations }: LinearProgrammeSolution): StepSolution => ({
  values: step.values(columns),
  duals: step.duals(rowDuals),
  status,
  iterations,
});

/**
 * Step 1. Where rmax is above x0/d of a cell, its decrease is limited by x >= 0 and not by rmax: the programme is solved
 * for a guess of rmax until the guess is what it gives, by secant steps from below that end a hair above, where all
 * cells are at zero or more.
 */
async function leastDeviation(problem: AnaisProblem, progress: IterationProgress): Promise<StepSolution> {
  const { cells } = problem;
  // While rmax is no more than what the first cell can fall by, one programme is enough.
  const first = cells.value.reduce((least, x0, k) => Math.min(least, x0 / cells.unit[k]!), Infinity);
  let guess = first;
  let before: { guess: number; excess: number } | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    const step = leastDeviationStep(problem, guess);
    const solved = await solve(step, progress);
    const rmax = step.rmax(solved.columns);
    if (!(rmax < Infinity)) {
      throw new ModelError(
        `the constraints of ANAIS cannot all hold, however far cells deviate (HiGHS ended with status ${solved.status})`,
        'check the totals of the target table, or widen the bands of technical coefficients (band_widening)',
      );
    }
    const excess = rmax - guess;
    const settled = excess <= 0 && (guess === first || -excess <= TOLERANCE * guess);
    if (settled) return solution(step, solved);
    const slope: number = before === null ? -1 : (excess - before.excess) / (guess - before.guess);
    before = { guess, excess };
    guess = (guess + excess / (1 - Math.min(slope + 1, 0.99))) * (1 + TOLERANCE / 10);
  }
  throw new ModelError(
    `step 1 of ANAIS did not settle: cells would have to deviate by about ${guess.toPrecision(4)}`,
    'widen the bands of technical coefficients (band_widening), or check the totals of the target table',
  );
}
