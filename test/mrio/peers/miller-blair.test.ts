import { describe, expect, it } from 'vitest';
import {
  consumptionBased,
  directIntensity,
  embodiedFlows,
  finalDemandFlows,
  multipliers,
} from '../../../mrio/leontief.ts';
import { calculated, expectAgreement, isShared, needs, sharedJson } from './agreement.ts';
import { exactAccounts } from './exact-accounts.ts';
import { TWO_SECTOR, TWO_SECTOR_PRINTED as PRINTED } from './two-sector.ts';

const FILE = ['miller-blair', 'two-sector.json'] as const;
const labels = ['sector 1', 'sector 2'];
const { coefficients, leontief, output, valueAdded, ofDemand } = calculated(TWO_SECTOR, labels);
const exact = exactAccounts(TWO_SECTOR);

/** The printed number is this one, rounded to so many decimals. */
const expectPrinted = (actual: ArrayLike<number>, printed: readonly number[], decimals: number): void => {
  expect(actual).toHaveLength(printed.length);
  printed.forEach((value, k) => {
    expect(Math.abs(actual[k]! - value)).toBeLessThanOrEqual(0.5 * 10 ** -decimals + 1e-12);
  });
};
const times = (vector: readonly number[]): Float64Array =>
  Float64Array.from([0, 1], (i) => leontief[2 * i]! * vector[0]! + leontief[2 * i + 1]! * vector[1]!);

describe('two sectors of Miller and Blair', () => {
  it('x, A and L to 1e-9 of fractions, and as printed', () => {
    expectAgreement(output, PRINTED.output);
    expectAgreement(coefficients, PRINTED.coefficients);
    // det (I - A) = 0.85 x 0.95 - 0.25 x 0.2 = 0.7575.
    const byHand = [0.95, 0.25, 0.2, 0.85].map((value) => value / 0.7575);
    expectAgreement(exact.leontief, byHand);
    expectAgreement(leontief, byHand);
    expectPrinted(leontief, PRINTED.leontief, 8);
  });

  it('output and labour for new final demand, as printed', () => {
    const newOutput = times(PRINTED.newDemand);
    expectAgreement(newOutput, [945 / 0.7575, 1395 / 0.7575]);
    expectPrinted(newOutput, PRINTED.newOutput, 1);
    // The book has labour from outputs that it rounded to one decimal.
    PRINTED.labour.forEach((coefficient, k) => {
      expect(Math.abs(coefficient * newOutput[k]! - PRINTED.newLabour[k]!)).toBeLessThanOrEqual(0.05 * coefficient);
    });
  });

  it('value added by sector and by the final product that it is in', () => {
    expectAgreement(valueAdded, [650, 1400]);
    const intensity = directIntensity(valueAdded, output, labels);
    expectAgreement(intensity, [0.65, 0.7]);
    expectAgreement(multipliers(intensity, leontief), [1, 1]);
    const flows = finalDemandFlows(intensity, leontief, ofDemand);
    expectAgreement(flows, [0.65 * 0.95 * 350, 0.65 * 0.25 * 1700, 0.7 * 0.2 * 350, 0.7 * 0.85 * 1700].map((value) => value / 0.7575)); // prettier-ignore
    expectAgreement(flows, exact.inDemand);
    expectAgreement(consumptionBased(intensity, leontief, ofDemand, 1), [650, 1400]);
    expectAgreement(embodiedFlows(intensity, leontief, output), exact.inDeliveries);
  });

  it.skipIf(!isShared(...FILE))(`the fixture is what the file holds ${needs(...FILE)}`, () => {
    expect(sharedJson(...FILE)).toMatchObject({
      Z: TWO_SECTOR.deliveries,
      f: TWO_SECTOR.demand.flat(),
      x: PRINTED.output,
      A: [PRINTED.coefficients.slice(0, 2), PRINTED.coefficients.slice(2)],
      L: [PRINTED.leontief.slice(0, 2), PRINTED.leontief.slice(2)],
      x_new: PRINTED.newOutput,
      labour_coeff: PRINTED.labour,
      labour_total_new: PRINTED.newLabour,
    });
  });
});
