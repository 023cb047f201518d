import { ModelError } from '../error.ts';
import { dimensions, grossInput, grossOutput } from '../table.ts';
import { tableWithCells, type AnaisProblem } from './problem.ts';
import { FAMILIES, type Family } from './rows.ts';

/** Unit roundoff of a double. */
const UNIT_ROUNDOFF = 2 ** -53;

/** A sum with a compensated rounding error (Neumaier 1974) and the sum of its terms' sizes. */
class CarefulSum {
  private sum = 0;
  private correction = 0;
  private size = 0;

  add(term: number): void {
    const next = this.sum + term;
    this.correction += Math.abs(this.sum) >= Math.abs(term) ? this.sum - next + term : term - next + this.sum;
    this.sum = next;
    this.size += Math.abs(term);
  }

  get value(): number {
    return this.sum + this.correction;
  }

  /** No more than the exact sum of terms that each carry a few roundings. */
  get lowerBound(): number {
    return this.value - 8 * UNIT_ROUNDOFF * this.size;
  }

  /** No less than it. */
  get upperBound(): number {
    return this.value + 8 * UNIT_ROUNDOFF * this.size;
  }
}

/**
 * Dual values of the rows from which a bound follows. Those of the coherence caps and of the totals of output are
 * not taken from the solver but set to the best values that leave every q and w, which have no upper bound, with a
 * reduced cost of zero or more; so any dual vector whatever gives a valid bound. See docs/method.md.
 * @param duals one per row of the problem
 */
function completeDuals(problem: AnaisProblem, duals: Float64Array): Float64Array {
  const { layout, accounts, bandLow, bandWidth } = problem;
  const { sectorCount } = dimensions(problem.reference);
  const y = duals.slice();
  const live = liveAccounts(problem);
  layout.totalOutputs().forEach((row) => (y[row] = Infinity));
  accounts.forEach((account, u) => {
    if (!live[u]) return;
    let least = y[layout.rowBalance(u)]! + y[layout.columnBalance(u)]!;
    for (let i = 0; i < sectorCount; i++) {
      const at = u * sectorCount + i;
      const coherence = y[layout.coherence(u, i)]! - y[layout.columnBalance(u)]!;
      const cap = Math.min(0, coherence);
      y[layout.coherenceCap(u, i)] = cap;
      least += bandLow[at]! * coherence + bandWidth[at]! * cap;
    }
    const total = layout.totalOutput(layout.groupOfAccount(u), account % sectorCount);
    y[total] = Math.min(y[total]!, least);
  });
  layout.totalOutputs().forEach((row) => (y[row] = Number.isFinite(y[row]!) ? y[row]! : 0));
  return y;
}

/** Which unknown accounts have any cell in their row; the others have w = 0, and their duals do not matter. */
function liveAccounts({ cells, layout, accounts }: AnaisProblem): Uint8Array {
  const first = layout.rowBalance(0);
  const live = new Uint8Array(accounts.length);
  for (const row of cells.firstRow) {
    if (row - first < accounts.length) live[row - first] = 1;
  }
  return live;
}

/** y'(b - A x0) on the cells, and the reduced cost t_k = x0_k (A'y)_k of moving each cell by its own value. */
function price(problem: AnaisProblem, y: Float64Array): { constant: CarefulSum; t: Float64Array } {
  const { cells, rightHandSide } = problem;
  const constant = new CarefulSum();
  rightHandSide.forEach((b, row) => {
    if (b !== 0) constant.add(y[row]! * b);
  });
  const t = new Float64Array(cells.count);
  for (let k = 0; k < cells.count; k++) {
    t[k] = cells.value[k]! * (y[cells.firstRow[k]!]! + y[cells.secondRow[k]!]!);
    constant.add(-t[k]!);
  }
  return { constant, t };
}

/**
 * Step 1: a lower bound of rmax for relative deviations, from any duals (both signs are tried).
 *
 * Over -min(1, r) <= u <= r the Lagrangian is y'(b - A x0) + r - r P - min(1, r) N, where P and N are the sums of the
 * positive and of the negative t_k. With y scaled to P + N = 1 it is never below y'(b - A x0); scaled to P = 1, never
 * below y'(b - A x0) - N, which is the better one where rmax is above 1.
 */
export function leastDeviationBound(problem: AnaisProblem, duals: Float64Array): number {
  const bounds = [1, -1].flatMap((sign) => {
    const { constant, t } = price(
      problem,
      completeDuals(
        problem,
        duals.map((value) => sign * value),
      ),
    );
    const positive = new CarefulSum();
    const negative = new CarefulSum();
    for (const value of t) (value > 0 ? positive : negative).add(Math.abs(value));
    const both = positive.upperBound + negative.upperBound;
    if (both === 0) return [0];
    return [constant.lowerBound / both, (constant.lowerBound - negative.upperBound) / positive.upperBound];
  });
  return Math.max(0, ...bounds.filter((bound) => Number.isFinite(bound)));
}

/**
 * Step 2: a lower bound of sum |x - x0| / x0 over cells with |x - x0| <= rmax x0 and x >= 0, from any duals.
 * Each cell is boxed, so its part of the Lagrangian is closed form: with u = (x - x0) / x0, min |u| - t u over
 * -min(1, rmax) <= u <= rmax.
 */
export function totalDeviationBound(problem: AnaisProblem, duals: Float64Array, rmax: number): number {
  const bounds = [1, -1].map((sign) => {
    const { constant, t } = price(
      problem,
      completeDuals(
        problem,
        duals.map((value) => sign * value),
      ),
    );
    for (const value of t) {
      if (value > 1) constant.add((1 - value) * rmax);
      else if (value < -1) constant.add((1 + value) * Math.min(1, rmax));
    }
    return constant.lowerBound;
  });
  return Math.max(0, ...bounds);
}

