import { describe, expect, it } from 'vitest';
import type { MrioTable } from '../../../mrio/table.ts';
import { fittedFigures } from '../../../stages/stand-in/calibration-figures.ts';
import { emissionForms } from '../../../stages/stand-in/calibration-forms.ts';
import { nearestEmissions } from '../../../stages/stand-in/calibration-program.ts';
import { valueOf, type Condition, type PrintedFigure } from '../../../stages/stand-in/calibration-types.ts';

const condition = (part: Partial<Condition>): Condition => ({
  numerator: Float64Array.of(1, 1, 0),
  denominator: null,
  sense: 'equal',
  value: 30,
  weight: 5,
  ...part,
});

describe('nearestEmissions', () => {
  const prior = Float64Array.of(10, 10, 20);

  it('leaves the prior alone where nothing is asked', async () => {
    expect(Array.from(await nearestEmissions(prior, []))).toEqual([10, 10, 20]);
  });

  it('meets a total exactly, and spreads the deviation over what can help', async () => {
    const [a, b, c] = await nearestEmissions(prior, [condition({})]);
    expect(a! + b!).toBeCloseTo(30, 9);
    expect(Math.min(a!, b!)).toBeGreaterThan(12);
    expect(c).toBeCloseTo(20, 9);
  });

  it('meets a share exactly', async () => {
    const denominator = Float64Array.of(1, 1, 1);
    const emissions = await nearestEmissions(prior, [condition({ denominator, value: 0.75 })]);
    expect((emissions[0]! + emissions[1]!) / (emissions[0]! + emissions[1]! + emissions[2]!)).toBeCloseTo(0.75, 9);
  });

  it('does nothing for a bound that holds, and goes to one that does not', async () => {
    expect(Array.from(await nearestEmissions(prior, [condition({ sense: 'at most' })]))).toEqual([10, 10, 20]);
    const [a, b] = await nearestEmissions(prior, [condition({ sense: 'at least' })]);
    expect(a! + b!).toBeCloseTo(30, 9);
  });

  it('misses the one of less weight of two that contradict each other', async () => {
    const emissions = await nearestEmissions(prior, [condition({}), condition({ value: 24, weight: 0.5 })]);
    expect(emissions[0]! + emissions[1]!).toBeCloseTo(30, 9);
  });

  it('keeps an account without a prior at zero', async () => {
    const emissions = await nearestEmissions(Float64Array.of(10, 0, 20), [condition({})]);
    expect(emissions[1]).toBe(0);
    expect(emissions[0]).toBeCloseTo(30, 9);
  });
});

/**
 * Two regions P and Q, sectors 1 and 2. P.1 sells 4 to Q.2, which sells 10 to Q and 2 to P; P.1 sells 6 to P;
 * Q.1 sells 5 to Q; P.2 makes nothing.
 */
const TABLE: MrioTable = {
  regions: ['P', 'Q'],
  sectors: [1, 2],
  // prettier-ignore
  intermediate: Float64Array.of(
    0, 0, 0, 4,
    0, 0, 0, 0,
    0, 0, 0, 0,
    0, 0, 0, 0,
  ),
  // prettier-ignore
  finalDemand: Float64Array.of(
    6, 0, 0,
    0, 0, 0,
    0, 5, 0,
    2, 10, 0,
  ),
  primaryInput: Float64Array.of(10, 0, 5, 8),
};
const EMISSIONS = Float64Array.of(100, 0, 20, 60);

describe('emissionForms', () => {
  const forms = emissionForms({ cities: ['P', 'Q'], sectors: [1, 2] }, TABLE, 'with-region');

  it('give production, consumption and flows of a table that can be worked out by hand', () => {
    expect(valueOf(forms.production({ regions: ['Q'], sectors: [2] }), EMISSIONS)).toBe(60);
    // 60 of P.1 for P itself; of Q.2's 60 and of the 40 that P.1 puts into it, 2 in 12 go to P.
    expect(valueOf(forms.consumption(['P']), EMISSIONS)).toBeCloseTo(60 + 100 / 6, 9);
    expect(valueOf(forms.consumption(['P'], [2]), EMISSIONS)).toBeCloseTo(100 / 6, 9);
    expect(valueOf(forms.flow({ regions: ['P'] }, { regions: ['Q'] }), EMISSIONS)).toBeCloseTo(40, 9);
    expect(valueOf(forms.flow({ regions: ['Q'] }, { regions: ['Q'] }), EMISSIONS)).toBeCloseTo(0, 9);
    expect(forms.output({ regions: ['Q'] })).toBe(17);
  });

  it('account for every emission once', () => {
    const all = forms.consumption(['P', 'Q']);
    expect(valueOf(all, EMISSIONS)).toBeCloseTo(180, 9);
  });
});

describe('fittedFigures', () => {
  const forms = emissionForms({ cities: ['P', 'Q'], sectors: [1, 2] }, TABLE, 'with-region');
  const figure = (part: Partial<PrintedFigure>): PrintedFigure => ({
    statistic: 'statistic',
    value: 1,
    unit: 't',
    measure: 'consumption',
    fromRegions: null,
    fromSectors: null,
    toRegions: null,
    toSectors: null,
    ...part,
  });
  const reached = (part: Partial<PrintedFigure>) =>
    fittedFigures(forms, [figure(part)], EMISSIONS)[0]!.reached(EMISSIONS);

  it('reads every measure as it is defined', () => {
    expect(reached({ measure: 'consumption', toRegions: ['Q'] })).toBeCloseTo(180 - 60 - 100 / 6, 9);
    expect(reached({ measure: 'production share', fromRegions: ['Q'], fromSectors: [2] })).toBeCloseTo(0.75, 9);
    expect(reached({ measure: 'production share, greatest', fromSectors: [1] })).toBe(1);
    expect(reached({ measure: 'production share, least', fromSectors: [1] })).toBe(0.25);
    expect(reached({ measure: 'flow within', fromRegions: ['P'], fromSectors: [1] })).toBeCloseTo(40, 9);
    expect(reached({ measure: 'flow share', fromRegions: ['P'], toRegions: ['Q'], toSectors: [2] })).toBeCloseTo(1, 9);
    expect(reached({ measure: 'orientation', fromRegions: ['P'] })).toBe(1);
    expect(reached({ measure: 'orientation', fromRegions: ['Q'] })).toBe(-1);
    // t per 10,000 CNY are 1,000 kg: 100 t on an output of 10.
    expect(reached({ measure: 'intensity', fromRegions: ['P'] })).toBeCloseTo(10_000, 9);
  });

  it('leaves out what is not linear in emissions', () => {
    expect(fittedFigures(forms, [figure({ measure: 'pearson' })], EMISSIONS)).toEqual([]);
  });

  it('calibrates to a figure exactly, and shows how far a contradicted one is missed', async () => {
    const figures = fittedFigures(
      forms,
      [
        figure({ statistic: 'kept', value: 90, toRegions: ['P'] }),
        figure({ statistic: 'missed', value: 0.9, measure: 'consumption share', toRegions: ['P'] }),
        figure({ statistic: 'held', value: 120, measure: 'consumption', toRegions: ['Q'] }),
      ],
      EMISSIONS,
    );
    const conditions = figures.flatMap((one) => one.conditions);
    const emissions = await nearestEmissions(EMISSIONS, conditions);
    const values = Object.fromEntries(figures.map((one) => [one.statistic, one.reached(emissions)]));
    expect(values['kept']).toBeCloseTo(90, 6);
    expect(values['held']).toBeCloseTo(120, 6);
    expect(values['missed']).toBeCloseTo(90 / 210, 6);
  });
});
