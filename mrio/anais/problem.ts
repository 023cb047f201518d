import { ModelError } from '../error.ts';
import { columnSums, dimensions, grossOutput, rowSums, type MrioTable } from '../table.ts';
import { requireNonNegative, type CoefficientBand, type Division } from './disaggregation.ts';
import { rowLayout, type RowLayout } from './rows.ts';

/** The blocks of a table that hold variable cells. */
const BLOCKS = ['intermediate', 'finalDemand', 'primaryInput'] as const;

/**
 * ANAIS as linear constraints. Variables: one per non-zero cell that touches an unknown region, gross output w of
 * each unknown account, and q, how far each technical coefficient lies above its lower bound, times w.
 *
 * A cell stands in at most two rows: the balance of its row (or the total of its column) and the coherence row or
 * total of its own. Balances of columns are written with q and w instead of cells: see docs/method.md.
 */
export interface AnaisProblem {
  /** x0: the reference, with the target's values in known cells. */
  readonly reference: MrioTable;
  readonly layout: RowLayout;
  /** Unknown accounts, as indices into the table's accounts; U of them. */
  readonly accounts: Int32Array;
  readonly cells: Cells;
  /** b, right-hand side of each row. */
  readonly rightHandSide: Float64Array;
  /** a- and a+ - a- of each coherence row, U x S; both 0 where the reference has no such input at all. */
  readonly bandLow: Float64Array;
  readonly bandWidth: Float64Array;
}

/** Variable cells, in the order of their block and position. */
export interface Cells {
  readonly count: number;
  /** Index into BLOCKS. */
  readonly block: Uint8Array;
  /** Position in the block's array. */
  readonly position: Int32Array;
  /** x0 of each cell, above 0. */
  readonly value: Float64Array;
  /** The two rows each cell stands in, with coefficient 1. */
  readonly firstRow: Int32Array;
  readonly secondRow: Int32Array;
}

/** The unknown accounts, and for each account of the table its number among them (-1: known). */
function unknownAccounts({ reference, unknown }: Division): { accounts: Int32Array; numberOf: Int32Array } {
  const { n, sectorCount } = dimensions(reference);
  const accounts = Int32Array.from(
    Array.from({ length: n }, (_, k) => k).filter((k) => unknown[Math.floor(k / sectorCount)]!),
  );
  const numberOf = new Int32Array(n).fill(-1);
  accounts.forEach((account, u) => (numberOf[account] = u));
  return { accounts, numberOf };
}

interface CellList {
  readonly block: number[];
  readonly position: number[];
  readonly value: number[];
  readonly firstRow: number[];
  readonly secondRow: number[];
}

function addCell(list: CellList, block: number, position: number, value: number, first: number, second: number): void {
  if (value === 0) return;
  list.block.push(block);
  list.position.push(position);
  list.value.push(value);
  list.firstRow.push(first);
  list.secondRow.push(second);
}

function variableCells(x0: MrioTable, known: Division, layout: RowLayout, numberOf: Int32Array): Cells {
  const { n, sectorCount, finalDemandCount } = dimensions(x0);
  const groupOf = (k: number): number => layout.groupOfParent[known.parent[Math.floor(k / sectorCount)]!]!;
  const list: CellList = { block: [], position: [], value: [], firstRow: [], secondRow: [] };
  for (let k = 0; k < n; k++) {
    const supplier = numberOf[k]!;
    for (let l = 0; l < n; l++) {
      const user = numberOf[l]!;
      if (supplier < 0 && user < 0) continue;
      const first = supplier >= 0 ? layout.rowBalance(supplier) : layout.knownSupplier(k, groupOf(l));
      const second = user >= 0 ? layout.coherence(user, k % sectorCount) : layout.knownUser(groupOf(k), l);
      addCell(list, 0, k * n + l, x0.intermediate[k * n + l]!, first, second);
    }
  }
  for (let k = 0; k < n; k++) {
    const supplier = numberOf[k]!;
    if (supplier < 0) continue;
    const total = layout.totalFinalDemand(groupOf(k), k % sectorCount);
    for (let c = 0; c < finalDemandCount; c++) {
      const position = k * finalDemandCount + c;
      addCell(list, 1, position, x0.finalDemand[position]!, layout.rowBalance(supplier), total);
    }
    const primaryTotal = layout.totalPrimaryInput(groupOf(k), k % sectorCount);
    addCell(list, 2, k, x0.primaryInput[k]!, layout.columnBalance(supplier), primaryTotal);
  }
  return {
    count: list.value.length,
    block: Uint8Array.from(list.block),
    position: Int32Array.from(list.position),
    value: Float64Array.from(list.value),
    firstRow: Int32Array.from(list.firstRow),
    secondRow: Int32Array.from(list.secondRow),
  };
}

