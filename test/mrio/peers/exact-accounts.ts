import { decimal, double, inverted, minus, over, plus, times, total, type Fraction } from './fractions.ts';

/** A small system as a peer prints it: deliveries, final demand by region, and what each account emits or adds. */
export interface SmallSystem {
  readonly regions: number;
  readonly sectors: number;
  /** Z, n x n. */
  readonly deliveries: readonly (readonly number[])[];
  /** Y, n x regions. */
  readonly demand: readonly (readonly number[])[];
}

const numbers = (rows: readonly (readonly Fraction[])[]): number[] => rows.flatMap((row) => row.map(double));

/**
 * What follows from a system without rounding. With W = diag(x): L = (I - Z W^-1)^-1 = W (W - Z)^-1, so that A is not needed,
 * and diag(f / x) L = diag(f) (W - Z)^-1.
 * @param emissions f, n; left out: value added, x less the inputs
 */
export function exactAccounts({ regions, sectors, deliveries, demand }: SmallSystem, emissions?: readonly number[]) {
  const n = deliveries.length;
  const z = deliveries.map((row) => row.map(decimal));
  const y = demand.map((row) => row.map(decimal));
  const home = (k: number): number => Math.floor(k / sectors);
  const x = z.map((row, k) => plus(total(row), total(y[k]!)));
  const valueAdded = x.map((output, k) => minus(output, total(z.map((row) => row[k]!))));
  const f = emissions?.map(decimal) ?? valueAdded;
  const m = inverted(z.map((row, k) => row.map((value, l) => minus(k === l ? x[k]! : decimal(0), value))));
  const fm = m.map((row, k) => row.map((value) => times(f[k]!, value)));
  /** What k emits for the final demand of region r, delivered by l. */
  const caused = (k: number, l: number, r: number): Fraction => times(fm[k]![l]!, y[l]![r]!);
  const accounts = Array.from({ length: n }, (_, k) => k);
  const consumers = Array.from({ length: regions }, (_, r) => r);
  const sumOf = (isCounted: (k: number, l: number, r: number) => boolean): number =>
    double(
      total(
        accounts.flatMap((k) =>
          accounts.flatMap((l) => consumers.flatMap((r) => (isCounted(k, l, r) ? [caused(k, l, r)] : []))),
        ),
      ),
    );
  const product = (l: number, r: number): number => r * sectors + (l % sectors);
  /** Exports of intermediate and final products: what is bought by other regions. */
  const exports = accounts.map((k) =>
    total([
      ...accounts.filter((l) => home(l) !== home(k)).map((l) => z[k]![l]!),
      ...consumers.filter((r) => r !== home(k)).map((r) => y[k]![r]!),
    ]),
  );
  return {
    output: x.map(double),
    valueAdded: valueAdded.map(double),
    exports: exports.map(double),
    coefficients: numbers(z.map((row) => row.map((value, l) => over(value, x[l]!)))),
    leontief: numbers(m.map((row, k) => row.map((value) => times(x[k]!, value)))),
    intensity: f.map((value, k) => double(over(value, x[k]!))),
    multipliers: accounts.map((l) => double(total(fm.map((row) => row[l]!)))),
    /** n x regions. */
    byConsumer: numbers(fm.map((_, k) => consumers.map((r) => total(accounts.map((l) => caused(k, l, r)))))),
    /** regions x regions. */
    regionByRegion: consumers.flatMap((home_) =>
      consumers.map((r) => sumOf((k, _, to) => home(k) === home_ && to === r)),
    ),
    /** Of all final demand for l, of its exports, of its output: n x n each. */
    inDemand: numbers(fm.map((row) => row.map((value, l) => times(value, total(y[l]!))))),
    inExports: numbers(fm.map((row) => row.map((value, l) => times(value, exports[l]!)))),
    inOutput: numbers(fm.map((row) => row.map((value, l) => times(value, x[l]!)))),
    /** diag(e) L X. */
    inDeliveries: numbers(fm.map((row) => row.map((_, j) => total(accounts.map((l) => times(row[l]!, z[l]![j]!)))))),
    trade: {
      production: accounts.map((account) => sumOf((k) => k === account)),
      consumption: accounts.map((account) => sumOf((_, l, r) => product(l, r) === account)),
      imports: accounts.map((account) => sumOf((k, l, r) => product(l, r) === account && home(k) !== r)),
      exports: accounts.map((account) => sumOf((k, _, r) => k === account && home(k) !== r)),
    },
  };
}
