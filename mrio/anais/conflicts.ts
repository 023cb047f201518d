import { dimensions, grossOutput } from '../table.ts';
import type { ElasticSolution } from './interior-point/elastic-run.ts';
import { irreducibleSet, subsystem } from './irreducible.ts';
import { contradiction, type Contradiction, type Giving, type Price } from './prices.ts';
import { rowActivity, tableWithCells, type AnaisProblem } from './problem.ts';
import type { Family, Place } from './rows.ts';

/** How a constraint would have to give way. */
export interface Relaxation extends Giving {
  readonly family: Family;
  readonly place: Place;
  /** What is limited: an amount of money, or a technical coefficient. */
  readonly measure: 'money' | 'coefficient';
  /** What the data say. */
  readonly given: number;
  /** What it would have to be; null where it cannot give way far enough alone, not even to 0. */
  readonly needed: number | null;
}

/** Constraints that cannot all hold. */
export interface Conflict {
  /** The constraint that gives way most easily, and how far: enough, together with the other conflicts' relaxations. */
  readonly relaxation: Relaxation;
  /**
   * What stands against it, the easiest to give way first. Instead of it, each would have to give way this far or further,
   * a band at the outputs of the elastic run's table.
   */
  readonly against: readonly Relaxation[];
  /** Whether none of these can be missed: without any of them, the others can hold. */
  readonly irreducible: boolean;
}

/** Violations below this share of their sum are rounding. */
const NOTICED = 1e-6;
/** A conflict of more constraints is not reduced. */
const LARGEST_SET = 60;
/** As many conflicts are looked into one by one. */
const MOST_REDUCED = 5;

/** How far each constraint that gives way in the elastic run does so, in money. */
interface Violation extends Giving {
  readonly amount: number;
}

/**
 * The conflicts of constraints that cannot all hold, largest violation first.
 * @param solution of the elastic run, with a bound above 0
 */
export async function conflicts(problem: AnaisProblem, solution: ElasticSolution): Promise<Conflict[]> {
  const table = tableWithCells(problem, solution.values);
  const output = grossOutput(table);
  const w = Float64Array.from(problem.accounts, (account) => output[account]!);
  const violated = violations(problem, solution, w);
  const found: Conflict[] = [];
  for (const violation of violated) {
    const relaxation = relaxed(problem, w, violation, violation.amount);
    const isLookedInto = found.length < MOST_REDUCED;
    const { set, irreducible } = isLookedInto
      ? await opponents(problem, solution, violated, violation)
      : NOT_LOOKED_INTO;
    const against = set.map((one) => relaxed(problem, w, one, one.amount));
    found.push({ relaxation, against: easiestFirst(against), irreducible });
  }
  return found;
}

/** What stands against a violated constraint, and the amount by which each would have to give way instead, or more. */
interface Opponents {
  readonly set: readonly Violation[];
  readonly irreducible: boolean;
}

const NOT_LOOKED_INTO: Opponents = { set: [], irreducible: false };

async function opponents(
  problem: AnaisProblem,
  solution: ElasticSolution,
  violated: readonly Violation[],
  first: Violation,
): Promise<Opponents> {
  // The other conflicts are taken out: their constraints give way.
  const alone: AnaisProblem = { ...problem, rightHandSide: withoutOthers(problem, violated, first) };
  const found = contradiction(alone, solution);
  const own = found.prices.find(({ row, give }) => row === first.row && give === first.give);
  const others = found.prices.filter((other) => other !== own);
  const set = others.length < LARGEST_SET ? await reducedConflict(alone, solution, found, violated, first) : null;
  // With more than one conflict, prices do not say which of them a constraint belongs to.
  const listed = set ?? (violated.length === 1 ? others.map((one) => ({ ...one, amount: 0 })) : []);
  // Whatever else gives way instead: the contradiction stands until its weighted sum is made up for.
  const least = (price: number): number => (first.amount * (own?.price ?? 0)) / price;
  return {
    set: listed.map(({ row, give, price, amount }) => ({ row, give, amount: Math.max(amount, least(price)) })),
    irreducible: set !== null,
  };
}

/** By how much of itself each would have to change. */
export const shareOf = ({ given, needed }: Relaxation): number =>
  needed === null ? Infinity : Math.abs(needed - given) / Math.abs(given);

const easiestFirst = (relaxations: Relaxation[]): Relaxation[] =>
  relaxations.sort((a, b) => shareOf(a) - shareOf(b) || a.row - b.row);

