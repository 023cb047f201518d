import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as bounds from '../mrio/anais/bounds.ts';
import { coefficientBand, division, shareReference, type Division } from '../mrio/anais/disaggregation.ts';
import { leastDeviationStep } from '../mrio/anais/highs-programmes.ts';
import { highsSolver } from '../mrio/anais/highs-solver.ts';
import { interiorPoint } from '../mrio/anais/interior-point/interior-point.ts';
import { anaisProblem, type AnaisProblem } from '../mrio/anais/problem.ts';
import { residuals } from '../mrio/anais/residuals.ts';
import type { Consistency } from '../mrio/anais/rows.ts';
import type { AnaisSolver, StepSolution } from '../mrio/anais/solver.ts';
import { ModelError } from '../mrio/error.ts';
import { dimensions, emptyTable, type MrioTable } from '../mrio/table.ts';
import { aggregateToTarget } from '../mrio/updating/aggregate.ts';
import { createRandom } from '../stages/stand-in/random.ts';
import { plainSolver } from './plain-programme.ts';
import { studyDivision } from './study-tables.ts';

const PRESETS = { 'as-described': 'relative', 'as-printed': 'absolute' } as const;
/** Sectors of the made-up economies. */
const SECTORS = { small: 26, tiny: 6 };
const SOLVERS = { structured: interiorPoint, highs: highsSolver, plain: plainSolver };

/** One row of the bench. */
export interface AnaisCase {
  /** The study's tables, or made-up ones. */
  readonly tables: 'study' | keyof typeof SECTORS;
  readonly preset: keyof typeof PRESETS;
  readonly consistency: Consistency;
  /** How far step 2 may exceed the least rmax, as a share of it. */
  readonly slack: number;
  readonly solver: keyof typeof SOLVERS | 'native';
}

/** What is known of a case so far: a line of JSON after each iteration, of which the last one counts. */
export interface Measured {
  size: string;
  solver: string;
  /** By step. */
  seconds: number[];
  /** Most memory of the process that solves, MiB. */
  peak: number;
  /** Values of the steps, rmax and the sum of deviations, and their gaps to our own dual bounds. */
  primal: number[];
  gaps: number[];
  /** The largest violation, as a share of the terms of its row. */
  residual: number;
  status: string[];
  iterations: number[];
}

/** A made-up economy of 4 cities of one province and 7 other regions, with a noisy base year; needs no pipeline run. */
function madeUpDivision(sectorCount: number): Division {
  const { uniform } = createRandom(1, 'bench/anais');
  const regions = ['C1', 'C2', 'C3', 'C4', 'P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7'];
  const parentOf = (region: string): string => (region.startsWith('C') ? 'H' : region);
  const parents = [...new Set(regions.map(parentOf))];
  const sectors = Array.from({ length: sectorCount }, (_, i) => i + 1);
  const truth = emptyTable(regions, sectors);
  const { n, finalDemandCount } = dimensions(truth);
  const value = (): number => (uniform() < 0.1 ? 0 : 1 + 99 * uniform() ** 3);
  truth.intermediate.forEach((_, cell, cells) => (cells[cell] = value()));
  truth.finalDemand.forEach((_, cell, cells) => (cells[cell] = 8 * value()));
  // Primary inputs are what sales leave beside intermediate inputs; where that is too little, demand is what is missing.
  for (let k = 0; k < n; k++) {
    let [sales, inputs] = [0, 0];
    for (let l = 0; l < n; l++) {
      sales += truth.intermediate[k * n + l]!;
      inputs += truth.intermediate[l * n + k]!;
    }
    for (let c = 0; c < finalDemandCount; c++) sales += truth.finalDemand[k * finalDemandCount + c]!;
    const missing = Math.max(0, 1.2 * inputs - sales);
    truth.finalDemand[k * finalDemandCount + finalDemandCount - 1]! += missing;
    truth.primaryInput[k] = sales + missing - inputs;
  }
  const noisy = (values: Float64Array): Float64Array => values.map((v) => v * Math.exp(0.3 * (2 * uniform() - 1)));
  const reference: MrioTable = {
    ...truth,
    intermediate: noisy(truth.intermediate),
    finalDemand: noisy(truth.finalDemand),
    primaryInput: noisy(truth.primaryInput),
  };
  const parts = division(reference, emptyTable(parents, sectors), parentOf);
  return division(reference, aggregateToTarget(truth, parts), parentOf);
}

async function problemOf({ tables, preset, consistency }: AnaisCase): Promise<AnaisProblem> {
  const known = tables === 'study' ? await studyDivision() : madeUpDivision(SECTORS[tables]);
  const band = coefficientBand(known.target, tables === 'study' ? 0 : 0.6);
  const measure = PRESETS[preset];
  return anaisProblem(known, shareReference(known), band, { bound: measure, objective: measure, consistency });
}

/** What native-highs.py says. */
type Native = Record<'version' | 'status', string> & Record<'seconds' | 'peak', number> & { solved: boolean };

