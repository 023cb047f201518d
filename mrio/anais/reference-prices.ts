import { dimensions } from '../table.ts';
import { rowPrices } from './bounds.ts';
import type { AnaisProblem } from './problem.ts';

/** A solved step. */
export interface SolvedStep {
  readonly step: 1 | 2;
  /** One per row, in units of the objective per unit of the row. */
  readonly duals: Float64Array;
  /** Of the cells. */
  readonly values: Float64Array;
  /** The value of the step. */
  readonly objective: number;
  /** How far a cell may be from its reference: in step 1 the least rmax itself. */
  readonly rmax: number;
}

/** What the reference has in the row of an account, its sales, or in its column, its inputs. */
export type ReferenceFamily = 'reference row' | 'reference column';

export interface ReferenceEffect {
  readonly family: ReferenceFamily;
  /** Number of the unknown account. */
  readonly account: number;
  /** Sum of the variable cells in the reference. */
  readonly datum: number;
  /** What the objective gains if all these cells are twice as large in the reference, by its slope. */
  readonly effect: number;
}

/** What each account's row and column in the reference does to the objective. */
export function referenceEffects(problem: AnaisProblem, solved: SolvedStep): ReferenceEffect[] {
  const { cells, accounts, reference } = problem;
  const { n, finalDemandCount } = dimensions(reference);
  const effects = cellEffects(problem, solved);
  const numberOf = new Map(Array.from(accounts, (account, u) => [account, u]));
  const sums = (family: ReferenceFamily): ReferenceEffect[] =>
    Array.from(accounts, (_, account) => ({ family, account, datum: 0, effect: 0 }));
  const rows = sums('reference row') as Writable<ReferenceEffect>[];
  const columns = sums('reference column') as Writable<ReferenceEffect>[];
  const add = (sum: Writable<ReferenceEffect> | undefined, cell: number): void => {
    if (sum === undefined) return;
    sum.datum += cells.value[cell]!;
    sum.effect += effects[cell]!;
  };
  for (let k = 0; k < cells.count; k++) {
    const [block, position] = [cells.block[k]!, cells.position[k]!];
    const width = block === 0 ? n : finalDemandCount;
    const seller = block === 2 ? undefined : numberOf.get(Math.floor(position / width));
    const user = block === 1 ? undefined : numberOf.get(position % n);
    add(rows[seller ?? -1], k);
    add(columns[user ?? -1], k);
  }
  return [...rows, ...columns];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The slope of the objective in ln x0 of each cell. By the envelope theorem it is that of the Lagrangian, with u as it is
 * in the solution:
 *
 *     d/d ln x0 of (cost |u| - (A'y) x),    x = x0 + d u,
 *
 * so that x grows like x0 where d is x0, and by as much as x0 where d is 1; but stays at 0 where it is held there. Of
 * step 1 the cost has no part.
 */
function cellEffects({ cells, variant, ...problem }: AnaisProblem, solved: SolvedStep): Float64Array {
  const { step, duals, values, rmax } = solved;
  const relative = variant.bound === 'relative';
  // cost |u| is in proportion to this power of x0.
  const power = Number(relative) - Number(variant.objective === 'relative');
  const { sum: prices } = rowPrices({ cells, variant, ...problem }, duals);
  return cells.value.map((x0, k) => {
    const [price, unit, cost, x] = [prices[k]!, cells.unit[k]!, cells.cost[k]!, values[k]!];
    const atZero = !relative && x0 < rmax && price * unit < (step === 2 ? -cost : 0);
    const moved = relative ? x : atZero ? 0 : x0;
    const deviation = step === 2 ? (cost * Math.abs(x - x0)) / unit : 0;
    return (power + Number(atZero)) * deviation - price * moved;
  });
}
