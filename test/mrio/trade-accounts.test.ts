import { describe, expect, it } from 'vitest';
import { consumptionBased } from '../../mrio/leontief.ts';
import { byRegion, regionByRegion, tradeAccounts } from '../../mrio/trade-accounts.ts';

// Regions N and S with goods and services. The only delivery: 0.5 of N's goods for a unit of S's services, so that
// A A = 0 and L = 1 + A.
const leontief = Float64Array.from([1, 0, 0, 0.5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
const demand = Float64Array.from([
  ...[10, 6], // N goods
  ...[0, 3], // N services
  ...[0, 5], // S goods
  ...[4, 20], // S services
]);
const intensity = Float64Array.from([2, 1, 0, 4]);

describe('accounts of trade, by hand', () => {
  const accounts = tradeAccounts(intensity, leontief, demand, 2);

  // N goods are called for by: N's goods 10, N's services 0.5 x 4, S's goods 6, S's services 0.5 x 20.
  // N services: S's services 3. S goods: no emissions. S services: N's services 4, S's services 20.
  it.each([
    ['production', [2 * 28, 3, 0, 4 * 24]],
    ['exports', [2 * (6 + 10), 3, 0, 4 * 4]],
    ['consumption', [2 * 10, 2 * 2 + 4 * 4, 2 * 6, 2 * 10 + 3 + 4 * 20]],
    ['imports', [0, 4 * 4, 2 * 6, 2 * 10 + 3]],
  ] as const)('%s', (kind, expected) => {
    expect([...accounts[kind]]).toEqual(expected);
  });

  it('production = consumption - imports + exports of each region', () => {
    const [production, consumption, imports, exports] = (
      ['production', 'consumption', 'imports', 'exports'] as const
    ).map((kind) => byRegion(accounts[kind], 2));
    expect([...production!]).toEqual([59, 96]);
    expect([0, 1].map((r) => consumption![r]! - imports![r]! + exports![r]!)).toEqual([59, 96]);
  });

  it('by region and region', () => {
    // N for N: 2 x (10 + 2); N for S: 2 x (6 + 10) + 3; S for N: 4 x 4; S for S: 4 x 20.
    expect([...regionByRegion(consumptionBased(intensity, leontief, demand, 2), 2)]).toEqual([24, 35, 16, 80]);
  });

  it('with exports as a consumer that is no region: all of it is imported, and the rest stays as it is', () => {
    // 7 of N's services and 2 of S's services go abroad.
    const apart = Float64Array.from([0, 7, 0, 2].flatMap((abroad, k) => [demand[2 * k]!, demand[2 * k + 1]!, abroad]));
    const found = tradeAccounts(intensity, leontief, apart, 2, 3);
    // S's services for abroad take in 0.5 x 2 of N's goods.
    expect([...found.consumption]).toEqual([...accounts.consumption, 0, 1 * 7 + 2 * 1 + 4 * 2]);
    expect([...found.imports]).toEqual([...accounts.imports, 0, 17]);
    expect([...found.production]).toEqual([56 + 2, 3 + 7, 0, 96 + 8]);
    expect([...found.exports]).toEqual([32 + 2, 3 + 7, 0, 16 + 8]);
    const caused = consumptionBased(intensity, leontief, apart, 3);
    expect([...regionByRegion(caused, 2, 3)]).toEqual([24, 35, 9, 16, 80, 8]);
  });
});
