import { sum } from '../../mrio/table.ts';
import type { Noise } from './economy-noise.ts';
import type { Geography, YearFacts } from './economy-types.ts';

/** Urban share of the population of a region of average income, and how its log-odds grow with log income. */
const URBAN_ODDS_AT_MEAN = 1.4;
const URBAN_ELASTICITY = 1.1;

/** What total demand of a category is proportional to, by the region's GDP, urban and rural population and income. */
type Size = (region: { gdp: number; population: number; urban: number; income: number }) => number;

const SIZES: Readonly<Record<string, Size>> = {
  rural: ({ population, urban, income }) => population * (1 - urban) * income ** 0.5,
  urban: ({ population, urban, income }) => population * urban * income ** 1.2,
  government: ({ gdp, population, income }) => 0.7 * gdp + 0.3 * population * income ** 0.2,
  // Poorer regions invest more of what they make.
  capital: ({ gdp, income }) => gdp * income ** -0.2,
};

/**
 * Domestic final demand before balancing, S x (R x C), row-major: national demand of each category spread over the
 * regions by size, with regional tastes. What does not travel is bought where it is made. What is drawn from stocks is
 * left out: it counts as made in the year.
 * @param supply domestic supply of each account, n = R x S
 * @param travels how well each product travels, 0 to 1, S
 */
export function regionalDemand(
  geography: Geography,
  { national, gdp, population, demandWeight }: YearFacts,
  noise: Noise,
  supply: Float64Array,
  travels: Float64Array,
): Float64Array {
  const { sectors, demandCategories } = national;
  const regions = geography.regions.length;
  const categories = demandCategories.length;
  const meanIncome = sum(gdp) / sum(population);
  const supplied = new Float64Array(sectors.length);
  supply.forEach((value, k) => (supplied[k % sectors.length]! += value));
  const supplyShares = supply.map((value, k) => (value > 0 ? value / supplied[k % sectors.length]! : 0));
  const demand = new Float64Array(sectors.length * regions * categories);
  demandCategories.forEach((category, c) => {
    const size = SIZES[category] ?? ((region: { gdp: number }) => region.gdp);
    const sizes = gdp.map((value, r) => {
      const income = value / population[r]! / meanIncome;
      const odds = URBAN_ODDS_AT_MEAN * income ** URBAN_ELASTICITY;
      const urban = odds / (1 + odds);
      return demandWeight[r]! * size({ gdp: value / meanIncome, population: population[r]!, urban, income });
    });
    const total = sum(sizes);
    const nationwide = (i: number): number => Math.max(0, national.finalDemand[i * categories + c]!);
    const nationalDemand = sum(Float64Array.from(sectors, (_, i) => nationwide(i)));
    gdp.forEach((_, r) => {
      const part = sizes[r]! / total;
      const wanted = Float64Array.from(sectors, (_, i) => {
        const taste = Math.exp(noise.taste[(r * categories + c) * sectors.length + i]!);
        const share = supplyShares[r * sectors.length + i]!;
        return nationwide(i) * taste * (share > 0 ? (share / part) ** (1 - travels[i]!) : 1);
      });
      const scale = sum(wanted) > 0 ? (nationalDemand * part) / sum(wanted) : 0;
      wanted.forEach((value, i) => (demand[(i * regions + r) * categories + c] = value * scale));
    });
  });
  return demand;
}