/** The largest |x - x0| / x0. */
export function largestDeviation({ cells }: AnaisProblem, values: Float64Array): number {
  return cells.value.reduce((largest, x0, k) => Math.max(largest, Math.abs(values[k]! - x0) / x0), 0);
}

/** (1): the sum of |x - x0| / x0. */
export function totalDeviation({ cells }: AnaisProblem, values: Float64Array): number {
  const sum = new CarefulSum();
  cells.value.forEach((x0, k) => {
    sum.add(Math.abs(values[k]! - x0) / x0);
  });
  return sum.value;
}

/** The largest violation of a family of constraints, relative to the sum of the terms of its row. */
export interface FamilyResidual {
  readonly family: Family;
  readonly rows: number;
  readonly maxRelativeResidual: number;
  /** Where the largest violation is; empty where there is none. */
  readonly at: string;
}

/**
 * How far a solution violates each family of constraints, found from the table alone: gross output is what the rows
 * add up to, and no variable of the solver's is used.
 */
export function residuals(problem: AnaisProblem, values: Float64Array): FamilyResidual[] {
  const { layout } = problem;
  const violation = relativeViolations(problem, values);
  const worst = new Map<Family, { rows: number; row: number }>(
    FAMILIES.map((family) => [family, { rows: 0, row: -1 }]),
  );
  violation.forEach((value, row) => {
    const entry = worst.get(layout.family(row))!;
    entry.rows += 1;
    if (value > (entry.row < 0 ? 0 : violation[entry.row]!)) entry.row = row;
  });
  return [...worst].map(([family, { rows, row }]) => ({
    family,
    rows,
    maxRelativeResidual: row < 0 ? 0 : violation[row]!,
    at: row < 0 ? '' : layout.describe(row),
  }));
}

const relative = (amount: number, scale: number): number => (amount === 0 ? 0 : Math.abs(amount) / scale);

function relativeViolations(problem: AnaisProblem, values: Float64Array): Float64Array {
  const { layout, cells, accounts, rightHandSide, bandLow, bandWidth, reference } = problem;
  const { sectorCount } = dimensions(reference);
  const table = tableWithCells(problem, values);
  const output = grossOutput(table);
  const input = grossInput(table);
  const activity = new Float64Array(layout.count);
  for (let k = 0; k < cells.count; k++) {
    activity[cells.firstRow[k]!]! += values[k]!;
    activity[cells.secondRow[k]!]! += values[k]!;
  }
  const violation = new Float64Array(layout.count);
  for (let row = layout.totalFinalDemand(0, 0); row < layout.count; row++) {
    const b = rightHandSide[row]!;
    violation[row] = relative(activity[row]! - b, activity[row]! + b);
  }
  const totals = new Float64Array(layout.count);
  accounts.forEach((account, u) => {
    const w = output[account]!;
    totals[layout.totalOutput(layout.groupOfAccount(u), account % sectorCount)]! += w;
    violation[layout.columnBalance(u)] = relative(input[account]! - w, w);
    for (let i = 0; i < sectorCount; i++) {
      const at = u * sectorCount + i;
      const used = activity[layout.coherence(u, i)]!;
      violation[layout.coherence(u, i)] = relative(Math.max(0, bandLow[at]! * w - used), used + bandLow[at]! * w);
      const most = (bandLow[at]! + bandWidth[at]!) * w;
      violation[layout.coherenceCap(u, i)] = relative(Math.max(0, used - most), used + most);
    }
  });
  for (const row of layout.totalOutputs()) {
    violation[row] = relative(totals[row]! - rightHandSide[row]!, rightHandSide[row]!);
  }
  return violation;
}

/** (primal - bound) / primal. Below 0 where the primal value is that of a table which violates a constraint a little. */
export function relativeGap(primal: number, bound: number): number {
  return primal === bound ? 0 : (primal - bound) / primal;
}

/** @throws ModelError for a solution that is no solution */
export function requireFeasible(families: readonly FamilyResidual[], tolerance: number, status: string): void {
  const worst = families.reduce((a, b) => (b.maxRelativeResidual > a.maxRelativeResidual ? b : a));
  if (worst.maxRelativeResidual <= tolerance) return;
  throw new ModelError(
    `the solver ended with status ${status} and violates "${worst.at}" by ${worst.maxRelativeResidual.toPrecision(3)} ` +
      `of its terms (tolerance ${tolerance}): the constraints may contradict each other`,
    'widen the bands of technical coefficients (band_widening), or check the totals of the target table',
  );
}

/** What a step claims, and the solver's word for it. */
interface Claim {
  readonly step: number;
  readonly objective: string;
  readonly primal: number;
  readonly dualBound: number;
  readonly relativeGap: number;
  readonly solverStatus: string;
}

/** @throws ModelError for a step whose value is further from its dual bound than a share of it */
export function requireProven(claim: Claim, largestGap: number): void {
  if (Math.abs(claim.relativeGap) <= largestGap) return;
  throw new ModelError(
    `step ${claim.step} of ANAIS is not proven: its ${claim.objective} is ${claim.primal}, the dual bound ${claim.dualBound}, ` +
      `a relative gap of ${claim.relativeGap.toPrecision(3)} where ${largestGap} is allowed (solver status ${claim.solverStatus})`,
    'try a larger slack, or raise largest_gap to publish a table that is not proven to be the nearest',
  );
}