/** HiGHS in a process of its own on step 1, as the solver `highs` writes it while rmax is at most 1. */
function nativeLeastDeviation(problem: AnaisProblem, measured: Measured, timeLimit: number): StepSolution {
  if (spawnSync('python3', ['-c', 'import scipy']).status !== 0) {
    throw new ModelError('python3-scipy is not installed', 'apt-get install python3-scipy');
  }
  const step = leastDeviationStep(problem, 1);
  const folder = mkdtempSync(join(tmpdir(), 'native-highs-'));
  try {
    const { cost, lower, upper, rowLower, rowUpper, starts, indices, values } = step.programme;
    const arrays = { cost, lower, upper, row_lower: rowLower, row_upper: rowUpper, starts, indices, values };
    for (const [name, array] of Object.entries(arrays)) writeFileSync(join(folder, name), array);
    const script = join(import.meta.dirname, 'native-highs.py');
    const timeout = Math.max(1, Math.round(1000 * (timeLimit - process.uptime() - 1)));
    const { status, signal, stdout, stderr } = spawnSync('python3', [script, folder], { encoding: 'utf8', timeout });
    if (signal !== null) throw new ModelError(`ended at the limit of ${timeLimit} s`, 'no solution by then');
    if (status !== 0)
      throw new ModelError(`native HiGHS failed: ${stderr.trim().split('\n').at(-1)!}`, 'see bench/native-highs.py');
    const said = JSON.parse(stdout) as Native;
    const { version, seconds, peak } = said;
    Object.assign(measured, { solver: `${measured.solver} (${version})`, peak, seconds: [seconds] });
    if (!said.solved) throw new ModelError(said.status, 'no solution came with it');
    // A copy, since what is read of a small file lies somewhere in a buffer that is shared.
    const numbers = (name: string): Float64Array =>
      new Float64Array(Uint8Array.from(readFileSync(join(folder, name))).buffer);
    // scipy gives one number of iterations and does not say of which method: none is shown.
    return {
      status: said.status,
      iterations: NaN,
      values: step.values(numbers('columns')),
      duals: step.duals(numbers('row_duals')),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whichever sign of the duals gives the better bound: solvers differ in what they call positive. */
const bestBound = (duals: Float64Array, bound: (duals: Float64Array) => number): number =>
  Math.max(bound(duals), bound(duals.map((value) => -value)));

/** Adds what is proven of a step, from the table and the duals alone. */
function addStep(
  measured: Measured,
  problem: AnaisProblem,
  slack: number,
  { values, duals, status }: StepSolution,
): void {
  const rmax = measured.primal[0] === undefined ? Infinity : measured.primal[0] * (1 + slack);
  const [primal, bound] =
    rmax === Infinity
      ? [bounds.largestDeviation(problem, values), bestBound(duals, (y) => bounds.leastDeviationBound(problem, y))]
      : [bounds.totalDeviation(problem, values), bestBound(duals, (y) => bounds.totalDeviationBound(problem, y, rmax))];
  measured.primal.push(primal);
  measured.gaps.push(bounds.relativeGap(primal, bound));
  measured.status.push(status);
  for (const { maxRelativeResidual } of residuals(problem, values, rmax)) {
    measured.residual = Math.max(measured.residual, maxRelativeResidual);
  }
}

/** Solves a case and says what is known of it as it goes on: this process may be ended at its time limit. */
async function measure(of: AnaisCase, timeLimit: number): Promise<void> {
  const problem = await problemOf(of);
  const { regions, sectors } = problem.reference;
  const solver: AnaisSolver | null = of.solver === 'native' ? null : SOLVERS[of.solver]();
  const measured: Measured = {
    ...{
      size: `${regions.length} x ${sectors.length}`,
      solver: solver?.name ?? 'HiGHS interior point and crossover, native',
    },
    ...{ seconds: [], peak: 0, primal: [], gaps: [], residual: 0, status: [], iterations: [] },
  };
  const report = (): void => {
    if (solver !== null) measured.peak = process.resourceUsage().maxRSS / 1024;
    writeSync(1, `${JSON.stringify(measured)}\n`);
  };
  const step = async (number: 1 | 2, solve: () => Promise<StepSolution> | StepSolution): Promise<void> => {
    const start = performance.now();
    const solution = await solve();
    measured.seconds[number - 1] ??= (performance.now() - start) / 1000;
    measured.iterations[number - 1] = solution.iterations;
    report();
    addStep(measured, problem, of.slack, solution);
    report();
  };
  const progress = (number: 1 | 2) => (iteration: number) => {
    measured.iterations[number - 1] = iteration;
    report();
  };
  try {
    await step(
      1,
      () => solver?.leastDeviation(problem, progress(1)) ?? nativeLeastDeviation(problem, measured, timeLimit),
    );
    const rmax = measured.primal[0]! * (1 + of.slack);
    if (solver !== null) await step(2, () => solver.totalDeviation(problem, rmax, progress(2)));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    measured.status.push(`${error.message} (${error.remedy})`);
    report();
  }
}

await measure(JSON.parse(process.argv[2]!) as AnaisCase, Number(process.argv[3]));
