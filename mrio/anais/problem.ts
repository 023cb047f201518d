import { ModelError } from '../error.ts';
import { accountLabel, columnSums, dimensions, grossOutput, rowSums, type MrioTable } from '../table.ts';
import { requireNonNegative, type CoefficientBand, type Division } from './disaggregation.ts';
import { requireBand, requireRoomForPrimaryInput } from './requirements.ts';
import { rowLayout, type Consistency, type RowLayout } from './rows.ts';

/** The blocks of a table that hold variable cells. */
const BLOCKS = ['intermediate', 'finalDemand', 'primaryInput'] as const;

/** No cell stands in more rows than this. */
export const ROWS_PER_CELL = 3;

/** Whether deviations are measured relative to the reference, |x - x0| / x0, or in money, |x - x0|. */
export type Measure = 'relative' | 'absolute';

/** What is bounded by rmax in step 1, (4)-(9), and what is summed in step 2, (1) or (2); and what of the target is met. */
export interface Variant {
  readonly bound: Measure;
  readonly objective: Measure;
  readonly consistency: Consistency;
}

/**
 * ANAIS as linear constraints. Variables: one per non-zero cell that touches an unknown region, gross output w of
 * each unknown account, and q, how far each technical coefficient lies above its lower bound, times w.
 *
 * A cell stands in at most three rows: the balance of its row, the coherence of its column, a total or block of the
 * target. Balances of columns are written with q and w instead of cells: see docs/anais.md.
 */
export interface AnaisProblem {
  readonly variant: Variant;
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
  /** d: the deviation that is bounded is u = (x - x0) / d, so that x0 / d is how far it can fall. */
  readonly unit: Float64Array;
  /** What step 2 adds for each |u|. */
  readonly cost: Float64Array;
  /** The rows each cell stands in, each with coefficient 1: 3 a cell, -1 where there are fewer. */
  readonly rows: Int32Array;
}

/** Accounts of the table that are to be estimated, those that are not, and the number of each among its kind. */
function splitAccounts({ reference, unknown }: Division): {
  accounts: { unknown: Int32Array; known: Int32Array };
  numberOf: Int32Array;
} {
  const { n, sectorCount } = dimensions(reference);
  const isUnknown = (k: number): boolean => unknown[Math.floor(k / sectorCount)]!;
  const all = Array.from({ length: n }, (_, k) => k);
  const accounts = {
    unknown: Int32Array.from(all.filter(isUnknown)),
    known: Int32Array.from(all.filter((k) => !isUnknown(k))),
  };
  const numberOf = new Int32Array(n);
  for (const kind of [accounts.unknown, accounts.known]) kind.forEach((account, k) => (numberOf[account] = k));
  return { accounts, numberOf };
}

/** Collects cells and the rows that they stand in, in typed arrays: there are half a million. */
class CellList {
  private count = 0;
  private readonly block: Uint8Array;
  private readonly position: Int32Array;
  private readonly value: Float64Array;
  private readonly rows: Int32Array;

  /** @param limit most cells */
  constructor(limit: number) {
    this.block = new Uint8Array(limit);
    this.position = new Int32Array(limit);
    this.value = new Float64Array(limit);
    this.rows = new Int32Array(ROWS_PER_CELL * limit);
  }

  add(block: number, position: number, value: number, rows: readonly number[]): void {
    if (value === 0) return;
    this.block[this.count] = block;
    this.position[this.count] = position;
    this.value[this.count] = value;
    for (let r = 0; r < ROWS_PER_CELL; r++) this.rows[ROWS_PER_CELL * this.count + r] = rows[r] ?? -1;
    this.count += 1;
  }

  cells({ bound, objective }: Variant): Cells {
    const value = this.value.slice(0, this.count);
    const unit = bound === 'relative' ? value : new Float64Array(value.length).fill(1);
    const cost = unit.map((d, k) => (objective === 'relative' ? d / value[k]! : d));
    return {
      count: value.length,
      block: this.block.slice(0, this.count),
      position: this.position.slice(0, this.count),
      value,
      unit,
      cost,
      rows: this.rows.slice(0, ROWS_PER_CELL * this.count),
    };
  }
}

