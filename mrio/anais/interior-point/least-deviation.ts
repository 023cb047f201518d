import { leastDeviationBound } from '../bounds.ts';
import { auxiliaries } from './auxiliaries.ts';
import type { Direction, PrimalDualModel } from './primal-dual.ts';
import type { AnaisSystem } from './system.ts';

/** When step 1 is good enough. */
export interface Tolerances {
  readonly gap: number;
  readonly residual: number;
}

/** Step 1 as a model, and what it has found. */
export interface LeastDeviation extends PrimalDualModel {
  /** u, deviations of the cells. */
  readonly deviation: Float64Array;
  /** Duals of the rows with the best bound so far. */
  readonly duals: Float64Array;
  rmax(): number;
  /** Whether the bound has left rmax far behind, as where the constraints contradict each other: it was given up. */
  hopeless(): boolean;
}

/** The bound costs a pass over the cells: it is computed only when the products are this small a share of rmax. */
const NEARLY_DONE = 1e-4;
/** Until then it is computed every so many steps, to give up where it is this many times rmax. */
const LOOK_EVERY = 4;
const HOPELESS = 100;
/** Cells that can fall by this share of the first rmax have the full weight. */
const FULL_WEIGHT = 0.03;
const CENTRING = [1e-2, 0.2] as const;
const BORDER_TOLERANCE = 1e-12;
const LEAST_TOLERANCE = 1e-13;

/**
 * Step 1: min N rmax with slacks rmax - u, rmax + u and u + x0/d, and A D u + B v = b - A x0. With a, b, c the ratios of
 * multiplier to slack, a cell has H = a + b + c and weighs 1/H in K; rmax is a border of the system,
 *
 *     h = A D (a - b)/H,    rho = sum of [(a + b) c + 4 a b]/H,
 *     d rmax = (R + h' K^-1 rhs) / (rho + h' K^-1 h).
 *
 * @param start rmax to begin with; u begins at 0
 */
