import { dimensions } from '../table.ts';
import { LinearProgrammeBuilder, type LinearProgramme } from '../linear-programme.ts';
import { scaling, type Scaling } from './scaling.ts';
import { ROWS_PER_CELL, rowActivity, type AnaisProblem } from './problem.ts';

/**
 * Both steps of ANAIS as linear programmes in deviations u = (x - x0) / d, whose boxes are bounds and not rows. Rows are divided by the size of their terms and auxiliary variables (w, q) by their own size, so that an
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
      builder.coefficient(row, (value * scale.output[u]!) / scale.row[row]!);
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
        builder.coefficient(row, (value * scale.excess[u * sectorCount + i]!) / scale.row[row]!);
      };
      put(layout.coherence(u, i), -1);
      put(layout.coherenceCap(u, i), 1);
      put(layout.columnBalance(u), 1);
      builder.column(0, 0, Infinity);
    }
  });
}

/** b - A x0: what the reference leaves of each row's right-hand side. */
function missing(problem: AnaisProblem): Float64Array {
  const present = rowActivity(problem, problem.cells.value);
  return problem.rightHandSide.map((b, row) => b - present[row]!);
}

/** Writes the coefficients of a cell's column: d in each of its rows, on the scale of the row. */
function addCell(
  builder: LinearProgrammeBuilder,
  { cells }: AnaisProblem,
  scale: Scaling,
  k: number,
  sign: 1 | -1,
): void {
  for (let e = ROWS_PER_CELL * k; e < ROWS_PER_CELL * (k + 1); e++) {
    const row = cells.rows[e]!;
    if (row >= 0) builder.coefficient(row, (sign * cells.unit[k]!) / scale.row[row]!);
  }
}

const isCap = ({ layout }: AnaisProblem, row: number): boolean => layout.family(row) === 'coherence cap';

/** Lower ends of rows that are equations but for the coherence caps, which have none. */
const rowLowerEnds = (problem: AnaisProblem, upper: Float64Array): Float64Array =>
  upper.map((value, row) => (isCap(problem, row) ? -Infinity : value));

/**
 * Step 1, min rmax, without a row per cell: with u = v / tau, maximise tau subject to
 * A (d v) + (auxiliaries) = tau (b - A x0), -min(1, (x0 / d) / guess) <= v <= 1. Then rmax = 1 / tau.
 * @param guess of rmax, from which follows where x >= 0 binds before rmax does
 */
export function leastDeviationStep(
  problem: AnaisProblem,
  guess: number,
): Step & { rmax(columns: Float64Array): number } {
  const { cells, layout } = problem;
  const scale = scaling(problem);
  const auxiliaries = auxiliarySize(problem);
  const columns = cells.count + auxiliaries.columns + 1;
  const builder = new LinearProgrammeBuilder(columns, ROWS_PER_CELL * cells.count + auxiliaries.entries + layout.count);
  for (let k = 0; k < cells.count; k++) {
    addCell(builder, problem, scale, k, 1);
    builder.column(0, -Math.min(1, cells.value[k]! / cells.unit[k]! / guess), 1);
  }
  addAuxiliaries(builder, problem, scale);
  missing(problem).forEach((rest, row) => {
    builder.coefficient(row, -rest / scale.row[row]!);
  });
  const tau = builder.column(-1, 0, LARGEST_TAU);
  const upper = new Float64Array(layout.count);
  return {
    programme: builder.build(rowLowerEnds(problem, upper), upper),
    rmax: (solution) => 1 / solution[tau]!,
    values: (solution) => cells.value.map((x0, k) => x0 + (cells.unit[k]! * solution[k]!) / solution[tau]!),
    duals: (rowDuals) => rowDuals.map((value, row) => value / scale.row[row]!),
  };
}

/** Step 2: min sum cost |u| with |u| <= rmax and x >= 0, as u = p - n with 0 <= p <= rmax, 0 <= n <= min(x0 / d, rmax). */
export function totalDeviationStep(problem: AnaisProblem, rmax: number): Step {
  const { cells } = problem;
  const scale = scaling(problem);
  const auxiliaries = auxiliarySize(problem);
  const builder = new LinearProgrammeBuilder(
    2 * cells.count + auxiliaries.columns,
    2 * ROWS_PER_CELL * cells.count + auxiliaries.entries,
  );
  for (let k = 0; k < cells.count; k++) {
    addCell(builder, problem, scale, k, 1);
    builder.column(cells.cost[k]!, 0, rmax);
    addCell(builder, problem, scale, k, -1);
    builder.column(cells.cost[k]!, 0, Math.min(rmax, cells.value[k]! / cells.unit[k]!));
  }
  addAuxiliaries(builder, problem, scale);
  const upper = missing(problem).map((rest, row) => rest / scale.row[row]!);
  return {
    programme: builder.build(rowLowerEnds(problem, upper), upper),
    values: (solution) => cells.value.map((x0, k) => x0 + cells.unit[k]! * (solution[2 * k]! - solution[2 * k + 1]!)),
    duals: (rowDuals) => rowDuals.map((value, row) => value / scale.row[row]!),
  };
}
