import type { AnaisSystem } from './system.ts';

/** Least squares steps, and the relative residual at which there is nothing left to repair. */
const ROUNDS = 4;
const GOOD_ENOUGH = 3e-15;
const SOLVE_TOLERANCE = 1e-4;

/** A point that nearly meets the constraints: deviations u and auxiliary variables v. */
export interface Point {
  readonly deviation: Float64Array;
  readonly auxiliary: Float64Array;
}

/**
 * Moves a point to exact balance by the smallest weighted steps, u += T D A' (A D T D A' + ...)^-1 residual, in place.
 * @param weight how freely each deviation may move: the square of how far it is from its bounds
 * @returns the largest residual left, relative to the terms of its row
 */
export function repair(system: AnaisSystem, { deviation, auxiliary }: Point, weight: Float64Array): number {
  const { rowCount: m, auxiliaryCount } = system;
  const U = system.problem.accounts.length;
  const auxiliaryWeight = auxiliary.map((value) => value * value);
  system.factorise(weight, auxiliaryWeight);
  const size = m + U;
  const rightHandSide = new Float64Array(size);
  const solution = new Float64Array(size);
  const gains = new Float64Array(deviation.length);
  const auxiliaryGains = new Float64Array(auxiliaryCount);
  const left = (): number => {
    rightHandSide.fill(0);
    return system.residual(deviation, auxiliary, rightHandSide);
  };
  let residual = left();
  for (let round = 0; round < ROUNDS && residual > GOOD_ENOUGH; round++) {
    system.solve(rightHandSide, solution, SOLVE_TOLERANCE * residual);
    system.gains(solution, gains);
    system.auxiliaryGains(solution, auxiliaryGains);
    for (let k = 0; k < deviation.length; k++) deviation[k]! += weight[k]! * gains[k]!;
    for (let j = 0; j < auxiliaryCount; j++) {
      auxiliary[j]! += j < U ? solution[m + j]! : auxiliaryWeight[j]! * auxiliaryGains[j]!;
    }
    residual = left();
  }
  return residual;
}
