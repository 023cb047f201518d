import { describe, expect, it } from 'vitest';
import {
  consumptionBased,
  directIntensity,
  embodiedFlows,
  finalDemandFlows,
  multipliers,
} from '../../../mrio/leontief.ts';
import { byRegion, regionByRegion, tradeAccounts } from '../../../mrio/trade-accounts.ts';
import { calculated, expectAgreement, isShared, needs, sharedJson } from './agreement.ts';
import { exactAccounts } from './exact-accounts.ts';
import { TWO_REGIONS, TWO_REGIONS_EMISSIONS, TWO_REGIONS_LEONTIEF, TWO_REGIONS_OF_DEMAND } from './two-regions.ts';

const FILE = ['pymrio-raw', 'small-mrio-expected.json'] as const;
const labels = Array.from({ length: 6 }, (_, k) => `account ${k + 1}`);
const { output, ofDemand, final, coefficients, leontief } = calculated(TWO_REGIONS, labels);

describe('two regions in the tests of pymrio', () => {
  it('L to 1e-9 of what pymrio expects', () => {
    expectAgreement(leontief.slice(0, 6), TWO_REGIONS_LEONTIEF.first);
    expectAgreement(leontief.slice(18, 24), TWO_REGIONS_LEONTIEF.fourth);
  });

  it.each(TWO_REGIONS_EMISSIONS.map((emissions, row) => [row, emissions] as const))(
    'accounts of stressor %i to 1e-9 of fractions',
    (row, emissions) => {
      const exact = exactAccounts(TWO_REGIONS, emissions);
      expectAgreement(output, exact.output);
      expectAgreement(coefficients, exact.coefficients);
      expectAgreement(leontief, exact.leontief);
      const intensity = directIntensity(Float64Array.from(emissions), output, labels);
      expectAgreement(intensity, exact.intensity);
      expectAgreement(multipliers(intensity, leontief), exact.multipliers);
      const caused = consumptionBased(intensity, leontief, final, 2);
      expectAgreement(caused, exact.byConsumer);
      expectAgreement(regionByRegion(caused, 2), exact.regionByRegion);
      expectAgreement(finalDemandFlows(intensity, leontief, ofDemand), exact.inDemand);
      expectAgreement(embodiedFlows(intensity, leontief, output), exact.inDeliveries);
      const trade = tradeAccounts(intensity, leontief, final, 2);
      for (const kind of ['production', 'consumption', 'imports', 'exports'] as const)
        expectAgreement(trade[kind], exact.trade[kind]);
      // With what households emit themselves the world produces what it consumes.
      const direct = TWO_REGIONS_OF_DEMAND[row]!;
      const world = (kind: 'production' | 'consumption'): number =>
        byRegion(trade[kind], 2).reduce((sum, value, r) => sum + value + direct[r]!, 0);
      const all = [...emissions, ...direct].reduce((sum, value) => sum + value, 0);
      expectAgreement([world('production'), world('consumption')], [all, all]);
    },
  );

  it.skipIf(!isShared(...FILE))(`the fixture is what the file holds ${needs(...FILE)}`, () => {
    expect(sharedJson(...FILE)).toMatchObject({
      Z: TWO_REGIONS.deliveries,
      Y: TWO_REGIONS.demand,
      F: TWO_REGIONS_EMISSIONS,
      F_Y: TWO_REGIONS_OF_DEMAND,
      L_row1: TWO_REGIONS_LEONTIEF.first,
      L_row4: TWO_REGIONS_LEONTIEF.fourth,
    });
  });
});
