import type { Entries } from '../../linear-algebra/elimination.ts';
import { quasiDefinite } from '../../linear-algebra/quasi-definite.ts';
import type { AnaisProblem } from '../problem.ts';
import type { Family } from '../rows.ts';
import type { AuxiliaryColumns } from './auxiliary-columns.ts';

/** Diagonal shift of the factorisation; GMRES solves the system without it. */
const REGULARISATION = 1e-13;

/**
 * When the rows of a family are eliminated; from `row balance` on everything is dense. Totals of output come last: before
 * w they have no diagonal of their own.
 */
const STAGE: Readonly<Record<Family, number>> = {
  'coherence cap': 0,
  'block of inputs': 0,
  'block of sales': 0,
  'block of final demand': 0,
  'known user': 0,
  coherence: 1,
  'block within': 2,
  'known supplier': 3,
  'row balance': 4,
  'total final demand': 4,
  'total primary input': 4,
  'column balance': 5,
  'total output': 7,
};
const DENSE_STAGE = 4;
const OUTPUT_STAGE = 6;

/** The matrix K of `AnaisSystem`. */
export interface NormalEquations {
  readonly size: number;
  factorise(cellWeight: Float64Array, auxiliaryWeight: Float64Array, rowWeight: Float64Array): void;
  readonly solve: (x: Float64Array) => void;
}

/** K, its pattern and where each weight enters it. */
export function normalEquations(
  problem: AnaisProblem,
  rows: Int32Array,
  columns: AuxiliaryColumns,
  left: Uint8Array,
): NormalEquations {
  const { layout, cells, accounts, reference } = problem;
  const m = layout.count;
  const U = accounts.length;
  const size = m + U;
  const none = (row: number): number => (row === m ? -1 : row);
  const column = (at: number): Int32Array =>
    Int32Array.from({ length: cells.count }, (_, k) => none(rows[3 * k + at]!));
  const [first, second, third] = [column(0), column(1), column(2)];
  const qRow = (at: number): Int32Array =>
    Int32Array.from({ length: columns.q.rows.length / 3 }, (_, e) => none(columns.q.rows[3 * e + at]!));
  const [coherence, cap, balance] = [qRow(0), qRow(1), qRow(2)];
  const outputs = new Int32Array(columns.w.rows.length);
  for (let u = 0; u < U; u++) outputs.fill(m + u, columns.w.starts[u], columns.w.starts[u + 1]);
  const wRows = columns.w.rows.map(none);
  const entries: Entries = [
    { rows: first, columns: second },
    { rows: first, columns: third },
    { rows: second, columns: third },
    { rows: coherence, columns: cap },
    { rows: coherence, columns: balance },
    { rows: cap, columns: balance },
    { rows: wRows, columns: outputs },
  ];
  const stage = (row: number): number => (row < m ? STAGE[layout.family(row)] : OUTPUT_STAGE);
  const stages = Int8Array.from({ length: size }, (_, row) => stage(row));
  const suppliers = layout.range('known supplier');
  // Known suppliers of one sector go together: elimination leaves the same rows coupled to each of them.
  const sectorOf = (row: number): number =>
    Math.floor((row - suppliers.start) / layout.groups.length) % reference.sectors.length;
  const within = (row: number): number =>
    stages[row] === STAGE['known supplier'] ? sectorOf(row) * suppliers.size + row : row;
  const order = Int32Array.from({ length: size }, (_, row) => row).sort(
    (a, b) => stages[a]! - stages[b]! || within(a) - within(b),
  );
  const denseFrom = order.findIndex((row) => stages[row]! >= DENSE_STAGE);
  const sign = Int8Array.from({ length: size }, (_, row) => (row < m ? 1 : -1));
  const factor = quasiDefinite({ order, entries, denseFrom, sign, regularisation: REGULARISATION });
  const { values } = factor;
  const unused = factor.position(size - 1, size - 1);
  const positions = ({ rows: a, columns: b }: Entries[number]): Int32Array =>
    a.map((row, e) => (row < 0 || b[e]! < 0 ? unused : factor.position(row, b[e]!)));
  const cellPositions = entries.slice(0, 3).map(positions);
  const excessPositions = entries.slice(3, 6).map(positions);
  const outputPositions = positions(entries[6]!);
  const diagonal = Int32Array.from({ length: size }, (_, row) => factor.position(row, row));
  const weights = new Float64Array(m + 1);

  const addCells = (cellWeight: Float64Array): void => {
    const [ab, ac, bc] = cellPositions as [Int32Array, Int32Array, Int32Array];
    for (let k = 0, e = 0; k < cells.count; k++, e += 3) {
      const weight = cells.unit[k]! * cells.unit[k]! * cellWeight[k]!;
      weights[rows[e]!]! += weight;
      weights[rows[e + 1]!]! += weight;
      weights[rows[e + 2]!]! += weight;
      values[ab[k]!]! += weight;
      values[ac[k]!]! += weight;
      values[bc[k]!]! += weight;
    }
  };
  const addAuxiliaries = (auxiliaryWeight: Float64Array): void => {
    const { q, s } = columns;
    const [coherenceCap, coherenceBalance, capBalance] = excessPositions as [Int32Array, Int32Array, Int32Array];
    for (let j = 0; j + 1 < q.starts.length; j++) {
      const at = q.starts[j]!;
      if (at === q.starts[j + 1]!) continue;
      const weight = auxiliaryWeight[q.first + j]!;
      for (let e = at; e < at + 3; e++) weights[q.rows[e]!]! += weight;
      values[coherenceCap[at / 3]!]! -= weight;
      values[coherenceBalance[at / 3]!]! -= weight;
      values[capBalance[at / 3]!]! += weight;
      weights[s.rows[s.starts[j]!]!]! += auxiliaryWeight[s.first + j]!;
    }
  };
  return {
    size,
    solve: factor.solve,
    factorise: (cellWeight, auxiliaryWeight, rowWeight) => {
      factor.clear();
      weights.set(rowWeight);
      addCells(cellWeight);
      addAuxiliaries(auxiliaryWeight);
      for (let e = 0; e < outputPositions.length; e++) values[outputPositions[e]!]! += columns.w.values[e]!;
      for (let row = 0; row < m; row++) values[diagonal[row]!]! += left[row] ? 1 : weights[row]!;
      // Last, since what has no place went to the last of these.
      for (let u = 0; u < U; u++) {
        const weight = auxiliaryWeight[u]!;
        values[diagonal[m + u]!] = -(weight > 0 ? 1 / weight : 1);
      }
      factor.factorise();
    },
  };
}