/** Totals that the target table knows: of each divided region, and what known accounts trade with it. */
function targetTotals(known: Division, layout: RowLayout): Float64Array {
  const { target, reference, parent, unknown } = known;
  const { n, sectorCount } = dimensions(reference);
  const coarse = dimensions(target);
  const output = grossOutput(target);
  const finalDemand = rowSums(target.finalDemand, coarse.n, coarse.finalDemandCount);
  const b = new Float64Array(layout.count);
  layout.groups.forEach((p, group) => {
    for (let i = 0; i < sectorCount; i++) {
      const account = p * sectorCount + i;
      b[layout.totalFinalDemand(group, i)] = finalDemand[account]!;
      b[layout.totalPrimaryInput(group, i)] = target.primaryInput[account]!;
      b[layout.totalOutput(group, i)] = output[account]!;
    }
    for (let k = 0; k < n; k++) {
      if (unknown[Math.floor(k / sectorCount)]!) continue;
      const other = parent[Math.floor(k / sectorCount)]! * sectorCount + (k % sectorCount);
      for (let i = 0; i < sectorCount; i++) {
        const account = p * sectorCount + i;
        b[layout.knownSupplier(k, group)]! += target.intermediate[other * coarse.n + account]!;
        b[layout.knownUser(group, k)]! += target.intermediate[account * coarse.n + other]!;
      }
    }
  });
  return b;
}

/** A total that no cell of the reference can meet: the constraint has no variables. */
function requireReachable(problem: AnaisProblem): void {
  const { cells, rightHandSide, layout } = problem;
  const hasCells = new Uint8Array(layout.count);
  for (let c = 0; c < cells.count; c++) {
    hasCells[cells.firstRow[c]!] = 1;
    hasCells[cells.secondRow[c]!] = 1;
  }
  layout.totalOutputs().forEach((row) => (hasCells[row] = 1));
  const unreachable = rightHandSide.findIndex((b, row) => b !== 0 && hasCells[row] === 0);
  if (unreachable < 0) return;
  throw new ModelError(
    `${layout.describe(unreachable)} is ${rightHandSide[unreachable]!} in the target table, ` +
      'but the reference table has no such cell in any of the regions to be estimated (structural zeros stay zero)',
    'give the reference table a value there, or correct the target table',
  );
}

/**
 * The constraints of ANAIS for unknown regions of a table: equations (10), (11), (12), `consistency: totals`.
 * @param known reference table, target table and what belongs to what
 * @param x0 the reference of the deviations, R regions, with the target's values in known cells
 * @param band the range of technical coefficients, equation (11)
 * @throws ModelError for negative values, and for totals that no cell of the reference can meet
 */
export function anaisProblem(known: Division, x0: MrioTable, band: CoefficientBand): AnaisProblem {
  requireNonNegative(known.target, 'the target table');
  requireNonNegative(known.reference, 'the reference table');
  const { sectorCount, n } = dimensions(x0);
  const { accounts, numberOf } = unknownAccounts(known);
  const layout = rowLayout(known, accounts);
  const bandLow = new Float64Array(accounts.length * sectorCount);
  const bandWidth = new Float64Array(accounts.length * sectorCount);
  const inputs = inputsByAccount(x0);
  accounts.forEach((account, u) => {
    for (let i = 0; i < sectorCount; i++) {
      if (inputs[i * n + account] === 0) continue;
      const at = i * sectorCount + (account % sectorCount);
      bandLow[u * sectorCount + i] = band.low[at]!;
      bandWidth[u * sectorCount + i] = band.high[at]! - band.low[at]!;
    }
  });
  const problem: AnaisProblem = {
    reference: x0,
    layout,
    accounts,
    cells: variableCells(x0, known, layout, numberOf),
    rightHandSide: targetTotals(known, layout),
    bandLow,
    bandWidth,
  };
  requireReachable(problem);
  return problem;
}

/** Inputs of each account by sector, summed over origins: S x n, row-major. */
function inputsByAccount(table: MrioTable): Float64Array {
  const { n, sectorCount, regionCount } = dimensions(table);
  const inputs = new Float64Array(sectorCount * n);
  for (let i = 0; i < sectorCount; i++) {
    const rows = new Float64Array(regionCount * n);
    for (let r = 0; r < regionCount; r++) {
      rows.set(table.intermediate.subarray((r * sectorCount + i) * n, (r * sectorCount + i + 1) * n), r * n);
    }
    inputs.set(columnSums(rows, regionCount, n), i * n);
  }
  return inputs;
}

/** The table in which the variable cells have the given values. */
export function tableWithCells(problem: AnaisProblem, values: Float64Array): MrioTable {
  const { reference, cells } = problem;
  const blocks = {
    intermediate: reference.intermediate.slice(),
    finalDemand: reference.finalDemand.slice(),
    primaryInput: reference.primaryInput.slice(),
  };
  for (let c = 0; c < cells.count; c++) {
    blocks[BLOCKS[cells.block[c]!]!][cells.position[c]!] = values[c]!;
  }
  return { ...reference, ...blocks };
}
