import { liveAccounts } from '../bounds.ts';
import { rowActivity, type AnaisProblem } from '../problem.ts';
import type { Scaling } from '../scaling.ts';

/** Columns of B, by column; a row index of m is none. */
export interface Columns {
  /** Index of the first among the auxiliary variables. */
  readonly first: number;
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

/** B, and the size of each auxiliary variable in the reference. */
export interface AuxiliaryColumns {
  readonly count: number;
  readonly w: Columns;
  readonly q: Columns;
  readonly s: Columns;
  readonly size: Float64Array;
}

/** Collects columns, one after the other. */
class ColumnList {
  private readonly starts = [0];
  private readonly rows: number[] = [];
  private readonly values: number[] = [];

  put(row: number, value: number): void {
    this.rows.push(row);
    this.values.push(value);
  }

  end(): void {
    this.starts.push(this.rows.length);
  }

  columns(first: number): Columns {
    return {
      first,
      starts: Int32Array.from(this.starts),
      rows: Int32Array.from(this.rows),
      values: Float64Array.from(this.values),
    };
  }
}

/**
 * B. Variables that are 0 in every solution have no entries: w without cells, q and s of inputs that are not there. Where
 * rows are elastic, those of bands without width are there as well.
 */
export function auxiliaryColumns(problem: AnaisProblem, scale: Scaling, elastic = false): AuxiliaryColumns {
  const { layout, accounts, bandLow, bandWidth, reference } = problem;
  const S = reference.sectors.length;
  const live = liveAccounts(problem);
  const present = rowActivity(problem, problem.cells.value);
  const [w, q, s] = [new ColumnList(), new ColumnList(), new ColumnList()];
  const count = accounts.length * (1 + 2 * S);
  const size = new Float64Array(count);
  accounts.forEach((account, u) => {
    let low = 0;
    for (let i = 0; i < S; i++) {
      const at = u * S + i;
      const canOpen = elastic && present[layout.coherence(u, i)]! > 0;
      const isOpen = live[u] === 1 && (bandWidth[at]! > 0 || canOpen);
      low += bandLow[at]!;
      if (isOpen) {
        q.put(layout.coherence(u, i), -1);
        q.put(layout.coherenceCap(u, i), 1);
        q.put(layout.columnBalance(u), 1);
        s.put(layout.coherenceCap(u, i), 1);
        size[accounts.length + at] = size[accounts.length * (1 + S) + at] = scale.excess[at]!;
      }
      q.end();
      s.end();
      if (live[u] === 0) continue;
      if (bandLow[at]! > 0) w.put(layout.coherence(u, i), -bandLow[at]!);
      if (isOpen) w.put(layout.coherenceCap(u, i), -bandWidth[at]!);
    }
    if (live[u] === 1) {
      w.put(layout.rowBalance(u), -1);
      w.put(layout.columnBalance(u), -(1 - low));
      w.put(layout.totalOutput(layout.groupOfAccount(u), account % S), 1);
      size[u] = scale.output[u]!;
    }
    w.end();
  });
  const U = accounts.length;
  return { count, w: w.columns(0), q: q.columns(U), s: s.columns(U * (1 + S)), size };
}

/**
 * Rows that are left out: those without entries, and those that follow from the others. With `totals`, all primary
 * inputs follow from all balances and other totals; with `blocks`, so does the primary input of each sector, and the
 * row balance of one part of each group and sector. They follow only while all others hold: where rows are elastic, none of
 * them is left out, nor a total that nothing can meet.
 */
export function leftOut(problem: AnaisProblem, { w, q }: AuxiliaryColumns, elastic = false): Uint8Array {
  const { layout, cells, accounts, reference } = problem;
  const S = reference.sectors.length;
  const entries = new Int32Array(layout.count);
  for (const row of cells.rows) if (row >= 0) entries[row]!++;
  const cellsOfRow = entries.slice();
  for (const { rows } of [w, q]) for (const row of rows) entries[row]!++;
  const left = Uint8Array.from(entries, (count) => (count === 0 ? 1 : 0));
  if (elastic) {
    const totals = layout.range('total output').start;
    return left.map((empty, row) => (row >= totals && problem.rightHandSide[row] !== 0 ? 0 : empty));
  }
  const primary = layout.range('total primary input');
  if (layout.consistency === 'totals') {
    const first = left.indexOf(0, primary.start);
    if (first >= 0 && first < primary.start + primary.size) left[first] = 1;
    return left;
  }
  left.fill(1, primary.start, primary.start + primary.size);
  const fullest = new Map<number, number>();
  accounts.forEach((account, u) => {
    const total = layout.totalOutput(layout.groupOfAccount(u), account % S);
    const row = layout.rowBalance(u);
    const known = fullest.get(total);
    if (known === undefined || cellsOfRow[row]! > cellsOfRow[known]!) fullest.set(total, row);
  });
  for (const row of fullest.values()) left[row] = 1;
  return left;
}
