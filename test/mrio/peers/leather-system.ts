import type { SmallSystem } from './exact-accounts.ts';

export const LEATHER_COUNTRIES = ['Argentina', 'Turkey', 'Germany'] as const;
export const LEATHER_INDUSTRIES = ['Agriculture', 'Textile and Leather', 'Transport Equipment'] as const;

/**
 * A fictional table of three countries and three industries: the data set `leather` of decompr (Quast and Kummritz 2015,
 * github.com/bquast/decompr, data/leather.rda at 0a0b823; GPL-3). Figures restated as facts.
 */
export const LEATHER = {
  regions: 3,
  sectors: 3,
  // prettier-ignore
  deliveries: [
    [16.1, 5.1, 1.8, 3.2, 4.3, 0.4, 3.1, 2.8, 4.9],
    [2.4, 8.0, 3.2, 0.1, 3.2, 1.6, 1.2, 3.9, 11.5],
    [0.9, 0.5, 4.0, 0.0, 0.1, 0.3, 0.0, 0.4, 0.5],
    [1.1, 1.9, 0.2, 18.0, 13.2, 6.1, 9.0, 3.1, 8.9],
    [0.3, 2.8, 0.1, 6.1, 28.1, 6.3, 2.1, 2.5, 25.6],
    [0.0, 0.1, 0.3, 4.1, 3.2, 8.9, 0.2, 0.0, 1.8],
    [1.2, 4.2, 0.3, 4.1, 1.2, 0.6, 29.0, 19.5, 17.9],
    [1.3, 1.1, 0.0, 3.2, 4.8, 2.6, 5.1, 29.1, 24.1],
    [2.1, 1.4, 3.0, 4.1, 3.1, 3.9, 11.3, 8.1, 51.3],
  ],
  // prettier-ignore
  demand: [
    [21.5, 6.1, 8.4],
    [16.2, 1.9, 5.1],
    [11.0, 0.5, 0.8],
    [7.5, 29.5, 14.2],
    [8.9, 24.9, 16.9],
    [1.2, 18.5, 4.9],
    [9.2, 17.9, 51.2],
    [7.9, 10.1, 38.5],
    [25.1, 35.2, 68.4],
  ],
} as const satisfies SmallSystem;

/** Gross output as the data set states it. */
export const LEATHER_OUTPUT = [77.7, 58.3, 19, 112.7, 124.6, 43.2, 156.3, 127.8, 217] as const;

/**
 * What the tests of decompr (tests/testthat/test_leontief.R) expect of its Leontief decomposition, by what the value added of
 * an industry is weighted with, and the unit of the last digit; the last digit of 34.74381 is cut, not rounded.
 */
export const LEATHER_PRINTED = {
  exports: { first: 28.52278, last: 34.74381, unit: 1e-5 },
  output: { first: 66.75361799, last: 96.78316785, unit: 1e-8 },
  /** Argentina's agriculture for Argentina; Germany's for Turkey. */
  demand: { first: 24.3345824, seventhForTurkey: 23.6841309, unit: 1e-7 },
} as const;
