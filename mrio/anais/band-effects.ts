import { dimensions } from '../table.ts';
import { liveAccounts } from './bounds.ts';
import type { SolvedStep } from './cell-effects.ts';
import { rowActivity, type AnaisProblem } from './problem.ts';
import type { DatumEffect } from './shadow-prices.ts';

/**
 * What each end of each band of technical coefficients does to the objective, (11). Of a coefficient a, the row x - a w is short
 * by w da; the balance of the column passes it on. One end of a band at most has a price.
 */
export function bandEffects(problem: AnaisProblem, { duals: y, values }: SolvedStep): DatumEffect[] {
  const { layout, accounts, bandLow, bandWidth } = problem;
  const { sectorCount: S } = dimensions(problem.reference);
  const live = liveAccounts(problem);
  const output = rowActivity(problem, values);
  return Array.from(accounts, (_, u) => {
    const w = output[layout.rowBalance(u)]!;
    return Array.from({ length: S }, (__, i): DatumEffect[] => {
      const [low, width] = [bandLow[u * S + i]!, bandWidth[u * S + i]!];
      const price = live[u] === 1 ? (y[layout.coherence(u, i)]! - y[layout.columnBalance(u)]!) * w : 0;
      const place = layout.place(layout.coherence(u, i));
      const end = (family: 'band low' | 'band high', datum: number, cost: number): DatumEffect => ({
        ...{ family, place, measure: 'coefficient', datum, effect: cost * datum },
      });
      return [end('band low', low, Math.max(0, price)), end('band high', low + width, Math.min(0, price))];
    }).flat();
  }).flat();
}
