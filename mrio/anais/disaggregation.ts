import { ModelError } from '../error.ts';
import { accountLabel, dimensions, emptyTable, grossOutput, sum, type MrioTable } from '../table.ts';

/**
 * What is known of a table that is to be estimated.
 *
 * The reference has the regions we want in a base year; the target has fewer, larger regions in the year we want.
 * Every region of the reference lies in one region of the target, its parent. A region that is its parent's only
 * part is known, unless it is said to be known by its margins only; the parts of a divided region are unknown. In the
 * study: 41 regions in 2012, 31 in 2017, and the 11 cities of one province unknown. One region of which a base year's table
 * and another year's margins are known is a division too: see `margins.ts`.
 */
export interface Division {
  readonly reference: MrioTable;
  readonly target: MrioTable;
  /** For each region of the reference, the index of its parent in the target. */
  readonly parent: readonly number[];
  /** For each region of the reference, whether it has to be estimated. */
  readonly unknown: readonly boolean[];
}

/**
 * Relates a reference table to a target table.
 * @param parentOf the target's region that a region of the reference lies in
 * @param knownByMargins whether only the margins of a region are known in the target, gross output, final demand and
 * primary input by sector, so that it is to be estimated although it is its parent's only part
 * @throws ModelError where a region has no parent, a parent no part, or the sectors differ
 */
export function division(
  reference: MrioTable,
  target: MrioTable,
  parentOf: (region: string) => string | undefined,
  knownByMargins: (region: string) => boolean = () => false,
): Division {
  if (reference.sectors.join() !== target.sectors.join()) {
    throw new ModelError(
      `the reference table has sectors ${reference.sectors.join(', ')}, the target table ${target.sectors.join(', ')}`,
      'bring both tables to one list of sectors',
    );
  }
  const parent = reference.regions.map((region) => {
    const index = target.regions.indexOf(parentOf(region) ?? '');
    if (index >= 0) return index;
    throw new ModelError(
      `region ${region} belongs to ${parentOf(region) ?? 'no region'}, which the target table does not have`,
      `add it to the target table (it has ${target.regions.join(', ')})`,
    );
  });
  const parts = target.regions.map((_, p) => parent.filter((q) => q === p).length);
  const childless = parts.indexOf(0);
  if (childless >= 0) {
    throw new ModelError(
      `region ${target.regions[childless]!} of the target table has no part in the reference table`,
      'add its part to the reference table, or remove the region from the target table',
    );
  }
  const unknown = parent.map((p, region) => parts[p]! > 1 || knownByMargins(reference.regions[region]!));
  return { reference, target, parent, unknown };
}

/** Regions to be estimated that are their parent's only part: the target holds no more than their margins. */
export const regionsByMargins = ({ reference, parent, unknown }: Division): string[] =>
  reference.regions.filter((_, region) => unknown[region]! && parent.filter((p) => p === parent[region]).length === 1);

/** For each parent, the regions that lie in it. */
function partsOf({ target, parent }: Division): number[][] {
  const parts: number[][] = target.regions.map(() => []);
  parent.forEach((p, region) => parts[p]!.push(region));
  return parts;
}

/** A share of `total` for each position, in proportion to the weights there; nothing where all weights are zero. */
function spread(total: number, weights: Float64Array, positions: readonly number[], into: Float64Array): void {
  if (positions.length === 1) {
    into[positions[0]!] = total;
    return;
  }
  let sum = 0;
  for (const position of positions) sum += weights[position]!;
  if (sum === 0) return;
  for (const position of positions) into[position] = (total * weights[position]!) / sum;
}

/**
 * The reference of ANAIS with `reference: shares`: every block of the target, spread over the parts of its regions in
 * the proportions of the reference. Known cells are the target's own. A block that is zero in the reference stays
 * zero: a structural zero.
 */
export function shareReference(known: Division): MrioTable {
  const { reference, target } = known;
  const { sectorCount, n, finalDemandCount } = dimensions(reference);
  const coarse = dimensions(target);
  const parts = partsOf(known);
  const result = emptyTable(reference.regions, reference.sectors);
  const demandParts = [...parts, [finalDemandCount - 1]];
  for (let row = 0; row < coarse.n; row++) {
    const rows = parts[Math.floor(row / sectorCount)]!.map((r) => r * sectorCount + (row % sectorCount));
    for (let column = 0; column < coarse.n; column++) {
      const columns = parts[Math.floor(column / sectorCount)]!.map((r) => r * sectorCount + (column % sectorCount));
      const positions = rows.flatMap((k) => columns.map((l) => k * n + l));
      spread(target.intermediate[row * coarse.n + column]!, reference.intermediate, positions, result.intermediate);
    }
    demandParts.forEach((columns, column) => {
      const positions = rows.flatMap((k) => columns.map((c) => k * finalDemandCount + c));
      const total = target.finalDemand[row * coarse.finalDemandCount + column]!;
      spread(total, reference.finalDemand, positions, result.finalDemand);
    });
    spread(target.primaryInput[row]!, reference.primaryInput, rows, result.primaryInput);
  }
  spreadUnreachableDemand(known, parts, result);
  return result;
}

