import type { Division } from '../anais/disaggregation.ts';
import {
  consumptionBased,
  directIntensity,
  embodiedFlows,
  leontiefInverse,
  technicalCoefficients,
} from '../leontief.ts';
import {
  accountLabels,
  columnSums,
  demandByConsumer,
  dimensions,
  grossOutput,
  sum,
  type ExportTreatment,
  type MrioTable,
} from '../table.ts';
import { coefficientErrors, weightedAbsolutePercentageError, type CoefficientErrors } from './measures.ts';

/** Positions in the blocks of a table. */
export interface TableCells {
  readonly intermediate: Int32Array;
  readonly finalDemand: Int32Array;
  readonly primaryInput: Int32Array;
}

/**
 * The cells that are to be estimated: deliveries from or to an unknown region, final demand for its products, its primary
 * inputs. Zeros count as well: an estimate that puts a delivery where there is none is wrong there.
 */
export function estimatedCells({ reference, unknown }: Division): TableCells {
  const { n, sectorCount, finalDemandCount } = dimensions(reference);
  const isUnknown = (account: number): boolean => unknown[Math.floor(account / sectorCount)]!;
  const positions = (count: number, belongs: (position: number) => boolean): Int32Array =>
    Int32Array.from(Array.from({ length: count }, (_, position) => position).filter(belongs));
  return {
    intermediate: positions(n * n, (cell) => isUnknown(Math.floor(cell / n)) || isUnknown(cell % n)),
    finalDemand: positions(n * finalDemandCount, (cell) => isUnknown(Math.floor(cell / finalDemandCount))),
    primaryInput: positions(n, isUnknown),
  };
}

/** How far a table is from the true one, in the given cells. */
export interface TableScores extends CoefficientErrors {
  /** WAPE of all flows: deliveries, final demand and primary inputs. */
  readonly wape: number;
}

/** The values at the given positions. */
function at(values: Float64Array, cells: Int32Array): Float64Array {
  const found = new Float64Array(cells.length);
  for (let k = 0; k < cells.length; k++) found[k] = values[cells[k]!]!;
  return found;
}

/**
 * Scores a table against the true one: WAPE of its flows, and the errors of its technical coefficients, each from the
 * table's own gross output.
 * @param cells where the tables are compared
 * @throws ModelError for inputs of an account without output
 */
export function tableScores(estimate: MrioTable, truth: MrioTable, cells: TableCells): TableScores {
  const flows = ({ intermediate, finalDemand, primaryInput }: MrioTable): Float64Array => {
    const blocks = [
      at(intermediate, cells.intermediate),
      at(finalDemand, cells.finalDemand),
      at(primaryInput, cells.primaryInput),
    ];
    const all = new Float64Array(blocks.reduce((count, { length }) => count + length, 0));
    let start = 0;
    for (const block of blocks) {
      all.set(block, start);
      start += block.length;
    }
    return all;
  };
  const coefficients = (table: MrioTable): Float64Array =>
    at(technicalCoefficients(table.intermediate, grossOutput(table), accountLabels(table)), cells.intermediate);
  return {
    wape: weightedAbsolutePercentageError(flows(estimate), flows(truth)),
    ...coefficientErrors(coefficients(estimate), coefficients(truth)),
  };
}

/** What people use a table for: emissions of the cities in focus. */
export interface CityAccounts {
  /** Consumption-based emissions of each city, t, equation (14). */
  readonly footprints: Float64Array;
  /** Emissions of a sector of one city embodied in the intermediate use of a sector of another, t, equation (15). */
  readonly flows: Float64Array;
  /** Share of these flows that go from a city of higher to one of lower emissions per output; NaN where there are none. */
  readonly inefficientShare: number;
}

/** What emissions are attributed to, and how. */
export interface EmissionSetting {
  /** Direct emissions by account, t, n. */
  readonly emissions: Float64Array;
  /** Indices of the cities in focus among the regions. */
  readonly cities: readonly number[];
  readonly exports: ExportTreatment;
}

/**
 * Footprints of cities, flows between them, and how much of the flows is inefficient, as a table has it.
 * @throws ModelError where the table has no Leontief inverse, or emissions have no output
 */
export function cityAccounts(table: MrioTable, { emissions, cities, exports }: EmissionSetting): CityAccounts {
  const { n, sectorCount: S } = dimensions(table);
  const labels = accountLabels(table);
  const output = grossOutput(table);
  const leontief = leontiefInverse(technicalCoefficients(table.intermediate, output, labels), labels);
  const intensity = directIntensity(emissions, output, labels);
  const { consumers, values } = demandByConsumer(table, exports);
  const consumption = columnSums(consumptionBased(intensity, leontief, values, consumers.length), n, consumers.length);
  const all = embodiedFlows(intensity, leontief, output);
  const ofRegion = (numbers: Float64Array, r: number): Float64Array => numbers.subarray(r * S, (r + 1) * S);
  const average = (r: number): number => {
    const made = sum(ofRegion(output, r));
    return made > 0 ? sum(ofRegion(emissions, r)) / made : 0;
  };
  const pairs = cities.flatMap((from) => cities.filter((to) => to !== from).map((to) => ({ from, to })));
  const flows = new Float64Array(pairs.length * S * S);
  let inefficient = 0;
  pairs.forEach(({ from, to }, pair) => {
    const block = flows.subarray(pair * S * S, (pair + 1) * S * S);
    for (let i = 0; i < S; i++)
      block.set(all.subarray((from * S + i) * n + to * S, (from * S + i) * n + (to + 1) * S), i * S);
    if (average(from) > average(to)) inefficient += sum(block);
  });
  return {
    footprints: Float64Array.from(cities, (city) => consumption[city]!),
    flows,
    inefficientShare: inefficient / sum(flows),
  };
}

/** How far the accounts of an estimated table are from those of the true one. */
export interface CityAccountScores {
  readonly footprintWape: number;
  readonly flowWape: number;
  readonly inefficientShare: number;
}

export const cityAccountScores = (estimate: CityAccounts, truth: CityAccounts): CityAccountScores => ({
  footprintWape: weightedAbsolutePercentageError(estimate.footprints, truth.footprints),
  flowWape: weightedAbsolutePercentageError(estimate.flows, truth.flows),
  inefficientShare: estimate.inefficientShare,
});
