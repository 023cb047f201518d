import { relativeGap } from '../bounds.ts';
import { squaredDeviationBound } from '../least-squares-bound.ts';
import { auxiliaries } from './auxiliaries.ts';
import type { Tolerances } from './least-deviation.ts';
import type { PrimalDualModel } from './primal-dual.ts';
import type { AnaisSystem } from './system.ts';

/** Weighted least squares as a model, and what it has found. */
export interface LeastSquares extends PrimalDualModel {
  /** u, deviations of the cells. */
  readonly deviation: Float64Array;
  /** Duals of the rows with the best bound so far. */
  readonly duals: Float64Array;
}

/** The product of each pair to begin with, as a share of the mean weight of a cell, and the least auxiliary variable. */
const START = { product: 1e-2, least: 1e-3 };
const LEAST_TOLERANCE = 1e-13;

/**
 * Weighted least squares under the constraints of ANAIS: min sum of (x - x0)^2 / x0 = sum of g u^2 with g = d^2 / x0,
 * u >= -x0 / d and A D u + B v = b - A x0. Weighed like this, it is the quadratic approximation of RAS at the reference
 * (Friedlander 1961). In units of twice the mean of g, with q = g / mean, the least of q u^2 / 2 has stationarity
 *
 *     D A'y + multiplier - q u = 0,
 *
 * and a cell weighs 1 / (q + multiplier / slack) in K.
 */
export function leastSquaresModel(system: AnaisSystem, tolerances: Tolerances): LeastSquares {
  const { problem, rowCount: m } = system;
  const { cells } = problem;
  const N = cells.count;
  const curvature = cells.value.map((x0, k) => cells.unit[k]! ** 2 / x0);
  const mean = curvature.reduce((sum, g) => sum + g / N, 0);
  for (let k = 0; k < N; k++) curvature[k]! /= mean;
  const slack = new Float64Array(N + system.auxiliaryCount);
  const multiplier = new Float64Array(slack.length);
  const weightOfPair = new Float64Array(slack.length).fill(1, 0, N);
  for (let k = 0; k < N; k++) {
    slack[k] = cells.value[k]! / cells.unit[k]!;
    multiplier[k] = START.product / slack[k]!;
  }
  const extra = auxiliaries(system, { slack, multiplier, weight: weightOfPair }, START);
  const v = slack.subarray(extra.offset);
  const deviation = new Float64Array(N);
  const y = new Float64Array(m);
  const duals = new Float64Array(m);
  let bound = 0;

  const rowResidual = new Float64Array(m);
  const cellResidual = new Float64Array(N);
  const weight = new Float64Array(N);
  const known = new Float64Array(N);
  const part = new Float64Array(N);
  const rightHandSide = new Float64Array(m + problem.accounts.length);
  let residual = Infinity;

  const updateResiduals = (): void => {
    system.gains(y, cellResidual);
    for (let k = 0; k < N; k++) cellResidual[k]! += multiplier[k]! - curvature[k]! * deviation[k]!;
    extra.updateResidual(y);
    residual = system.residual(deviation, v, rowResidual);
  };

  return {
    slack,
    multiplier,
    weight: weightOfPair,
    point: [slack, deviation],
    deviation,
    duals,
    measure: () => {
      updateResiduals();
      let total = 0;
      for (let k = 0; k < N; k++) total += curvature[k]! * deviation[k]! ** 2;
      const scaled = y.map((value) => 2 * mean * value);
      const found = squaredDeviationBound(problem, scaled);
      if (found > bound) {
        bound = found;
        duals.set(scaled);
      }
      const gap = relativeGap(mean * total, bound);
      return { finished: gap < tolerances.gap && residual < tolerances.residual, gap, residual };
    },
    linearise: () => {
      for (let k = 0; k < N; k++) weight[k] = 1 / (curvature[k]! + multiplier[k]! / slack[k]!);
      system.factorise(weight, extra.weights());
    },
    direction: (target, direction) => {
      for (let k = 0; k < N; k++) {
        known[k] = (cellResidual[k]! + target[k]! / slack[k]!) * weight[k]!;
        part[k] = -known[k]!;
      }
      rightHandSide.fill(0);
      rightHandSide.set(rowResidual);
      system.addCells(part, rightHandSide);
      extra.addRightHandSide(target, rightHandSide);
      system.solve(rightHandSide, direction.solution, Math.max(1e-3 * residual, LEAST_TOLERANCE));
      system.gains(direction.solution, part);
      for (let k = 0; k < N; k++) {
        const change = known[k]! + weight[k]! * part[k]!;
        direction.slack[k] = change;
        direction.multiplier[k] = (target[k]! - multiplier[k]! * change) / slack[k]!;
      }
      extra.complete(target, direction);
    },
    move: (direction, primal, dual) => {
      for (let k = 0; k < N; k++) deviation[k]! += primal * direction.slack[k]!;
      for (let row = 0; row < m; row++) y[row]! += dual * direction.solution[row]!;
    },
  };
}
