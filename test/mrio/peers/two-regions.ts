import type { SmallSystem } from './exact-accounts.ts';

/**
 * Two regions of three sectors: the fixture td_small_MRIO in the tests of pymrio (github.com/IndEcol/pymrio,
 * tests/test_math.py at 89c9b97; LGPL v3). Figures restated as facts.
 */
export const TWO_REGIONS = {
  regions: 2,
  sectors: 3,
  deliveries: [
    [10, 5, 1, 6, 5, 7],
    [0, 2, 0, 0, 5, 3],
    [10, 3, 20, 4, 2, 0],
    [5, 0, 0, 1, 10, 9],
    [0, 10, 1, 0, 20, 1],
    [5, 0, 0, 1, 10, 10],
  ],
  demand: [
    [14, 3],
    [2.5, 2.5],
    [13, 6],
    [5, 20],
    [10, 10],
    [3, 10],
  ],
} as const satisfies SmallSystem;

/** F: two stressors by account. */
export const TWO_REGIONS_EMISSIONS = [
  [20, 1, 42, 4, 20, 5],
  [5, 4, 11, 8, 2, 10],
] as const;

/** F_Y: what final demand of each region emits itself. */
export const TWO_REGIONS_OF_DEMAND = [
  [50, 10],
  [100, 20],
] as const;

/** Rows 1 and 4 of L, with all digits of a double. */
export const TWO_REGIONS_LEONTIEF = {
  first: [
    1.3387146304736708, 0.9689762471208287, 0.05036622549592462, 0.17820960407435948, 0.5752019383714646,
    0.4985179148178926,
  ],
  fourth: [
    0.18799498787612925, 0.5244084722329316, 0.020254008037620782, 1.0542007368783255, 0.5816573175534603,
    0.44685014763069275,
  ],
} as const;