function variableCells(x0: MrioTable, known: Division, layout: RowLayout, variant: Variant): Cells {
  const { n, sectorCount: S, finalDemandCount, regionCount } = dimensions(x0);
  const { accounts, numberOf } = splitAccounts(known);
  const isUnknown = (k: number): boolean => known.unknown[Math.floor(k / S)]!;
  const groupOf = (k: number): number => layout.groupOfParent[known.parent[Math.floor(k / S)]!]!;
  const blocks = variant.consistency === 'blocks';
  const list = new CellList(2 * accounts.unknown.length * n + accounts.unknown.length * (finalDemandCount + 1));

  const rowsOfDelivery = (k: number, l: number): number[] => {
    const [i, j] = [k % S, l % S];
    if (!isUnknown(k)) {
      const supplied = blocks
        ? layout.blockOfInputs(numberOf[k]!, groupOf(l), j)
        : layout.knownSupplier(numberOf[k]!, groupOf(l));
      return [layout.coherence(numberOf[l]!, i), supplied];
    }
    const balance = layout.rowBalance(numberOf[k]!);
    if (isUnknown(l)) {
      const within = blocks ? [layout.blockWithin(groupOf(k), i, groupOf(l), j)] : [];
      return [balance, layout.coherence(numberOf[l]!, i), ...within];
    }
    const bought = blocks
      ? layout.blockOfSales(groupOf(k), i, numberOf[l]!)
      : layout.knownUser(groupOf(k), numberOf[l]!);
    return [balance, bought];
  };
  const rowsOfFinalDemand = (k: number, consumer: number): number[] => {
    const buyer = consumer === regionCount ? known.target.regions.length : known.parent[consumer]!;
    const total = blocks
      ? layout.blockOfFinalDemand(groupOf(k), k % S, buyer)
      : layout.totalFinalDemand(groupOf(k), k % S);
    return [layout.rowBalance(numberOf[k]!), total];
  };

  for (let k = 0; k < n; k++) {
    for (let l = 0; l < n; l++) {
      if (!isUnknown(k) && !isUnknown(l)) continue;
      const value = x0.intermediate[k * n + l]!;
      if (value !== 0) list.add(0, k * n + l, value, rowsOfDelivery(k, l));
    }
  }
  for (let k = 0; k < n; k++) {
    if (!isUnknown(k)) continue;
    for (let c = 0; c < finalDemandCount; c++) {
      const position = k * finalDemandCount + c;
      list.add(1, position, x0.finalDemand[position]!, rowsOfFinalDemand(k, c));
    }
    const rows = [layout.columnBalance(numberOf[k]!), layout.totalPrimaryInput(groupOf(k), k % S)];
    list.add(2, k, x0.primaryInput[k]!, rows);
  }
  return list.cells(variant);
}

/**
 * What the target table says of each divided region. Its statistical difference, the row total less the column total
 * of a sector, counts as primary input: otherwise balances and totals could not all be met.
 */
function targetValues(known: Division, layout: RowLayout): Float64Array {
  const { target, reference, parent } = known;
  const { sectorCount: S } = dimensions(reference);
  const { n, finalDemandCount } = dimensions(target);
  const { accounts } = splitAccounts(known);
  const output = grossOutput(target);
  const inputs = columnSums(target.intermediate, n, n);
  const finalDemand = rowSums(target.finalDemand, n, finalDemandCount);
  const b = new Float64Array(layout.count);
  const blocks = layout.consistency === 'blocks';
  const others = Array.from(accounts.known, (k) => parent[Math.floor(k / S)]! * S + (k % S));
  layout.groups.forEach((p, group) => {
    for (let i = 0; i < S; i++) {
      const account = p * S + i;
      b[layout.totalOutput(group, i)] = output[account]!;
      b[layout.totalPrimaryInput(group, i)] = output[account]! - inputs[account]!;
      if (!blocks) b[layout.totalFinalDemand(group, i)] = finalDemand[account]!;
      others.forEach((other, k) => {
        const bought = target.intermediate[other * n + account]!;
        const sold = target.intermediate[account * n + other]!;
        if (blocks) {
          b[layout.blockOfInputs(k, group, i)] = bought;
          b[layout.blockOfSales(group, i, k)] = sold;
        } else {
          b[layout.knownSupplier(k, group)]! += bought;
          b[layout.knownUser(group, k)]! += sold;
        }
      });
      if (!blocks) continue;
      layout.groups.forEach((q, other) => {
        for (let j = 0; j < S; j++) {
          b[layout.blockWithin(group, i, other, j)] = target.intermediate[account * n + q * S + j]!;
        }
      });
      for (let c = 0; c < finalDemandCount; c++) {
        b[layout.blockOfFinalDemand(group, i, c)] = target.finalDemand[account * finalDemandCount + c]!;
      }
    }
  });
  return b;
}