/** Constraints that the elastic run's table violates, found from the table alone; largest share of their size first. */
function violations(problem: AnaisProblem, { values, size, sum }: ElasticSolution, w: Float64Array): Violation[] {
  const { layout, accounts, rightHandSide, bandLow, bandWidth } = problem;
  const { sectorCount: S } = dimensions(problem.reference);
  const activity = rowActivity(problem, values);
  accounts.forEach((account, u) => {
    activity[layout.totalOutput(layout.groupOfAccount(u), account % S)]! += w[u]!;
  });
  const found: (Violation & { readonly share: number })[] = [];
  const add = (row: number, give: Giving['give'], amount: number, unit: number): void => {
    if (amount > NOTICED * sum * unit) found.push({ row, give, amount, share: amount / unit });
  };
  for (let row = layout.range('total output').start; row < layout.count; row++) {
    const excess = rightHandSide[row]! - activity[row]!;
    add(row, excess > 0 ? 'lower' : 'raise', Math.abs(excess), size[row]!);
  }
  accounts.forEach((_, u) => {
    for (let i = 0; i < S; i++) {
      const at = u * S + i;
      const [row, cap] = [layout.coherence(u, i), layout.coherenceCap(u, i)];
      const used = activity[row]!;
      add(row, 'lower', bandLow[at]! * w[u]! - used, size[cap]!);
      add(cap, 'raise', used - (bandLow[at]! + bandWidth[at]!) * w[u]!, size[cap]!);
    }
  });
  return found.sort((a, b) => b.share - a.share || a.row - b.row);
}

/** A constraint that gives way by an amount of money; of a band, by what that is of its account's output. */
function relaxed(problem: AnaisProblem, w: Float64Array, { row, give }: Giving, amount: number): Relaxation {
  const { layout, rightHandSide, bandLow, bandWidth, reference } = problem;
  const sign = give === 'lower' ? -1 : 1;
  const family = layout.family(row);
  const about = { row, give, family, place: layout.place(row) };
  if (family !== 'coherence' && family !== 'coherence cap') {
    const given = rightHandSide[row]!;
    return { ...about, measure: 'money', given, needed: reached(given, sign * amount) };
  }
  const at = row - layout.range(family).start;
  const given = bandLow[at]! + (family === 'coherence' ? 0 : bandWidth[at]!);
  const u = Math.floor(at / reference.sectors.length);
  return { ...about, measure: 'coefficient', given, needed: reached(given, (sign * amount) / w[u]!) };
}

/** Rounding may carry what gives way to 0 a little further. */
function reached(given: number, change: number): number | null {
  const needed = given + change;
  if (needed >= 0 && needed < Infinity) return needed;
  return needed > -1e-9 * Math.abs(change) ? 0 : null;
}

/**
 * The constraints of an irreducible conflict with one that is violated, and the amount by which each would have to give way
 * for the others to hold.
 */
async function reducedConflict(
  problem: AnaisProblem,
  solution: ElasticSolution,
  { prices, definitions }: Contradiction,
  violated: readonly Violation[],
  first: Violation,
): Promise<(Price & Violation)[] | null> {
  const others = prices.filter(({ row, give }) => row !== first.row || give !== first.give);
  const isLast = ({ row }: Price): boolean => violated.some((violation) => violation.row === row);
  const candidates = [...others.filter((one) => !isLast(one)), ...others.filter(isLast)];
  const all = [first, ...candidates];
  const system = await subsystem(problem, solution, withBandRows(problem, definitions, all), all);
  const set = await irreducibleSet(system, first, candidates);
  if (set === null) return null;
  const amounts: (Price & Violation)[] = [];
  for (const one of set) {
    const share = await system.leastViolation([one], [first, ...set.filter((other) => other !== one)]);
    // Where the others cannot hold whatever this one is, no amount is enough.
    amounts.push({ ...one, amount: Number.isFinite(share) ? share * sizeOf(problem, solution, one) : Infinity });
  }
  return amounts;
}

/** Whether a row stands for the lower ends of bands. */
const isLowEnd = ({ layout }: AnaisProblem, row: number): boolean => layout.family(row) === 'coherence';

/** The rows of a band's coefficient: its cap and the balance of its column. */
function rowsOfBand(
  { layout, reference }: AnaisProblem,
  row: number,
): { coherence: number; cap: number; column: number } {
  const { start, size } = layout.range('coherence');
  const at = row < start + size ? row - start : row - layout.range('coherence cap').start;
  const column = layout.columnBalance(Math.floor(at / reference.sectors.length));
  return { coherence: start + at, cap: layout.range('coherence cap').start + at, column };
}

/** Right-hand sides where all violated constraints but one give way. */
function withoutOthers(problem: AnaisProblem, violated: readonly Violation[], first: Violation): Float64Array {
  const b = problem.rightHandSide.slice();
  for (const { row, give, amount } of violated) {
    if (row === first.row) continue;
    b[row]! += give === 'lower' ? -amount : amount;
    if (!isLowEnd(problem, row)) continue;
    // q is counted from further down.
    const { cap, column } = rowsOfBand(problem, row);
    b[cap]! += amount;
    b[column]! += amount;
  }
  return b;
}

function withBandRows(problem: AnaisProblem, definitions: readonly number[], constraints: readonly Giving[]): number[] {
  const { layout } = problem;
  const bands = constraints.filter(({ row }) => ['coherence', 'coherence cap'].includes(layout.family(row)));
  const rows = bands.flatMap(({ row }) => {
    const { coherence, column } = rowsOfBand(problem, row);
    return [coherence, column];
  });
  return [...new Set([...definitions, ...rows])].sort((a, b) => a - b);
}

const sizeOf = (problem: AnaisProblem, { size }: ElasticSolution, { row }: Giving): number =>
  size[isLowEnd(problem, row) ? rowsOfBand(problem, row).cap : row]!;
