import { LinearProgrammeBuilder, loadHighs, solveLinearProgramme } from '../linear-programme.ts';
import { dimensions } from '../table.ts';
import { liveAccounts } from './bounds.ts';
import type { ElasticSolution } from './interior-point/elastic-run.ts';
import type { Giving } from './prices.ts';
import { ROWS_PER_CELL, type AnaisProblem } from './problem.ts';

/** The constraints of a conflict on their own, small enough for the simplex method. */
export interface Subsystem {
  /**
   * The least sum of violations over constraints that may give way, each as a share of its size, while others hold. All
   * that is in neither list is not there.
   */
  leastViolation(giving: readonly Giving[], holding: readonly Giving[]): Promise<number>;
}

/** Violations below this share of the conflict's are none, and so is a conflict of no more than this. */
const NONE = 1e-4;
const LEAST = 1e-9;

/**
 * A conflict's constraints without the rest of the table. Cells that stand in the same of its rows are one variable.
 * @param definitions balances of accounts, and coherence rows, which say what a coefficient is
 */
export async function subsystem(
  problem: AnaisProblem,
  { size }: Pick<ElasticSolution, 'size'>,
  definitions: readonly number[],
  constraints: readonly Giving[],
): Promise<Subsystem> {
  const highs = await loadHighs();
  const { layout, accounts, bandLow, bandWidth, cells, rightHandSide } = problem;
  const { sectorCount: S } = dimensions(problem.reference);
  const live = liveAccounts(problem);
  const coherence = layout.range('coherence');
  const caps = layout.range('coherence cap');
  const patterns = cellPatterns(
    cells.rows,
    cells.count,
    new Set([...definitions, ...constraints.map(({ row }) => row)]),
  );

  const leastViolation: Subsystem['leastViolation'] = async (giving, holding) => {
    const inUse = [...giving, ...holding];
    const isLowEnd = ({ row }: Giving): boolean => row >= coherence.start && row < coherence.start + coherence.size;
    const lowEnds = new Set(inUse.filter(isLowEnd).map(({ row }) => row));
    const rows = [...new Set([...definitions, ...inUse.filter((one) => !isLowEnd(one)).map(({ row }) => row)])];
    const place = new Map(rows.map((row, at) => [row, at]));
    const most = patterns.length + 2 * rows.length + accounts.length * (1 + 2 * S);
    const builder = new LinearProgrammeBuilder(
      most,
      ROWS_PER_CELL * patterns.length + 2 * rows.length + accounts.length * (3 + 8 * S),
    );
    /** A column in units of its smallest row; one that stands nowhere is not there. */
    const column = (cost: number, lower: number, entries: readonly (readonly [number, number])[]): void => {
      const there = entries.filter(([row, value]) => value !== 0 && place.has(row));
      if (there.length === 0) return;
      const unit = Math.min(...there.map(([row, value]) => size[row]! / Math.abs(value)));
      for (const [row, value] of there) builder.coefficient(place.get(row)!, (value * unit) / size[row]!);
      builder.column(cost * unit, lower, Infinity);
    };
    for (const pattern of patterns)
      column(
        0,
        0,
        pattern.map((row) => [row, 1]),
      );
    accounts.forEach((account, u) => {
      if (live[u] === 0) return;
      const w: [number, number][] = [[layout.rowBalance(u), -1]];
      let low = 0;
      for (let i = 0; i < S; i++) {
        const at = u * S + i;
        const [row, cap] = [layout.coherence(u, i), layout.coherenceCap(u, i)];
        low += bandLow[at]!;
        w.push([row, -bandLow[at]!], [cap, -bandWidth[at]!]);
        column(0, lowEnds.has(row) ? 0 : -Infinity, [[row, -1], [cap, 1], [layout.columnBalance(u), 1]]); // prettier-ignore
      }
      w.push([layout.columnBalance(u), -(1 - low)], [layout.totalOutput(layout.groupOfAccount(u), account % S), 1]);
      column(0, 0, w);
    });
    for (const one of giving) {
      const { row } = one;
      const isCap = row >= caps.start && row < caps.start + caps.size;
      if (isLowEnd(one)) {
        const at = row - coherence.start;
        const balance = layout.columnBalance(Math.floor(at / S));
        column(1 / size[caps.start + at]!, 0, [[row, 1], [caps.start + at, -1], [balance, -1]]); // prettier-ignore
        continue;
      }
      column(1 / size[row]!, 0, [[row, -1]]);
      if (!isCap) column(1 / size[row]!, 0, [[row, 1]]);
    }
    const upper = Float64Array.from(rows, (row) => rightHandSide[row]! / size[row]!);
    const lower = upper.map((value, at) =>
      rows[at]! >= caps.start && rows[at]! < caps.start + caps.size ? -Infinity : value,
    );
    const { objective, status } = await solveLinearProgramme(builder.build(lower, upper), {
      highs,
      options: { solver: 'simplex', primal_feasibility_tolerance: 1e-10, dual_feasibility_tolerance: 1e-10 },
    });
    return status === 'optimal' ? objective : NaN;
  };
  return { leastViolation };
}

/** The distinct sets of rows that cells stand in, of those given. */
function cellPatterns(rows: Int32Array, count: number, wanted: ReadonlySet<number>): number[][] {
  const patterns = new Map<string, number[]>();
  for (let k = 0; k < count; k++) {
    const pattern: number[] = [];
    for (let e = ROWS_PER_CELL * k; e < ROWS_PER_CELL * (k + 1); e++) if (wanted.has(rows[e]!)) pattern.push(rows[e]!);
    if (pattern.length > 0) patterns.set(pattern.join(), pattern);
  }
  return [...patterns.values()];
}

/**
 * An irreducible conflict: constraints that cannot hold together with `first`, of which none can be missed (Junker 2004,
 * QuickXplain). Those that come first in `candidates` are preferred.
 * @returns null where the candidates do not contradict `first` on their own, or a question has no answer
 */
export async function irreducibleSet<One extends Giving>(
  system: Subsystem,
  first: Giving,
  candidates: readonly One[],
): Promise<One[] | null> {
  const whole = await system.leastViolation([first, ...candidates], []);
  if (!(whole > LEAST)) return null;
  const undecided: number[] = [];
  const contradicts = async (set: readonly One[]): Promise<boolean> => {
    const violation = await system.leastViolation([first, ...set], []);
    if (Number.isNaN(violation)) undecided.push(set.length);
    return violation > NONE * whole;
  };
  const reduce = async (kept: readonly One[], grown: boolean, rest: readonly One[]): Promise<One[]> => {
    if (grown && (await contradicts(kept))) return [];
    if (rest.length === 1) return [...rest];
    const half = Math.ceil(rest.length / 2);
    const [early, late] = [rest.slice(0, half), rest.slice(half)];
    const fromLate = await reduce([...kept, ...early], true, late);
    const fromEarly = await reduce([...kept, ...fromLate], fromLate.length > 0, early);
    return [...fromEarly, ...fromLate];
  };
  const set = candidates.length === 0 ? [] : await reduce([], true, candidates);
  // One that was kept because its question had no answer may be one that can be missed.
  return undecided.length === 0 ? set : null;
}
