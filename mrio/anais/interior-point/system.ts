import { solvePreconditioned, type GmresScratch } from '../../linear-algebra/gmres.ts';
import { ROWS_PER_CELL, rowActivity, type AnaisProblem } from '../problem.ts';
import { elasticScaling, scaling, type Scaling } from '../scaling.ts';
import { auxiliaryColumns, leftOut, type Columns } from './auxiliary-columns.ts';
import { normalEquations } from './normal-equations.ts';

/**
 * The constraints of ANAIS in deviations u = (x - x0) / d and auxiliary variables v >= 0:
 *
 *     A D u + B v = b - A x0,    v = (w, q, s),
 *
 * s what the coherence caps leave; and the linear systems of an interior-point method on them,
 *
 *     K (dy, dw) = (A D T D A' + B_q T_q B_q' + B_s T_s B_s') dy + B_w dw,  B_w' dy - T_w^-1 dw,
 *
 * with diagonal T > 0. K is quasi-definite; w is kept apart because its columns are long.
 */
export interface AnaisSystem {
  readonly problem: AnaisProblem;
  readonly scale: Scaling;
  readonly rowCount: number;
  /** Auxiliary variables: U of w, then U x S of q, then U x S of s. */
  readonly auxiliaryCount: number;
  /** Size of each auxiliary variable in the reference; 0 for those that are 0 in every solution. */
  readonly auxiliarySize: Float64Array;
  /** into += A D u. */
  addCells(u: Float64Array, into: Float64Array): void;
  /** result = D A' y. */
  gains(y: Float64Array, result: Float64Array): void;
  /** into += what q and s add to B v. */
  addExcess(v: Float64Array, into: Float64Array): void;
  /** result = B' y. */
  auxiliaryGains(y: Float64Array, result: Float64Array): void;
  /** The largest |row| in units of its terms. */
  relativeSize(rows: Float64Array): number;
  /** result = b - A x0 - A D u - B v, where rows that follow from others are left out. @returns its `relativeSize` */
  residual(u: Float64Array, v: Float64Array, result: Float64Array): number;
  /**
   * Factorises K.
   * @param cellWeight T of each deviation u
   * @param auxiliaryWeight T of each auxiliary variable
   * @param rowWeight of an elastic system: what is added to the diagonal of K in each row that may give way
   */
  factorise(cellWeight: Float64Array, auxiliaryWeight: Float64Array, rowWeight?: Float64Array): void;
  /**
   * Solves K (dy, dw) = (rows, outputs). @returns the largest residual of a row, in units of its terms
   * @param solution dy, then dw
   */
  solve(rightHandSide: Float64Array, solution: Float64Array, tolerance: number): number;
}

const GMRES_STEPS = 8;
const GMRES_RESTARTS = 2;
/** Weight of the equations of w, which are in units of duals. */
const OUTPUT_WEIGHT = 1e-3;

/**
 * Builds the system of a problem.
 * @param elastic whether rows can give way: then none is left out because it follows from others
 */