/** A total that no cell of the reference can meet: the constraint has no variables. */
function requireReachable({ cells, rightHandSide, layout, accounts, reference }: AnaisProblem): void {
  const hasCells = new Uint8Array(layout.count);
  for (const row of cells.rows) if (row >= 0) hasCells[row] = 1;
  accounts.forEach((account, u) => {
    const sells = hasCells[layout.rowBalance(u)]!;
    if (sells) hasCells[layout.totalOutput(layout.groupOfAccount(u), account % reference.sectors.length)] = 1;
  });
  const unreachable = rightHandSide.findIndex((b, row) => b !== 0 && hasCells[row] === 0);
  if (unreachable < 0) return;
  throw new ModelError(
    `${layout.describe(unreachable)} is ${rightHandSide[unreachable]!} in the target table, ` +
      'but the reference table has no such cell in any of the regions to be estimated (structural zeros stay zero)',
    'give the reference table a value there, or correct the target table',
  );
}

/**
 * The constraints of ANAIS for unknown regions of a table: equations (10), (11), (12).
 * @param known reference table, target table and what belongs to what
 * @param x0 the reference of the deviations, R regions, with the target's values in known cells
 * @param band the range of technical coefficients, equation (11)
 * @throws ModelError for negative values, for a band whose ends are in the wrong order, for a divided region that takes in more
 * than it puts out, and for totals that no cell of the reference can meet
 */
export function anaisProblem(known: Division, x0: MrioTable, band: CoefficientBand, variant: Variant): AnaisProblem {
  requireNonNegative(known.target, 'the target table');
  requireNonNegative(known.reference, 'the reference table');
  const { sectorCount, n } = dimensions(x0);
  const { accounts } = splitAccounts(known);
  const layout = rowLayout(known, accounts, variant.consistency);
  requireBand(band, x0.sectors);
  requireRoomForPrimaryInput(known.target, layout.groups);
  const bandLow = new Float64Array(accounts.unknown.length * sectorCount);
  const bandWidth = new Float64Array(accounts.unknown.length * sectorCount);
  const inputs = inputsByAccount(x0);
  accounts.unknown.forEach((account, u) => {
    for (let i = 0; i < sectorCount; i++) {
      if (inputs[i * n + account] === 0) continue;
      const at = i * sectorCount + (account % sectorCount);
      bandLow[u * sectorCount + i] = band.low[at]!;
      bandWidth[u * sectorCount + i] = band.high[at]! - band.low[at]!;
    }
  });
  const problem: AnaisProblem = {
    variant,
    reference: x0,
    layout,
    accounts: accounts.unknown,
    cells: variableCells(x0, known, layout, variant),
    rightHandSide: targetValues(known, layout),
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

/** The sum of the cells of each row. */
export function rowActivity({ cells, layout }: AnaisProblem, values: Float64Array): Float64Array {
  const activity = new Float64Array(layout.count);
  for (let k = 0; k < cells.count; k++) {
    for (let e = ROWS_PER_CELL * k; e < ROWS_PER_CELL * (k + 1); e++) {
      const row = cells.rows[e]!;
      if (row >= 0) activity[row]! += values[k]!;
    }
  }
  return activity;
}

/** The table in which the variable cells have the given values. */
export function tableWithCells({ reference, cells }: AnaisProblem, values: Float64Array): MrioTable {
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

/** Where a variable cell is, in words. */
export function cellLabel({ reference, cells }: AnaisProblem, cell: number): string {
  const { n, finalDemandCount } = dimensions(reference);
  const position = cells.position[cell]!;
  if (cells.block[cell] === 2) return `primary input of ${accountLabel(reference, position)}`;
  const columns = cells.block[cell] === 0 ? n : finalDemandCount;
  const from = accountLabel(reference, Math.floor(position / columns));
  if (cells.block[cell] === 0) return `delivery from ${from} to ${accountLabel(reference, position % columns)}`;
  return `final demand for ${from} by ${reference.regions[position % columns] ?? 'exports'}`;
}
