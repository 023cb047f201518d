import { dimensions } from '../table.ts';
import { completeDuals, liveAccounts, price } from './bounds.ts';
import { withoutDependencies } from './prices.ts';
import { rowActivity, type AnaisProblem } from './problem.ts';
import { referenceEffects, type ReferenceFamily, type SolvedStep } from './reference-prices.ts';
import type { Family, Place } from './rows.ts';

/** What one unit more of a datum would add to the objective of a step. */
export interface ShadowPrice {
  /**
   * A total or block of the target; of a technical coefficient `coherence` is its lower end, `coherence cap` its upper; all
   * that the reference has in the row or column of an account, in its proportions.
   */
  readonly family: Family | ReferenceFamily;
  readonly place: Place;
  readonly measure: 'money' | 'coefficient';
  readonly datum: number;
  readonly price: number;
  /** What one percent more of the datum would add, as a share of the objective. */
  readonly effectOfPercent: number;
}

/** Effects of one percent below this share of the objective are rounding. */
const LEAST_EFFECT = 1e-9;

/**
 * How much of y is a price of rmax: at the least rmax r, y'(b - A x0) = gain(r), so that a change of b moves r by y' db over
 * the slope of gain at r (see `leastDeviationBound`).
 */
export function pricesOfLeastDeviation(problem: AnaisProblem, duals: Float64Array, rmax: number): Float64Array {
  const { cells } = problem;
  const { gain } = price(problem, completeDuals(problem, duals));
  let slope = 0;
  for (let k = 0; k < cells.count; k++) {
    if (gain[k]! > 0 || cells.value[k]! / cells.unit[k]! > rmax) slope += Math.abs(gain[k]!);
  }
  return duals.map((y) => (slope > 0 ? y / slope : 0));
}

/**
 * The data that bite, dearest first: totals, blocks and ends of bands whose duals are not 0, and the reference. Data that depend on each other,
 * such as all final demand and all primary inputs, cannot change alone: their prices are right for changes that
 * keep to each other, and may hold a common constant, which is set so that most are 0.
 */
export function shadowPrices(problem: AnaisProblem, solved: SolvedStep): ShadowPrice[] {
  const { layout, accounts, rightHandSide, bandLow, bandWidth, reference } = problem;
  const { sectorCount: S } = dimensions(reference);
  const y = withoutDependencies(problem, completeDuals(problem, solved.duals));
  const found: ShadowPrice[] = [];
  const keep = (one: Omit<ShadowPrice, 'effectOfPercent'>): void => {
    const effectOfPercent = (0.01 * one.price * one.datum) / solved.objective;
    if (Math.abs(effectOfPercent) > LEAST_EFFECT) found.push({ ...one, effectOfPercent });
  };
  const add = (row: number, measure: ShadowPrice['measure'], datum: number, price: number): void => {
    keep({ family: layout.family(row), place: layout.place(row), measure, datum, price });
  };
  for (let row = layout.range('total output').start; row < layout.count; row++) {
    add(row, 'money', rightHandSide[row]!, y[row]!);
  }
  const live = liveAccounts(problem);
  const output = rowActivity(problem, solved.values);
  accounts.forEach((_, u) => {
    const w = output[layout.rowBalance(u)]!;
    for (let i = 0; i < S && live[u] === 1; i++) {
      const at = u * S + i;
      // Of a coefficient, the row x - a w is short of what is wanted by w da; the balance of the column passes it on.
      const worth = (y[layout.coherence(u, i)]! - y[layout.columnBalance(u)]!) * w;
      if (worth > 0) add(layout.coherence(u, i), 'coefficient', bandLow[at]!, worth);
      else add(layout.coherenceCap(u, i), 'coefficient', bandLow[at]! + bandWidth[at]!, worth);
    }
  });
  for (const { family, account, datum, effect } of referenceEffects(problem, { ...solved, duals: y })) {
    const place = layout.place(layout.rowBalance(account));
    if (datum > 0) keep({ family, place, measure: 'money', datum, price: effect / datum });
  }
  return found.sort((a, b) => Math.abs(b.effectOfPercent) - Math.abs(a.effectOfPercent));
}
