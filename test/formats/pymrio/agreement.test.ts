import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aggregate, groupedPairs, grouping, ungrouped } from '../../../mrio/aggregate.ts';
import {
  consumptionBased,
  directIntensity,
  finalDemandFlows,
  leontiefInverse,
  multipliers,
  technicalCoefficients,
} from '../../../mrio/leontief.ts';
import { columnSums, rowSums } from '../../../mrio/table.ts';
import { byRegion, regionByRegion, tradeAccounts, type TradeAccounts } from '../../../mrio/trade-accounts.ts';
import { pymrioTestSystem } from '../../support/pymrio-test-system.ts';
import { computed, hasPymrioData, NEEDS_PYMRIO, part, pymrioRaw } from '../../support/shared-data.ts';

/** |actual - expected| / |expected|, at the worst; of what is tiny beside the largest number, relative to that. */
const worst = (actual: Float64Array, expected: ArrayLike<number>): number => {
  expect(actual).toHaveLength(expected.length);
  const tiny = 1e-9 * Array.from(expected, Math.abs).reduce((a, b) => Math.max(a, b), 0);
  return actual.reduce((most, value, k) => {
    const scale = Math.max(tiny, Math.abs(expected[k]!));
    return Math.max(most, Math.abs(value - expected[k]!) / (scale === 0 ? 1 : scale));
  }, 0);
};

const expectAgreement = (actual: Float64Array, expected: ArrayLike<number>): void => {
  expect(worst(actual, expected)).toBeLessThan(1e-9);
};

/** What is calculated of a system by mrio/. */
function calculated(
  z: Float64Array,
  y: Float64Array,
  { regions, sectors, categories }: { regions: number; sectors: number; categories: number },
) {
  const n = regions * sectors;
  const width = regions * categories;
  const labels = Array.from({ length: n }, (_, k) => String(k));
  const deliveries = rowSums(z, n, n);
  const final = rowSums(y, n, width);
  const output = deliveries.map((value, k) => value + final[k]!);
  const coefficients = technicalCoefficients(z, output, labels);
  const leontief = leontiefInverse(coefficients, labels);
  const byConsumer = grouping(Array.from({ length: width }, (_, c) => Math.floor(c / categories)));
  const demand = aggregate(y, ungrouped(n), byConsumer);
  return { n, width, labels, output, final, coefficients, leontief, demand, byConsumer };
}

const JOURNAL = { production: 'D_pba', consumption: 'D_cba', imports: 'D_imp', exports: 'D_exp' } as const;
const kinds = Object.entries(JOURNAL) as [keyof TradeAccounts, string][];

