import { economyNoise, otherYearNoise } from '../../../stages/stand-in/economy-noise.ts';
import { withUsesOf } from '../../../stages/stand-in/economy-national.ts';
import type { DetailedTable, Geography, NationalTable, YearFacts } from '../../../stages/stand-in/economy-types.ts';
import { economy, type Economy } from '../../../stages/stand-in/economy.ts';
import { emptyTable, type MrioTable } from '../../../mrio/table.ts';

/** Six regions, two of them parts of one parent; the last is small, far away and has no mining. Four sectors. */
export const GEOGRAPHY: Geography = {
  regions: ['A', 'B', 'C1', 'C2', 'D', 'E'],
  parents: ['A', 'B', 'C', 'C', 'D', 'E'],
  longitude: Float64Array.of(110, 112, 114, 115, 118, -60),
  latitude: Float64Array.of(35, 30, 38, 39, 32, -30),
  // prettier-ignore
  quotients: Float64Array.of(
    2.0, 1, 1, 1,
    0.5, 1, 1, 1,
    1.0, 2, 1, 1,
    1.0, 1, 1, 1,
    1.5, 1, 1, 1,
    0.0, 1, 1, 2,
  ),
};

/** A balanced national table: mining, industry, construction, service; the first year does not build with service. */
export function nationalTable(year: number): NationalTable {
  const later = year === 2017;
  // prettier-ignore
  const intermediate = Float64Array.of(
    5, 40, 5, 0,
    20, 200, 80, 40,
    0, 5, 0, 10,
    10, 60, later ? 30 : 0, 60,
  );
  const finalDemand = Float64Array.of(10, 5, 150, 60, 2, 190, 200, 20);
  const exports = Float64Array.of(2, 100, 0, 20);
  const imports = Float64Array.of(2, 60, 10, 10);
  const outputOf = (i: number): number =>
    intermediate.subarray(i * 4, i * 4 + 4).reduce((sum, value) => sum + value, 0) +
    finalDemand[2 * i]! +
    finalDemand[2 * i + 1]! +
    exports[i]!;
  const valueAdded = Float64Array.from(
    { length: 4 },
    (_, j) => outputOf(j) - imports[j]! - [0, 1, 2, 3].reduce((sum, i) => sum + intermediate[i * 4 + j]!, 0),
  );
  return {
    sectors: [1, 2, 3, 4],
    demandCategories: ['urban', 'capital'],
    primaryCategories: ['surplus', 'imports'],
    intermediate,
    finalDemand,
    exports,
    primaryInputs: Float64Array.of(...valueAdded, ...imports),
  };
}

const SIZES = { regions: 6, sectors: 4, categories: 2 };
export const SHARE = { region: 2, regions: [2, 3, 4], sectors: [1], share: 0.3 };

function facts(year: number): YearFacts {
  return {
    national: nationalTable(year),
    gdp: Float64Array.of(100, 80, 40, 30, 120, 3),
    population: Float64Array.of(20, 20, 10, 8, 15, 1),
    demandWeight: new Float64Array(6).fill(1),
  };
}

/** The economy of 2017 and, on the same seed, of 2012. */
export function smallEconomies(seed: number): { later: Economy; earlier: Economy } {
  const noise = economyNoise(seed, SIZES);
  const later = economy(GEOGRAPHY, facts(2017), noise, [SHARE]);
  const base = facts(2012);
  const national = withUsesOf(base.national, nationalTable(2017));
  const earlier = economy(GEOGRAPHY, { ...base, national }, otherYearNoise(noise, seed, SIZES), [], later.shares);
  return { later, earlier };
}

/** The table with categories summed, as the model has it. */
export function summed(table: DetailedTable): MrioTable {
  const { regions, sectors, demandCategories } = table;
  const result = { ...emptyTable(regions, sectors), intermediate: table.intermediate };
  const n = regions.length * sectors.length;
  const demands = regions.length * demandCategories.length;
  table.finalDemand.forEach((value, k) => {
    const region = Math.floor((k % demands) / demandCategories.length);
    result.finalDemand[Math.floor(k / demands) * (regions.length + 1) + region]! += value;
  });
  table.exports.forEach((value, k) => (result.finalDemand[k * (regions.length + 1) + regions.length] = value));
  table.primaryInputs.forEach((value, k) => (result.primaryInput[k % n]! += value));
  return result;
}
