import { anais } from '../../mrio/anais/anais.ts';
import { baseYearReference } from '../../mrio/anais/disaggregation.ts';
import { updateByMargins, type Margins } from '../../mrio/anais/margins.ts';
import { anaisProblem, tableWithCells } from '../../mrio/anais/problem.ts';
import { ModelError } from '../../mrio/error.ts';
import { columnSums, emptyTable, rowSums, sum, type MrioTable } from '../../mrio/table.ts';
import { gras } from '../../mrio/updating/gras.ts';
import { weightedLeastSquares } from '../../mrio/updating/least-squares.ts';
import {
  coefficientErrors,
  weightedAbsolutePercentageError,
  type CoefficientErrors,
} from '../../mrio/updating/measures.ts';
import { perturbTotals, perturbToSum, type Totals } from '../../mrio/updating/perturbation.ts';
import { ras } from '../../mrio/updating/ras.ts';
import { createRandom } from '../stand-in/random.ts';
import type { CategoryTable } from '../national-table.ts';
import type { ComparisonOptions } from './parameters.ts';

export interface NationalOptions extends ComparisonOptions {
  /** Draws of errors at each level of noise above 0. */
  readonly draws: number;
  /** How far the base year's coefficients are stretched into bands, as a share of each at both ends. */
  readonly band: number;
}

/** One method on one draw of errors: its scores on intermediate deliveries, or why it found no table. */
export interface NationalScore {
  readonly noise: number;
  readonly draw: number;
  readonly method: string;
  readonly scores: (CoefficientErrors & { readonly wape: number }) | null;
  readonly message: string | null;
}

const REGION = 'CN';
const METHODS = ['ANAIS', 'RAS', 'GRAS', 'weighted least squares'] as const;

/** What is given of the later year: its totals, with errors. */
interface Given {
  readonly totals: Totals;
  /** Totals of the categories of final demand and of primary input, which GRAS is given too. */
  readonly demandTotals: Float64Array;
  readonly primaryTotals: Float64Array;
}

/**
 * Updates the base year's table to the later year's totals by each method, and compares the intermediate deliveries
 * with those that the later year's table really has.
 * @throws ModelError for a fault of the tables; a method that finds no table is a score without numbers
 */
export async function nationalScores(
  base: CategoryTable,
  later: CategoryTable,
  options: NationalOptions,
  progress: (done: number, total: number) => void,
): Promise<NationalScore[]> {
  const rounds = options.noise.flatMap((noise) =>
    Array.from({ length: noise === 0 ? 1 : options.draws }, (_, draw) => ({ noise, draw })),
  );
  const found: NationalScore[] = [];
  for (const [done, { noise, draw }] of rounds.entries()) {
    progress(done, rounds.length);
    const given = givenOf(later, noise, createRandom(options.seed, `draw ${draw}`).normal);
    for (const method of METHODS) {
      try {
        const intermediate = await UPDATES[method](base, given, options);
        found.push({ noise, draw, method, scores: scoresOf(intermediate, given.totals, later), message: null });
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        found.push({ noise, draw, method, scores: null, message: error.message });
      }
    }
  }
  return found;
}

const demandCount = ({ demandCategories }: CategoryTable): number => demandCategories.length;

function totalsOf({ sectors, intermediate, ...table }: CategoryTable): Totals {
  const count = sectors.length;
  return {
    intermediateSales: rowSums(intermediate, count, count),
    finalDemand: rowSums(table.finalDemand, count, table.demandCategories.length),
    intermediateInputs: columnSums(intermediate, count, count),
    primaryInput: columnSums(table.primaryInput, table.primaryCategories.length, count),
    knownUsers: new Float64Array(),
    knownSuppliers: new Float64Array(),
  };
}

function givenOf(later: CategoryTable, noise: number, normal: () => number): Given {
  const count = later.sectors.length;
  const totals = perturbTotals(totalsOf(later), noise, normal);
  const demands = columnSums(later.finalDemand, count, demandCount(later));
  const primaries = rowSums(later.primaryInput, later.primaryCategories.length, count);
  return {
    totals,
    demandTotals: perturbToSum(demands, sum(totals.finalDemand), noise, normal),
    primaryTotals: perturbToSum(primaries, sum(totals.primaryInput), noise, normal),
  };
}

const outputsOf = ({ intermediateSales, finalDemand }: Totals): Float64Array =>
  intermediateSales.map((sales, i) => sales + finalDemand[i]!);

