import type { SmallSystem } from './exact-accounts.ts';

/**
 * Two sectors of one region: Miller and Blair (2009), Input-Output Analysis, 2nd edition, chapter 2, tables 2.3 and 2.4, in the
 * figures that the tests of pymrio quote (github.com/IndEcol/pymrio, tests/test_math.py; LGPL v3). Figures restated as facts.
 */
export const TWO_SECTOR = {
  regions: 1,
  sectors: 2,
  deliveries: [
    [150, 500],
    [200, 100],
  ],
  demand: [[350], [1700]],
} as const satisfies SmallSystem;

/** As they are printed. */
export const TWO_SECTOR_PRINTED = {
  output: [1000, 2000],
  coefficients: [0.15, 0.25, 0.2, 0.05],
  /** With eight decimals. */
  leontief: [1.25412541, 0.330033, 0.2640264, 1.12211221],
  newDemand: [600, 1500],
  /** With one decimal. */
  newOutput: [1247.5, 1841.6],
  labour: [0.3, 0.25],
  /** From outputs with one decimal. */
  newLabour: [374.25, 460.4],
} as const;
