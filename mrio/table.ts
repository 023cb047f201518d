import { ModelError } from './error.ts';

/**
 * A multi-regional input-output table of R regions and S sectors at current prices.
 *
 * Its n = R x S accounts are ordered region by region: account r * S + i is sector i of region r.
 * A table in balance has equal row and column totals: X 1 + Y 1 = w = X' 1 + z, equation (10).
 */
export interface MrioTable {
  readonly regions: readonly string[];
  readonly sectors: readonly number[];
  /** X, intermediate deliveries: n x n, row-major; row = producer, column = user. */
  readonly intermediate: Float64Array;
  /** Y, final demand: n x (R + 1), row-major; column r = final demand of region r, last column = exports. */
  readonly finalDemand: Float64Array;
  /** z, primary inputs (value added and imports): n. */
  readonly primaryInput: Float64Array;
}

/** R, S, n and the number of final demand columns. */
export interface Dimensions {
  readonly regionCount: number;
  readonly sectorCount: number;
  readonly n: number;
  readonly finalDemandCount: number;
}

export function dimensions(axes: Pick<MrioTable, 'regions' | 'sectors'>): Dimensions {
  const regionCount = axes.regions.length;
  const sectorCount = axes.sectors.length;
  return { regionCount, sectorCount, n: regionCount * sectorCount, finalDemandCount: regionCount + 1 };
}

/** A table of the given axes with every value zero. */
export function emptyTable(regions: readonly string[], sectors: readonly number[]): MrioTable {
  const { n, finalDemandCount } = dimensions({ regions, sectors });
  return {
    regions,
    sectors,
    intermediate: new Float64Array(n * n),
    finalDemand: new Float64Array(n * finalDemandCount),
    primaryInput: new Float64Array(n),
  };
}

/** `TS.14`: region and sector of account k. */
export function accountLabel({ regions, sectors }: Pick<MrioTable, 'regions' | 'sectors'>, account: number): string {
  return `${regions[Math.floor(account / sectors.length)]!}.${sectors[account % sectors.length]!}`;
}

/** Labels of all n accounts, in order. */
export function accountLabels(axes: Pick<MrioTable, 'regions' | 'sectors'>): string[] {
  return Array.from({ length: dimensions(axes).n }, (_, account) => accountLabel(axes, account));
}

/** The sum of all values, in their order. */
export const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** Sums of the rows of a row-major matrix. */
export function rowSums(values: Float64Array, rows: number, columns: number): Float64Array {
  const sums = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += values[i * columns + j]!;
    sums[i] = sum;
  }
  return sums;
}

/** Sums of the columns of a row-major matrix. */
export function columnSums(values: Float64Array, rows: number, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) sums[j]! += values[i * columns + j]!;
  }
  return sums;
}

const added = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]!);

/** w, gross output: intermediate deliveries plus final demand of each account (row totals, n). */
export function grossOutput(table: MrioTable): Float64Array {
  const { n, finalDemandCount } = dimensions(table);
  return added(rowSums(table.intermediate, n, n), rowSums(table.finalDemand, n, finalDemandCount));
}

/** Gross input: intermediate inputs plus primary inputs of each account (column totals, n). */
export function grossInput(table: MrioTable): Float64Array {
  const { n } = dimensions(table);
  return added(columnSums(table.intermediate, n, n), table.primaryInput);
}

/** Row total, column total and their relative difference for each account. */
export interface Balance {
  readonly rowTotal: Float64Array;
  readonly columnTotal: Float64Array;
  /** |row - column| / max(|row|, |column|); 0 where both are 0. */
  readonly relativeDifference: Float64Array;
}

export function balance(table: MrioTable): Balance {
  const rowTotal = grossOutput(table);
  const columnTotal = grossInput(table);
  return {
    rowTotal,
    columnTotal,
    relativeDifference: rowTotal.map((row, i) => relativeDifference(row, columnTotal[i]!)),
  };
}

/** |a - b| / max(|a|, |b|); 0 where both are 0. */
export function relativeDifference(a: number, b: number): number {
  const scale = Math.max(Math.abs(a), Math.abs(b));
  return scale === 0 ? 0 : Math.abs(a - b) / scale;
}

/**
 * Checks that every account's row and column totals agree within a relative tolerance.
 * @param name what the table is, for the message
 * @throws ModelError naming the five worst accounts
 */
export function requireBalanced(table: MrioTable, tolerance: number, name: string): Balance {
  const result = balance(table);
  const worst = Array.from(result.relativeDifference.keys())
    .filter((k) => !(result.relativeDifference[k]! <= tolerance))
    .sort((a, b) => result.relativeDifference[b]! - result.relativeDifference[a]!);
  if (worst.length === 0) return result;
  const rows = worst.slice(0, 5).map((k) => {
    const percent = (100 * result.relativeDifference[k]!).toPrecision(3);
    return `${accountLabel(table, k)}: row ${result.rowTotal[k]!}, column ${result.columnTotal[k]!} (${percent}%)`;
  });
  throw new ModelError(
    `${name} does not balance in ${worst.length} of ${result.rowTotal.length} accounts (tolerance ${tolerance}): ${rows.join('; ')}`,
    'correct these rows or columns, or widen balance_tolerance if the difference is statistical',
  );
}

/** How exports enter final demand: with the exporting region's own, or as a consumer of their own. */
export type ExportTreatment = 'with-region' | 'separate';

/** Name of the consumer that stands for the rest of the world. */
export const EXPORT = 'export';

/** Final demand by consumer: n x consumers.length, row-major. */
export interface ConsumerDemand {
  readonly consumers: readonly string[];
  readonly values: Float64Array;
}

/** Final demand with exports counted as `treatment` says. */
export function demandByConsumer(table: MrioTable, treatment: ExportTreatment): ConsumerDemand {
  const { n, regionCount, sectorCount, finalDemandCount } = dimensions(table);
  if (treatment === 'separate') return { consumers: [...table.regions, EXPORT], values: table.finalDemand };
  const values = new Float64Array(n * regionCount);
  for (let k = 0; k < n; k++) {
    const row = table.finalDemand.subarray(k * finalDemandCount, (k + 1) * finalDemandCount);
    values.set(row.subarray(0, regionCount), k * regionCount);
    values[k * regionCount + Math.floor(k / sectorCount)]! += row[regionCount]!;
  }
  return { consumers: table.regions, values };
}
