import { sqlText } from '../formats/database.ts';
import { EXPORT, accountLabels, dimensions, emptyTable, type MrioTable } from '../mrio/table.ts';
import { StageError, type LabelColumn, type StageContext } from '../runner/stage.ts';
import { nameOf, placeOf } from './table-rows.ts';

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

/**
 * The regions of the study, by place code.
 * @throws StageError for a region whose code stands for exports
 */
export async function readAxes(context: StageContext): Promise<Axes> {
  const { code } = await context.query('SELECT code FROM region ORDER BY region.id, region.code');
  const regions = text(code);
  requireNoExport(context, 'code', regions);
  return { regions, sectors: await readSectors(context) };
}

/**
 * The provinces that the regions lie in, by place code, and the province of each region.
 * @throws StageError for a province whose code stands for exports
 */
export async function readProvinceAxes(
  context: StageContext,
): Promise<{ axes: Axes; provinceOf: Map<string, string> }> {
  const { code, province } = await context.query(
    'SELECT code, coalesce(province, code) AS province FROM region ORDER BY region.id, region.code',
  );
  const provinces = text(province);
  requireNoExport(context, 'province', provinces);
  const provinceOf = new Map(text(code).map((region, r) => [region, provinces[r]!]));
  return { axes: { regions: [...new Set(provinces)], sectors: await readSectors(context) }, provinceOf };
}

function requireNoExport(context: StageContext, column: 'code' | 'province', codes: readonly string[]): void {
  if (!codes.includes(EXPORT)) return;
  throw new StageError(
    `${nameOf(context, 'region')} has the ${column} "${EXPORT}", which is reserved: in final demand it stands for exports`,
    `give that region another code in ${placeOf(context, 'region')}, and in the files that refer to it`,
  );
}

/** SQL: where a value stands in a list, from 0; NULL where it does not. */
const positionIn = (values: readonly (string | number)[], column: string): string => {
  const list = values.map((value) => (typeof value === 'string' ? sqlText(value) : value)).join(', ');
  return `(list_position([${list}], ${column}) - 1)`;
};

/** SQL: position of an account in the order of the axes; NULL where its region or sector is not among them. */
const accountPosition = (axes: Axes, region: string, sector: string): string =>
  `(${positionIn(axes.regions, region)} * ${axes.sectors.length} + ${positionIn(axes.sectors, `${sector}::INTEGER`)})`;

/**
 * Reads a table from rows (block, from_region, from_sector, to_region, to_sector, value), where block is
 * intermediate, final_demand, export or primary_input.
 * @param relation a view, or a query in parentheses
 * @throws StageError for a row that no cell of the table is meant by
 */
export async function readTable(context: StageContext, relation: string, axes: Axes): Promise<MrioTable> {
  const table = emptyTable(axes.regions, axes.sectors);
  const { n, regionCount, finalDemandCount } = dimensions(axes);
  const { block, from, to, consumer, value } = await context.query(`
    SELECT list_position(['intermediate', 'final_demand', 'export', 'primary_input'], block) AS block,
           ${accountPosition(axes, 'from_region', 'from_sector')} AS from,
           ${accountPosition(axes, 'to_region', 'to_sector')} AS to,
           ${positionIn(axes.regions, 'to_region')} AS consumer, value
    FROM ${relation}`);
  const [blocks, rows, columns, consumers, values] = [block, from, to, consumer, value] as Float64Array[];
  const cellOf = (e: number): { values: Float64Array; position: number } => {
    if (blocks![e] === 1) return { values: table.intermediate, position: rows![e]! * n + columns![e]! };
    if (blocks![e] === 2) return { values: table.finalDemand, position: rows![e]! * finalDemandCount + consumers![e]! };
    if (blocks![e] === 3) return { values: table.finalDemand, position: rows![e]! * finalDemandCount + regionCount };
    return { values: table.primaryInput, position: blocks![e] === 4 ? columns![e]! : NaN };
  };
  for (let e = 0; e < values!.length; e++) {
    const cell = cellOf(e);
    if (Number.isNaN(cell.position)) {
      throw await rowOfNoCell(context, relation, e);
    }
    cell.values[cell.position]! += values![e]!;
  }
  return table;
}

/** @param row counted from 0 */
async function rowOfNoCell(context: StageContext, relation: string, row: number): Promise<StageError> {
  const { shown } = await context.query(`
    SELECT format('{} from {}.{} to {}.{}: {}', coalesce(block, 'no block'), coalesce(from_region, '?'),
      coalesce(from_sector::VARCHAR, '?'), coalesce(to_region, '?'), coalesce(to_sector::VARCHAR, '?'), value) AS shown
    FROM ${relation} LIMIT 1 OFFSET ${row}`);
  const where = relation in context.inputs ? nameOf(context, relation) : 'the table';
  return new StageError(
    `${where} has a row of no cell: ${String(shown![0])}`,
    `give every row a block, and the regions of ${placeOf(context, 'region')} and sectors of ${placeOf(context, 'sector')} that the block needs`,
  );
}

/**
 * Columns of numbers by account, in the order of the table's accounts.
 * @param relation a view with the columns region and sector, or a query in parentheses
 * @param called what an error calls it
 * @throws StageError where an account has no row, or more than one
 */
export async function readAccounts<const Name extends string>(
  context: StageContext,
  relation: string,
  names: readonly Name[],
  axes: Axes,
  called: string,
): Promise<Record<Name, Float64Array>> {
  const { n } = dimensions(axes);
  const columns = await context.query(`
    SELECT ${accountPosition(axes, 'region', 'sector')} AS account, ${names.join(', ')} FROM ${relation} ORDER BY account`);
  const accounts = columns['account'] as Float64Array;
  const wrong = Array.from({ length: Math.max(n, accounts.length) }, (_, k) => k).find((k) => accounts[k] !== k);
  if (wrong !== undefined) {
    throw new StageError(
      `${called} should have one row for each region and sector, ${n} in all; it has ${accounts.length}, and the first fault is at ${accountLabels(axes)[wrong] ?? 'its end'}`,
      `give each region of ${placeOf(context, 'region')} one row for each sector of ${placeOf(context, 'sector')}`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, columns[name] as Float64Array])) as Record<Name, Float64Array>;
}

/** The hidden true table of the stand-in economy, in the rows that `readTable` reads. */
export const TRUE_TABLE = `(
  SELECT CASE WHEN category IN ('intermediate', 'export') THEN category
              WHEN from_sector IS NULL THEN 'primary_input' ELSE 'final_demand' END AS block,
         from_region, from_sector, to_region, to_sector, value
  FROM stand_in_true_mrio)`;

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
