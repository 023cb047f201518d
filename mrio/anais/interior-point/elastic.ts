import { conflictBound } from '../bounds.ts';
import { ROWS_PER_CELL } from '../problem.ts';
import { auxiliaries } from './auxiliaries.ts';
import type { PrimalDualModel } from './primal-dual.ts';
import type { AnaisSystem } from './system.ts';

/** Families that are definitions and not data: no table is without them, so they never give way. */
const DEFINITIONS: readonly string[] = ['row balance', 'column balance'];

/** When the elastic run is good enough. */
export interface ElasticTolerances {
  /** Largest (sum - bound) / sum. */
  readonly gap: number;
  readonly residual: number;
  /** A sum of violations below this is none. */
  readonly none: number;
}

/** The elastic run as a model, and what it has found. */
export interface Elastic extends PrimalDualModel {
  /** x of the cells, in units of d. */
  readonly level: Float64Array;
  /** Duals of the rows with the best bound so far. */
  readonly duals: Float64Array;
  /** The sum of violations, each as a share of the size of its row, and what it is at least. */
  sum(): number;
  bound(): number;
}

/** Product of each pair to begin with: of a violation, its share of its constraint. */
const START = 1e-3;
/** Pairs of cells are led to their share of a row, but to this at least: a small cell is not to grow to the size of a large. */
const LEAST_SHARE = 1e-2;
const LEAST_TOLERANCE = 1e-13;

/** The largest share of a row that a cell makes up in the reference. */
function shareOfRows({ problem: { cells }, scale }: AnaisSystem, k: number): number {
  let least = Infinity;
  for (let e = ROWS_PER_CELL * k; e < ROWS_PER_CELL * (k + 1); e++) {
    const row = cells.rows[e]!;
    if (row >= 0) least = Math.min(least, scale.row[row]!);
  }
  return Math.max(LEAST_SHARE, cells.value[k]! / least);
}

/**
 * The elastic run: min sum of |violation| / size over all constraints that are data or assumption, balances of accounts met,
 *
 *     A x + B (w, q - short, s) + up - down = b,    x, w, q, s, up, down, short >= 0.
 *
 * `up` and `down` are what a total misses or has too much, `down` of a coherence cap how far a coefficient is above its
 * band and `short` how far below; the balance of its column counts both. Each of them adds its ratio of slack to
 * multiplier to K: in the diagonal, or to the weight of q.
 *
 * @param system built for the elastic run, in which no row is left out that can give way
 */
