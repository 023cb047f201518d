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
import { highsSolver } from './highs-solver.ts';
import { interiorPoint } from './interior-point/interior-point.ts';
import { requireKnown } from './margins.ts';
import { anaisProblem, tableWithCells, type AnaisProblem, type Variant } from './problem.ts';
import { residuals, type FamilyResidual } from './residuals.ts';
import { pricesOfLeastDeviation, shadowPrices, type ShadowPrice } from './shadow-prices.ts';
import type { AnaisSolver, StepSolution } from './solver.ts';

/** A solution that violates a constraint by more than this share of its terms is no solution. */
const FEASIBILITY_TOLERANCE = 1e-6;

/** A reference that meets every constraint up to rounding is the estimate. */
const MET = 1e-12;

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
  /** Which data bite, and what one unit more of each would add to the objective. */
  readonly shadowPrices: readonly ShadowPrice[];
}

export interface AnaisResult {
  readonly table: MrioTable;
  readonly certificates: readonly [StepCertificate, StepCertificate];
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
  const { bound, objective, consistency, slack, bandWidening, largestGap } = options;
  requireKnown(known, options);
  const x0 = options.reference === 'shares' ? shareReference(known) : baseYearReference(known);
  const band = options.band ?? coefficientBand(known.target, bandWidening);
  const problem = anaisProblem(known, x0, band, { bound, objective, consistency });
  const solver = isMet(problem) ? referenceItself : SOLVERS[options.solver]();
  const step1 = await leastDeviation(problem, solver, largestGap, progress);
  const rmax = step1.primal * (1 + slack);
  const second = await solver.totalDeviation(problem, rmax, (iteration, gap) => {
    progress(2, iteration, gap);
  });
  const step2 = totalDeviationCertificate(problem, solver, second, rmax);
  requireProven(step2, largestGap);
  return { table: tableWithCells(problem, second.values), certificates: [step1, step2] };
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
): Promise<StepCertificate> {
  try {
    const first = await solver.leastDeviation(problem, (iteration, gap) => {
      progress(1, iteration, gap);
    });
    const step1 = leastDeviationCertificate(problem, solver, first);
    requireProven(step1, largestGap);
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

/** Whether the reference meets every constraint as it is. */
const isMet = (problem: AnaisProblem): boolean =>
  residuals(problem, problem.cells.value, Infinity).every((family) => family.maxRelativeResidual <= MET);

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

function leastDeviationCertificate(
  problem: AnaisProblem,
  solver: AnaisSolver,
  solution: StepSolution,
): StepCertificate {
  const primal = largestDeviation(problem, solution.values);
  const best = bestBound(solution.duals, (duals) => leastDeviationBound(problem, duals));
  const duals = pricesOfLeastDeviation(problem, best.duals, primal);
  return certificate(problem, solver, solution, {
    step: 1,
    objective: `largest ${problem.variant.bound} deviation`,
    primal,
    dualBound: best.dualBound,
    residuals: stepResiduals(problem, solution, Infinity),
    duals,
    rmax: primal,
  });
}

function totalDeviationCertificate(
  problem: AnaisProblem,
  solver: AnaisSolver,
  solution: StepSolution,
  rmax: number,
): StepCertificate {
  const best = bestBound(solution.duals, (duals) => totalDeviationBound(problem, duals, rmax));
  return certificate(problem, solver, solution, {
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

function certificate(
  problem: AnaisProblem,
  solver: AnaisSolver,
  { values, status, iterations }: StepSolution,
  { duals, rmax, ...claim }: Claim,
): StepCertificate {
  requireFeasible(claim.residuals, status);
  return {
    ...claim,
    relativeGap: relativeGap(claim.primal, claim.dualBound),
    solver: solver.name,
    solverStatus: status,
    iterations,
    shadowPrices: shadowPrices(problem, { step: claim.step, duals, values, objective: claim.primal, rmax }),
  };
}

/** @throws ModelError for a solution that is no solution */
function requireFeasible(families: readonly FamilyResidual[], status: string): void {
  const worst = families.reduce((a, b) => (b.maxRelativeResidual > a.maxRelativeResidual ? b : a));
  if (worst.maxRelativeResidual <= FEASIBILITY_TOLERANCE) return;
  throw new ModelError(
    `the solver ended with status ${status} and violates "${worst.at}" by ${worst.maxRelativeResidual.toPrecision(3)} ` +
      `of its terms (tolerance ${FEASIBILITY_TOLERANCE}): the constraints may contradict each other`,
    'check the totals of the target table, or widen the bands of technical coefficients (band_widening)',
  );
}

/** @throws ModelError for a step whose value is further from its dual bound than a share of it */
function requireProven(claim: StepCertificate, largestGap: number): void {
  if (Math.abs(claim.relativeGap) <= largestGap) return;
  throw new ModelError(
    `step ${claim.step} of ANAIS is not proven: its ${claim.objective} is ${claim.primal}, the dual bound ${claim.dualBound}, ` +
      `a relative gap of ${claim.relativeGap.toPrecision(3)} where ${largestGap} is allowed (solver status ${claim.solverStatus})`,
    'try a larger slack, or raise largest_gap to publish a table that is not proven to be the nearest',
  );
}
