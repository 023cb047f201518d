import { describe, expect, it } from 'vitest';
import { anais, type AnaisOptions } from '../../../mrio/anais/anais.ts';
import { coefficientBand, shareReference } from '../../../mrio/anais/disaggregation.ts';
import { interiorPoint } from '../../../mrio/anais/interior-point/interior-point.ts';
import { largestDeviation, totalDeviation } from '../../../mrio/anais/bounds.ts';
import { anaisProblem, type AnaisProblem } from '../../../mrio/anais/problem.ts';
import type { ShadowPrice } from '../../../mrio/anais/shadow-prices.ts';
import { placeLabel } from '../../../mrio/anais/rows.ts';
import { accountLabels, dimensions, type MrioTable } from '../../../mrio/table.ts';
import { randomDivision } from '../../support/random-division.ts';

const OPTIONS: AnaisOptions = {
  bound: 'relative',
  objective: 'relative',
  consistency: 'totals',
  reference: 'shares',
  solver: 'structured',
  slack: 0.05,
  bandWidening: 0.3,
  largestGap: 1e-8,
};
/** By what share the reference is changed: far above what a solver leaves open, small enough to stay on one slope. */
const STEP = 1e-5;
const quiet = (): void => undefined;
const solver = interiorPoint();

const { known } = randomDivision(3, { cities: 3, provinces: 3, sectors: 3 });
const band = coefficientBand(known.target, OPTIONS.bandWidening);
const x0 = shareReference(known);
const problem = anaisProblem(known, x0, band, OPTIONS);
const { certificates } = await anais(known, OPTIONS, quiet);
const [first, second] = certificates;
const rmax = first.primal * (1 + OPTIONS.slack);

/** The objective of a step on changed data, with the rmax of the unchanged ones. */
async function objective(step: 1 | 2, changed: AnaisProblem, within = rmax): Promise<number> {
  if (step === 1) return largestDeviation(changed, (await solver.leastDeviation(changed, quiet)).values);
  return totalDeviation(changed, (await solver.totalDeviation(changed, within, quiet)).values);
}

const rowOf = (family: string, label: string): number =>
  Array.from({ length: problem.layout.count }, (_, row) => row).find(
    (row) => problem.layout.family(row) === family && placeLabel(problem.layout.place(row)) === label,
  )!;

/** The price of a total by its place; 0 where it is not among those that bite. */
const priceOf = (prices: readonly ShadowPrice[], family: string, label: string): number =>
  prices.find((one) => one.family === family && placeLabel(one.place) === label)?.price ?? 0;

describe.each([
  { step: 1 as const, claim: first },
  { step: 2 as const, claim: second },
])('shadow prices of step $step', ({ step, claim }) => {
  it('are there, dearest first', () => {
    const effects = claim.shadowPrices.map(({ effectOfPercent }) => Math.abs(effectOfPercent));
    expect(effects.length).toBeGreaterThan(0);
    expect(effects).toEqual([...effects].sort((a, b) => b - a));
  });

  // The least objective is a convex function of the totals, and a price is a slope of it: on neither side can it lie below
  // the line with that slope. Final demand and primary inputs depend on each other, so that both change by the same.
  it.each([
    ['H.1', 'H.2', 1],
    ['H.1', 'H.2', -1],
    ['H.3', 'H.1', 1],
    ['H.3', 'H.1', -1],
    ['H.2', 'H.3', 2],
  ])('are a slope of the objective: final demand %s and primary input %s by %d', async (demand, input, change) => {
    const rightHandSide = problem.rightHandSide.slice();
    rightHandSide[rowOf('total final demand', demand)]! += change;
    rightHandSide[rowOf('total primary input', input)]! += change;
    const slope =
      priceOf(claim.shadowPrices, 'total final demand', demand) +
      priceOf(claim.shadowPrices, 'total primary input', input);
    const moved = await objective(step, { ...problem, rightHandSide });
    expect(moved).toBeGreaterThanOrEqual(claim.primal + slope * change - 1e-7 * claim.primal);
    expect(Math.abs(moved - claim.primal)).toBeGreaterThan(0);
  });

  it('of an end of a band say what a little less of it costs', async () => {
    const dearest = claim.shadowPrices.find(({ measure }) => measure === 'coefficient')!;
    const lower = dearest.family === 'coherence';
    const label = placeLabel(dearest.place);
    const family = lower ? 'coherence' : 'coherence cap';
    const at = rowOf(family, label) - problem.layout.range(family).start;
    const change = (lower ? 1 : -1) * 1e-5 * dearest.datum;
    const bandLow = problem.bandLow.slice();
    const bandWidth = problem.bandWidth.slice();
    if (lower) bandLow[at]! += change;
    bandWidth[at]! += lower ? -change : change;
    const moved = await objective(step, { ...problem, bandLow, bandWidth });
    const expected = dearest.price * change;
    expect(expected).toBeGreaterThan(0);
    expect(Math.abs(moved - claim.primal - expected)).toBeLessThan(0.05 * expected);
  });
});

