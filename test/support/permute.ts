import { dimensions, type MrioTable } from '../../mrio/table.ts';

/** The same table with its regions in another order: region r of the result is region order[r] of the table. */
export function permuteRegions(table: MrioTable, order: readonly number[]): MrioTable {
  const { n, sectorCount: S, finalDemandCount, regionCount } = dimensions(table);
  const account = (k: number): number => order[Math.floor(k / S)]! * S + (k % S);
  const consumer = (c: number): number => (c === regionCount ? c : order[c]!);
  return {
    regions: order.map((r) => table.regions[r]!),
    sectors: table.sectors,
    intermediate: table.intermediate.map(
      (_, cell) => table.intermediate[account(Math.floor(cell / n)) * n + account(cell % n)]!,
    ),
    finalDemand: table.finalDemand.map(
      (_, cell) =>
        table.finalDemand[
          account(Math.floor(cell / finalDemandCount)) * finalDemandCount + consumer(cell % finalDemandCount)
        ]!,
    ),
    primaryInput: table.primaryInput.map((_, k) => table.primaryInput[account(k)]!),
  };
}

/** The same table in another unit of money. */
export const inUnit = (table: MrioTable, factor: number): MrioTable => ({
  ...table,
  intermediate: table.intermediate.map((value) => value * factor),
  finalDemand: table.finalDemand.map((value) => value * factor),
  primaryInput: table.primaryInput.map((value) => value * factor),
});

/** The largest difference between two tables, relative to the largest value. */
export function largestDifference(a: MrioTable, b: MrioTable): number {
  let largest = 0;
  let size = 0;
  for (const block of ['intermediate', 'finalDemand', 'primaryInput'] as const) {
    a[block].forEach((value, k) => {
      largest = Math.max(largest, Math.abs(value - b[block][k]!));
      size = Math.max(size, Math.abs(value));
    });
  }
  return largest / size;
}
