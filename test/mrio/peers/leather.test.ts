import { describe, expect, it } from 'vitest';
import {
  consumptionBased,
  directIntensity,
  embodiedFlows,
  finalDemandFlows,
  multipliers,
} from '../../../mrio/leontief.ts';
import { columnSums, rowSums } from '../../../mrio/table.ts';
import { byRegion, regionByRegion, tradeAccounts, type TradeAccounts } from '../../../mrio/trade-accounts.ts';
import { calculated, expectAgreement, isShared, needs, sharedJson } from './agreement.ts';
import { exactAccounts } from './exact-accounts.ts';
import {
  LEATHER,
  LEATHER_COUNTRIES,
  LEATHER_INDUSTRIES,
  LEATHER_OUTPUT,
  LEATHER_PRINTED as PRINTED,
} from './leather-system.ts';

const labels = LEATHER_COUNTRIES.flatMap((country) => LEATHER_INDUSTRIES.map((industry) => `${country} ${industry}`));
const { n, intermediate, final, output, valueAdded, coefficients, leontief } = calculated(LEATHER, labels);
const exact = exactAccounts(LEATHER);
const intensity = directIntensity(valueAdded, output, labels);

/** Within one unit of the last digit: some were cut there, not rounded. */
const expectPrinted = (actual: number, printed: number, unit: number): void => {
  expect(Math.abs(actual - printed)).toBeLessThan(unit);
};

describe('the leather economy of decompr', () => {
  it('x, A and L to 1e-9 of fractions', () => {
    expectAgreement(output, LEATHER_OUTPUT);
    expectAgreement(coefficients, exact.coefficients);
    expectAgreement(leontief, exact.leontief);
  });

  it('a unit of any final product is a unit of value added of somebody', () => {
    expectAgreement(intensity, exact.intensity);
    expectAgreement(
      multipliers(intensity, leontief),
      Array.from({ length: n }, () => 1),
    );
  });

  it('value added in the final demand of each country', () => {
    const caused = consumptionBased(intensity, leontief, final, 3);
    expectAgreement(caused, exact.byConsumer);
    expectAgreement(rowSums(caused, n, 3), exact.valueAdded);
    expectAgreement(columnSums(caused, n, 3), [...columnSums(final, n, 3)]);
    expectPrinted(caused[0]!, PRINTED.demand.first, PRINTED.demand.unit);
    expectPrinted(caused[6 * 3 + 1]!, PRINTED.demand.seventhForTurkey, PRINTED.demand.unit);
  });

  it('value added in the final products and in the exports of each industry', () => {
    expectAgreement(finalDemandFlows(intensity, leontief, rowSums(final, n, 3)), exact.inDemand);
    const abroad = (values: Float64Array, width: number): Float64Array =>
      values.map((value, cell) =>
        Math.floor(cell / width / 3) === Math.floor(((cell % width) * 3) / width) ? 0 : value,
      );
    const finalExports = rowSums(abroad(final, 3), n, 3);
    const exports = rowSums(abroad(intermediate, n), n, n).map((value, k) => value + finalExports[k]!);
    expectAgreement(exports, exact.exports);
    const inExports = finalDemandFlows(intensity, leontief, exports);
    expectAgreement(inExports, exact.inExports);
    // Who adds the value of an industry's exports: they are all of it.
    expectAgreement(columnSums(inExports, n, n), exact.exports);
    expectPrinted(inExports[0]!, PRINTED.exports.first, PRINTED.exports.unit);
    expectPrinted(inExports.at(-1)!, PRINTED.exports.last, PRINTED.exports.unit);
  });

  it('value added in output: the embodied flows and what each industry adds itself', () => {
    const flows = embodiedFlows(intensity, leontief, output);
    expectAgreement(flows, exact.inDeliveries);
    const inOutput = flows.map((value, cell) => (cell % (n + 1) === 0 ? value + valueAdded[cell / (n + 1)]! : value));
    expectAgreement(inOutput, exact.inOutput);
    expectPrinted(inOutput[0]!, PRINTED.output.first, PRINTED.output.unit);
    expectPrinted(inOutput.at(-1)!, PRINTED.output.last, PRINTED.output.unit);
  });

  const trade = tradeAccounts(intensity, leontief, final, 3);

  it.each(['production', 'consumption', 'imports', 'exports'] as const satisfies (keyof TradeAccounts)[])(
    'trade in value added: %s',
    (kind) => {
      expectAgreement(trade[kind], exact.trade[kind]);
    },
  );

  it('by country; exports less imports are value added less final demand', () => {
    expectAgreement(regionByRegion(consumptionBased(intensity, leontief, final, 3), 3), exact.regionByRegion);
    const [exported, imported] = [byRegion(trade.exports, 3), byRegion(trade.imports, 3)];
    const [added, spent] = [byRegion(valueAdded, 3), columnSums(final, n, 3)];
    expectAgreement(
      exported.map((value, r) => value - imported[r]!),
      Array.from(added, (value, r) => value - spent[r]!),
    );
  });

  const [DATA, EXPECTED] = [
    ['decompr-leather', 'leather.json'] as const,
    ['decompr-leather', 'expected.json'] as const,
  ];
  it.skipIf(!isShared(...DATA) || !isShared(...EXPECTED))(
    `the fixture is what the files hold ${needs(...DATA)}`,
    () => {
      expect(sharedJson(...DATA)).toMatchObject({
        Z: LEATHER.deliveries,
        Y: LEATHER.demand,
        x: LEATHER_OUTPUT,
        countries: LEATHER_COUNTRIES,
        industries: LEATHER_INDUSTRIES.map((name) => name.replaceAll(' ', '_')),
      });
      expect(sharedJson(...EXPECTED)).toMatchObject({
        post_exports: { '[1,1]': PRINTED.exports.first, '[9,9]': PRINTED.exports.last },
        post_output: { '[1,1]': PRINTED.output.first, '[9,9]': PRINTED.output.last },
        post_final_demand: {
          '[1,1]': PRINTED.demand.first,
          'row20 (node 7 -> country 2)': PRINTED.demand.seventhForTurkey,
        },
      });
    },
  );
});