/** The reference in which what an account sells, or what it takes in, is larger by a factor. */
function scaledReference(family: string, label: string, factor: number): MrioTable {
  const { n, finalDemandCount } = dimensions(x0);
  const account = accountLabels(x0).indexOf(label);
  const scale = (values: Float64Array, at: (position: number) => boolean): Float64Array =>
    values.map((value, position) => (at(position) ? factor * value : value));
  return family === 'reference row'
    ? {
        ...x0,
        intermediate: scale(x0.intermediate, (position) => Math.floor(position / n) === account),
        finalDemand: scale(x0.finalDemand, (position) => Math.floor(position / finalDemandCount) === account),
      }
    : {
        ...x0,
        intermediate: scale(x0.intermediate, (position) => position % n === account),
        primaryInput: scale(x0.primaryInput, (position) => position === account),
      };
}

const MEASURES = ['relative', 'absolute'] as const;
describe.each(MEASURES.flatMap((bound) => MEASURES.map((objective) => ({ bound, objective }))))(
  'shadow prices of the reference, bound $bound, objective $objective',
  ({ bound, objective: measure }) => {
    // Where a cell that stays at its reference is just about to leave it, the slopes differ on both sides.
    it.each([1, 2] as const)('lie between the slopes on both sides in step %d', async (step) => {
      const variant: AnaisOptions = { ...OPTIONS, bound, objective: measure };
      const result = await anais(known, variant, quiet);
      const claim = result.certificates[step - 1]!;
      const within = result.certificates[0].primal * (1 + variant.slack);
      for (const family of ['reference row', 'reference column']) {
        const dearest = claim.shadowPrices.find((one) => one.family === family)!;
        const slope = async (change: number): Promise<number> => {
          const reference = scaledReference(family, placeLabel(dearest.place), 1 + change);
          const changed = anaisProblem(known, reference, band, variant);
          return ((await objective(step, changed, within)) - claim.primal) / (change * claim.primal);
        };
        const slopes = [await slope(STEP), await slope(-STEP)];
        const price = 100 * dearest.effectOfPercent;
        const tolerance = 1e-4 * Math.abs(price);
        expect(price).toBeGreaterThan(Math.min(...slopes) - tolerance);
        expect(price).toBeLessThan(Math.max(...slopes) + tolerance);
        expect(Math.abs(slopes[0]! - slopes[1]!)).toBeLessThan(0.1 * Math.abs(price));
      }
    });
  },
);

it('there are none where the reference meets every constraint', async () => {
  const { truth } = randomDivision(3, { cities: 3, provinces: 3, sectors: 3 });
  const exact = { ...known, reference: truth };
  const result = await anais(exact, { ...OPTIONS, bandWidening: 0.99 }, quiet);
  expect(result.certificates.map(({ primal, shadowPrices }) => [primal, shadowPrices.length])).toEqual([
    [0, 0],
    [0, 0],
  ]);
});