export function elasticModel(system: AnaisSystem, tolerances: ElasticTolerances): Elastic {
  const { problem, rowCount: m, scale, auxiliaryCount, auxiliarySize } = system;
  const { cells, layout, accounts } = problem;
  const N = cells.count;
  const U = accounts.length;
  const bands = problem.bandLow.length;
  const caps = layout.range('coherence cap');
  const [upAt, downAt, shortAt] = [N, N + m, N + 2 * m];
  const slack = new Float64Array(N + 2 * m + bands + auxiliaryCount);
  const multiplier = new Float64Array(slack.length);
  const cost = scale.row.map((size) => 1 / size);
  const product = START;
  const share = new Float64Array(slack.length);
  const use = (at: number, value: number, price: number): void => {
    slack[at] = value;
    multiplier[at] = price;
    share[at] = 1;
  };
  for (let k = 0; k < N; k++) {
    slack[k] = cells.value[k]! / cells.unit[k]!;
    share[k] = shareOfRows(system, k);
    multiplier[k] = (product * share[k]!) / slack[k]!;
  }
  for (let row = 0; row < m; row++) {
    const family = layout.family(row);
    if (DEFINITIONS.includes(family) || family === 'coherence') continue;
    const isCap = family === 'coherence cap';
    if (isCap && auxiliarySize[U + row - caps.start] === 0) continue;
    if (!isCap) use(upAt + row, product / cost[row]!, cost[row]!);
    use(downAt + row, product / cost[row]!, cost[row]!);
  }
  for (let at = 0; at < bands; at++) {
    if (auxiliarySize[U + at] === 0) continue;
    const price = cost[caps.start + at]!;
    use(shortAt + at, product / price, price);
  }
  const extra = auxiliaries(system, { slack, multiplier, weight: share }, { least: 1e-9, product });
  const level = slack.subarray(0, N);
  const short = slack.subarray(shortAt, shortAt + bands);
  const v = slack.subarray(extra.offset);
  const y = new Float64Array(m);
  const duals = new Float64Array(m);
  let bound = -Infinity;
  let sum = Infinity;
  let residual = Infinity;

  const rowResidual = new Float64Array(m);
  const cellResidual = new Float64Array(N);
  const giveResidual = new Float64Array(2 * m + bands);
  const gainOfV = new Float64Array(auxiliaryCount);
  const net = new Float64Array(auxiliaryCount);
  const part = new Float64Array(N);
  const weight = new Float64Array(N);
  const rowWeight = new Float64Array(m);
  const combined = new Float64Array(auxiliaryCount);
  const excess = new Float64Array(auxiliaryCount);
  const rightHandSide = new Float64Array(m + U);
  const ratio = (at: number): number => (multiplier[at] === 0 ? 0 : slack[at]! / multiplier[at]!);
  const fall = cells.value.map((x0, k) => x0 / cells.unit[k]!);

  const updateResiduals = (): void => {
    system.gains(y, cellResidual);
    for (let k = 0; k < N; k++) cellResidual[k]! += multiplier[k]!;
    extra.updateResidual(y);
    system.auxiliaryGains(y, gainOfV);
    for (let row = 0; row < m; row++) {
      giveResidual[row] = multiplier[upAt + row] === 0 ? 0 : cost[row]! - y[row]! - multiplier[upAt + row]!;
      giveResidual[m + row] = multiplier[downAt + row] === 0 ? 0 : cost[row]! + y[row]! - multiplier[downAt + row]!;
    }
    net.set(v);
    for (let at = 0; at < bands; at++) {
      net[U + at]! -= short[at]!;
      const price = multiplier[shortAt + at]!;
      giveResidual[2 * m + at] = price === 0 ? 0 : cost[caps.start + at]! + gainOfV[U + at]! - price;
    }
    for (let k = 0; k < N; k++) part[k] = level[k]! - fall[k]!;
    system.residual(part, net, rowResidual);
    for (let row = 0; row < m; row++) rowResidual[row]! -= slack[upAt + row]! - slack[downAt + row]!;
    residual = system.relativeSize(rowResidual);
  };

  return {
    slack,
    multiplier,
    weight: share,
    point: [slack],
    level,
    duals,
    sum: () => sum,
    bound: () => bound,
    measure: () => {
      updateResiduals();
      sum = 0;
      for (let row = 0; row < m; row++) sum += cost[row]! * (slack[upAt + row]! + slack[downAt + row]!);
      for (let at = 0; at < bands; at++) sum += cost[caps.start + at]! * short[at]!;
      const found = conflictBound(problem, scale.row, y);
      if (found > bound) {
        bound = found;
        duals.set(y);
      }
      const gap = (sum - bound) / sum;
      const settled = sum < tolerances.none || gap < tolerances.gap;
      return { finished: settled && residual < tolerances.residual, gap, residual };
    },
    linearise: () => {
      for (let k = 0; k < N; k++) weight[k] = slack[k]! / multiplier[k]!;
      for (let row = 0; row < m; row++) rowWeight[row] = ratio(upAt + row) + ratio(downAt + row);
      combined.set(extra.weights());
      for (let at = 0; at < bands; at++) combined[U + at]! += ratio(shortAt + at);
      system.factorise(weight, combined, rowWeight);
    },
    direction: (target, direction) => {
      const { solution, slack: ds, multiplier: dl } = direction;
      const known = (at: number): number =>
        multiplier[at] === 0 ? 0 : (target[at]! - slack[at]! * giveResidual[at - N]!) / multiplier[at]!;
      for (let k = 0; k < N; k++) part[k] = -weight[k]! * (cellResidual[k]! + target[k]! / slack[k]!);
      rightHandSide.fill(0);
      for (let row = 0; row < m; row++) {
        rightHandSide[row] = rowResidual[row]! - known(upAt + row) + known(downAt + row);
      }
      system.addCells(part, rightHandSide);
      extra.addRightHandSide(target, rightHandSide);
      for (let at = 0; at < bands; at++) excess[U + at] = known(shortAt + at);
      system.addExcess(excess, rightHandSide);
      system.solve(rightHandSide, solution, Math.max(1e-3 * residual, LEAST_TOLERANCE));
      system.gains(solution, part);
      system.auxiliaryGains(solution, gainOfV);
      for (let k = 0; k < N; k++) {
        ds[k] = weight[k]! * (part[k]! + cellResidual[k]! + target[k]! / slack[k]!);
        dl[k] = (target[k]! - multiplier[k]! * ds[k]!) / slack[k]!;
      }
      const give = (at: number, change: number): void => {
        if (multiplier[at] === 0) return;
        dl[at] = change + giveResidual[at - N]!;
        ds[at] = (target[at]! - slack[at]! * dl[at]) / multiplier[at]!;
      };
      for (let row = 0; row < m; row++) {
        give(upAt + row, -solution[row]!);
        give(downAt + row, solution[row]!);
      }
      for (let at = 0; at < bands; at++) give(shortAt + at, gainOfV[U + at]!);
      extra.complete(target, direction);
    },
    move: (direction, _primal, dual) => {
      for (let row = 0; row < m; row++) y[row]! += dual * direction.solution[row]!;
    },
  };
}