/**
 * Final demand of divided regions for products of known ones is not a variable of ANAIS: it is the target's, shared
 * out as in the reference. Where the reference has no such demand at all, it is shared out like gross output.
 */
function spreadUnreachableDemand(known: Division, parts: readonly number[][], result: MrioTable): void {
  const { reference, target, parent, unknown } = known;
  const { sectorCount, regionCount, n, finalDemandCount } = dimensions(reference);
  const coarse = dimensions(target);
  const output = grossOutput(reference);
  const size = Float64Array.from({ length: regionCount }, (_, r) =>
    sum(output.subarray(r * sectorCount, (r + 1) * sectorCount)),
  );
  for (let k = 0; k < n; k++) {
    const region = Math.floor(k / sectorCount);
    if (unknown[region]!) continue;
    const row = parent[region]! * sectorCount + (k % sectorCount);
    parts.forEach((columns, column) => {
      const total = target.finalDemand[row * coarse.finalDemandCount + column]!;
      const demand = result.finalDemand.subarray(k * finalDemandCount, (k + 1) * finalDemandCount);
      if (total !== 0 && columns.every((c) => demand[c] === 0)) spread(total, size, columns, demand);
    });
  }
}

/**
 * The reference of ANAIS with `reference: base-year`: all that touches a part of a divided region is as in the base year.
 * Known cells, and final demand of parts for products of known regions, are the target's, as in `shareReference`.
 */
export function baseYearReference(known: Division): MrioTable {
  const { reference, unknown } = known;
  const { n, sectorCount, finalDemandCount } = dimensions(reference);
  const shares = shareReference(known);
  const isUnknown = (k: number): boolean => unknown[Math.floor(k / sectorCount)]!;
  return {
    ...shares,
    intermediate: shares.intermediate.map((value, cell) =>
      isUnknown(Math.floor(cell / n)) || isUnknown(cell % n) ? reference.intermediate[cell]! : value,
    ),
    finalDemand: shares.finalDemand.map((value, cell) =>
      isUnknown(Math.floor(cell / finalDemandCount)) ? reference.finalDemand[cell]! : value,
    ),
    primaryInput: shares.primaryInput.map((value, k) => (isUnknown(k) ? reference.primaryInput[k]! : value)),
  };
}

/** Technical coefficients summed over the origins of each input: for each using account, one per sector. */
export interface CoefficientBand {
  /** a-, S x S: input of the row sector into the column sector, the least over the regions. */
  readonly low: Float64Array;
  /** a+, S x S. */
  readonly high: Float64Array;
}

/**
 * (11): the range of each technical coefficient over the regions of a table. Coefficients are summed over origin
 * regions, since they are about the input and not where it came from; regions without output in a sector do not count.
 * @param widening how far the range is stretched at both ends, as a share of its ends (0: not at all)
 */
export function coefficientBand(table: MrioTable, widening: number): CoefficientBand {
  const { regionCount, sectorCount, n } = dimensions(table);
  const output = grossOutput(table);
  const low = new Float64Array(sectorCount ** 2).fill(Infinity);
  const high = new Float64Array(sectorCount ** 2);
  for (let user = 0; user < n; user++) {
    if (!(output[user]! > 0)) continue;
    for (let i = 0; i < sectorCount; i++) {
      let input = 0;
      for (let r = 0; r < regionCount; r++) input += table.intermediate[(r * sectorCount + i) * n + user]!;
      const at = i * sectorCount + (user % sectorCount);
      low[at] = Math.min(low[at]!, input / output[user]!);
      high[at] = Math.max(high[at]!, input / output[user]!);
    }
  }
  return {
    low: low.map((value) => (Number.isFinite(value) ? value * (1 - widening) : 0)),
    high: high.map((value) => value * (1 + widening)),
  };
}

/** @throws ModelError for the first negative or non-finite value of a table, naming its cell */
export function requireNonNegative(table: MrioTable, name: string): void {
  const { n, finalDemandCount, regionCount } = dimensions(table);
  const fault = (values: Float64Array): number => values.findIndex((value) => !(value >= 0 && value < Infinity));
  const complain = (value: number, cell: string): never => {
    throw new ModelError(
      `${name}: ${cell} is ${value}; ANAIS needs values of zero or more`,
      'correct the cell, or net it against another category of final demand before the update',
    );
  };
  const x = fault(table.intermediate);
  if (x >= 0) {
    const user = accountLabel(table, x % n);
    complain(table.intermediate[x]!, `delivery from ${accountLabel(table, Math.floor(x / n))} to ${user}`);
  }
  const y = fault(table.finalDemand);
  if (y >= 0) {
    const consumer = y % finalDemandCount === regionCount ? 'exports' : table.regions[y % finalDemandCount]!;
    complain(
      table.finalDemand[y]!,
      `final demand for ${accountLabel(table, Math.floor(y / finalDemandCount))} by ${consumer}`,
    );
  }
  const z = fault(table.primaryInput);
  if (z >= 0) complain(table.primaryInput[z]!, `primary input of ${accountLabel(table, z)}`);
}
