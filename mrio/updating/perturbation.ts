import { ModelError } from '../error.ts';
import { scalingFactor } from './factor.ts';

/** The totals of regions that methods are given, by sector of each region, and their trade with known accounts. */
export interface Totals {
  /** What a sector sells to industries in all. */
  readonly intermediateSales: Float64Array;
  readonly finalDemand: Float64Array;
  /** What it buys from industries in all. */
  readonly intermediateInputs: Float64Array;
  readonly primaryInput: Float64Array;
  /** What each known account buys from the regions' industries, and delivers to them; empty for a closed economy. */
  readonly knownUsers: Float64Array;
  readonly knownSuppliers: Float64Array;
}

const TOLERANCE = 1e-14;
const MAX_ROUNDS = 10_000;

/**
 * Totals with errors of measurement: each is multiplied by exp(noise z), z standard normal. Two equations bind them, and
 * multiplied one by one they would contradict each other:
 *
 *     what a sector sells = what it costs:   sales + final demand = inputs + primary input, for each sector;
 *     within the regions, sales are inputs:  all sales - known users = all inputs - known suppliers.
 *
 * So they are made consistent by GRAS, cyclically: in each equation one side is multiplied and the other divided by the same
 * factor, until both hold. Gross output follows: sales + final demand.
 * @param noise standard deviation of an error, as a share of the total; 0 leaves all as it is
 * @param normal a source of standard normal numbers
 * @throws ModelError where they cannot be made consistent
 */
export function perturbTotals(totals: Totals, noise: number, normal: () => number): Totals {
  if (noise === 0) return totals;
  const disturbed = (values: Float64Array): Float64Array => values.map((value) => value * Math.exp(noise * normal()));
  const result: Totals = {
    intermediateSales: disturbed(totals.intermediateSales),
    finalDemand: disturbed(totals.finalDemand),
    intermediateInputs: disturbed(totals.intermediateInputs),
    primaryInput: disturbed(totals.primaryInput),
    knownUsers: disturbed(totals.knownUsers),
    knownSuppliers: disturbed(totals.knownSuppliers),
  };
  makeConsistent(result);
  return result;
}

function makeConsistent({ intermediateSales, intermediateInputs, ...totals }: Totals): void {
  const sectors = intermediateSales.map((_, i) => i);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let worst = 0;
    for (const i of sectors) {
      const one = (values: Float64Array): Float64Array => values.subarray(i, i + 1);
      const sides = {
        left: [one(intermediateSales), one(totals.finalDemand)],
        right: [one(intermediateInputs), one(totals.primaryInput)],
      };
      worst = Math.max(worst, equate(sides));
    }
    worst = Math.max(
      worst,
      equate({
        left: [intermediateSales, totals.knownSuppliers],
        right: [intermediateInputs, totals.knownUsers],
      }),
    );
    if (worst <= TOLERANCE) return;
  }
  throw new ModelError(
    `totals with errors do not become consistent in ${MAX_ROUNDS} rounds`,
    'lower the errors (noise), or check the totals: a sector that only sells and one that only buys cannot be balanced',
  );
}

/** Multiplies one side and divides the other, both signs considered, until they are equal. @returns how far they were apart */
function equate({ left, right }: { left: readonly Float64Array[]; right: readonly Float64Array[] }): number {
  let positive = 0;
  let negative = 0;
  const add = (value: number): void => {
    if (value > 0) positive += value;
    else negative -= value;
  };
  for (const values of left) values.forEach(add);
  for (const values of right) {
    values.forEach((value) => {
      add(-value);
    });
  }
  const terms = positive + negative;
  if (terms === 0) return 0;
  const factor = scalingFactor(0, positive, negative);
  const scale = (values: Float64Array, by: number): void => {
    values.forEach((value, k) => (values[k] = value > 0 ? value * by : value / by));
  };
  for (const values of left) scale(values, factor);
  for (const values of right) scale(values, 1 / factor);
  return Math.abs(positive - negative) / terms;
}

/** Values disturbed the same way, and then scaled to a sum. Signs stay. */
export function perturbToSum(values: Float64Array, sum: number, noise: number, normal: () => number): Float64Array {
  const disturbed = values.map((value) => value * Math.exp(noise * normal()));
  let positive = 0;
  let negative = 0;
  for (const value of disturbed) {
    if (value > 0) positive += value;
    else negative -= value;
  }
  const factor = scalingFactor(sum, positive, negative);
  return disturbed.map((value) => (value > 0 ? value * factor : value / factor));
}
