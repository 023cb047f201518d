import type { PymrioSystem } from '../../formats/pymrio/write-folder.ts';

/** 2 regions, 2 sectors, 2 categories of final demand; names that need care; numbers that are easily rounded. */
export const smallSystem: PymrioSystem = {
  name: 'small',
  version: 'v2',
  system: 'ixi',
  regions: ['North', "Côte d'Azur"],
  sectors: ['food, "fresh"', 'O\'Neil\'s "iron" \\ steel'],
  categories: ['households', 'government'],
  unit: 'M.EUR',
  intermediate: Float64Array.from([
    0.1,
    1 / 3,
    2e-17,
    4,
    5,
    1e21,
    7,
    123456789.12345679,
    9,
    10,
    11,
    5e-324,
    0,
    1,
    2,
    3,
  ]),
  finalDemand: Float64Array.from([1, -2.5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0.30000000000000004]),
  output: Float64Array.from([100, 200, 300, 400]),
  extensions: [
    {
      name: 'emissions',
      indexNames: ['stressor', 'compartment'],
      rows: [
        { key: ['CO2', 'air'], unit: 'kg' },
        { key: ['N', 'water'], unit: 't' },
      ],
      flows: Float64Array.from([1, 2, 3, 4, 0.1, 0.2, 0.3, 0.7]),
      finalDemandFlows: Float64Array.from([5, 6, 7, 8, 0, 0, 0, 1.5]),
    },
    {
      name: 'factor_inputs',
      indexNames: ['inputtype'],
      rows: [{ key: ['Value added'], unit: 'M.EUR' }],
      flows: Float64Array.from([10, 20, 30, 40]),
    },
  ],
};
