import { EXPORT, dimensions, emptyTable, type MrioTable } from '../mrio/table.ts';
import type { LabelColumn, StageContext } from '../runner/stage.ts';

/** Regions and sectors in the order of a table's accounts. */
export interface Axes {
  readonly regions: readonly string[];
  readonly sectors: readonly number[];
}

const text = (column: Iterable<unknown> | undefined): string[] => Array.from(column ?? [], String);

/** The sectors, by number. */
async function readSectors(context: StageContext): Promise<number[]> {
  const { id } = await context.query('SELECT id FROM sector ORDER BY id');
  return Array.from(id as Float64Array);
}

/** The regions of the study, by place code. */
export async function readAxes(context: StageContext): Promise<Axes> {
  const { code } = await context.query('SELECT code FROM region ORDER BY gb2260');
  return { regions: text(code), sectors: await readSectors(context) };
}

/** The provinces that the regions lie in, by place code, and the province of each region. */
export async function readProvinceAxes(
  context: StageContext,
): Promise<{ axes: Axes; provinceOf: Map<string, string> }> {
  const { code, province } = await context.query('SELECT code, province FROM region ORDER BY gb2260');
  const provinces = text(province);
  const provinceOf = new Map(text(code).map((region, r) => [region, provinces[r]!]));
  return { axes: { regions: [...new Set(provinces)], sectors: await readSectors(context) }, provinceOf };
}

/**
 * Reads a table from rows (block, from_region, from_sector, to_region, to_sector, value_10k_cny), where block is
 * intermediate, final_demand, export or primary_input.
 * @param relation a view, or a query in parentheses
 */
export async function readTable(context: StageContext, relation: string, axes: Axes): Promise<MrioTable> {
  const table = emptyTable(axes.regions, axes.sectors);
  const { n, regionCount, finalDemandCount } = dimensions(axes);
  const list = (values: readonly (string | number)[]): string =>
    `[${values.map((value) => (typeof value === 'string' ? `'${value}'` : value)).join(', ')}]`;
  const position = (region: string, sector: string): string =>
    `(list_position(${list(axes.regions)}, ${region}) - 1) * ${axes.sectors.length} + list_position(${list(axes.sectors)}, ${sector}::INTEGER) - 1`;
  const { block, from, to, consumer, value } = await context.query(`
    SELECT list_position(['intermediate', 'final_demand', 'export', 'primary_input'], block) AS block,
           ${position('from_region', 'from_sector')} AS from, ${position('to_region', 'to_sector')} AS to,
           list_position(${list(axes.regions)}, to_region) - 1 AS consumer, value_10k_cny AS value
    FROM ${relation}`);
  const [blocks, rows, columns, consumers, values] = [block, from, to, consumer, value] as Float64Array[];
  for (let e = 0; e < values!.length; e++) {
    const row = rows![e]!;
    const amount = values![e]!;
    if (blocks![e] === 1) table.intermediate[row * n + columns![e]!]! += amount;
    else if (blocks![e] === 2) table.finalDemand[row * finalDemandCount + consumers![e]!]! += amount;
    else if (blocks![e] === 3) table.finalDemand[row * finalDemandCount + regionCount]! += amount;
    else table.primaryInput[columns![e]!]! += amount;
  }
  return table;
}

/** Final demand as the stage `anais` leaves it, in the rows that `readTable` reads. */
export const RESULT_FINAL_DEMAND = `
  SELECT if(to_region = '${EXPORT}', 'export', 'final_demand') AS block,
    from_region, from_sector, to_region, NULL AS to_sector, value_10k_cny
  FROM final_demand`;

/** The city-level table of 2017 as the stage `anais` leaves it, in the rows that `readTable` reads. */
export const RESULT_TABLE = `(
  SELECT 'intermediate' AS block, from_region, from_sector, to_region, to_sector, value_10k_cny FROM mrio
  UNION ALL
  ${RESULT_FINAL_DEMAND}
  UNION ALL
  SELECT 'primary_input', NULL, NULL, region, sector, value_10k_cny FROM primary_input
)`;

/** Region and sector columns of accounts, given as positions in the table. */
export function accountColumns(axes: Axes, accounts: Int32Array): { region: LabelColumn; sector: Uint8Array } {
  const { sectorCount } = dimensions(axes);
  return {
    region: { labels: axes.regions, indices: accounts.map((k) => Math.floor(k / sectorCount)) },
    sector: Uint8Array.from(accounts, (k) => axes.sectors[k % sectorCount]!),
  };
}

/** Row and column positions of every cell of a rows x columns matrix, row by row. */
export function matrixPositions(rows: number, columns: number): { row: Int32Array; column: Int32Array } {
  const row = new Int32Array(rows * columns);
  const column = new Int32Array(rows * columns);
  for (let cell = 0; cell < rows * columns; cell++) {
    row[cell] = Math.floor(cell / columns);
    column[cell] = cell % columns;
  }
  return { row, column };
}

/** Columns (from_region, from_sector, to_region, to_sector) of every cell of an n x n matrix, row by row. */
export function flowColumns(axes: Axes): {
  from_region: LabelColumn;
  from_sector: Uint8Array;
  to_region: LabelColumn;
  to_sector: Uint8Array;
} {
  const { n } = dimensions(axes);
  const { row, column } = matrixPositions(n, n);
  const from = accountColumns(axes, row);
  const to = accountColumns(axes, column);
  return { from_region: from.region, from_sector: from.sector, to_region: to.region, to_sector: to.sector };
}
