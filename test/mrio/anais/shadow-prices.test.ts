import { describe, expect, it } from 'vitest';
import { anais, type AnaisOptions } from '../../../mrio/anais/anais.ts';
import { largestDeviation, totalDeviation } from '../../../mrio/anais/bounds.ts';
import {
  baseYearReference,
  coefficientBand,
  shareReference,
  type Division,
} from '../../../mrio/anais/disaggregation.ts';
import { interiorPoint } from '../../../mrio/anais/interior-point/interior-point.ts';
import { anaisProblem, type AnaisProblem } from '../../../mrio/anais/problem.ts';
import { placeLabel } from '../../../mrio/anais/rows.ts';
import type { DatumFamily, ShadowPrice } from '../../../mrio/anais/shadow-prices.ts';
import { accountLabels, columnSums, dimensions, grossOutput, type MrioTable } from '../../../mrio/table.ts';
import { ANAIS_OPTIONS } from '../../support/anais-options.ts';
import { randomDivision } from '../../support/random-division.ts';

const OPTIONS: AnaisOptions = { ...ANAIS_OPTIONS, slack: 0.05, bandWidening: 0.3, largestGap: 1e-8 };
/** By what share a datum is changed: far above what a solver leaves open, small enough to stay on one slope. */
const STEP = 1e-5;
const quiet = (): void => undefined;
const solver = interiorPoint();

const { known, truth } = randomDivision(3, { cities: 3, provinces: 3, sectors: 3 });
/** As they are: they do not follow a target that is changed. */
const band = coefficientBand(known.target, OPTIONS.bandWidening);

/** Both objectives on changed data, step 2 within what step 1 then finds. */
async function objectives(
  changed: Division,
  options: AnaisOptions,
  change: (problem: AnaisProblem) => AnaisProblem = (problem) => problem,
): Promise<[number, number]> {
  const x0 = options.reference === 'shares' ? shareReference(changed) : baseYearReference(changed);
  const problem = change(anaisProblem(changed, x0, band, options));
  const first = largestDeviation(problem, (await solver.leastDeviation(problem, quiet)).values);
  const second = await solver.totalDeviation(problem, first * (1 + options.slack), quiet);
  return [first, totalDeviation(problem, second.values)];
}

/** The target in which some cells are larger by a factor, and primary input makes up for it. */
function scaledTarget(factor: number, scales: (from: number, to: number | null) => boolean): Division {
  const { target } = known;
  const { n, finalDemandCount } = dimensions(target);
  const intermediate = target.intermediate.map((value, at) =>
    scales(Math.floor(at / n), at % n) ? factor * value : value,
  );
  const finalDemand = target.finalDemand.map((value, at) =>
    scales(Math.floor(at / finalDemandCount), null) ? factor * value : value,
  );
  const table: MrioTable = { ...target, intermediate, finalDemand };
  const inputs = columnSums(intermediate, n, n);
  // What it is already short or above of balance stays.
  const before = grossOutput(target).map((w, k) => w - columnSums(target.intermediate, n, n)[k]!);
  const primaryInput = grossOutput(table).map((w, k) => target.primaryInput[k]! + w - inputs[k]! - before[k]!);
  return { ...known, target: { ...table, primaryInput } };
}

/** The reference in which what an account sells, or takes in, is larger by a factor. */
function scaledReference(factor: number, part: 'row' | 'column', label: string): Division {
  const { reference } = known;
  const { n, finalDemandCount } = dimensions(reference);
  const account = accountLabels(reference).indexOf(label);
  const scale = (values: Float64Array, at: (position: number) => boolean): Float64Array =>
    values.map((value, position) => (at(position) ? factor * value : value));
  const scaled: Partial<MrioTable> =
    part === 'row'
      ? {
          intermediate: scale(reference.intermediate, (position) => Math.floor(position / n) === account),
          finalDemand: scale(reference.finalDemand, (position) => Math.floor(position / finalDemandCount) === account),
        }
      : {
          intermediate: scale(reference.intermediate, (position) => position % n === account),
          primaryInput: scale(reference.primaryInput, (position) => position === account),
        };
  return { ...known, reference: { ...reference, ...scaled } };
}

