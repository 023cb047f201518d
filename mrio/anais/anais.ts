import { ModelError } from '../error.ts';
import { solveLinearProgramme, type LinearProgrammeSolution } from '../linear-programme.ts';
import type { MrioTable } from '../table.ts';
import {
  largestDeviation,
  leastDeviationBound,
  relativeGap,
  requireFeasible,
  requireProven,
  residuals,
  totalDeviation,
  totalDeviationBound,
  type FamilyResidual,
} from './certificate.ts';
import { coefficientBand, shareReference, type Division } from './disaggregation.ts';
import { anaisProblem, tableWithCells, type AnaisProblem } from './problem.ts';
import { leastDeviationStep, totalDeviationStep, type Step } from './steps.ts';

/** A solution that violates a constraint by more than this share of its terms is no solution. */
const FEASIBILITY_TOLERANCE = 1e-6;

/** How often step 1 is solved again where rmax is above 1, and how close to the least rmax it has to come. */
const STEP_1_ROUNDS = 16;
const STEP_1_TOLERANCE = 1e-7;

export interface AnaisOptions {
  /** How far step 2 may exceed the least rmax, as a share of it; 0 is the lexicographic order. */
  readonly slack: number;
  /** How far the bands of technical coefficients are stretched at both ends, as a share of their ends. */
  readonly bandWidening: number;
  /** A step whose gap to its dual bound is larger, as a share of its value, is not proven, and an error. */
  readonly largestGap: number;
}

/** What is known about one step: the value reached, and a bound that no feasible table can pass. */
export interface StepCertificate {
  readonly step: 1 | 2;
  readonly objective: string;
  readonly primal: number;
  readonly dualBound: number;
  readonly relativeGap: number;
  readonly residuals: readonly FamilyResidual[];
  readonly solver: string;
  /** The solver's own word, shown beside what is proven. */
  readonly solverStatus: string;
  readonly iterations: number;
}

export interface AnaisResult {
  readonly table: MrioTable;
  readonly certificates: readonly [StepCertificate, StepCertificate];
}

/** Told after each iteration: which step, how many iterations. */
export type AnaisProgress = (step: 1 | 2, iteration: number) => void;

/**
 * ANAIS (Tarancon and del Rio 2005): the table of the target year nearest to the reference, in two steps.
 * Step 1 finds the least rmax such that all cells of unknown regions can stay within rmax of their reference,
 * relatively; step 2 the least sum of relative deviations within (1 + slack) rmax. Equations (1) to (12), with the
 * bound and the objective both relative (preset `as-described`), `consistency: totals` and `reference: shares`.
 * @throws ModelError where the constraints contradict each other, the tables do not fit together, or a step is not proven
 */
export async function anais(known: Division, options: AnaisOptions, progress: AnaisProgress): Promise<AnaisResult> {
  const band = coefficientBand(known.target, options.bandWidening);
  const problem = anaisProblem(known, shareReference(known), band);
  const first = await leastDeviation(problem, (iteration) => {
    progress(1, iteration);
  });
  requireProven(first.certificate, options.largestGap);
  const rmax = first.certificate.primal * (1 + options.slack);
  const second = await leastTotal(problem, rmax, (iteration) => {
    progress(2, iteration);
  });
  requireProven(second.certificate, options.largestGap);
  return { table: tableWithCells(problem, second.values), certificates: [first.certificate, second.certificate] };
}

interface StepResult {
  readonly values: Float64Array;
  readonly certificate: StepCertificate;
}

type IterationProgress = (iteration: number) => void;

/**
 * Interior point without crossover: a vertex is not needed, and the certificate does not rest on one. Without presolve,
 * which makes these programmes denser and the solve more than ten times slower.
 */
const solve = (step: Step, onIteration: IterationProgress): Promise<LinearProgrammeSolution> =>
  solveLinearProgramme(step.programme, {
    options: { solver: 'ipm', run_crossover: 'off', presolve: 'off' },
    onIteration,
  });

/**
 * Step 1. While rmax is at most 1 one programme gives it. Above that decreases are limited by x >= 0 and not by rmax,
 * and the programme is solved for a guess of rmax until the guess is what it gives, by secant steps from below that
 * end a hair above, where all cells are at zero or more.
 */
async function leastDeviation(problem: AnaisProblem, onIteration: IterationProgress): Promise<StepResult> {
  let guess = 1;
  let before: { guess: number; excess: number } | null = null;
  for (let round = 0; round < STEP_1_ROUNDS; round++) {
    const step = leastDeviationStep(problem, Math.min(1, 1 / guess));
    const solution = await solve(step, onIteration);
    const excess = step.rmax(solution.columns) - guess;
    const settled = excess <= 0 && (guess === 1 || -excess <= STEP_1_TOLERANCE * guess);
    if (settled) return leastDeviationResult(problem, step, solution);
    const slope: number = before === null ? -1 : (excess - before.excess) / (guess - before.guess);
    before = { guess, excess };
    guess = (guess + excess / (1 - Math.min(slope + 1, 0.99))) * (1 + STEP_1_TOLERANCE / 10);
  }
  throw new ModelError(
    `step 1 of ANAIS did not settle: cells would have to deviate by about ${guess.toPrecision(4)} times their reference`,
    'widen the bands of technical coefficients (band_widening), or check the totals of the target table',
  );
}

function leastDeviationResult(problem: AnaisProblem, step: Step, solution: LinearProgrammeSolution): StepResult {
  const values = step.values(solution.columns);
  const primal = largestDeviation(problem, values);
  const dualBound = leastDeviationBound(problem, step.duals(solution.rowDuals));
  return {
    values,
    certificate: certify(problem, 1, 'largest relative deviation', values, primal, dualBound, solution),
  };
}

/** Step 2. */
async function leastTotal(problem: AnaisProblem, rmax: number, onIteration: IterationProgress): Promise<StepResult> {
  const step = totalDeviationStep(problem, rmax);
  const solution = await solve(step, onIteration);
  const values = step.values(solution.columns);
  const primal = totalDeviation(problem, values);
  const dualBound = totalDeviationBound(problem, step.duals(solution.rowDuals), rmax);
  return {
    values,
    certificate: certify(problem, 2, 'sum of relative deviations', values, primal, dualBound, solution),
  };
}

function certify(
  problem: AnaisProblem,
  step: 1 | 2,
  objective: string,
  values: Float64Array,
  primal: number,
  dualBound: number,
  solution: LinearProgrammeSolution,
): StepCertificate {
  const families = residuals(problem, values);
  requireFeasible(families, FEASIBILITY_TOLERANCE, solution.status);
  return {
    step,
    objective,
    primal,
    dualBound,
    relativeGap: relativeGap(primal, dualBound),
    residuals: families,
    solver: 'HiGHS interior point (WebAssembly)',
    solverStatus: solution.status,
    iterations: solution.iterations,
  };
}
