import type { NationalRow, StudyRow } from './methods-data.ts';
import { fixed, level, percent } from './numbers.ts';

/** An error that is read off a row; the first measure of a list is named in words. */
export interface MeasureOf<Row> {
  readonly measure: string;
  readonly of: (row: Row) => number;
}

/** A row of scores: of which method, at which level of errors in the totals. */
export interface Compared {
  readonly noise: number;
  readonly method: string;
}

/** How often each of two methods has the smaller error, over measures and levels of noise where both have one. */
function contest<Row extends Compared>(rows: readonly Row[], measures: readonly MeasureOf<Row>[]) {
  const of = (method: string, noise: number): Row | undefined =>
    rows.find((row) => row.method === method && row.noise === noise);
  const pairs = [...new Set(rows.map(({ noise }) => noise))].flatMap((noise) => {
    const [own, rival] = [of('ANAIS', noise), of('RAS', noise)];
    if (own === undefined || rival === undefined) return [];
    return measures.map((measure) => ({ own: measure.of(own), rival: measure.of(rival) }));
  });
  const valid = pairs.filter(({ own, rival }) => Number.isFinite(own) && Number.isFinite(rival));
  return { comparisons: valid.length, wins: valid.filter(({ own, rival }) => own < rival).length };
}

/** Whether ANAIS beats RAS, in one sentence. */
function outcome(wins: number, comparisons: number, unit: string): string {
  if (comparisons === 0) return 'ANAIS and RAS cannot be compared: one of them found no table.';
  const over = `${fixed(comparisons)} comparisons (${unit})`;
  if (wins === comparisons) return `ANAIS beats RAS: its error is the smaller one in all of ${over}.`;
  if (wins === 0) return `ANAIS does not beat RAS: its error is the smaller one in none of ${over}.`;
  return `ANAIS beats RAS in some cases only: its error is the smaller one in ${fixed(wins)} of ${over}.`;
}

/** The errors of every method at exact totals: `RAS 15.9%, ANAIS 16.1%`, the smallest first. */
function ranking<Row extends Compared>(rows: readonly Row[], { of }: MeasureOf<Row>): string {
  return rows
    .filter((row) => row.noise === 0 && Number.isFinite(of(row)))
    .sort((a, b) => of(a) - of(b))
    .map((row) => `${row.method} ${percent(of(row), 2)}`)
    .join(', ');
}

function verdict<Row extends Compared>(rows: readonly Row[], measures: readonly MeasureOf<Row>[]): string {
  const [first] = measures;
  if (rows.length === 0 || first === undefined) return '';
  const { wins, comparisons } = contest(rows, measures);
  const levels = new Set(rows.map(({ noise }) => noise)).size;
  const ranked = ranking(rows, first);
  const exact = ranked === '' ? '' : ` With exact totals, the error in ${first.measure} is: ${ranked}.`;
  return `${outcome(wins, comparisons, `${fixed(measures.length)} measures at ${fixed(levels)} levels of errors`)}${exact}`;
}

/** Methods without a table, by level of errors. */
function failures(rows: readonly StudyRow[]): string {
  const failed = rows.filter(({ message }) => message !== null);
  if (failed.length === 0) return '';
  const places = failed.map(({ method, noise }) => `${method} at ${level(noise)}`).join(', ');
  return ` No table was found by ${places}.`;
}

/** What the scores for the table of the results say, whichever way it goes. */
export const studyVerdict = (rows: readonly StudyRow[], measures: readonly MeasureOf<StudyRow>[]): string =>
  verdict(rows, measures) + failures(rows);

/** What the scores of the national table say. */
export const nationalVerdict = (rows: readonly NationalRow[], measures: readonly MeasureOf<NationalRow>[]): string =>
  verdict(rows, measures);
