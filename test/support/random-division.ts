import { division, type Division } from '../../mrio/anais/disaggregation.ts';
import { dimensions, emptyTable, type MrioTable } from '../../mrio/table.ts';
import { createRandom } from '../../stages/stand-in/random.ts';

/** A table in balance: deliveries are random, and final demand and primary inputs are what the outputs leave. */
export function randomTable(regions: readonly string[], sectorCount: number, random: () => number): MrioTable {
  const sectors = Array.from({ length: sectorCount }, (_, i) => i + 1);
  const table = emptyTable(regions, sectors);
  const { n, finalDemandCount } = dimensions(table);
  for (let k = 0; k < n * n; k++) table.intermediate[k] = random() < 0.15 ? 0 : 1 + 99 * random() ** 3;
  for (let k = 0; k < n; k++) {
    let row = 0;
    let column = 0;
    for (let l = 0; l < n; l++) {
      row += table.intermediate[k * n + l]!;
      column += table.intermediate[l * n + k]!;
    }
    const output = Math.max(row, column) * (1.2 + random());
    table.primaryInput[k] = output - column;
    const shares = Array.from({ length: finalDemandCount }, () => 0.05 + random());
    const total = shares.reduce((sum, share) => sum + share, 0);
    shares.forEach((share, c) => (table.finalDemand[k * finalDemandCount + c] = ((output - row) * share) / total));
  }
  return table;
}

/** Sums the regions of a table that have the same parent. */
export function aggregate(table: MrioTable, parentOf: (region: string) => string): MrioTable {
  const parents = [...new Set(table.regions.map(parentOf))];
  const { n, sectorCount, finalDemandCount, regionCount } = dimensions(table);
  const result = emptyTable(parents, table.sectors);
  const coarse = dimensions(result);
  const place = (k: number): number =>
    parents.indexOf(parentOf(table.regions[Math.floor(k / sectorCount)]!)) * sectorCount + (k % sectorCount);
  for (let k = 0; k < n; k++) {
    for (let l = 0; l < n; l++) result.intermediate[place(k) * coarse.n + place(l)]! += table.intermediate[k * n + l]!;
    for (let c = 0; c < finalDemandCount; c++) {
      const consumer = c === regionCount ? coarse.regionCount : parents.indexOf(parentOf(table.regions[c]!));
      result.finalDemand[place(k) * coarse.finalDemandCount + consumer]! +=
        table.finalDemand[k * finalDemandCount + c]!;
    }
    result.primaryInput[place(k)]! += table.primaryInput[k]!;
  }
  return result;
}

/** A hidden true table, a noisy reference with the same zeros, and the true table's aggregation as the target. */
export function randomDivision(
  seed: number,
  { cities = 3, provinces = 4, sectors = 3, noise = 0.3 } = {},
): { truth: MrioTable; known: Division } {
  const random = createRandom(seed, 'division').uniform;
  const regions = [
    ...Array.from({ length: cities }, (_, r) => `C${r + 1}`),
    ...Array.from({ length: provinces }, (_, r) => `P${r + 1}`),
  ];
  const parentOf = (region: string): string => (region.startsWith('C') ? 'H' : region);
  const truth = randomTable(regions, sectors, random);
  const noisy = (values: Float64Array): Float64Array =>
    values.map((value) => value * Math.exp(noise * (2 * random() - 1)));
  const reference: MrioTable = {
    ...truth,
    intermediate: noisy(truth.intermediate),
    finalDemand: noisy(truth.finalDemand),
    primaryInput: noisy(truth.primaryInput),
  };
  return { truth, known: division(reference, aggregate(truth, parentOf), parentOf) };
}
