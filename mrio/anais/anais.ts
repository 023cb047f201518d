import { ModelError } from '../error.ts';
import type { MrioTable } from '../table.ts';
import { largestDeviation, leastDeviationBound, relativeGap, totalDeviation, totalDeviationBound } from './bounds.ts';
import {
  baseYearReference,
  coefficientBand,
  shareReference,
  type CoefficientBand,
  type Division,
} from './disaggregation.ts';
import { requireNoConflict } from './anais-conflict.ts';
import type { SolvedStep } from './cell-effects.ts';
import { highsSolver } from './highs-solver.ts';
import { interiorPoint } from './interior-point/interior-point.ts';
import { isMet, requireFeasible } from './feasibility.ts';
import { requireKnown } from './margins.ts';
import { anaisProblem, tableWithCells, type AnaisProblem, type Variant } from './problem.ts';
import { residuals, type FamilyResidual } from './residuals.ts';
import { pricesOfLeastDeviation, shadowPrices, type ShadowPrice } from './shadow-prices.ts';
import type { AnaisSolver, StepSolution } from './solver.ts';

export interface AnaisOptions extends Variant {
  /** x0: the target's blocks in the proportions of the base year, or the base year as it is. */
  readonly reference: 'shares' | 'base-year';
  /** How far step 2 may exceed the least rmax, as a share of it; 0 is the lexicographic order. */
  readonly slack: number;
  /** How far the bands of technical coefficients are stretched at both ends, as a share of their ends. */
  readonly bandWidening: number;
  /** The bands themselves, where they are not to be taken from the target table. */
  readonly band?: CoefficientBand;
  /** A step whose gap to its dual bound is larger, as a share of its value, is not proven, and an error. */
  readonly largestGap: number;
  readonly solver: 'structured' | 'highs';
}

/** What a step violates, and what it did before it was moved to exact balance. */
export interface StepResidual extends FamilyResidual {
  readonly beforeRepair: number;
}

/** What is known about one step: the value reached, and a bound that no feasible table can pass. */
export interface StepCertificate {
  readonly step: 1 | 2;
  readonly objective: string;
  readonly primal: number;
  readonly dualBound: number;
  readonly relativeGap: number;
  readonly residuals: readonly StepResidual[];
  readonly solver: string;
  /** The solver's own word, shown beside what is proven. */
  readonly solverStatus: string;
  readonly iterations: number;
}

export interface AnaisResult {
  readonly table: MrioTable;
  readonly certificates: readonly [StepCertificate, StepCertificate];
  /** Which data bite, and what one unit more of each would add to the objective of each step. */
  readonly shadowPrices: readonly ShadowPrice[];
}

/** A step with what is proven of it. */
interface ProvenStep {
  readonly certificate: StepCertificate;
  readonly solved: SolvedStep;
}

/** Told after each iteration: which step, how many iterations, and the relative gap where it is known. */
export type AnaisProgress = (step: 1 | 2, iteration: number, gap: number | null) => void;

const SOLVERS: Readonly<Record<AnaisOptions['solver'], () => AnaisSolver>> = {
  structured: interiorPoint,
  highs: highsSolver,
};

/**
 * ANAIS (Tarancon and del Rio 2005): the table of the target year nearest to the reference, in two steps.
 * Step 1 finds the least rmax such that all cells of unknown regions can stay within rmax of their reference; step 2
 * the least sum of deviations within (1 + slack) rmax. Equations (1) to (12).
 * @throws AnaisConflict where the constraints contradict each other
 * @throws ModelError where the tables do not fit together, or a step is not proven
 */
export async function anais(known: Division, options: AnaisOptions, progress: AnaisProgress): Promise<AnaisResult> {
  const { slack, largestGap } = options;
  requireKnown(known, options);
  const problem = problemOf(known, options);
  const solver = isMet(problem) ? referenceItself : SOLVERS[options.solver]();
  const step1 = await leastDeviation(problem, solver, largestGap, progress);
  const rmax = step1.certificate.primal * (1 + slack);
  const second = await solver.totalDeviation(problem, rmax, (iteration, gap) => {
    progress(2, iteration, gap);
  });
  const step2 = provenTotalDeviation(problem, solver, second, rmax);
  requireProven(step2.certificate, largestGap);
  return {
    table: tableWithCells(problem, second.values),
    certificates: [step1.certificate, step2.certificate],
    shadowPrices: shadowPrices(problem, known, options, [step1.solved, step2.solved]),
  };
}

/** The constraints that the options ask for, around the reference that they ask for. */
export function problemOf(
  known: Division,
  {
    reference,
    band,
    bandWidening,
    bound,
    objective,
    consistency,
  }: Omit<AnaisOptions, 'slack' | 'largestGap' | 'solver'>,
): AnaisProblem {
  const x0 = reference === 'shares' ? shareReference(known) : baseYearReference(known);
  return anaisProblem(known, x0, band ?? coefficientBand(known.target, bandWidening), {
    bound,
    objective,
    consistency,
  });
}

