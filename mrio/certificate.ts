import { RADIUS_PRECISION, spectralRadius } from './spectral-radius.ts';
import { accountLabels, balance, columnSums, dimensions, grossOutput, rowSums, sum, type MrioTable } from './table.ts';
import { byRegion, regionByRegion, type TradeAccounts } from './trade-accounts.ts';

/** One thing that is looked at in a table. */
export interface Finding {
  /** What is measured: `largest residual of an account`. */
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** What the value may be at most; null: it is only told. */
  readonly limit: number | null;
  /** The worst places, named, at most ten. */
  readonly where: readonly string[];
}

/** Whether what a finding measures is within its limit. NaN is not. */
export const holds = ({ value, limit }: Finding): boolean => limit === null || value <= limit;

/** How many offenders are named. */
const NAMED = 10;

/**
 * What can be said of a table by itself: whether its accounts balance, what its cells are, which accounts are empty.
 * Negative final demand (stocks that are drawn on) is allowed and counted.
 * @param tolerance largest relative residual |row - column| / max(|row|, |column|) of an account
 */
export function tableFindings(table: MrioTable, tolerance: number): Finding[] {
  const labels = accountLabels(table);
  const { n } = dimensions(table);
  const { relativeDifference, rowTotal, columnTotal } = balance(table);
  const residuals = worst(relativeDifference, (residual) => !(residual <= tolerance));
  const empty = worst(grossOutput(table), (output) => output === 0);
  const inputShare = columnSums(table.intermediate, n, n).map((inputs, k) => share(inputs, rowTotal[k]!));
  const consuming = worst(inputShare, (inputs) => inputs > 1);
  return [
    { measure: 'accounts', value: n, unit: '1', limit: null, where: [] },
    {
      measure: 'largest residual of an account',
      value: largest(relativeDifference),
      unit: '1',
      limit: tolerance,
      where: residuals.map((k) => `${labels[k]!}: row ${rowTotal[k]!}, column ${columnTotal[k]!}`).slice(0, NAMED),
    },
    {
      measure: 'accounts out of balance',
      value: residuals.length,
      unit: '1',
      limit: 0,
      where: named(residuals, labels),
    },
    { measure: 'accounts without output', value: empty.length, unit: '1', limit: null, where: named(empty, labels) },
    {
      measure: 'accounts whose inputs exceed their output',
      value: consuming.length,
      unit: '1',
      limit: null,
      where: named(consuming, labels),
    },
    ...census(
      'intermediate deliveries',
      table.intermediate,
      0,
      (cell) => `${labels[Math.floor(cell / n)]!} to ${labels[cell % n]!}`,
    ),
    ...census('final demand', table.finalDemand, null, finalDemandCell(table, labels)),
    ...census('primary inputs', table.primaryInput, null, (cell) => labels[cell]!),
  ];
}

const share = (part: number, whole: number): number => (part === 0 ? 0 : part / whole);
/** 0 of nothing; NaN where one is. */
const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);
const named = (accounts: readonly number[], labels: readonly string[]): string[] =>
  accounts.slice(0, NAMED).map((k) => labels[k]!);

/** Positions of the values that are wrong, the largest first; NaN comes before all. */
function worst(values: Float64Array, isWrong: (value: number) => boolean): number[] {
  const size = (k: number): number => (Number.isNaN(values[k]!) ? Infinity : values[k]!);
  const wrong = Array.from(values.keys()).filter((k) => isWrong(values[k]!));
  return wrong.sort((a, b) => (size(a) === size(b) ? a - b : size(b) - size(a)));
}

function finalDemandCell(table: MrioTable, labels: readonly string[]): (cell: number) => string {
  const { finalDemandCount } = dimensions(table);
  return (cell) =>
    `${labels[Math.floor(cell / finalDemandCount)]!} by ${table.regions[cell % finalDemandCount] ?? 'export'}`;
}

/** Positions of the cells that something is true of. */
function cellsWhere(values: Float64Array, isTrue: (value: number) => boolean): number[] {
  const found: number[] = [];
  for (let cell = 0; cell < values.length; cell++) if (isTrue(values[cell]!)) found.push(cell);
  return found;
}

