import { ModelError } from '../../mrio/error.ts';
import { sum } from '../../mrio/table.ts';
import { regionalDemand } from './economy-demand.ts';
import { fitMargins } from './economy-fit.ts';
import type { Noise } from './economy-noise.ts';
import { grossOutputs, regionalExports } from './economy-output.ts';
import { clampToBand, openness, regionalTechnology, type Technology } from './economy-technology.ts';
import { deliveries, tradability, tradeShares, type ProductUses } from './economy-trade.ts';
import type { DetailedTable, Geography, OutputShare, YearFacts } from './economy-types.ts';

const MAX_CLAMPS = 200;

/** A balanced table and the trade shares its zeros come from. */
export interface Economy {
  readonly table: DetailedTable;
  /** S x R x R: product, origin, destination; 0 where there is no trade. */
  readonly shares: Float64Array;
}

/**
 * A balanced multi-regional table of one year.
 *
 * Value added follows GDP and specialisation; technology is the national one with regional noise, that of parts of a
 * divided region a mixture of the others'; final demand follows GDP, population and income; trade follows gravity.
 * Balancing (RAS) goes in two steps: first the use of each product by each user, summed over origins, which settles the
 * technical coefficients; then, product by product, where the used product comes from, which leaves them as they are.
 * @param links trade shares of another year: what traded then trades here too
 * @throws ModelError where a step finds no balance
 */
export function economy(
  geography: Geography,
  facts: YearFacts,
  noise: Noise,
  outputShares: readonly OutputShare[],
  links?: Float64Array,
): Economy {
  const { national } = facts;
  const regions = geography.regions.length;
  const sectors = national.sectors.length;
  const open = openness(geography, facts.gdp, facts.population);
  const technology = regionalTechnology(geography, national, noise, open);
  const output = grossOutputs(geography, facts, technology, noise, outputShares);
  const exports = regionalExports(national, output, open);
  const supply = output.map((value, k) => value - exports[k]!);
  const travels = tradability(output, exports, regions);
  const demand = regionalDemand(geography, facts, noise, supply, travels);
  const uses = balancedUses(geography, technology, output, supply, demand);
  const shares = withLinks(tradeShares(geography, supply, travels, noise), links, supply, sectors);
  const { intermediate, finalDemand } = deliveries(uses, supply, shares, noise, regions);
  return {
    shares,
    table: {
      regions: geography.regions,
      sectors: national.sectors,
      demandCategories: national.demandCategories,
      primaryCategories: national.primaryCategories,
      intermediate,
      finalDemand,
      exports,
      primaryInputs: technology.primary.map((value, k) => value * output[k % output.length]!),
    },
  };
}

/** The shares, with a small one for every link that another year has and this one lacks. */
function withLinks(
  shares: Float64Array,
  links: Float64Array | undefined,
  supply: Float64Array,
  sectors: number,
): Float64Array {
  if (links === undefined) return shares;
  const regions = supply.length / sectors;
  return shares.map((share, k) => {
    const origin = Math.floor(k / regions) % regions;
    const product = Math.floor(k / (regions * regions));
    const produced = supply[origin * sectors + product]! > 0;
    return share === 0 && produced && links[k]! > 0 ? links[k]! : share;
  });
}

/** A matrix of S rows made of two, side by side. */
function sideBySide(left: Float64Array, right: Float64Array, rows: number): Float64Array {
  const a = left.length / rows;
  const b = right.length / rows;
  const joined = new Float64Array(rows * (a + b));
  for (let i = 0; i < rows; i++) {
    joined.set(left.subarray(i * a, (i + 1) * a), i * (a + b));
    joined.set(right.subarray(i * b, (i + 1) * b), i * (a + b) + a);
  }
  return joined;
}

/** Left and right part of a matrix of S rows, the left one of `columns` columns. */
function apart(joined: Float64Array, rows: number, columns: number): { left: Float64Array; right: Float64Array } {
  const width = joined.length / rows;
  const left = new Float64Array(rows * columns);
  const right = new Float64Array(rows * (width - columns));
  for (let i = 0; i < rows; i++) {
    left.set(joined.subarray(i * width, i * width + columns), i * columns);
    right.set(joined.subarray(i * width + columns, (i + 1) * width), i * (width - columns));
  }
  return { left, right };
}

/**
 * Use of each product by each account and each category of final demand, such that all of the supply is used, every
 * account's inputs fill its output, and the coefficients of parts of divided regions stay within the band (11).
 */
function balancedUses(
  geography: Geography,
  technology: Technology,
  output: Float64Array,
  supply: Float64Array,
  demand: Float64Array,
): ProductUses {
  const n = output.length;
  const sectors = n / geography.regions.length;
  const supplyOf = new Float64Array(sectors);
  supply.forEach((value, k) => (supplyOf[k % sectors]! += value));
  const inputs = new Float64Array(n);
  technology.intermediate.forEach((value, k) => (inputs[k % n]! += value * output[k % n]!));
  const demandScale = (sum(supplyOf) - sum(inputs)) / sum(demand);
  if (!(demandScale > 0)) {
    throw new ModelError(
      'the economy exports and uses up more than it makes: nothing is left for final demand',
      'check exports and intermediate deliveries in data-raw/national-table.csv',
    );
  }
  const demands = demand.length / sectors;
  const demandOf = new Float64Array(demands);
  demand.forEach((value, k) => (demandOf[k % demands]! += value * demandScale));
  const totals = Float64Array.of(...inputs, ...demandOf);
  const finalDemand = demand.map((value) => value * demandScale);
  let use = sideBySide(
    technology.intermediate.map((value, k) => value * output[k % n]!),
    finalDemand,
    sectors,
  );
  for (let round = 0; round < MAX_CLAMPS; round++) {
    use = fitMargins({ rows: sectors, columns: n + demands, values: use }, supplyOf, totals);
    const { left, right } = apart(use, sectors, n);
    const coefficients = left.map((value, k) => (output[k % n]! > 0 ? value / output[k % n]! : 0));
    if (clampToBand(coefficients, output, geography) === 0) return { intermediate: left, finalDemand: right };
    use = sideBySide(
      coefficients.map((value, k) => value * output[k % n]!),
      right,
      sectors,
    );
  }
  throw new ModelError(
    `technical coefficients still leave the band after ${MAX_CLAMPS} rounds of clamping and balancing`,
    'give stand-in-tables another seed, or data-raw/specialisation.csv quotients nearer to 1',
  );
}
