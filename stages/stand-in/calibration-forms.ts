import { technicalCoefficients } from '../../mrio/leontief.ts';
import { factorise, solve, type LuFactors } from '../../mrio/linear-algebra/lu.ts';
import {
  accountLabels,
  demandByConsumer,
  dimensions,
  grossOutput,
  type ConsumerDemand,
  type ExportTreatment,
  type MrioTable,
} from '../../mrio/table.ts';
import type { Form } from './calibration-types.ts';

/** What the figures refer to. */
export interface Scene {
  /** Codes of the cities of the agglomeration. */
  readonly cities: readonly string[];
  readonly sectors: readonly number[];
}

/** Which accounts a form is about: regions and sectors; all of them where none are named. */
export interface Selection {
  readonly regions?: readonly string[];
  readonly sectors?: readonly number[];
}

/** Emission accounts as linear forms in the emissions of each account, on a given table. */
export interface EmissionForms {
  readonly scene: Scene;
  /** Gross output of a selection, 10,000 CNY. */
  output(selection: Selection): number;
  /** Emissions of a selection. */
  production(selection: Selection): Form;
  /** Emissions embodied in final demand of the consumers for products of the sectors, (14). */
  consumption(consumers: readonly string[], products?: readonly number[]): Form;
  /** Emissions of the suppliers embodied in what the users use, (15). */
  flow(suppliers: Selection, users: Selection): Form;
}

/** The forms of a table. Each costs at most one solve with I - A; the inverse is not formed. */
export function emissionForms(scene: Scene, table: MrioTable, exports: ExportTreatment): EmissionForms {
  const { n, sectorCount } = dimensions(table);
  const output = grossOutput(table);
  const demand = demandByConsumer(table, exports);
  const factors = factoriseLeontief(table, output);
  const isSelected = ({ regions, sectors }: Selection, k: number): boolean =>
    (regions === undefined || regions.includes(table.regions[Math.floor(k / sectorCount)]!)) &&
    (sectors === undefined || sectors.includes(table.sectors[k % sectorCount]!));
  const indicator = (selection: Selection): Float64Array =>
    Float64Array.from({ length: n }, (_, k) => (isSelected(selection, k) ? 1 : 0));
  /** Direct emissions per unit of output, times what is made of each account. */
  const perTonne = (made: Float64Array): Form => made.map((value, k) => (output[k]! > 0 ? value / output[k]! : 0));
  return {
    scene,
    output: (selection) => output.reduce((sum, value, k) => sum + (isSelected(selection, k) ? value : 0), 0),
    production: indicator,
    consumption: (consumers, products) => {
      const bought = indicator(products === undefined ? {} : { sectors: products });
      return perTonne(
        solve(
          factors,
          demandOf(demand, consumers).map((value, k) => value * bought[k]!),
          1,
        ),
      );
    },
    flow: (suppliers, users) => {
      const used = indicator(users).map((value, k) => value * output[k]!);
      const made = solve(factors, used, 1).map((value, k) => value - used[k]!);
      const supplied = indicator(suppliers);
      return perTonne(made).map((value, k) => value * supplied[k]!);
    },
  };
}

function factoriseLeontief(table: MrioTable, output: Float64Array): LuFactors {
  const n = output.length;
  const difference = technicalCoefficients(table.intermediate, output, accountLabels(table)).map((value) => -value);
  for (let k = 0; k < n; k++) difference[k * n + k]! += 1;
  return factorise(difference, n);
}

function demandOf({ consumers, values }: ConsumerDemand, chosen: readonly string[]): Float64Array {
  const columns = chosen.map((consumer) => consumers.indexOf(consumer));
  const rows = values.length / consumers.length;
  return Float64Array.from({ length: rows }, (_, k) =>
    columns.reduce((sum, column) => sum + values[k * consumers.length + column]!, 0),
  );
}
