import { relativeGap, totalDeviationBound } from '../bounds.ts';
import { auxiliaries } from './auxiliaries.ts';
import type { Tolerances } from './least-deviation.ts';
import type { PrimalDualModel } from './primal-dual.ts';
import type { AnaisSystem } from './system.ts';

/** Step 2 as a model, and what it has found. */
export interface TotalDeviation extends PrimalDualModel {
  /** How far each cell rises, and how far it falls. */
  readonly rise: Float64Array;
  readonly fall: Float64Array;
  /** Duals of the rows with the best bound so far. */
  readonly duals: Float64Array;
}

/**
 * Where step 2 begins: in the middle, not at the solution of step 1, which lies on the border of its constraints and
 * would hold every step short.
 */
const START = { share: 0.1, least: 1e-3, product: 0.3 };
const CENTRING = [1e-2, 1] as const;
const LEAST_TOLERANCE = 1e-13;

/**
 * Step 2: min sum of cost (p + n) with u = p - n, 0 <= p <= rmax, 0 <= n <= min(x0/d, rmax), and A D u + B v = b - A x0.
 * A cell weighs 1/H_p + 1/H_n in K, H the sum of multiplier over slack at both ends of its box.
 */
export function totalDeviationModel(system: AnaisSystem, rmax: number, tolerances: Tolerances): TotalDeviation {
  const { problem, rowCount: m } = system;
  const { cells } = problem;
  const { bound, objective } = problem.variant;
  const N = cells.count;
  const slack = new Float64Array(4 * N + system.auxiliaryCount);
  const multiplier = new Float64Array(slack.length);
  const typical = bound === 'relative' ? Math.min(1, rmax) : rmax;
  let meanCost = 0;
  for (let k = 0; k < N; k++) meanCost += cells.cost[k]! / N;
  const cost = cells.cost.map((value) => value / meanCost);
  for (let k = 0; k < N; k++) {
    const furthest = [rmax, Math.min(rmax, cells.value[k]! / cells.unit[k]!)];
    // Both begin at the same distance, so that no cell begins away from its reference.
    const at = Math.min(START.share * typical, ...furthest.map((end) => end / 2));
    furthest.forEach((end, side) => {
      slack[side * N + k] = at;
      slack[(2 + side) * N + k] = end - at;
    });
  }
  const pairWeight = new Float64Array(slack.length).fill(1, 0, 4 * N);
  const product = START.product * (bound === 'relative' ? 1 : rmax);
  for (let i = 0; i < 4 * N; i++) multiplier[i] = product / slack[i]!;
  const extra = auxiliaries(system, { slack, multiplier, weight: pairWeight }, { least: START.least, product });
  const v = slack.subarray(extra.offset);
  const rise = slack.subarray(0, N);
  const fall = slack.subarray(N, 2 * N);
  const y = new Float64Array(m);
  const duals = new Float64Array(m);
  let proven = 0;

  const rowResidual = new Float64Array(m);
  const gain = new Float64Array(N);
  const part = new Float64Array(N);
  const weight = new Float64Array(N);
  const weightUp = new Float64Array(N);
  const weightDown = new Float64Array(N);
  const knownUp = new Float64Array(N);
  const knownDown = new Float64Array(N);
  const rightHandSide = new Float64Array(m + problem.accounts.length);
  let residual = Infinity;

  const updateResiduals = (): void => {
    system.gains(y, gain);
    extra.updateResidual(y);
    for (let k = 0; k < N; k++) part[k] = rise[k]! - fall[k]!;
    residual = system.residual(part, v, rowResidual);
  };

  return {
    slack,
    multiplier,
    weight: pairWeight,
    point: [slack, y],
    centring: CENTRING,
    isUneven: bound === 'absolute' || objective === 'absolute',
    rise,
    fall,
    duals,
    measure: () => {
      updateResiduals();
      let total = 0;
      for (let k = 0; k < N; k++) total += cells.cost[k]! * Math.abs(part[k]!);
      const scaled = y.map((value) => value * meanCost);
      const found = totalDeviationBound(problem, scaled, rmax);
      if (found > proven) {
        proven = found;
        duals.set(scaled);
      }
      // What is left in the rows has its price: the table that meets them, after the repair, is that much dearer.
      for (let row = 0; row < m; row++) total += scaled[row]! * rowResidual[row]!;
      const gap = relativeGap(total, proven);
      return { finished: Math.abs(gap) < tolerances.gap && residual < tolerances.residual, gap, residual };
    },
    linearise: () => {
      for (let k = 0; k < N; k++) {
        weightUp[k] = 1 / (multiplier[k]! / slack[k]! + multiplier[2 * N + k]! / slack[2 * N + k]!);
        weightDown[k] = 1 / (multiplier[N + k]! / slack[N + k]! + multiplier[3 * N + k]! / slack[3 * N + k]!);
        weight[k] = weightUp[k]! + weightDown[k]!;
      }
      system.factorise(weight, extra.weights());
    },
    direction: (target, direction) => {
      for (let k = 0; k < N; k++) {
        const up =
          gain[k]! - cost[k]! + multiplier[k]! - multiplier[2 * N + k]! +
          target[k]! / slack[k]! - target[2 * N + k]! / slack[2 * N + k]!; // prettier-ignore
        const down =
          -gain[k]! - cost[k]! + multiplier[N + k]! - multiplier[3 * N + k]! +
          target[N + k]! / slack[N + k]! - target[3 * N + k]! / slack[3 * N + k]!; // prettier-ignore
        knownUp[k] = up * weightUp[k]!;
        knownDown[k] = down * weightDown[k]!;
        part[k] = knownDown[k]! - knownUp[k]!;
      }
      rightHandSide.fill(0);
      rightHandSide.set(rowResidual);
      system.addCells(part, rightHandSide);
      extra.addRightHandSide(target, rightHandSide);
      system.solve(rightHandSide, direction.solution, Math.max(1e-3 * residual, LEAST_TOLERANCE));
      system.gains(direction.solution, part);
      const { slack: ds, multiplier: dl } = direction;
      for (let k = 0; k < N; k++) {
        const up = knownUp[k]! + weightUp[k]! * part[k]!;
        const down = knownDown[k]! - weightDown[k]! * part[k]!;
        ds[k] = up;
        ds[N + k] = down;
        ds[2 * N + k] = -up;
        ds[3 * N + k] = -down;
      }
      for (let i = 0; i < 4 * N; i++) dl[i] = (target[i]! - multiplier[i]! * ds[i]!) / slack[i]!;
      extra.complete(target, direction);
    },
    move: (direction, _primal, dual) => {
      for (let row = 0; row < m; row++) y[row]! += dual * direction.solution[row]!;
    },
  };
}
