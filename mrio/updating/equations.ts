import type { AnaisProblem } from '../anais/problem.ts';
import { ROWS_PER_CELL } from '../anais/problem.ts';

/** Stands for none in a list of indices. */
export const NONE = -1;

/** Cells by account: those of account u are cells[starts[u]] to cells[starts[u + 1] - 1]. */
export interface CellsOfAccounts {
  readonly starts: Int32Array;
  readonly cells: Int32Array;
}

/** The equations of ANAIS as sums of cells alone, without gross output and without bands of coefficients. */
export interface Equations {
  /** For each cell, its total or block of the target, a row of the problem; or NONE. */
  readonly total: Int32Array;
  /** For each cell, the total output that it is part of, a row of the problem; or NONE. */
  readonly totalOutput: Int32Array;
  /** Sales and inputs of each unknown account; what it delivers to itself is in neither, since it cancels. */
  readonly sales: CellsOfAccounts;
  readonly inputs: CellsOfAccounts;
}

/**
 * Reads off what each cell counts in: one total of the target at most, one total output at most, and the balance of the
 * account that it is a sale of and of the account that it is an input of.
 */
export function equationsOf(problem: AnaisProblem): Equations {
  const { cells, layout, accounts, reference } = problem;
  const S = reference.sectors.length;
  const U = accounts.length;
  const row = layout.range('row balance');
  const column = layout.range('column balance');
  const coherence = layout.range('coherence');
  const outputs = layout.range('total output');
  const firstTotal = outputs.start + outputs.size;
  const within = (range: typeof row, at: number): boolean => at >= range.start && at < range.start + range.size;
  const total = new Int32Array(cells.count).fill(NONE);
  const totalOutput = new Int32Array(cells.count).fill(NONE);
  const seller = new Int32Array(cells.count).fill(NONE);
  const user = new Int32Array(cells.count).fill(NONE);
  for (let e = 0; e < cells.rows.length; e++) {
    const at = cells.rows[e]!;
    if (at < 0) continue;
    const k = Math.floor(e / ROWS_PER_CELL);
    if (at >= firstTotal) total[k] = at;
    else if (within(row, at)) {
      const u = at - row.start;
      seller[k] = u;
      totalOutput[k] = layout.totalOutput(layout.groupOfAccount(u), accounts[u]! % S);
    } else if (within(column, at)) user[k] = at - column.start;
    else if (within(coherence, at)) user[k] = Math.floor((at - coherence.start) / S);
  }
  const other = (of: Int32Array, than: Int32Array): Int32Array => of.map((u, k) => (u === than[k] ? NONE : u));
  return {
    total,
    totalOutput,
    sales: byAccount(other(seller, user), U),
    inputs: byAccount(other(user, seller), U),
  };
}

function byAccount(accountOf: Int32Array, accounts: number): CellsOfAccounts {
  const starts = new Int32Array(accounts + 1);
  for (const u of accountOf) if (u !== NONE) starts[u + 1]!++;
  for (let u = 0; u < accounts; u++) starts[u + 1]! += starts[u]!;
  const next = starts.slice();
  const cells = new Int32Array(starts[accounts]!);
  accountOf.forEach((u, k) => {
    if (u !== NONE) cells[next[u]!++] = k;
  });
  return { starts, cells };
}