export function anaisSystem(problem: AnaisProblem, elastic = false): AnaisSystem {
  const { cells, layout } = problem;
  const m = layout.count;
  const scale = elastic ? elasticScaling(problem) : scaling(problem);
  const columns = auxiliaryColumns(problem, scale, elastic);
  const left = leftOut(problem, columns, elastic);
  const rows = cells.rows.map((row) => (row < 0 || left[row]! ? m : row));
  for (const part of [columns.w, columns.q, columns.s]) {
    part.rows.forEach((row, e) => (part.rows[e] = left[row] === 1 ? m : row));
  }
  const present = rowActivity(problem, cells.value);
  const missing = problem.rightHandSide.map((b, row) => (left[row] ? 0 : b - present[row]!));
  const relative = scale.row.map((size) => 1 / size);

  const padded = new Float64Array(m + 1);
  const withZero = (y: Float64Array): Float64Array => {
    padded.set(y.length > m ? y.subarray(0, m) : y);
    padded[m] = 0;
    return padded;
  };
  const sums = new Float64Array(m + 1);
  const collect = (into: Float64Array): void => {
    for (let row = 0; row < m; row++) into[row]! += sums[row]!;
  };
  const addCells = (u: Float64Array): void => {
    const { unit, count } = cells;
    for (let k = 0, e = 0; k < count; k++, e += ROWS_PER_CELL) {
      const value = unit[k]! * u[k]!;
      sums[rows[e]!]! += value;
      sums[rows[e + 1]!]! += value;
      sums[rows[e + 2]!]! += value;
    }
  };
  const gains = (y: Float64Array, result: Float64Array): void => {
    const of = withZero(y);
    const { unit, count } = cells;
    for (let k = 0, e = 0; k < count; k++, e += ROWS_PER_CELL) {
      result[k] = unit[k]! * (of[rows[e]!]! + of[rows[e + 1]!]! + of[rows[e + 2]!]!);
    }
  };
  const auxiliaryGains = (y: Float64Array, result: Float64Array): void => {
    const of = withZero(y);
    for (const part of [columns.w, columns.q, columns.s]) {
      for (let j = 0; j + 1 < part.starts.length; j++) {
        let gain = 0;
        for (let e = part.starts[j]!; e < part.starts[j + 1]!; e++) gain += part.values[e]! * of[part.rows[e]!]!;
        result[part.first + j] = gain;
      }
    }
  };
  const addPart = (part: Columns, v: Float64Array): void => {
    for (let j = 0; j + 1 < part.starts.length; j++) {
      const value = v[part.first + j]!;
      for (let e = part.starts[j]!; e < part.starts[j + 1]!; e++) sums[part.rows[e]!]! += part.values[e]! * value;
    }
  };
  const relativeSize = (values: Float64Array): number => {
    let largest = 0;
    for (let row = 0; row < m; row++) largest = Math.max(largest, Math.abs(values[row]!) * relative[row]!);
    return largest;
  };
  const normal = normalEquations(problem, rows, columns, left);
  const scratch: GmresScratch = [];
  const weight = new Float64Array(normal.size).fill(OUTPUT_WEIGHT);
  weight.set(relative);
  let cellWeight: Float64Array = new Float64Array();
  let auxiliaryWeight: Float64Array = new Float64Array();
  const rigid = new Float64Array(m);
  let rowWeight: Float64Array = rigid;
  const cellPart = new Float64Array(cells.count);
  const auxiliaryPart = new Float64Array(columns.count);
  const U = problem.accounts.length;
  const multiply = (x: Float64Array, result: Float64Array): void => {
    gains(x, cellPart);
    auxiliaryGains(x, auxiliaryPart);
    for (let k = 0; k < cells.count; k++) cellPart[k]! *= cellWeight[k]!;
    for (let u = 0; u < U; u++) {
      const dw = x[m + u]!;
      const T = auxiliaryWeight[u]!;
      result[m + u] = auxiliaryPart[u]! - (T > 0 ? dw / T : dw);
      auxiliaryPart[u] = dw;
    }
    for (let j = U; j < columns.count; j++) auxiliaryPart[j]! *= auxiliaryWeight[j]!;
    sums.fill(0);
    addCells(cellPart);
    for (const part of [columns.w, columns.q, columns.s]) addPart(part, auxiliaryPart);
    for (let row = 0; row < m; row++) result[row] = left[row] ? x[row]! : sums[row]! + rowWeight[row]! * x[row]!;
  };
  return {
    problem,
    scale,
    rowCount: m,
    auxiliaryCount: columns.count,
    auxiliarySize: columns.size,
    addCells: (u, into) => {
      sums.fill(0);
      addCells(u);
      collect(into);
    },
    gains,
    addExcess: (v, into) => {
      sums.fill(0);
      addPart(columns.q, v);
      addPart(columns.s, v);
      collect(into);
    },
    auxiliaryGains,
    relativeSize,
    residual: (u, v, result) => {
      sums.fill(0);
      addCells(u);
      for (const part of [columns.w, columns.q, columns.s]) addPart(part, v);
      for (let row = 0; row < m; row++) result[row] = missing[row]! - sums[row]!;
      return relativeSize(result);
    },
    factorise: (cell, auxiliary, row = rigid) => {
      cellWeight = cell;
      auxiliaryWeight = auxiliary;
      rowWeight = row;
      normal.factorise(cell, auxiliary, row);
    },
    solve: (rightHandSide, solution, tolerance) =>
      solvePreconditioned(
        { size: normal.size, multiply, precondition: normal.solve, weight },
        rightHandSide,
        solution,
        { tolerance, steps: GMRES_STEPS, restarts: GMRES_RESTARTS },
        scratch,
      ),
  };
}
