import { ModelError } from '../../mrio/error.ts';
import { sum } from '../../mrio/table.ts';
import { distances, isPart } from './economy-geography.ts';
import type { Noise } from './economy-noise.ts';
import type { Geography, NationalTable } from './economy-types.ts';

/** Parts of a divided region resemble near regions more: the resemblance falls by e over this distance. */
const LIKENESS_KM = 600;

/** Columns of technical coefficients, per unit of gross output. Accounts are ordered region by region, n = R x S. */
export interface Technology {
  /** S x n, row-major: input of the product, summed over its origins, into the account. */
  readonly intermediate: Float64Array;
  /** P x n, row-major. Each column of both adds up to 1. */
  readonly primary: Float64Array;
}

/** Gross output of a national table: column totals, S. */
export function nationalOutput({ sectors, intermediate, primaryInputs }: NationalTable): Float64Array {
  const count = sectors.length;
  const output = new Float64Array(count);
  for (const block of [intermediate, primaryInputs]) {
    for (let k = 0; k < block.length; k++) output[k % count]! += block[k]!;
  }
  return output;
}

/** Openness grows by e over this many degrees towards the south-east. */
const COAST_DEGREES = 10;

/**
 * How much a region trades abroad, relative to 1: rich regions do, and those towards the coast in the south-east.
 * @param gdp by region
 * @param population by region
 */
export function openness(
  { longitude, latitude }: Geography,
  gdp: Float64Array,
  population: Float64Array,
): Float64Array {
  const meanIncome = sum(gdp) / sum(population);
  const towardsCoast = longitude.map((degrees, r) => degrees - latitude[r]!);
  const mean = sum(towardsCoast.map((degrees, r) => degrees * gdp[r]!)) / sum(gdp);
  return gdp.map(
    (value, r) => (value / population[r]! / meanIncome) * Math.exp((towardsCoast[r]! - mean) / COAST_DEGREES),
  );
}

/** Technology of one account: the national column with noise, scaled so that it adds up to 1. */
function noisyColumn(
  national: NationalTable,
  output: Float64Array,
  sector: number,
  noiseOf: (product: number) => number,
  valueAddedNoise: number,
  importFactor: number,
): { intermediate: Float64Array; primary: Float64Array } {
  const count = national.sectors.length;
  const column = (block: Float64Array, rows: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => block[row * count + sector]! / output[sector]!);
  const isImport = national.primaryCategories.map((category) => category === 'imports');
  const primary = column(national.primaryInputs, national.primaryCategories.length).map(
    (value, p) => value * (isImport[p]! ? importFactor : Math.exp(valueAddedNoise)),
  );
  const intermediate = column(national.intermediate, count).map((value, i) => value * Math.exp(noiseOf(i)));
  const scale = (1 - sum(primary)) / sum(intermediate);
  if (!(scale > 0)) {
    throw new ModelError(
      `sector ${national.sectors[sector]!}: primary inputs of ${sum(primary)} per unit of output leave no room for intermediate inputs`,
      'correct the primary inputs of the sector in data-raw/national-table.csv',
    );
  }
  return { intermediate: intermediate.map((value) => value * scale), primary };
}

/**
 * Technology of every account. A region that is no part of a larger one has the national technology with noise of its
 * own; a part of a divided region has, sector by sector, a mixture of the technologies of the others, so that its
 * coefficients lie within their range.
 */
export function regionalTechnology(
  geography: Geography,
  national: NationalTable,
  noise: Noise,
  opennessOf: Float64Array,
): Technology {
  const regions = geography.regions.length;
  const sectors = national.sectors.length;
  const primaries = national.primaryCategories.length;
  const n = regions * sectors;
  const output = nationalOutput(national);
  const divided = isPart(geography);
  const km = distances(geography);
  const technology: Technology = {
    intermediate: new Float64Array(sectors * n),
    primary: new Float64Array(primaries * n),
  };
  const put = (account: number, from: { intermediate: Float64Array; primary: Float64Array }, weight: number): void => {
    from.intermediate.forEach((value, i) => (technology.intermediate[i * n + account]! += weight * value));
    from.primary.forEach((value, p) => (technology.primary[p * n + account]! += weight * value));
  };
  for (let sector = 0; sector < sectors; sector++) {
    const columns = geography.regions.map((_, r) =>
      noisyColumn(
        national,
        output,
        sector,
        (product) => noise.technology[(r * sectors + sector) * sectors + product]!,
        noise.valueAdded[r * sectors + sector]!,
        // Half of what makes regions differ in trade with abroad shows in each sector's imports.
        Math.min(1.5, 0.5 + 0.5 * opennessOf[r]!),
      ),
    );
    const models = geography.regions.flatMap((_, r) =>
      !divided[r]! && geography.quotients[r * sectors + sector]! > 0 ? [r] : [],
    );
    for (let r = 0; r < regions; r++) {
      const account = r * sectors + sector;
      if (!divided[r]! || models.length === 0) {
        put(account, columns[r]!, 1);
        continue;
      }
      const weights = models.map((model) =>
        Math.exp(noise.likeness[account * regions + model]! - km[r * regions + model]! / LIKENESS_KM),
      );
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      models.forEach((model, m) => {
        put(account, columns[model]!, weights[m]! / total);
      });
    }
  }
  return technology;
}

/**
 * Brings the coefficients of parts of divided regions into the range that the undivided regions span, (11).
 * @param coefficients S x n, row-major; changed in place
 * @param output n; accounts without output have no technology
 * @returns the number of coefficients that lay outside
 */
export function clampToBand(coefficients: Float64Array, output: Float64Array, geography: Geography): number {
  const n = output.length;
  const sectors = n / geography.regions.length;
  const divided = isPart(geography);
  let outside = 0;
  for (let product = 0; product < sectors; product++) {
    for (let sector = 0; sector < sectors; sector++) {
      let low = Infinity;
      let high = -Infinity;
      const at = (r: number): number => product * n + r * sectors + sector;
      const has = (r: number): boolean => output[r * sectors + sector]! > 0;
      divided.forEach((part, r) => {
        if (part || !has(r)) return;
        low = Math.min(low, coefficients[at(r)]!);
        high = Math.max(high, coefficients[at(r)]!);
      });
      if (low > high) continue;
      // A little inside, so that rounding and the next fit stay within.
      const margin = 1e-3 * (high - low);
      divided.forEach((part, r) => {
        if (!part || !has(r)) return;
        const value = coefficients[at(r)]!;
        if (value >= low && value <= high) return;
        outside++;
        coefficients[at(r)] = Math.min(high - margin, Math.max(low + margin, value));
      });
    }
  }
  return outside;
}
