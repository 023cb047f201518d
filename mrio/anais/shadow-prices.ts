import { bandEffects } from './band-effects.ts';
import { completeDuals, price } from './bounds.ts';
import { cellEffects, rmaxEffect, type SolvedStep } from './cell-effects.ts';
import type { Division } from './disaggregation.ts';
import type { AnaisProblem } from './problem.ts';
import { referenceEffects } from './reference-effects.ts';
import type { Place } from './rows.ts';
import { targetEffects } from './target-effects.ts';

/**
 * What a shadow price is the price of. Of the target: final demand for a product of a divided region, what a known region
 * buys of it or delivers to it in all, what its industries deliver to each other; what that leaves unbalanced, primary
 * input makes up for. Ends of the bands of technical coefficients. Of the reference: all that an account sells or takes in.
 */
export type DatumFamily =
  | 'final demand'
  | 'known user'
  | 'known supplier'
  | 'within'
  | 'band low'
  | 'band high'
  | 'reference row'
  | 'reference column';

/** A datum, and the slope of an objective in its logarithm: what twice as much of it would add if that went on. */
export interface DatumEffect {
  readonly family: DatumFamily;
  readonly place: Place;
  readonly measure: 'money' | 'coefficient';
  readonly datum: number;
  readonly effect: number;
}

/** What more of a datum would add to the objective of a step. */
export interface ShadowPrice extends Omit<DatumEffect, 'effect'> {
  readonly step: 1 | 2;
  /** What one unit more would add. */
  readonly price: number;
  /** What one percent more would add, as a share of the objective. */
  readonly effectOfPercent: number;
}

/** How the reference x0 follows from the data, and rmax of step 2 from step 1. */
export interface PriceOptions {
  readonly reference: 'shares' | 'base-year';
  readonly slack: number;
}

/** Effects of one percent below this share of the objective are rounding. */
const LEAST_EFFECT = 1e-9;

/**
 * Which data bite in both steps, dearest first. An effect is the slope of the objective along all that follows from the
 * datum: totals and blocks, the reference x0 that is made from it, and in step 2 the rmax that step 1 then finds.
 * See docs/anais.md.
 */
export function shadowPrices(
  problem: AnaisProblem,
  known: Division,
  options: PriceOptions,
  steps: readonly [SolvedStep, SolvedStep],
): ShadowPrice[] {
  const [first, second] = steps.map((solved) => effectsAtRmax(problem, known, options, solved));
  const perRmax = (1 + options.slack) * rmaxEffect(problem, steps[1]);
  const both = [first!, second!.map((one, at) => ({ ...one, effect: one.effect + perRmax * first![at]!.effect }))];
  return both.flatMap((effects, at) => {
    const { step, objective } = steps[at]!;
    return effects
      .map(({ effect, ...datum }): ShadowPrice => {
        return { step, ...datum, price: effect / datum.datum, effectOfPercent: (0.01 * effect) / objective };
      })
      .filter(({ effectOfPercent }) => Math.abs(effectOfPercent) > LEAST_EFFECT)
      .sort((a, b) => Math.abs(b.effectOfPercent) - Math.abs(a.effectOfPercent));
  });
}

/** Effects with rmax as it is, in the same order for each step. */
function effectsAtRmax(
  problem: AnaisProblem,
  known: Division,
  { reference }: PriceOptions,
  step: SolvedStep,
): DatumEffect[] {
  const solved = { ...step, duals: completeDuals(problem, step.duals) };
  const cells = cellEffects(problem, solved);
  return [
    ...targetEffects(problem, known, reference, { duals: solved.duals, cells }),
    ...bandEffects(problem, solved),
    ...referenceEffects(problem, known, reference, cells),
  ];
}

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