/**
 * Step 1. Where it ends without a proven solution, the elastic run says whether there is none.
 * @throws AnaisConflict where the constraints cannot all hold
 */
async function leastDeviation(
  problem: AnaisProblem,
  solver: AnaisSolver,
  largestGap: number,
  progress: AnaisProgress,
): Promise<ProvenStep> {
  try {
    const first = await solver.leastDeviation(problem, (iteration, gap) => {
      progress(1, iteration, gap);
    });
    const step1 = provenLeastDeviation(problem, solver, first);
    requireProven(step1.certificate, largestGap);
    return step1;
  } catch (error) {
    if (error instanceof ModelError) {
      await requireNoConflict(problem, (iteration) => {
        progress(1, iteration, null);
      });
    }
    throw error;
  }
}

/** Where nothing has to deviate, no programme is needed: both steps end at 0. */
const referenceItself: AnaisSolver = {
  name: 'none: the reference meets every constraint',
  leastDeviation: (problem) => Promise.resolve(unchanged(problem)),
  totalDeviation: (problem) => Promise.resolve(unchanged(problem)),
};

const unchanged = ({ cells, layout }: AnaisProblem): StepSolution => ({
  values: cells.value.slice(),
  duals: new Float64Array(layout.count),
  status: 'not run',
  iterations: 0,
});

/** Whichever sign of the duals gives the better bound: solvers differ in what they call positive. */
function bestBound(
  duals: Float64Array,
  bound: (duals: Float64Array) => number,
): { readonly dualBound: number; readonly duals: Float64Array } {
  const both = [duals, duals.map((value) => -value)].map((signed) => ({ dualBound: bound(signed), duals: signed }));
  return both[0]!.dualBound >= both[1]!.dualBound ? both[0]! : both[1]!;
}

function provenLeastDeviation(problem: AnaisProblem, solver: AnaisSolver, solution: StepSolution): ProvenStep {
  const primal = largestDeviation(problem, solution.values);
  const best = bestBound(solution.duals, (duals) => leastDeviationBound(problem, duals));
  return provenStep(solver, solution, {
    step: 1,
    objective: `largest ${problem.variant.bound} deviation`,
    primal,
    dualBound: best.dualBound,
    residuals: stepResiduals(problem, solution, Infinity),
    duals: pricesOfLeastDeviation(problem, best.duals, primal),
    rmax: primal,
  });
}

function provenTotalDeviation(
  problem: AnaisProblem,
  solver: AnaisSolver,
  solution: StepSolution,
  rmax: number,
): ProvenStep {
  const best = bestBound(solution.duals, (duals) => totalDeviationBound(problem, duals, rmax));
  return provenStep(solver, solution, {
    step: 2,
    objective: `sum of ${problem.variant.objective} deviations`,
    primal: totalDeviation(problem, solution.values),
    residuals: stepResiduals(problem, solution, rmax),
    ...best,
    rmax,
  });
}

function stepResiduals(
  problem: AnaisProblem,
  { values, unrepaired }: StepSolution,
  rmax: number,
): readonly StepResidual[] {
  const after = residuals(problem, values, rmax);
  const before = unrepaired === undefined ? after : residuals(problem, unrepaired, rmax);
  return after.map((family, f) => ({ ...family, beforeRepair: before[f]!.maxRelativeResidual }));
}

/** What a step reached and what its duals prove. */
interface Claim extends Pick<StepCertificate, 'step' | 'objective' | 'primal' | 'dualBound' | 'residuals'> {
  /** Prices of the rows, in units of the objective. */
  readonly duals: Float64Array;
  readonly rmax: number;
}

function provenStep(
  solver: AnaisSolver,
  { values, status, iterations }: StepSolution,
  { duals, rmax, ...claim }: Claim,
): ProvenStep {
  requireFeasible(claim.residuals, `the solver ended with status ${status} and`);
  const { step, primal, dualBound } = claim;
  return {
    certificate: {
      ...claim,
      relativeGap: relativeGap(primal, dualBound),
      solver: solver.name,
      solverStatus: status,
      iterations,
    },
    solved: { step, duals, values, objective: primal, rmax },
  };
}

/** @throws ModelError for a step whose value is further from its dual bound than a share of it */
function requireProven(claim: StepCertificate, largestGap: number): void {
  if (Math.abs(claim.relativeGap) <= largestGap) return;
  throw new ModelError(
    `step ${claim.step} of ANAIS is not proven: its ${claim.objective} is ${claim.primal}, the dual bound ${claim.dualBound}, ` +
      `a relative gap of ${claim.relativeGap.toPrecision(3)} where ${largestGap} is allowed (solver status ${claim.solverStatus})`,
    'try a larger slack or the other solver (solver: highs), or raise largest_gap to publish a table that is not proven to be the nearest',
  );
}