/** Counts cells that are zero, negative, or no finite number. -0 is zero. */
function census(
  block: string,
  values: Float64Array,
  mostNegative: number | null,
  place: (cell: number) => string,
): Finding[] {
  const negative = cellsWhere(values, (value) => value < 0).sort((a, b) => values[a]! - values[b]!);
  const broken = cellsWhere(values, (value) => !Number.isFinite(value));
  const at = (found: readonly number[]) => found.slice(0, NAMED).map((cell) => `${place(cell)}: ${values[cell]!}`);
  const zeros = values.reduce((count, value) => (value === 0 ? count + 1 : count), 0);
  return [
    { measure: `zero cells of ${block}`, value: zeros, unit: '1', limit: null, where: [] },
    {
      measure: `negative cells of ${block}`,
      value: negative.length,
      unit: '1',
      limit: mostNegative,
      where: at(negative),
    },
    { measure: `cells of ${block} that are no number`, value: broken.length, unit: '1', limit: 0, where: at(broken) },
  ];
}

/**
 * What can be said of the quantity model of a table. Its spectral radius is stated by its upper bound, and has to be below
 * 1 by more than it is known to.
 * @param coefficients A, n x n, row-major
 * @param leontief L = (I - A)^-1, n x n, row-major; null where there is none
 */
export function modelFindings(coefficients: Float64Array, leontief: Float64Array | null, n: number): Finding[] {
  const identityLess = coefficients.map((value, k) => (Math.floor(k / n) === k % n ? 1 : 0) - value);
  const { lower, upper } = spectralRadius(coefficients, n);
  return [
    {
      measure: 'largest sum of a column of A',
      value: largest(columnSums(coefficients, n, n)),
      unit: '1',
      limit: null,
      where: [],
    },
    {
      measure: 'spectral radius of A',
      value: upper,
      unit: '1',
      limit: 1 - RADIUS_PRECISION,
      where: upper - lower > RADIUS_PRECISION * upper ? [`it is no less than ${lower}`] : [],
    },
    {
      measure: 'condition of I - A in the 1-norm',
      value: leontief === null ? NaN : oneNorm(identityLess, n) * oneNorm(leontief, n),
      unit: '1',
      limit: null,
      where: [],
    },
  ];
}

/** The largest sum of absolute values of a column. */
const oneNorm = (matrix: Float64Array, n: number): number => largest(columnSums(matrix.map(Math.abs), n, n));

/** Emissions that are traced through a table, t, in ways that do not use each other. */
export interface TracedEmissions {
  /** F, by account. */
  readonly emissions: Float64Array;
  /** C of (13) = (diag(e) L) Y, n x consumers, row-major. */
  readonly caused: Float64Array;
  /** (e'L) Y by the sector whose product is bought, consumers x sectors, row-major. */
  readonly footprint: Float64Array;
  /** diag(e) (L Y). */
  readonly trade: TradeAccounts;
}

/** How far two ways to the same emissions may differ, as a share. */
const SAME_EMISSIONS = 1e-9;

/**
 * What has to be the same for emissions that are traced through a table. The sum of F = of D_pba = of D_cba, and embodied
 * imports = embodied exports, relative to the sum of |F|; each of them again by account, consumer, product and region,
 * relative to itself. Imports of a consumer are its footprint, exports of a region its direct emissions, less what is
 * emitted at home for its own final demand.
 * @param consumers their names: the regions, in order, then those that are no region
 */
