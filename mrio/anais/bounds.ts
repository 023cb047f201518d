import { dimensions } from '../table.ts';
import { ROWS_PER_CELL, type AnaisProblem } from './problem.ts';

/** Unit roundoff of a double. */
export const UNIT_ROUNDOFF = 2 ** -53;

/** A sum with a compensated rounding error (Neumaier 1974) and the size of what rounding may have done to its terms. */
export class CarefulSum {
  private sum = 0;
  private correction = 0;
  private size = 0;

  /** @param size of the numbers that the term was computed from; its own size if it is a product */
  add(term: number, size = Math.abs(term)): void {
    const next = this.sum + term;
    this.correction += Math.abs(this.sum) >= Math.abs(term) ? this.sum - next + term : term - next + this.sum;
    this.sum = next;
    this.size += size;
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
 * reduced cost of zero or more, rounding included; so any dual vector whatever gives a valid bound. See docs/anais.md.
 * @param duals one per row of the problem
 */
export function completeDuals(problem: AnaisProblem, duals: Float64Array): Float64Array {
  const { layout, accounts, bandLow, bandWidth } = problem;
  const { sectorCount } = dimensions(problem.reference);
  const y = duals.slice();
  const live = liveAccounts(problem);
  const outputs = layout.range('total output');
  y.fill(Infinity, outputs.start, outputs.start + outputs.size);
  accounts.forEach((account, u) => {
    if (!live[u]) return;
    const [row, column] = [y[layout.rowBalance(u)]!, y[layout.columnBalance(u)]!];
    const least = new CarefulSum();
    least.add(row);
    least.add(column);
    for (let i = 0; i < sectorCount; i++) {
      const at = u * sectorCount + i;
      const coherence = y[layout.coherence(u, i)]!;
      const terms = Math.abs(coherence) + Math.abs(column);
      // Rounded down, as the sum is: no reduced cost may come out below 0.
      const cap = Math.min(0, coherence - column - 2 * UNIT_ROUNDOFF * terms);
      y[layout.coherenceCap(u, i)] = cap;
      least.add(bandLow[at]! * (coherence - column), bandLow[at]! * terms);
      least.add(bandWidth[at]! * cap);
    }
    // A total of output is large: what its dual loses here in the last place is seen in the bound.
    const total = layout.totalOutput(layout.groupOfAccount(u), account % sectorCount);
    y[total] = Math.min(y[total]!, least.lowerBound);
  });
  return y.map((value) => (value === Infinity ? 0 : value));
}

/** Which unknown accounts have any cell in their row; the others have w = 0, and their duals do not matter. */
export function liveAccounts({ cells, layout, accounts }: AnaisProblem): Uint8Array {
  const { start, size } = layout.range('row balance');
  const live = new Uint8Array(accounts.length);
  for (const row of cells.rows) if (row >= start && row < start + size) live[row - start] = 1;
  return live;
}

/** What a dual vector says of the cells. */
export interface Prices {
  /** y'(b - A x0). */
  readonly constant: CarefulSum;
  /** t_k = d_k (A'y)_k: what the Lagrangian gains by moving a cell by its unit. */
  readonly gain: Float64Array;
  /** Size of the numbers that t_k was computed from. */
  readonly size: Float64Array;
}

/** (A'y)_k of each cell, and the size of the numbers that it is a sum of. */
export function rowPrices({ cells }: AnaisProblem, y: Float64Array): { sum: Float64Array; size: Float64Array } {
  const sum = new Float64Array(cells.count);
  const size = new Float64Array(cells.count);
  for (let k = 0; k < cells.count; k++) {
    for (let e = ROWS_PER_CELL * k; e < ROWS_PER_CELL * (k + 1); e++) {
      const row = cells.rows[e]!;
      if (row < 0) continue;
      sum[k]! += y[row]!;
      size[k]! += Math.abs(y[row]!);
    }
  }
  return { sum, size };
}

export function price(problem: AnaisProblem, y: Float64Array): Prices {
  const { cells, rightHandSide } = problem;
  const constant = new CarefulSum();
  rightHandSide.forEach((b, row) => {
    if (b !== 0) constant.add(y[row]! * b);
  });
  const { sum: gain, size } = rowPrices(problem, y);
  for (let k = 0; k < cells.count; k++) {
    constant.add(-gain[k]! * cells.value[k]!, size[k]! * cells.value[k]!);
    gain[k]! *= cells.unit[k]!;
    size[k]! *= cells.unit[k]!;
  }
  return { constant, gain, size };
}

/**
 * Step 1: a lower bound of rmax, from any duals. With u in [-min(x0/d, r), r] no dual vector can have y'(b - A x0) above
 *
 *     gain(r) = sum of t_k r over t_k > 0 + sum of |t_k| min(x0_k/d_k, r) over t_k < 0,
 *
 * which grows with r and is concave. The r at which it gets there is a bound; Newton steps from 0 never pass it.
 */
export function leastDeviationBound(problem: AnaisProblem, duals: Float64Array): number {
  const { cells } = problem;
  const { constant, gain, size } = price(problem, completeDuals(problem, duals));
  const needed = constant.lowerBound;
  if (!(needed > 0)) return 0;
  const most = (r: number): { value: number; slope: number } => {
    const sum = new CarefulSum();
    let slope = 0;
    for (let k = 0; k < cells.count; k++) {
      const t = gain[k]!;
      const fall = cells.value[k]! / cells.unit[k]!;
      const reach = t > 0 || fall > r ? r : fall;
      sum.add(Math.abs(t) * reach, size[k]! * reach);
      if (reach === r) slope += Math.abs(t);
    }
    return { value: sum.upperBound, slope };
  };
  let r = 0;
  for (;;) {
    const { value, slope } = most(r);
    const next = r + (needed - value) / slope;
    if (!(next > r * (1 + 4 * UNIT_ROUNDOFF)) || !Number.isFinite(next)) break;
    r = next;
  }
  // Rounding may have carried the last step too far.
  for (let back = 8 * UNIT_ROUNDOFF; most(r).value > needed; back *= 2) r *= 1 - back;
  return r;
}

/**
 * Step 2: a lower bound of the sum of cost |u| over u in [-min(x0/d, rmax), rmax], from any duals. Each cell is boxed, so
 * its part of the Lagrangian, the least of cost |u| - t u, is closed form.
 */
export function totalDeviationBound(problem: AnaisProblem, duals: Float64Array, rmax: number): number {
  const { cells } = problem;
  const { constant, gain, size } = price(problem, completeDuals(problem, duals));
  for (let k = 0; k < cells.count; k++) {
    const beyond = Math.abs(gain[k]!) - cells.cost[k]!;
    if (!(beyond > -8 * UNIT_ROUNDOFF * size[k]!)) continue;
    const reach = gain[k]! > 0 ? rmax : Math.min(rmax, cells.value[k]! / cells.unit[k]!);
    constant.add(-Math.max(0, beyond) * reach, (size[k]! + cells.cost[k]!) * reach);
  }
  return Math.max(0, constant.lowerBound);
}

/**
 * Whether the constraints contradict each other, from any duals: with x >= 0 and no cell above what the totals allow,
 * X, every table that meets all of them has
 *
 *     y'b = y'(A x + B v) <= sum of max(0, (A'y)_k) X_k,
 *
 * so that none does where the left side is larger (Farkas). The duals are measured so that |y| is at most 1 / size:
 * then the difference is also what violations, each as a share of its size, must add up to.
 * @param size of each row, for coherence that of its cap
 * @returns the difference; above 0, it is a proof
 */
export function conflictBound(problem: AnaisProblem, size: Float64Array, duals: Float64Array): number {
  const { cells, layout, rightHandSide, accounts } = problem;
  const y = completeDuals(problem, duals);
  const most = largestCells(problem);
  const difference = new CarefulSum();
  let strongest = 0;
  const totals = layout.range('total output').start;
  for (let row = totals; row < layout.count; row++) {
    if (rightHandSide[row] !== 0) difference.add(y[row]! * rightHandSide[row]!);
    strongest = Math.max(strongest, Math.abs(y[row]!) * size[row]!);
  }
  const { sectorCount } = dimensions(problem.reference);
  const live = liveAccounts(problem);
  accounts.forEach((_, u) => {
    for (let i = 0; i < sectorCount && live[u] === 1; i++) {
      const cap = layout.coherenceCap(u, i);
      const price = Math.abs(y[layout.coherence(u, i)]! - y[layout.columnBalance(u)]!);
      strongest = Math.max(strongest, price * size[cap]!);
    }
  });
  const { sum, size: terms } = rowPrices(problem, y);
  for (let k = 0; k < cells.count; k++) {
    const atMost = sum[k]! + 8 * UNIT_ROUNDOFF * terms[k]!;
    if (atMost > 0) difference.add(-atMost * most[k]!, terms[k]! * most[k]!);
  }
  return strongest > 0 ? difference.lowerBound / strongest : 0;
}

/** What each cell can be at most where every total is met: no more than any total that it is part of. */
function largestCells({ cells, layout, rightHandSide, accounts, reference }: AnaisProblem): Float64Array {
  const { start, size } = layout.range('row balance');
  const totals = layout.range('total output').start;
  return cells.value.map((_, k) => {
    let most = Infinity;
    for (let e = ROWS_PER_CELL * k; e < ROWS_PER_CELL * (k + 1); e++) {
      const row = cells.rows[e]!;
      if (row < 0 || (row >= size + start && row < totals)) continue;
      const u = row - start;
      const total =
        row < totals ? layout.totalOutput(layout.groupOfAccount(u), accounts[u]! % reference.sectors.length) : row;
      most = Math.min(most, Math.max(0, rightHandSide[total]!));
    }
    return most;
  });
}

/** The largest deviation |x - x0| / d. */
export function largestDeviation({ cells }: AnaisProblem, values: Float64Array): number {
  let largest = 0;
  for (let k = 0; k < cells.count; k++) {
    largest = Math.max(largest, Math.abs(values[k]! - cells.value[k]!) / cells.unit[k]!);
  }
  return largest;
}

/** The sum of deviations, cost |x - x0| / d. */
export function totalDeviation({ cells }: AnaisProblem, values: Float64Array): number {
  const sum = new CarefulSum();
  for (let k = 0; k < cells.count; k++) {
    sum.add((cells.cost[k]! * Math.abs(values[k]! - cells.value[k]!)) / cells.unit[k]!);
  }
  return sum.value;
}

/** (primal - bound) / primal. Below 0 where the primal value is that of a table which violates a constraint a little. */
export const relativeGap = (primal: number, bound: number): number =>
  primal === bound ? 0 : (primal - bound) / primal;
