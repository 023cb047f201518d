import type { Row } from './stage-context.ts';

/** What the second pollutant is a multiple of the first by: results have to follow, each by itself. */
export const SECOND = 4;

/** Rows of a table for a pollutant. */
export const ofPollutant = (pollutant: string, rows: readonly Row[]): Row[] =>
  rows.map((row) => ({ pollutant, ...row }));

/** Rows for two pollutants: of SO2 there is `SECOND` times as much of the columns named as there is of NOx. */
export const ofTwoPollutants = (rows: readonly Row[], ...amounts: readonly string[]): Row[] => [
  ...ofPollutant('NOx', rows),
  ...ofPollutant('SO2', multiplied(rows, amounts)),
];

/** Rows with `SECOND` times the amounts. */
export const multiplied = (rows: readonly Row[], amounts: readonly string[]): Row[] =>
  rows.map((row) => ({
    ...row,
    ...Object.fromEntries(
      amounts.flatMap((name) => {
        const amount = row[name];
        return typeof amount === 'number' ? [[name, SECOND * amount] as const] : [];
      }),
    ),
  }));