export function accountFindings(
  { emissions, caused, footprint, trade }: TracedEmissions,
  consumers: readonly string[],
  { regions, sectors }: Pick<MrioTable, 'regions' | 'sectors'>,
): Finding[] {
  const labels = accountLabels({ regions, sectors });
  const [n, C, R, S] = [labels.length, consumers.length, regions.length, sectors.length];
  const total = sum(emissions);
  const all = sum(emissions.map(Math.abs));
  const byAccount = rowSums(caused, n, C);
  const byConsumer = columnSums(caused, n, C);
  const flows = regionByRegion(caused, R, C);
  const home = Float64Array.from(consumers, (_, c) => (c < R ? flows[c * C + c]! : 0));
  const consumed = rowSums(footprint, C, S);
  const produced = byRegion(emissions, R);
  const imports = consumed.map((value, c) => value - home[c]!);
  const exports = produced.map((value, r) => value - home[r]!);
  const [importsInTrade, exportsInTrade] = [byRegion(trade.imports, C), byRegion(trade.exports, R)];

  const ofAccounts = same('production-based emissions of an account', labels, {
    direct: emissions,
    'over consumers': byAccount,
    'over products': trade.production,
  });
  const ofConsumers = same('consumption-based emissions of a consumer', consumers, {
    footprint: consumed,
    'over accounts': byConsumer,
  });
  const ofImports = same('embodied imports of a consumer', consumers, {
    footprint: consumed,
    'at home and imported': plus(home, importsInTrade),
  });
  const ofExports = same('embodied exports of a region', regions, {
    direct: produced,
    'at home and exported': plus(home, exportsInTrade),
  });
  const difference = (measure: string, value: number, where: readonly string[]): Finding => {
    const relative = share(Math.abs(value), all);
    return {
      measure,
      value: relative,
      unit: '1',
      limit: SAME_EMISSIONS,
      where: relative <= SAME_EMISSIONS ? [] : where,
    };
  };
  return [
    { measure: 'emissions', value: total, unit: 't', limit: null, where: [] },
    difference('production-based less direct emissions', sum(byAccount) - total, ofAccounts.where),
    difference('consumption-based less direct emissions', sum(consumed) - total, ofConsumers.where),
    difference(
      'embodied imports less embodied exports',
      sum(imports) - sum(exports),
      [
        ...ofImports.where.map((place) => `imports of ${place}`),
        ...ofExports.where.map((place) => `exports of ${place}`),
      ].slice(0, NAMED),
    ),
    ofAccounts,
    ofConsumers,
    sameProducts(footprint, trade.consumption, consumers, sectors),
    ofImports,
    ofExports,
  ];
}

const plus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, k) => value + b[k]!);

/** That some values are the same in every way to them, each relative to itself. */
function same(measure: string, names: readonly string[], ways: Readonly<Record<string, Float64Array>>): Finding {
  const residuals = Float64Array.from(names, (_, k) => {
    const values = Object.values(ways).map((way) => way[k]!);
    return share(Math.max(...values) - Math.min(...values), Math.max(...values.map(Math.abs)));
  });
  const shown = (k: number): string =>
    Object.entries(ways)
      .map(([way, values]) => `${way} ${values[k]!}`)
      .join(', ');
  return residualFinding(measure, residuals, (k) => `${names[k]!}: ${shown(k)}`);
}

/** That footprints by product are D_cba, each relative to all of the consumer's: one may be next to nothing, or less. */
function sameProducts(
  footprint: Float64Array,
  consumption: Float64Array,
  consumers: readonly string[],
  sectors: readonly number[],
): Finding {
  const S = sectors.length;
  const all = rowSums(footprint.map(Math.abs), consumers.length, S);
  const residuals = footprint.map((value, k) => share(Math.abs(value - consumption[k]!), all[Math.floor(k / S)]!));
  return residualFinding(
    'footprint of a consumer by product',
    residuals,
    (k) =>
      `${consumers[Math.floor(k / S)]!}, product ${sectors[k % S]!}: footprint ${footprint[k]!}, in trade ${consumption[k]!}`,
  );
}

function residualFinding(of: string, residuals: Float64Array, place: (k: number) => string): Finding {
  const wrong = worst(residuals, (residual) => !(residual <= SAME_EMISSIONS));
  return {
    measure: `largest residual of ${of}`,
    value: largest(residuals),
    unit: '1',
    limit: SAME_EMISSIONS,
    where: wrong.slice(0, NAMED).map(place),
  };
}
