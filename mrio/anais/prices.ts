import { dimensions } from '../table.ts';
import { completeDuals, liveAccounts } from './bounds.ts';
import type { ElasticSolution } from './interior-point/elastic-run.ts';
import type { AnaisProblem } from './problem.ts';

/**
 * A constraint that is data or assumption, and may give way: a total or block of the target, or an end of a band of
 * technical coefficients.
 */
export interface Giving {
  /** Its row; of a band, that of the coherence for the lower end, that of the cap for the upper one. */
  readonly row: number;
  /** Whether what is given is too high, and is to be lowered, or too low. */
  readonly give: 'lower' | 'raise';
}

/** What a constraint is worth: how much less the violations would add up to if it gave way by one unit of money. */
export interface Price extends Giving {
  readonly price: number;
}

/** Prices below this, per size of the constraint, are rounding. */
const LEAST_PRICE = 1e-6;
/** Right-hand sides of dependent rows that add up to no more than this share of themselves are consistent. */
const CONSISTENT = 1e-12;

/** The rows whose weighted sum is a contradiction (Farkas). */
export interface Contradiction {
  /** What may give way, dearest first. */
  readonly prices: readonly Price[];
  /** Balances of accounts, and the coherence rows that say what its coefficients are. */
  readonly definitions: readonly number[];
}

/** The constraints that stand against each other: those whose duals are not zero in the elastic run. */
export function contradiction(problem: AnaisProblem, { duals, size }: ElasticSolution): Contradiction {
  const { layout, accounts, bandLow } = problem;
  const { sectorCount: S } = dimensions(problem.reference);
  const y = withoutDependencies(problem, completeDuals(problem, duals));
  const found: (Price & { readonly weight: number })[] = [];
  const add = (row: number, give: Giving['give'], price: number, unit: number): void => {
    if (price * unit > LEAST_PRICE) found.push({ row, give, price, weight: price * unit });
  };
  for (let row = layout.range('total output').start; row < layout.count; row++) {
    if (y[row]! !== 0) add(row, y[row]! > 0 ? 'lower' : 'raise', Math.abs(y[row]!), size[row]!);
  }
  const live = liveAccounts(problem);
  accounts.forEach((_, u) => {
    for (let i = 0; i < S && live[u] === 1; i++) {
      const [row, cap] = [layout.coherence(u, i), layout.coherenceCap(u, i)];
      const price = y[row]! - y[layout.columnBalance(u)]!;
      if (price > 0 && bandLow[u * S + i]! > 0) add(row, 'lower', price, size[cap]!);
      if (price < 0) add(cap, 'raise', -price, size[cap]!);
    }
  });
  const strongest = found.reduce((most, { weight }) => Math.max(most, weight), 0);
  const definitions = upTo(layout.range('coherence cap').start).filter(
    (row) => Math.abs(y[row]!) * size[row]! > LEAST_PRICE * strongest,
  );
  return {
    prices: found
      .filter(({ weight }) => weight > LEAST_PRICE * strongest)
      .sort((a, b) => b.weight - a.weight || a.row - b.row)
      .map(({ row, give, price }) => ({ row, give, price })),
    definitions,
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, k) => k);

/** Rows that add up to nothing: a combination with coefficients 1 and -1. */
interface Dependency {
  readonly plus: readonly number[];
  readonly minus: readonly number[];
  /** Those of them that stand in no other dependency. */
  readonly own: ReadonlySet<number>;
}

/**
 * Duals may hold any multiple of rows that follow from each other, which proves nothing: it is taken off, so that rows which
 * have no part in the conflict get 0. Most of them have none, so that the multiple is the median.
 */
function withoutDependencies(problem: AnaisProblem, duals: Float64Array): Float64Array {
  const { rightHandSide: b } = problem;
  const y = duals.slice();
  for (const { plus, minus, own } of dependencies(problem)) {
    const signed = [...plus.map((row) => [row, 1] as const), ...minus.map((row) => [row, -1] as const)];
    const sum = signed.reduce((total, [row, sign]) => total + sign * b[row]!, 0);
    const size = signed.reduce((total, [row]) => total + Math.abs(b[row]!), 0);
    if (Math.abs(sum) > CONSISTENT * size) continue;
    const multiples = signed
      .filter(([row]) => own.has(row) && b[row] !== 0)
      .map(([row, sign]) => sign * y[row]!)
      .sort((a, c) => a - c);
    const multiple = multiples[Math.floor(multiples.length / 2)] ?? 0;
    for (const [row, sign] of signed) y[row]! -= sign * multiple;
  }
  return y;
}

/** With totals, balances and totals of all sectors depend on each other; with blocks, those of each sector do. */
function dependencies({ layout, accounts, reference }: AnaisProblem): Dependency[] {
  const { sectorCount: S } = dimensions(reference);
  const sectors = upTo(S);
  const groups = upTo(layout.groups.length);
  const units = upTo(accounts.length);
  const rowsOf = (family: Parameters<typeof layout.range>[0]): number[] => {
    const { start, size } = layout.range(family);
    return upTo(size).map((k) => start + k);
  };
  const columnRows = (u: number): number[] => [layout.columnBalance(u), ...sectors.map((i) => layout.coherence(u, i))];
  if (layout.consistency === 'totals') {
    const supplied = [...rowsOf('known supplier'), ...rowsOf('total primary input')];
    const sold = [...rowsOf('known user'), ...rowsOf('total final demand')];
    const plus = [...units.map((u) => layout.rowBalance(u)), ...supplied];
    return [{ plus, minus: [...units.flatMap(columnRows), ...sold], own: new Set([...supplied, ...sold]) }];
  }
  const known = upTo(layout.range('block of inputs').size / Math.max(1, groups.length * S));
  const consumers = upTo(layout.range('block of final demand').size / Math.max(1, groups.length * S));
  return groups.flatMap((g) =>
    sectors.flatMap((i): Dependency[] => {
      const parts = units.filter((u) => layout.groupOfAccount(u) === g && accounts[u]! % S === i);
      const others = groups.flatMap((h) => sectors.map((j) => [h, j] as const));
      const inputs = [...known.map((k) => layout.blockOfInputs(k, g, i)), layout.totalPrimaryInput(g, i)];
      const sales = [
        ...known.map((k) => layout.blockOfSales(g, i, k)),
        ...consumers.map((c) => layout.blockOfFinalDemand(g, i, c)),
      ];
      const used = others.map(([h, j]) => layout.blockWithin(h, j, g, i));
      const sold = others.map(([h, j]) => layout.blockWithin(g, i, h, j));
      const output = layout.totalOutput(g, i);
      return [
        { plus: [...parts.flatMap(columnRows), output], minus: [...inputs, ...used], own: new Set(inputs) },
        {
          plus: [...parts.map((u) => layout.rowBalance(u)), output],
          minus: [...sales, ...sold],
          own: new Set(sales),
        },
      ];
    }),
  );
}
