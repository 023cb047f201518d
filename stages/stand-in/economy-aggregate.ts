import { partsByParent } from './economy-geography.ts';
import type { DetailedTable, Geography } from './economy-types.ts';

/** Sums of blocks of rows and columns: entry (i, j) goes to (rowOf(i), columnOf(j)). */
function summed(
  values: Float64Array,
  from: { rows: number; columns: number },
  to: { rows: number; columns: number },
  rowOf: (row: number) => number,
  columnOf: (column: number) => number,
): Float64Array {
  const result = new Float64Array(to.rows * to.columns);
  for (let i = 0; i < from.rows; i++) {
    for (let j = 0; j < from.columns; j++) {
      result[rowOf(i) * to.columns + columnOf(j)]! += values[i * from.columns + j]!;
    }
  }
  return result;
}

/** The table of the parents: the parts of a divided region added up. Parents in the order of their first part. */
export function aggregateToParents(table: DetailedTable, geography: Geography): DetailedTable {
  const parents = partsByParent(geography);
  const parentOf = geography.regions.map((_, r) => parents.findIndex(({ parts }) => parts.includes(r)));
  const sectors = table.sectors.length;
  const categories = table.demandCategories.length;
  const primaries = table.primaryCategories.length;
  const fine = { n: table.regions.length * sectors, demands: table.regions.length * categories };
  const coarse = { n: parents.length * sectors, demands: parents.length * categories };
  const account = (k: number): number => parentOf[Math.floor(k / sectors)]! * sectors + (k % sectors);
  const demand = (k: number): number => parentOf[Math.floor(k / categories)]! * categories + (k % categories);
  const itself = (k: number): number => k;
  return {
    regions: parents.map(({ parent }) => parent),
    sectors: table.sectors,
    demandCategories: table.demandCategories,
    primaryCategories: table.primaryCategories,
    intermediate: summed(
      table.intermediate,
      { rows: fine.n, columns: fine.n },
      { rows: coarse.n, columns: coarse.n },
      account,
      account,
    ),
    finalDemand: summed(
      table.finalDemand,
      { rows: fine.n, columns: fine.demands },
      { rows: coarse.n, columns: coarse.demands },
      account,
      demand,
    ),
    exports: summed(table.exports, { rows: fine.n, columns: 1 }, { rows: coarse.n, columns: 1 }, account, itself),
    primaryInputs: summed(
      table.primaryInputs,
      { rows: primaries, columns: fine.n },
      { rows: primaries, columns: coarse.n },
      itself,
      account,
    ),
  };
}
