import { dimensions } from '../table.ts';
import { rowActivity, type AnaisProblem } from './problem.ts';

/** Sizes that rows and auxiliary variables are measured in. */
export interface Scaling {
  /** What the terms of each row add up to in the reference, 1 where there are none. */
  readonly row: Float64Array;
  /** Size of each w (U) and of each q (U x S). */
  readonly output: Float64Array;
  readonly excess: Float64Array;
}

/** Sizes by the reference: an account's output is what its row adds up to, a coefficient lies mid-way in its band. */
export function scaling(problem: AnaisProblem): Scaling {
  const { layout, cells, accounts, rightHandSide, bandLow, bandWidth } = problem;
  const { sectorCount } = dimensions(problem.reference);
  const size = rowActivity(problem, cells.value);
  const output = Float64Array.from(accounts, (_, u) => size[layout.rowBalance(u)]! || 1);
  const excess = new Float64Array(accounts.length * sectorCount).fill(1);
  accounts.forEach((account, u) => {
    let columnTerms = 0;
    for (let i = 0; i < sectorCount; i++) {
      const at = u * sectorCount + i;
      const most = bandWidth[at]! * output[u]!;
      if (most > 0) excess[at] = most / 2;
      size[layout.coherenceCap(u, i)] = most;
      size[layout.coherence(u, i)]! += bandLow[at]! * output[u]! + most / 2;
      columnTerms += most / 2;
    }
    size[layout.columnBalance(u)]! += columnTerms + output[u]!;
    size[layout.totalOutput(layout.groupOfAccount(u), account % sectorCount)]! += output[u]!;
  });
  const row = size.map((value, k) => Math.max(value, Math.abs(rightHandSide[k]!)) || 1);
  return { row, output, excess };
}

/**
 * The same where constraints are elastic: a band is measured by what its upper end allows, or by the inputs of the
 * reference where it allows none, so that giving way by its whole size doubles it.
 */
export function elasticScaling(problem: AnaisProblem): Scaling {
  const { layout, bandLow, bandWidth, accounts, cells } = problem;
  const { sectorCount } = dimensions(problem.reference);
  const { row, output, excess } = scaling(problem);
  const present = rowActivity(problem, cells.value);
  accounts.forEach((_, u) => {
    for (let i = 0; i < sectorCount; i++) {
      const at = u * sectorCount + i;
      const size = (bandLow[at]! + bandWidth[at]!) * output[u]! || present[layout.coherence(u, i)]! || 1;
      row[layout.coherenceCap(u, i)] = size;
      if (bandWidth[at] === 0) excess[at] = size / 2;
    }
  });
  return { row, output, excess };
}
