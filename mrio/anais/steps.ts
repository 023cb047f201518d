import { dimensions } from '../table.ts';
import { LinearProgrammeBuilder, type LinearProgramme } from '../linear-programme.ts';
import type { AnaisProblem } from './problem.ts';

/**
 * Both steps of ANAIS as linear programmes in relative deviations u = (x - x0) / x0, whose boxes are bounds and not
 * rows. Rows are divided by the size of their terms and auxiliary variables (w, q) by their own size, so that an
 * interior-point method sees numbers near 1.
 */
export interface Step {
  readonly programme: LinearProgramme;
  /** Cell values of a solution. */
  values(columns: Float64Array): Float64Array;
  /** Duals of the problem's rows, in units of the problem. */
  duals(rowDuals: Float64Array): Float64Array;
}

/** Below 1 / this, rmax is as good as 0: the reference itself meets the constraints. */
const LARGEST_TAU = 1e7;

/** Sizes that rows and auxiliary variables are measured in. */
interface Scaling {
  /** Factor of each row. */
  readonly row: Float64Array;
  /** Size of each w (U) and of each q (U x S). */
  readonly output: Float64Array;
  readonly excess: Float64Array;
}

function scaling(problem: AnaisProblem): Scaling {
  const { layout, cells, accounts, rightHandSide, bandLow, bandWidth } = problem;
  const { sectorCount } = dimensions(problem.reference);
  const size = new Float64Array(layout.count);
  for (let k = 0; k < cells.count; k++) {
    size[cells.firstRow[k]!]! += cells.value[k]!;
    size[cells.secondRow[k]!]! += cells.value[k]!;
  }
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
  rightHandSide.forEach((b, row) => (size[row] = Math.max(size[row]!, Math.abs(b))));
  return { row: size.map((value) => (value > 0 ? 1 / value : 1)), output, excess };
}

/** Columns of w (2 S + 3 coefficients each) and q (3 each), and their coefficients in all. */
function auxiliarySize({ accounts, bandLow }: AnaisProblem): { columns: number; entries: number } {
  return { columns: accounts.length + bandLow.length, entries: 3 * accounts.length + 5 * bandLow.length };
}

/** Writes the columns of w and q, each at least 0. */
function addAuxiliaries(builder: LinearProgrammeBuilder, problem: AnaisProblem, scale: Scaling): void {
  const { layout, accounts, bandLow, bandWidth } = problem;
  const { sectorCount } = dimensions(problem.reference);
  accounts.forEach((account, u) => {
    const put = (row: number, value: number): void => {
      builder.coefficient(row, value * scale.output[u]! * scale.row[row]!);
    };
    let lowest = 0;
    put(layout.rowBalance(u), -1);
    for (let i = 0; i < sectorCount; i++) {
      const at = u * sectorCount + i;
      put(layout.coherence(u, i), -bandLow[at]!);
      put(layout.coherenceCap(u, i), -bandWidth[at]!);
      lowest += bandLow[at]!;
    }
    put(layout.columnBalance(u), -(1 - lowest));
    put(layout.totalOutput(layout.groupOfAccount(u), account % sectorCount), 1);
    builder.column(0, 0, Infinity);
  });
  accounts.forEach((_, u) => {
    for (let i = 0; i < sectorCount; i++) {
      const put = (row: number, value: number): void => {
        builder.coefficient(row, value * scale.excess[u * sectorCount + i]! * scale.row[row]!);
      };
      put(layout.coherence(u, i), -1);
      put(layout.coherenceCap(u, i), 1);
      put(layout.columnBalance(u), 1);
      builder.column(0, 0, Infinity);
    }
  });
}

/** b - A x0: what the reference leaves of each row's right-hand side. */
function missing({ cells, rightHandSide }: AnaisProblem): Float64Array {
  const rest = rightHandSide.slice();
  for (let k = 0; k < cells.count; k++) {
    rest[cells.firstRow[k]!]! -= cells.value[k]!;
    rest[cells.secondRow[k]!]! -= cells.value[k]!;
  }
  return rest;
}

const isCap = ({ layout }: AnaisProblem, row: number): boolean => layout.family(row) === 'coherence cap';

/** Lower ends of rows that are equations but for the coherence caps, which have none. */
const rowLowerEnds = (problem: AnaisProblem, upper: Float64Array): Float64Array =>
  upper.map((value, row) => (isCap(problem, row) ? -Infinity : value));

/**
 * Step 1, min rmax, without a row per cell: with u = v / tau, maximise tau subject to
 * A (x0 v) + (auxiliaries) = tau (b - A x0), -floor <= v <= 1. Then rmax = 1 / tau.
 * @param floor largest relative decrease per unit of rmax: 1 while rmax <= 1, else 1 / rmax, since x >= 0
 */
export function leastDeviationStep(
  problem: AnaisProblem,
  floor: number,
): Step & { rmax(columns: Float64Array): number } {
  const { cells, layout } = problem;
  const scale = scaling(problem);
  const auxiliaries = auxiliarySize(problem);
  const columns = cells.count + auxiliaries.columns + 1;
  const builder = new LinearProgrammeBuilder(columns, 2 * cells.count + auxiliaries.entries + layout.count);
  for (let k = 0; k < cells.count; k++) {
    for (const row of [cells.firstRow[k]!, cells.secondRow[k]!]) {
      builder.coefficient(row, cells.value[k]! * scale.row[row]!);
    }
    builder.column(0, -floor, 1);
  }
  addAuxiliaries(builder, problem, scale);
  missing(problem).forEach((rest, row) => {
    builder.coefficient(row, -rest * scale.row[row]!);
  });
  const tau = builder.column(-1, 0, LARGEST_TAU);
  const upper = new Float64Array(layout.count);
  return {
    programme: builder.build(rowLowerEnds(problem, upper), upper),
    rmax: (solution) => 1 / solution[tau]!,
    values: (solution) => cells.value.map((x0, k) => x0 * (1 + solution[k]! / solution[tau]!)),
    duals: (rowDuals) => rowDuals.map((value, row) => value * scale.row[row]!),
  };
}

/** Step 2: min sum |x - x0| / x0 with |x - x0| <= rmax x0 and x >= 0, as u = p - n with 0 <= p <= rmax, 0 <= n <= min(1, rmax). */
export function totalDeviationStep(problem: AnaisProblem, rmax: number): Step {
  const { cells } = problem;
  const scale = scaling(problem);
  const auxiliaries = auxiliarySize(problem);
  const builder = new LinearProgrammeBuilder(
    2 * cells.count + auxiliaries.columns,
    4 * cells.count + auxiliaries.entries,
  );
  for (let k = 0; k < cells.count; k++) {
    for (const sign of [1, -1]) {
      for (const row of [cells.firstRow[k]!, cells.secondRow[k]!]) {
        builder.coefficient(row, sign * cells.value[k]! * scale.row[row]!);
      }
      builder.column(1, 0, sign > 0 ? rmax : Math.min(1, rmax));
    }
  }
  addAuxiliaries(builder, problem, scale);
  const upper = missing(problem).map((rest, row) => rest * scale.row[row]!);
  return {
    programme: builder.build(rowLowerEnds(problem, upper), upper),
    values: (solution) => cells.value.map((x0, k) => x0 * (1 + solution[2 * k]! - solution[2 * k + 1]!)),
    duals: (rowDuals) => rowDuals.map((value, row) => value * scale.row[row]!),
  };
}