/** Both objectives if a datum is larger by a factor. */
function withMoreOf({ family, place }: ShadowPrice, factor: number, options: AnaisOptions): Promise<[number, number]> {
  const labels = accountLabels(known.target);
  const isDivided = (account: number): boolean => labels[account]!.startsWith('H.');
  const [from, to] = [labels.indexOf(placeLabel({ ...place, to: null })), place.to];
  const other = to === null ? -1 : labels.indexOf(placeLabel({ from: to, to: null }));
  switch (family) {
    case 'final demand':
      return objectives(
        scaledTarget(factor, (row, column) => row === from && column === null),
        options,
      );
    case 'within':
      return objectives(
        scaledTarget(factor, (row, column) => row === from && column !== null && isDivided(column)),
        options,
      );
    case 'known user':
      return objectives(
        scaledTarget(factor, (row, column) => isDivided(row) && column === other),
        options,
      );
    case 'known supplier':
      return objectives(
        scaledTarget(factor, (row, column) => row === from && column !== null && isDivided(column)),
        options,
      );
    case 'reference row':
    case 'reference column':
      return objectives(
        scaledReference(factor, family === 'reference row' ? 'row' : 'column', placeLabel(place)),
        options,
      );
    case 'band low':
    case 'band high':
      return objectives(known, options, (problem) => scaledBand(problem, family, placeLabel(place), factor));
  }
}

function scaledBand(problem: AnaisProblem, family: DatumFamily, label: string, factor: number): AnaisProblem {
  const { layout } = problem;
  const { start, size } = layout.range('coherence');
  const at = Array.from({ length: size }, (_, k) => k).find((k) => placeLabel(layout.place(start + k)) === label)!;
  const bandLow = problem.bandLow.slice();
  const bandWidth = problem.bandWidth.slice();
  const high = bandLow[at]! + bandWidth[at]!;
  if (family === 'band low') bandLow[at]! *= factor;
  bandWidth[at] = (family === 'band high' ? factor : 1) * high - bandLow[at]!;
  return { ...problem, bandLow, bandWidth };
}

const MEASURES = ['relative', 'absolute'] as const;
const VARIANTS = MEASURES.flatMap((bound) =>
  MEASURES.flatMap((objective) =>
    (['totals', 'blocks'] as const).flatMap((consistency) =>
      (['shares', 'base-year'] as const).map((reference) => ({ bound, objective, consistency, reference })),
    ),
  ),
);

/** How often each family had a price that was compared. */
const compared = new Map<DatumFamily, number>();

describe.each(VARIANTS)('shadow prices: $bound, $objective, $consistency, $reference', (variant) => {
  const options = { ...OPTIONS, ...variant };

  // Where a cell that stays at its reference is just about to leave it, the slopes differ on both sides.
  it('of the dearest of each family lie between the slopes on both sides', async () => {
    const { certificates, shadowPrices } = await anais(known, { ...options, band }, quiet);
    const values = certificates.map(({ primal }) => primal);
    for (const step of [1, 2] as const) {
      const prices = shadowPrices.filter((one) => one.step === step);
      expect(prices.length).toBeGreaterThan(0);
      const effects = prices.map(({ effectOfPercent }) => Math.abs(effectOfPercent));
      expect(effects).toEqual([...effects].sort((a, b) => b - a));
      for (const family of new Set(prices.map((one) => one.family))) {
        const dearest = prices.find((one) => one.family === family)!;
        const slope = async (change: number): Promise<number> => {
          const moved = await withMoreOf(dearest, 1 + change, options);
          return (moved[step - 1]! - values[step - 1]!) / (change * values[step - 1]!);
        };
        const slopes = [await slope(STEP), await slope(-STEP)];
        const price = 100 * dearest.effectOfPercent;
        expect(price * values[step - 1]!).toBeCloseTo(dearest.price * dearest.datum, 6);
        const tolerance = 1e-3 * Math.abs(price);
        const what = `step ${step}, ${family} ${placeLabel(dearest.place)}: ${price} in ${slopes.join(' and ')}`;
        expect(price, what).toBeGreaterThan(Math.min(...slopes) - tolerance);
        expect(price, what).toBeLessThan(Math.max(...slopes) + tolerance);
        compared.set(family, (compared.get(family) ?? 0) + 1);
      }
    }
  });
});

it('of every family were compared', () => {
  const families = ['final demand', 'known user', 'known supplier', 'within', 'band low', 'band high'];
  expect([...compared.keys()].sort()).toEqual([...families, 'reference row', 'reference column'].sort());
});

it('there are none where the reference meets every constraint', async () => {
  const result = await anais({ ...known, reference: truth }, { ...OPTIONS, bandWidening: 0.99 }, quiet);
  expect(result.certificates.map(({ primal }) => primal)).toEqual([0, 0]);
  expect(result.shadowPrices).toEqual([]);
});
