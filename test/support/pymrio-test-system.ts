import type { PymrioSystem } from '../../formats/pymrio/write-folder.ts';
import { rowSums } from '../../mrio/table.ts';
import { pymrioRaw, textMatrix, type Matrix } from './shared-data.ts';

const raw = (file: string, indexCells: number): Promise<Matrix> =>
  textMatrix(pymrioRaw('test_mrio', 'mrio_data', `${file}.txt`), { separator: '\t', headerLines: 2, indexCells });

const distinct = (values: readonly string[]): string[] => [...new Set(values)];

/** The test system of pymrio from its raw files: 6 regions, 8 sectors, 7 categories of final demand, 2 extensions. */
export async function pymrioTestSystem(): Promise<PymrioSystem> {
  const [deliveries, demand, emissions, ofDemand, inputs] = await Promise.all([
    raw('trade_flows_Z', 3),
    raw('finald_demand_Y', 3),
    raw('emissions', 3),
    raw('FDemissions', 3),
    raw('factor_input', 2),
  ]);
  const n = deliveries.columns.length;
  const intermediate = rowSums(deliveries.values, n, n);
  const final = rowSums(demand.values, n, demand.columns.length);
  const parts = (keys: readonly string[], level: number): string[] =>
    distinct(keys.map((key) => key.split('|')[level]!));
  return {
    name: 'testmrio',
    description: 'the test system of pymrio',
    version: 'v1',
    system: 'pxp',
    regions: parts(deliveries.columns, 0),
    sectors: parts(deliveries.columns, 1),
    categories: parts(demand.columns, 1),
    unit: 'Mill USD',
    intermediate: deliveries.values,
    finalDemand: demand.values,
    output: intermediate.map((value, k) => value + final[k]!),
    extensions: [
      {
        name: 'emissions',
        indexNames: ['stressor', 'compartment'],
        rows: emissions.rows.map((key) => ({ key: key.split('|').slice(0, 2), unit: key.split('|')[2]! })),
        flows: emissions.values,
        finalDemandFlows: ofDemand.values,
      },
      {
        name: 'factor_inputs',
        indexNames: ['inputtype'],
        rows: inputs.rows.map((key) => ({ key: key.split('|').slice(0, 1), unit: key.split('|')[1]! })),
        flows: inputs.values,
      },
    ],
  };
}
