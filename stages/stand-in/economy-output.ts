import { sum } from '../../mrio/table.ts';
import { fitMargins } from './economy-fit.ts';
import { nationalOutput, type Technology } from './economy-technology.ts';
import type { Noise } from './economy-noise.ts';
import type { Geography, NationalTable, OutputShare, YearFacts } from './economy-types.ts';

/** Value added by sector of a national table: primary inputs other than imports. */
function nationalValueAdded({ sectors, primaryCategories, primaryInputs }: NationalTable): Float64Array {
  return Float64Array.from(sectors, (_, j) =>
    primaryCategories.reduce(
      (sum, category, p) => sum + (category === 'imports' ? 0 : primaryInputs[p * sectors.length + j]!),
      0,
    ),
  );
}

/** Value added per unit of output of each account, n. */
function valueAddedRatios({ primary }: Technology, categories: readonly string[]): Float64Array {
  const n = primary.length / categories.length;
  const ratios = new Float64Array(n);
  categories.forEach((category, p) => {
    if (category === 'imports') return;
    for (let k = 0; k < n; k++) ratios[k]! += primary[p * n + k]!;
  });
  return ratios;
}

/** Scales the value added of one region's sectors so that its output is the known share of the group's. */
function meetShare(
  { region, regions, sectors, share }: OutputShare,
  valueAdded: Float64Array,
  ratios: Float64Array,
  sectorCount: number,
): void {
  const outputOf = (r: number): number =>
    sectors.reduce((sum, j) => sum + valueAdded[r * sectorCount + j]! / ratios[r * sectorCount + j]!, 0);
  const others = regions.filter((r) => r !== region).reduce((sum, r) => sum + outputOf(r), 0);
  const factor = (share * others) / ((1 - share) * outputOf(region));
  for (const j of sectors) valueAdded[region * sectorCount + j]! *= factor;
}

/**
 * Gross output of every account, n: value added spread over regions by GDP and over sectors by the national table and
 * the location quotients (RAS), divided by the account's share of value added in output.
 */
export function grossOutputs(
  geography: Geography,
  facts: YearFacts,
  technology: Technology,
  noise: Noise,
  shares: readonly OutputShare[],
): Float64Array {
  const { national, gdp } = facts;
  const sectorCount = national.sectors.length;
  const regionCount = geography.regions.length;
  const bySector = nationalValueAdded(national);
  const byRegion = gdp.map((value) => (value * sum(bySector)) / sum(gdp));
  const prior = geography.quotients.map(
    (quotient, k) =>
      byRegion[Math.floor(k / sectorCount)]! * bySector[k % sectorCount]! * quotient * Math.exp(noise.quotient[k]!),
  );
  const ratios = valueAddedRatios(technology, national.primaryCategories);
  const grid = { rows: regionCount, columns: sectorCount, values: prior };
  const valueAdded = fitMargins(grid, byRegion, bySector, (values) => {
    for (const share of shares) meetShare(share, values, ratios, sectorCount);
  });
  return valueAdded.map((value, k) => value / ratios[k]!);
}

/** A region sends abroad at most this share of what a sector makes. */
const LARGEST_EXPORT_SHARE = 0.7;

/** Exports of every account, n: national exports spread by output and openness. */
export function regionalExports(national: NationalTable, output: Float64Array, opennessOf: Float64Array): Float64Array {
  const sectors = national.sectors.length;
  const exports = new Float64Array(output.length);
  const nationwide = nationalOutput(national);
  for (let i = 0; i < sectors; i++) {
    const accounts = Array.from(opennessOf, (_, r) => r * sectors + i);
    const made = accounts.reduce((sum, k) => sum + output[k]!, 0);
    const ratio = Math.min(LARGEST_EXPORT_SHARE, national.exports[i]! / nationwide[i]!);
    if (!(ratio > 0)) continue;
    // The odds of exporting, not the share, grow with openness: so the share stays below its limit.
    const shareAt = (scale: number, r: number): number => {
      const odds = scale * opennessOf[r]!;
      return (LARGEST_EXPORT_SHARE * odds) / (1 + odds);
    };
    const total = (scale: number): number =>
      accounts.reduce((sum, k, r) => sum + output[k]! * shareAt(scale, r), 0) - ratio * made;
    const scale = rootOf(total);
    accounts.forEach((k, r) => {
      exports[k] = output[k]! * shareAt(scale, r);
    });
  }
  return exports;
}

/** The root of an increasing function that is negative at 0, by bisection. */
function rootOf(increasing: (x: number) => number): number {
  let high = 1;
  while (increasing(high) < 0 && high < 1e12) high *= 2;
  let low = 0;
  for (let round = 0; round < 200; round++) {
    const middle = (low + high) / 2;
    if (increasing(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}