/** Errors of the deliveries, and of the coefficients: of the estimate by its own outputs, of the truth by the true ones. */
function scoresOf(intermediate: Float64Array, totals: Totals, later: CategoryTable): NationalScore['scores'] {
  const coefficients = (values: Float64Array, outputs: Float64Array): Float64Array =>
    values.map((x, cell) => x / outputs[cell % outputs.length]!);
  return {
    wape: weightedAbsolutePercentageError(intermediate, later.intermediate),
    ...coefficientErrors(
      coefficients(intermediate, outputsOf(totals)),
      coefficients(later.intermediate, outputsOf(totalsOf(later))),
    ),
  };
}

/** How each method estimates the intermediate deliveries. */
const UPDATES: Readonly<
  Record<
    (typeof METHODS)[number],
    (base: CategoryTable, given: Given, options: NationalOptions) => Promise<Float64Array> | Float64Array
  >
> = {
  ANAIS: async (base, { totals }, options) => {
    const { known, band } = oneRegion(base, totals, options.band);
    const { table } = await anais(known, { ...options.anais, ...MARGINS_ONLY, band }, () => undefined);
    return table.intermediate;
  },
  RAS: (base, { totals }) => {
    const rows = base.sectors.length;
    return ras({
      rows,
      columns: rows,
      values: base.intermediate,
      rowTotals: totals.intermediateSales,
      columnTotals: totals.intermediateInputs,
      ...sectorLabels(base),
    }).values;
  },
  GRAS: grasOnWholeTable,
  'weighted least squares': (base, { totals }, options) => {
    const { known, band } = oneRegion(base, totals, options.band);
    const problem = anaisProblem(known, baseYearReference(known), band, { ...options.anais, ...MARGINS_ONLY });
    const { values } = weightedLeastSquares(problem, options.anais.largestGap);
    return tableWithCells(problem, values).intermediate;
  },
};

/** Of the later year's blocks nothing is known. */
const MARGINS_ONLY = { reference: 'base-year', consistency: 'totals' } as const;

const sectorLabels = ({ sectors }: CategoryTable) => ({
  rowLabels: sectors.map((sector) => `of sector ${sector}`),
  columnLabels: sectors.map((sector) => `of sector ${sector}`),
});

/** The whole table by GRAS, with the categories of final demand and primary input; inventories and net taxes fall below 0. */
function grasOnWholeTable(base: CategoryTable, { totals, demandTotals, primaryTotals }: Given): Float64Array {
  const count = base.sectors.length;
  const [demands, primaries] = [demandCount(base), base.primaryCategories.length];
  const columns = count + demands;
  const values = new Float64Array((count + primaries) * columns);
  for (let i = 0; i < count; i++) {
    values.set(base.intermediate.subarray(i * count, (i + 1) * count), i * columns);
    values.set(base.finalDemand.subarray(i * demands, (i + 1) * demands), i * columns + count);
  }
  for (let p = 0; p < primaries; p++) {
    values.set(base.primaryInput.subarray(p * count, (p + 1) * count), (count + p) * columns);
  }
  const outputs = outputsOf(totals);
  const { rowLabels, columnLabels } = sectorLabels(base);
  const updated = gras({
    rows: count + primaries,
    columns,
    values,
    rowTotals: Float64Array.of(...outputs, ...primaryTotals),
    columnTotals: Float64Array.of(...outputs, ...demandTotals),
    rowLabels: [...rowLabels, ...base.primaryCategories],
    columnLabels: [...columnLabels, ...base.demandCategories],
  }).values;
  return Float64Array.from(
    { length: count * count },
    (_, cell) => updated[Math.floor(cell / count) * columns + (cell % count)]!,
  );
}

/**
 * The same as one region for ANAIS and least squares, which need values of zero or more. Where a product is drawn from stocks
 * by more than all final demand for it, the difference is a supply and counts as primary input of its sector.
 */
const oneRegion = (base: CategoryTable, totals: Totals, stretch: number) =>
  updateByMargins(tableOf(base), marginsOf(totals), stretch);

function marginsOf(totals: Totals): Margins {
  const drawn = totals.finalDemand.map((demand) => Math.max(0, -demand));
  return {
    grossOutput: totals.intermediateSales.map((sales, i) => sales + Math.max(0, totals.finalDemand[i]!)),
    finalDemand: totals.finalDemand.map((demand) => Math.max(0, demand)),
    primaryInput: totals.primaryInput.map((primary, i) => primary + drawn[i]!),
  };
}

function tableOf(national: CategoryTable): MrioTable {
  const { finalDemand, primaryInput } = marginsOf(totalsOf(national));
  return {
    ...emptyTable([REGION], national.sectors),
    intermediate: national.intermediate,
    finalDemand: Float64Array.from({ length: 2 * finalDemand.length }, (_, cell) =>
      cell % 2 === 0 ? finalDemand[cell / 2]! : 0,
    ),
    primaryInput,
  };
}
