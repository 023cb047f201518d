import { ModelError } from '../error.ts';
import { columnSums, dimensions, emptyTable, grossOutput, rowSums, sum, type MrioTable } from '../table.ts';
import type { AnaisOptions } from './anais.ts';
import { coefficientBand, division, regionsByMargins, type CoefficientBand, type Division } from './disaggregation.ts';

/** What is known of one region in a year without a table, by sector, at current prices. */
export interface Margins {
  readonly grossOutput: Float64Array;
  readonly finalDemand: Float64Array;
  readonly primaryInput: Float64Array;
}

/** Sums of intermediate sales and of intermediate inputs that differ by more than this share contradict each other. */
const CONTRADICTION = 1e-9;

/**
 * A table of one region with given margins, as a target that says no more than they do: deliveries from i to j in
 * proportion to what i sells to industries and what j buys from them, all final demand in the region's own column.
 * @throws ModelError where a sector sells or buys less than nothing, or sales and inputs differ in sum
 */
export function tableOfMargins(region: string, sectors: readonly number[], margins: Margins): MrioTable {
  const { grossOutput, finalDemand, primaryInput } = margins;
  const table = emptyTable([region], sectors);
  const sales = grossOutput.map((w, i) => w - finalDemand[i]!);
  const inputs = grossOutput.map((w, j) => w - primaryInput[j]!);
  for (const [name, of, values] of [
    ['final demand', finalDemand, sales],
    ['primary input', primaryInput, inputs],
  ] as const) {
    const i = values.findIndex((value) => !(value >= 0));
    if (i < 0) continue;
    throw new ModelError(
      `${region}.${sectors[i]!} has a ${name} of ${of[i]!} and a gross output of ${grossOutput[i]!}`,
      `correct one of them: intermediate deliveries are what gross output leaves beside ${name}`,
    );
  }
  const [sold, bought] = [sum(sales), sum(inputs)];
  if (!(Math.abs(sold - bought) <= CONTRADICTION * (sold + bought))) {
    throw new ModelError(
      `the sectors of ${region} sell ${sold} to industries and buy ${bought} from them`,
      'bring final demand and primary input to one sum: they add up to the same over all sectors',
    );
  }
  sales.forEach((value, i) => {
    inputs.forEach((input, j) => {
      table.intermediate[i * sectors.length + j] = sold === 0 ? 0 : (value * input) / sold;
    });
    table.finalDemand[2 * i] = finalDemand[i]!;
    table.primaryInput[i] = primaryInput[i]!;
  });
  return table;
}

/**
 * A base year's table of one region at another year's size: technical coefficients of the base year times the new
 * outputs, A w-hat, as Miller and Blair (2009, chapter 7.4) begin; final demand in the base year's proportions, and
 * primary input, at their new totals. It has the new margins in final demand and primary input and need not balance.
 */
export function baseYearAtMargins(baseYear: MrioTable, { grossOutput, finalDemand, primaryInput }: Margins): MrioTable {
  const { n, finalDemandCount } = dimensions(baseYear);
  const outputs = columnSums(baseYear.intermediate, n, n).map((inputs, j) => inputs + baseYear.primaryInput[j]!);
  const demands = rowSums(baseYear.finalDemand, n, finalDemandCount);
  const ratio = (value: number, base: number): number => (base === 0 ? 0 : value / base);
  return {
    ...baseYear,
    intermediate: baseYear.intermediate.map((x, cell) => x * ratio(grossOutput[cell % n]!, outputs[cell % n]!)),
    finalDemand: baseYear.finalDemand.map((y, cell) => {
      const i = Math.floor(cell / finalDemandCount);
      return y * ratio(finalDemand[i]!, demands[i]!);
    }),
    primaryInput: primaryInput.slice(),
  };
}

/** The margins of a table of one region. */
export function marginsOf(table: MrioTable): Margins {
  const { n, finalDemandCount } = dimensions(table);
  return {
    grossOutput: grossOutput(table),
    finalDemand: rowSums(table.finalDemand, n, finalDemandCount),
    primaryInput: table.primaryInput,
  };
}

/** The update of a base year's table to another year of which only margins are known. */
export interface UpdateByMargins {
  readonly known: Division;
  /** The coefficients of the base year, stretched. */
  readonly band: CoefficientBand;
}

/**
 * The update of a table of one region as a problem of ANAIS, which is then `reference: base-year`, `consistency: totals`.
 * @param stretch of the bands at both ends, as a share of each coefficient; 1: from 0 to twice
 * @throws ModelError where the margins contradict each other, or the table has several regions
 */
export function updateByMargins(baseYear: MrioTable, margins: Margins, stretch: number): UpdateByMargins {
  const [region, ...others] = baseYear.regions;
  if (region === undefined || others.length > 0) {
    throw new ModelError(
      `a table of ${baseYear.regions.length} regions cannot be updated by margins: where deliveries go is not in them`,
      'give a table of one region, or a target table with the deliveries between regions',
    );
  }
  const known = division(
    baseYearAtMargins(baseYear, margins),
    tableOfMargins(region, baseYear.sectors, margins),
    (part) => part,
    () => true,
  );
  const { low, high } = coefficientBand(baseYear, 0);
  return {
    known,
    band: { low: low.map((a) => Math.max(0, a * (1 - stretch))), high: high.map((a) => a * (1 + stretch)) },
  };
}

/**
 * Where the target has only the margins of a region, its blocks are not data: they can be neither spread nor met, and its
 * coefficients are no range.
 * @throws ModelError for options that need more than the margins of a region that has no more
 */
export function requireKnown(known: Division, { reference, consistency, band }: AnaisOptions): void {
  const [region] = regionsByMargins(known);
  if (region === undefined) return;
  const complain = (what: string, remedy: string): never => {
    throw new ModelError(`${what}, but only the margins of ${region} are known in the target table`, remedy);
  };
  if (reference === 'shares') {
    complain("reference: shares spreads the target's blocks", 'set reference to base-year');
  }
  if (consistency === 'blocks') complain("consistency: blocks meets the target's blocks", 'set consistency to totals');
  if (band === undefined) {
    complain(
      "the bands of technical coefficients would be those of the target's blocks",
      "give the bands, for example the base year's coefficients, stretched",
    );
  }
}
