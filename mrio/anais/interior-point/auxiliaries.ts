import type { Direction, PrimalDualModel } from './primal-dual.ts';
import type { AnaisSystem } from './system.ts';

/** The auxiliary variables v = (w, q, s) >= 0 of both steps, which cost nothing, with their multipliers. */
export interface Auxiliaries {
  /** Where their pairs begin. */
  readonly offset: number;
  /** Updates what is left of B'y + multiplier = 0. */
  updateResidual(y: Float64Array): void;
  /** T = v / multiplier of each. */
  weights(): Float64Array;
  /** Adds their part to the right-hand side: rows, then w. */
  addRightHandSide(target: Float64Array, rightHandSide: Float64Array): void;
  /** Completes a direction of which the solution is known. */
  complete(target: Float64Array, direction: Direction): void;
}

/**
 * @param pairs slacks and multipliers of the whole model, those of v at the end
 * @param start values to begin with, as a share of each variable's size, and the product of each pair
 */
export function auxiliaries(
  system: AnaisSystem,
  pairs: Pick<PrimalDualModel, 'slack' | 'multiplier' | 'weight'>,
  start: { readonly least: number; readonly product: number },
): Auxiliaries {
  const { rowCount: m, auxiliaryCount: count, auxiliarySize } = system;
  const U = system.problem.accounts.length;
  const offset = pairs.slack.length - count;
  const value = pairs.slack.subarray(offset);
  const multiplier = pairs.multiplier.subarray(offset);
  const used = Int32Array.from(Array.from({ length: count }, (_, j) => j).filter((j) => auxiliarySize[j]! > 0));
  for (const j of used) {
    value[j] = Math.max(auxiliarySize[j]!, start.least);
    pairs.weight[offset + j] = 1;
    multiplier[j] = start.product / value[j];
  }
  const residual = new Float64Array(count);
  const weight = new Float64Array(count);
  const part = new Float64Array(count);
  const gains = new Float64Array(count);
  return {
    offset,
    updateResidual: (y) => {
      system.auxiliaryGains(y, residual);
      for (const j of used) residual[j]! += multiplier[j]!;
    },
    weights: () => {
      for (const j of used) weight[j] = value[j]! / multiplier[j]!;
      return weight;
    },
    addRightHandSide: (target, rightHandSide) => {
      for (const j of used) {
        const known = residual[j]! + target[offset + j]! / value[j]!;
        if (j < U) rightHandSide[m + j] = -known;
        else part[j] = -weight[j]! * known;
      }
      system.addExcess(part, rightHandSide);
    },
    complete: (target, { solution, slack, multiplier: change }) => {
      system.auxiliaryGains(solution, gains);
      for (const j of used) {
        const wanted = target[offset + j]!;
        const step = j < U ? solution[m + j]! : weight[j]! * (gains[j]! + residual[j]! + wanted / value[j]!);
        slack[offset + j] = step;
        change[offset + j] = (wanted - multiplier[j]! * step) / value[j]!;
      }
    },
  };
}
