import { accountLabels, balance, columnSums, dimensions, grossOutput, type MrioTable } from './table.ts';

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
  const residuals = worst(relativeDifference, (residual) => !(residual <= tolerance), labels);
  const empty = worst(grossOutput(table), (output) => output === 0, labels);
  const inputShare = columnSums(table.intermediate, n, n).map((inputs, k) => share(inputs, rowTotal[k]!));
  const consuming = worst(inputShare, (inputs) => inputs > 1, labels);
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
const largest = (values: Float64Array): number => values.reduce((most, value) => (value <= most ? most : value), 0);
const named = (accounts: readonly number[], labels: readonly string[]): string[] =>
  accounts.slice(0, NAMED).map((k) => labels[k]!);

/** Positions of the values that are wrong, the largest first; NaN comes before all. */
function worst(values: Float64Array, isWrong: (value: number) => boolean, labels: readonly string[]): number[] {
  const size = (k: number): number => (Number.isNaN(values[k]!) ? Infinity : values[k]!);
  return labels.flatMap((_, k) => (isWrong(values[k]!) ? [k] : [])).sort((a, b) => size(b) - size(a));
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
 * What can be said of the quantity model of a table.
 * @param coefficients A, n x n, row-major
 * @param leontief L = (I - A)^-1, n x n, row-major
 */
export function modelFindings(coefficients: Float64Array, leontief: Float64Array, n: number): Finding[] {
  const identityLess = coefficients.map((value, k) => (Math.floor(k / n) === k % n ? 1 : 0) - value);
  return [
    {
      measure: 'largest sum of a column of A',
      value: largest(columnSums(coefficients, n, n)),
      unit: '1',
      limit: null,
      where: [],
    },
    { measure: 'spectral radius of A', value: spectralRadius(coefficients, n), unit: '1', limit: 1, where: [] },
    {
      measure: 'condition of I - A in the 1-norm',
      value: oneNorm(identityLess, n) * oneNorm(leontief, n),
      unit: '1',
      limit: null,
      where: [],
    },
  ];
}

/** The largest sum of absolute values of a column. */
const oneNorm = (matrix: Float64Array, n: number): number => largest(columnSums(matrix.map(Math.abs), n, n));

/** The power method ends here at the latest. */
const MOST_ITERATIONS = 1000;

/**
 * The largest modulus of an eigenvalue of a matrix without negative entries, by the power method on (A + I) / 2, which
 * has no other eigenvalue of that modulus (Perron and Frobenius). To about 1e-12.
 * @param matrix n x n, row-major
 */
export function spectralRadius(matrix: Float64Array, n: number): number {
  let vector = new Float64Array(n).fill(1 / n);
  let radius = 0;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = vector[i]!;
      for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!;
      next[i] = sum / 2;
    }
    const length = next.reduce((sum, value) => sum + Math.abs(value), 0);
    const before = radius;
    radius = 2 * length - 1;
    vector = next.map((value) => value / length);
    if (Math.abs(radius - before) <= 1e-13 * Math.max(1, Math.abs(radius))) break;
  }
  return radius;
}

/**
 * What has to be the same for emissions that are traced through a table, relative to their total:
 * the sum of F = of D_pba = of D_cba, and embodied imports = embodied exports.
 * @param emissions F, by account
 * @param caused C of (13), n x consumers, row-major; the first consumers are the regions, in order
 */
export function accountFindings(
  emissions: Float64Array,
  caused: Float64Array,
  consumers: number,
  { regions, sectors }: Pick<MrioTable, 'regions' | 'sectors'>,
): Finding[] {
  const total = emissions.reduce((sum, value) => sum + value, 0);
  const byConsumer = columnSums(caused, emissions.length, consumers);
  const consumption = byConsumer.reduce((sum, value) => sum + value, 0);
  const exported = new Float64Array(regions.length);
  const imported = new Float64Array(consumers);
  const produced = new Float64Array(regions.length);
  for (let k = 0; k < emissions.length; k++) {
    const home = Math.floor(k / sectors.length);
    for (let c = 0; c < consumers; c++) {
      const flow = caused[k * consumers + c]!;
      produced[home]! += flow;
      if (c === home) continue;
      exported[home]! += flow;
      imported[c]! += flow;
    }
  }
  const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
  const relative = (difference: number): number => share(Math.abs(difference), total);
  const limit = 1e-9;
  return [
    { measure: 'emissions', value: total, unit: 't', limit: null, where: [] },
    {
      measure: 'production-based less direct emissions',
      value: relative(sum(produced) - total),
      unit: '1',
      limit,
      where: [],
    },
    {
      measure: 'consumption-based less direct emissions',
      value: relative(consumption - total),
      unit: '1',
      limit,
      where: [],
    },
    {
      measure: 'embodied imports less embodied exports',
      value: relative(sum(imported) - sum(exported)),
      unit: '1',
      limit,
      where: [],
    },
  ];
}