describe.skipIf(!hasPymrioData)(`the test system of pymrio (${NEEDS_PYMRIO})`, async () => {
  if (!hasPymrioData) return;
  const system = await pymrioTestSystem();
  const sizes = { regions: 6, sectors: 8, categories: 7 };
  const core = calculated(system.intermediate, system.finalDemand, sizes);
  const { n, output, leontief, demand } = core;

  it.each([
    ['Z', system.intermediate],
    ['Y', system.finalDemand],
    ['x', output],
    ['A', core.coefficients],
    ['L', leontief],
  ])('%s', async (name, values) => {
    expectAgreement(values, (await computed(name)).values);
  });

  it('units and names', async () => {
    const { columns } = await computed('Z');
    expect(system.regions.flatMap((region) => system.sectors.map((sector) => `${region}|${sector}`))).toEqual(columns);
    expect((await computed('Y')).columns).toEqual(
      system.regions.flatMap((region) => system.categories.map((category) => `${region}|${category}`)),
    );
  });

  it('B and G of the supply side are A and L with rows and columns weighted by output', async () => {
    const weighted = (matrix: Float64Array): Float64Array =>
      matrix.map((value, k) => (value * output[k % n]!) / output[Math.floor(k / n)]!);
    expectAgreement(weighted(core.coefficients), (await computed('B')).values);
    expectAgreement(weighted(leontief), (await computed('G')).values);
  });

  it('gross trade, by partner and in total', async () => {
    const home = grouping(Array.from({ length: n }, (_, k) => Math.floor(k / 8)));
    const bought = aggregate(system.intermediate, ungrouped(n), home).map((value, k) => value + demand[k]!);
    const traded = bought.map((value, k) => (Math.floor(k / 6 / 8) === k % 6 ? 0 : value));
    expectAgreement(traded, (await computed('gross_trade_bilat')).values);
    const imports = aggregate(traded, grouping(Array.from({ length: n }, (_, k) => k % 8)), ungrouped(6));
    const exports = rowSums(traded, n, 6);
    const both = Float64Array.from({ length: 2 * n }, (_, k) => {
      const account = Math.floor(k / 2);
      return k % 2 === 0 ? exports[account]! : imports[(account % 8) * 6 + Math.floor(account / 8)]!;
    });
    expectAgreement(both, (await computed('gross_trade_totals')).values);
  });

  describe.each(system.extensions.map((extension) => [extension.name, extension] as const))('%s', (name, extension) => {
    const rows = extension.rows.map((_, row) => {
      const flows = part(extension.flows, n, [row, 1], [0, n]);
      const intensity = directIntensity(flows, output, core.labels);
      const ofDemand = part(extension.finalDemandFlows ?? new Float64Array(42 * 2), 42, [row, 1], [0, 42]);
      return { flows, intensity, ofDemand, accounts: tradeAccounts(intensity, leontief, demand, 6) };
    });
    const stacked = (vectors: readonly Float64Array[]): Float64Array =>
      Float64Array.from(vectors.flatMap((v) => [...v]));

    it('F, S and M', async () => {
      expectAgreement(extension.flows, (await computed(`${name}__F`)).values);
      expectAgreement(stacked(rows.map(({ intensity }) => intensity)), (await computed(`${name}__S`)).values);
      const m = stacked(rows.map(({ intensity }) => multipliers(intensity, leontief)));
      expectAgreement(m, (await computed(`${name}__M`)).values);
    });

    it('M of downstream: (G - 1) applied to the intensity', async () => {
      const downstream = rows.map(({ intensity }) => {
        // Of the Ghosh inverse each row k weights intensities by x_l L_kl / x_k; without the account itself.
        const sums = new Float64Array(n);
        for (let k = 0; k < n; k++) {
          for (let l = 0; l < n; l++) {
            const ghosh = (leontief[k * n + l]! * output[l]!) / output[k]! - (k === l ? 1 : 0);
            sums[k]! += intensity[l]! * ghosh;
          }
        }
        return sums;
      });
      expectAgreement(stacked(downstream), (await computed(`${name}__M_down`)).values);
    });

    it.each(kinds)('%s is %s', async (kind, theirs) => {
      const ours = stacked(rows.map(({ accounts }) => accounts[kind]));
      expectAgreement(ours, (await computed(`${name}__${theirs}`)).values);
    });

    it.each(kinds)('%s is %s by region and per head', async (kind, theirs) => {
      // What households themselves emit is produced and consumed in their region.
      const own = kind === 'production' || kind === 'consumption';
      const regional = rows.map(({ accounts, ofDemand }) => {
        const direct = byRegion(ofDemand, 6);
        return byRegion(accounts[kind], 6).map((value, r) => value + (own ? direct[r]! : 0));
      });
      expectAgreement(stacked(regional), (await computed(`${name}__${theirs}_reg`)).values);
      const { values: people } = await computed('population');
      const perHead = regional.map((values) => values.map((value, r) => value / people[r]!));
      expect(worst(stacked(perHead), (await computed(`${name}__${theirs}_cap`)).values)).toBeLessThan(1e-12);
    });
  });

  it('emissions of final demand itself, and per unit of final demand', async () => {
    const { finalDemandFlows: flows } = system.extensions[0]!;
    expectAgreement(flows!, (await computed('emissions__F_Y')).values);
    const totals = columnSums(system.finalDemand, n, 42);
    const intensity = flows!.map((value, k) => (value === 0 ? 0 : value / totals[k % 42]!));
    expectAgreement(intensity, (await computed('emissions__S_Y')).values);
  });

  it('the flows of one stressor by account and by region', async () => {
    const flows = part(system.extensions[0]!.flows, n, [0, 1], [0, n]);
    const intensity = directIntensity(flows, output, core.labels);
    // Column (r, i): final demand of region r for product i of any origin.
    const expected = (await computed('diag_stressor_air__D_cba')).values;
    const caused = new Float64Array(n * n);
    for (let r = 0; r < 6; r++) {
      const ofRegion = Float64Array.from({ length: n }, (_, k) => demand[k * 6 + r]!);
      const byProduct = aggregate(
        finalDemandFlows(intensity, leontief, ofRegion),
        ungrouped(n),
        grouping(Array.from({ length: n }, (_, k) => k % 8)),
      );
      byProduct.forEach((value, k) => (caused[Math.floor(k / 8) * n + r * 8 + (k % 8)] = value));
    }
    expectAgreement(caused, expected);
    const c = consumptionBased(intensity, leontief, demand, 6);
    expectAgreement(regionByRegion(c, 6), (await computed('diag_stressor_air__D_cba_region_by_region')).values);
  });

  it('the system summed to 2 regions and 3 sectors', async () => {
    const regions = grouping([0, 0, 0, 1, 1, 1]);
    const accounts = groupedPairs(regions, grouping([0, 0, 1, 1, 1, 2, 2, 2]));
    const z = aggregate(system.intermediate, accounts, accounts);
    const y = aggregate(system.finalDemand, accounts, groupedPairs(regions, ungrouped(7)));
    const summed = calculated(z, y, { regions: 2, sectors: 3, categories: 7 });
    const { flows } = system.extensions[0]!;
    const f = aggregate(flows, ungrouped(2), accounts);
    const results: Record<string, Float64Array> = {
      agg_Z: z,
      agg_Y: y,
      agg_x: summed.output,
      agg_A: summed.coefficients,
      agg_L: summed.leontief,
      agg_emissions__F: f,
    };
    for (const [kind, theirs] of kinds) {
      const rows = [0, 1].map((row) => {
        const intensity = directIntensity(f.slice(row * 6, row * 6 + 6), summed.output, summed.labels);
        return tradeAccounts(intensity, summed.leontief, summed.demand, 2)[kind];
      });
      results[`agg_emissions__${theirs}`] = Float64Array.from(rows.flatMap((row) => [...row]));
    }
    for (const [name, values] of Object.entries(results)) expectAgreement(values, (await computed(name)).values);
  });

  it('the numbers in the tests of pymrio', () => {
    interface Expected {
      factor_inputs_D_imp: number[];
      factor_inputs_M_first6: number[];
      recomputed: Record<'factor_D_cba' | 'emission_type1_D_pba' | 'emission_type1_D_cba', number[]>;
    }
    const expected = JSON.parse(readFileSync(pymrioRaw('test-mrio-expected.json'), 'utf8')) as Expected;
    const accounts = (extension: number): TradeAccounts & { m: Float64Array } => {
      const flows = part(system.extensions[extension]!.flows, n, [0, 1], [0, n]);
      const intensity = directIntensity(flows, output, core.labels);
      return { ...tradeAccounts(intensity, leontief, demand, 6), m: multipliers(intensity, leontief) };
    };
    const inputs = accounts(1);
    const air = accounts(0);
    expectAgreement(byRegion(inputs.imports, 6), expected.factor_inputs_D_imp);
    // Typed there with eight decimals.
    expected.factor_inputs_M_first6.forEach((value, k) => {
      expect(inputs.m[k]).toBeCloseTo(value, 7);
    });
    // Printed there with nine or more digits.
    const printed = (actual: Float64Array, numbers: readonly number[]): void => {
      expect(worst(actual, numbers)).toBeLessThan(5e-9);
    };
    printed(byRegion(inputs.consumption, 6), expected.recomputed.factor_D_cba);
    printed(byRegion(air.production, 6), expected.recomputed.emission_type1_D_pba);
    printed(byRegion(air.consumption, 6), expected.recomputed.emission_type1_D_cba);
  });

  it('the small system in the tests of pymrio', () => {
    interface Small {
      Z: number[][];
      Y: number[][];
      L_row1: number[];
      L_row4: number[];
    }
    const small = JSON.parse(readFileSync(pymrioRaw('small-mrio-expected.json'), 'utf8')) as Small;
    const sizesOfIt = { regions: 2, sectors: 3, categories: 1 };
    const l = calculated(Float64Array.from(small.Z.flat()), Float64Array.from(small.Y.flat()), sizesOfIt).leontief;
    expectAgreement(l.slice(0, 6), small.L_row1);
    expectAgreement(l.slice(18, 24), small.L_row4);
  });
});
