import { describe, expect, it } from 'vitest';
import { emptyTable, type MrioTable } from '../../../mrio/table.ts';
import { coefficientErrors, weightedAbsolutePercentageError } from '../../../mrio/updating/measures.ts';
import { cityAccountScores, cityAccounts, estimatedCells, tableScores } from '../../../mrio/updating/scores.ts';
import { inUnit } from '../../support/permute.ts';
import { randomDivision } from '../../support/random-division.ts';

describe('measures, by hand', () => {
  const truth = Float64Array.of(0.1, 0.2, 0, 0.5);
  const estimate = Float64Array.of(0.2, 0.2, 0.1, 0.3);

  it('WAPE: sum of errors over sum of sizes', () => {
    expect(weightedAbsolutePercentageError(Float64Array.of(90, -10), Float64Array.of(100, -30))).toBeCloseTo(
      30 / 130,
      12,
    );
  });

  it('STPE, MAD, U', () => {
    // Errors 0.1, 0, 0.1, 0.2.
    const { stpe, mad, theilU } = coefficientErrors(estimate, truth);
    expect(stpe).toBeCloseTo(0.4 / 0.8, 12);
    expect(mad).toBeCloseTo(0.4 / 4, 12);
    expect(theilU).toBeCloseTo(Math.sqrt(0.06 / 0.3), 12);
  });

  it('nothing to compare with is no score', () => {
    expect(weightedAbsolutePercentageError(new Float64Array(2), new Float64Array(2))).toBeNaN();
    expect(coefficientErrors(new Float64Array(), new Float64Array()).mad).toBeNaN();
  });
});

describe('a table against the true one', () => {
  const { truth, known } = randomDivision(3, { cities: 2, provinces: 2, sectors: 2 });
  const cells = estimatedCells(known);

  it('is compared where it touches an unknown region: 2 of 4', () => {
    // 8 accounts, 4 of them unknown: 8 x 8 deliveries less 4 x 4 between known ones.
    expect(cells.intermediate).toHaveLength(64 - 16);
    expect(cells.finalDemand).toHaveLength(4 * 5);
    expect([...cells.primaryInput]).toEqual([0, 1, 2, 3]);
  });

  it('has no error where it is the truth', () => {
    expect(tableScores(truth, truth, cells)).toEqual({ wape: 0, stpe: 0, mad: 0, theilU: 0 });
  });

  it('counts cells inside the comparison, and no others', () => {
    const outside = truth.intermediate.slice();
    outside[7 * 8 + 7]! += 1e-3;
    expect(tableScores({ ...truth, intermediate: outside }, truth, cells).wape).toBe(0);
    const inside = truth.intermediate.slice();
    inside[0]! += 10;
    const { wape } = tableScores({ ...truth, intermediate: inside }, truth, cells);
    const size =
      [...cells.intermediate].reduce((sum, k) => sum + truth.intermediate[k]!, 0) +
      [...cells.finalDemand].reduce((sum, k) => sum + truth.finalDemand[k]!, 0) +
      [...cells.primaryInput].reduce((sum, k) => sum + truth.primaryInput[k]!, 0);
    expect(wape).toBeCloseTo(10 / size, 12);
  });

  it('has flows wrong by a tenth and coefficients right where all is a tenth larger', () => {
    const { wape, stpe } = tableScores(inUnit(truth, 1.1), truth, cells);
    expect(wape).toBeCloseTo(0.1, 9);
    expect(stpe).toBeCloseTo(0, 9);
  });
});

describe('what people use a table for', () => {
  /** Two cities of one sector; A delivers 20 to B, B nothing to A. Outputs 100 and 50. */
  function twoCities(delivery: number): MrioTable {
    return {
      ...emptyTable(['A', 'B'], [1]),
      intermediate: Float64Array.of(0, delivery, 0, 0),
      // Own final demand, that of the other city, exports.
      finalDemand: Float64Array.of(100 - delivery, 0, 0, 0, 40, 10),
      primaryInput: Float64Array.of(100, 50 - delivery),
    };
  }
  const setting = { emissions: Float64Array.of(200, 50), cities: [0, 1], exports: 'with-region' as const };

  it('footprints and flows by hand', () => {
    // e = (2, 1); A delivers 0.4 per unit of B's output: of 200 t in A, 2 * 20 = 40 t go to B.
    const { footprints, flows, inefficientShare } = cityAccounts(twoCities(20), setting);
    expect(footprints[0]).toBeCloseTo(160, 10);
    expect(footprints[1]).toBeCloseTo(90, 10);
    expect(Array.from(flows)).toEqual([expect.closeTo(40, 10), expect.closeTo(0, 10)]);
    expect(inefficientShare).toBe(1);
  });

  it('exports apart are no footprint of a city', () => {
    const { footprints } = cityAccounts(twoCities(20), { ...setting, exports: 'separate' });
    // A fifth of B's demand leaves the country.
    expect(footprints[1]).toBeCloseTo(72, 10);
  });

  it('scores by hand', () => {
    const [estimate, truth] = [cityAccounts(twoCities(25), setting), cityAccounts(twoCities(20), setting)];
    const { footprintWape, flowWape, inefficientShare } = cityAccountScores(estimate, truth);
    expect(footprintWape).toBeCloseTo(20 / 250, 10);
    expect(flowWape).toBeCloseTo(10 / 40, 10);
    expect(inefficientShare).toBe(1);
  });

  it('adds up to all emissions where every region is a city', () => {
    const { truth } = randomDivision(4, { cities: 3, provinces: 1, sectors: 3 });
    const emissions = truth.primaryInput.map((_, k) => 1 + (k % 5));
    const { footprints } = cityAccounts(truth, { emissions, cities: [0, 1, 2, 3], exports: 'with-region' });
    const total = emissions.reduce((sum, t) => sum + t, 0);
    expect(footprints.reduce((sum, t) => sum + t, 0)).toBeCloseTo(total, 8);
  });

  it('takes a flow from high to low emissions per output as inefficient, and only such', () => {
    const clean = { ...setting, emissions: Float64Array.of(50, 50) };
    expect(cityAccounts(twoCities(20), clean).inefficientShare).toBe(0);
    expect(cityAccounts(twoCities(0), setting).inefficientShare).toBeNaN();
  });
});
