import { dimensions } from '../table.ts';
import type { Division } from './disaggregation.ts';
import type { AnaisProblem } from './problem.ts';
import type { DatumEffect } from './shadow-prices.ts';
import { blockEffects } from './target-effects.ts';

/**
 * What each account's row and column in the reference table do to the objective. With `shares`, a cell gains what the others
 * of its block lose, for the block is the target's: d ln x0_k = d ln r_k - sum over the block of share d ln r.
 * @param cells slope of the objective in ln x0 of each cell
 */
export function referenceEffects(
  problem: AnaisProblem,
  known: Division,
  kind: 'shares' | 'base-year',
  cells: Float64Array,
): DatumEffect[] {
  const { accounts, layout } = problem;
  const { n, finalDemandCount } = dimensions(problem.reference);
  const blocks = blockEffects(problem, known, cells);
  const numberOf = new Map(Array.from(accounts, (account, u) => [account, u]));
  const none = (): Float64Array => new Float64Array(accounts.length);
  const [rows, columns] = [
    { datum: none(), effect: none() },
    { datum: none(), effect: none() },
  ];
  const values = [known.reference.intermediate, known.reference.finalDemand, known.reference.primaryInput] as const;
  for (let k = 0; k < problem.cells.count; k++) {
    const [block, position] = [problem.cells.block[k]! as 0 | 1 | 2, problem.cells.position[k]!];
    const whole = blocks.ofCell(k);
    const share = kind === 'shares' && whole.total > 0 ? problem.cells.value[k]! / whole.total : 0;
    const effect = cells[k]! - share * whole.effect;
    const add = (part: typeof rows, account: number): void => {
      const u = numberOf.get(account);
      if (u === undefined) return;
      part.datum[u]! += values[block][position]!;
      part.effect[u]! += effect;
    };
    if (block !== 2) add(rows, Math.floor(position / (block === 0 ? n : finalDemandCount)));
    if (block !== 1) add(columns, position % n);
  }
  const listed = (family: 'reference row' | 'reference column', { datum, effect }: typeof rows): DatumEffect[] =>
    Array.from(accounts, (_, u) => ({
      ...{ family, place: layout.place(layout.rowBalance(u)), measure: 'money' },
      ...{ datum: datum[u]!, effect: effect[u]! },
    }));
  return [...listed('reference row', rows), ...listed('reference column', columns)];
}
