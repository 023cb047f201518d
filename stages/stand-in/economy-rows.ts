import type { DetailedTable } from './economy-types.ts';

/** A table in the long layout: one position per non-zero cell. An index of -1: empty. */
export interface LongTable {
  /** Names of the regions that `fromRegion` and `toRegion` are indices into. */
  readonly regions: readonly string[];
  /** Names of the categories that `category` is an index into. */
  readonly categories: readonly string[];
  readonly fromRegion: Int32Array;
  /** Number of the sector, not its index. */
  readonly fromSector: Int32Array;
  readonly toRegion: Int32Array;
  readonly toSector: Int32Array;
  readonly category: Int32Array;
  readonly value: Float64Array;
}

/** All non-zero cells of a table: deliveries, final demand by category, exports (to the exporting region), primary inputs. */
export function longTable(table: DetailedTable): LongTable {
  const { regions, sectors, demandCategories, primaryCategories } = table;
  const n = regions.length * sectors.length;
  const demands = regions.length * demandCategories.length;
  const blocks = [table.intermediate, table.finalDemand, table.exports, table.primaryInputs];
  const count = blocks.reduce(
    (sum, block) => sum + block.reduce((cells, value) => cells + (value === 0 ? 0 : 1), 0),
    0,
  );
  const column = (): Int32Array => new Int32Array(count).fill(-1);
  const rows = {
    fromRegion: column(),
    fromSector: column(),
    toRegion: column(),
    toSector: column(),
    category: column(),
    value: new Float64Array(count),
  };
  let row = 0;
  const regionOf = (account: number): number => Math.floor(account / sectors.length);
  const sectorOf = (account: number): number => sectors[account % sectors.length]!;
  const add = (from: number, to: number, toRegion: number, category: number, value: number): void => {
    if (value === 0) return;
    if (from >= 0) {
      rows.fromRegion[row] = regionOf(from);
      rows.fromSector[row] = sectorOf(from);
    }
    rows.toRegion[row] = toRegion;
    if (to >= 0) rows.toSector[row] = sectorOf(to);
    rows.category[row] = category;
    rows.value[row] = value;
    row++;
  };
  const categories = ['intermediate', ...demandCategories, 'export', ...primaryCategories];
  const exported = 1 + demandCategories.length;
  for (let from = 0; from < n; from++) {
    for (let to = 0; to < n; to++) add(from, to, regionOf(to), 0, table.intermediate[from * n + to]!);
    for (let d = 0; d < demands; d++) {
      const category = 1 + (d % demandCategories.length);
      add(from, -1, Math.floor(d / demandCategories.length), category, table.finalDemand[from * demands + d]!);
    }
    add(from, -1, regionOf(from), exported, table.exports[from]!);
  }
  primaryCategories.forEach((_, p) => {
    for (let to = 0; to < n; to++) add(-1, to, regionOf(to), exported + 1 + p, table.primaryInputs[p * n + to]!);
  });
  return { regions, categories, ...rows };
}