export function leastDeviationModel(system: AnaisSystem, start: number, tolerances: Tolerances): LeastDeviation {
  const { problem, rowCount: m } = system;
  const { cells } = problem;
  const N = cells.count;
  const size = m + problem.accounts.length;
  const slack = new Float64Array(3 * N + system.auxiliaryCount);
  const multiplier = new Float64Array(slack.length);
  const pairWeight = new Float64Array(slack.length);
  slack.fill(start, 0, 2 * N);
  multiplier.fill(0.5, 0, 2 * N);
  pairWeight.fill(1, 0, 2 * N);
  const product = start / 2;
  for (let k = 0; k < N; k++) {
    const fall = cells.value[k]! / cells.unit[k]!;
    slack[2 * N + k] = fall;
    // A small cell is not to be held at the distance from 0 that a large one has room for.
    pairWeight[2 * N + k] = Math.min(1, fall / (FULL_WEIGHT * start));
    multiplier[2 * N + k] = (product * pairWeight[2 * N + k]!) / fall;
  }
  const extra = auxiliaries(system, { slack, multiplier, weight: pairWeight }, { least: 1e-9, product });
  const v = slack.subarray(extra.offset);
  const deviation = new Float64Array(N);
  const y = new Float64Array(m);
  const duals = new Float64Array(m);
  let rmax = start;
  let bound = 0;
  let steps = 0;
  let hopeless = false;

  const rowResidual = new Float64Array(m);
  const cellResidual = new Float64Array(N);
  let rmaxResidual = 0;
  let residual = Infinity;
  const weight = new Float64Array(N);
  const known = new Float64Array(N);
  const part = new Float64Array(N);
  const border = new Float64Array(size);
  const borderSolution = new Float64Array(size);
  const rightHandSide = new Float64Array(size);
  let rho = 0;
  let borderNorm = 0;
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let row = 0; row < m; row++) sum += a[row]! * b[row]!;
    return sum;
  };

  const updateResiduals = (): void => {
    system.gains(y, cellResidual);
    let multipliers = 0;
    for (let k = 0; k < N; k++) {
      const [above, below] = [multiplier[k]!, multiplier[N + k]!];
      cellResidual[k]! += below + multiplier[2 * N + k]! - above;
      multipliers += above + below;
    }
    rmaxResidual = N - multipliers;
    extra.updateResidual(y);
    residual = system.residual(deviation, v, rowResidual);
  };

  return {
    slack,
    multiplier,
    weight: pairWeight,
    point: [slack, deviation],
    centring: CENTRING,
    deviation,
    duals,
    rmax: () => rmax,
    hopeless: () => hopeless,
    measure: (averageProduct) => {
      updateResiduals();
      if (averageProduct < NEARLY_DONE * rmax || ++steps % LOOK_EVERY === 0) {
        const found = leastDeviationBound(problem, y);
        if (found > bound) {
          bound = found;
          duals.set(y);
        }
      }
      const gap = (rmax - bound) / rmax;
      hopeless = bound > HOPELESS * rmax && residual > tolerances.residual;
      return { finished: hopeless || (gap < tolerances.gap && residual < tolerances.residual), gap, residual };
    },
    linearise: () => {
      rho = 0;
      for (let k = 0; k < N; k++) {
        const a = multiplier[k]! / slack[k]!;
        const b = multiplier[N + k]! / slack[N + k]!;
        const c = multiplier[2 * N + k]! / slack[2 * N + k]!;
        weight[k] = 1 / (a + b + c);
        rho += ((a + b) * c + 4 * a * b) * weight[k]!;
        part[k] = (a - b) * weight[k]!;
      }
      system.factorise(weight, extra.weights());
      border.fill(0);
      system.addCells(part, border);
      borderNorm = system.relativeSize(border);
      system.solve(border, borderSolution, BORDER_TOLERANCE * borderNorm);
    },
    direction: (target, direction: Direction) => {
      let R = -rmaxResidual;
      for (let k = 0; k < N; k++) {
        const above = target[k]! / slack[k]!;
        const below = target[N + k]! / slack[N + k]!;
        const floor = target[2 * N + k]! / slack[2 * N + k]!;
        const e = cellResidual[k]! - above + below + floor;
        known[k] = e;
        const difference = multiplier[k]! / slack[k]! - multiplier[N + k]! / slack[N + k]!;
        R += above + below + difference * weight[k]! * e;
        part[k] = -weight[k]! * e;
      }
      rightHandSide.fill(0);
      rightHandSide.set(rowResidual);
      system.addCells(part, rightHandSide);
      extra.addRightHandSide(target, rightHandSide);
      const { solution } = direction;
      system.solve(rightHandSide, solution, Math.max(1e-3 * residual, LEAST_TOLERANCE));
      const dr = (R + dot(border, solution)) / (rho + dot(border, borderSolution));
      for (let i = 0; i < size; i++) solution[i]! -= dr * borderSolution[i]!;
      direction.rmax = dr;
      system.gains(solution, part);
      for (let k = 0; k < N; k++) {
        const a = multiplier[k]! / slack[k]!;
        const b = multiplier[N + k]! / slack[N + k]!;
        const c = multiplier[2 * N + k]! / slack[2 * N + k]!;
        const du = (part[k]! + (a - b) * dr + known[k]!) * weight[k]!;
        direction.slack[k] = dr - du;
        direction.slack[N + k] = dr + du;
        direction.slack[2 * N + k] = du;
        direction.multiplier[k] = target[k]! / slack[k]! - a * (dr - du);
        direction.multiplier[N + k] = target[N + k]! / slack[N + k]! - b * (dr + du);
        direction.multiplier[2 * N + k] = target[2 * N + k]! / slack[2 * N + k]! - c * du;
      }
      extra.complete(target, direction);
    },
    move: (direction, primal, dual) => {
      for (let k = 0; k < N; k++) deviation[k]! += primal * direction.slack[2 * N + k]!;
      rmax += primal * direction.rmax;
      for (let row = 0; row < m; row++) y[row]! += dual * direction.solution[row]!;
    },
  };
}
