import { StageError } from '../../runner/stage.ts';

/** Columns of an enterprise file, in any order. */
export const COLUMNS = ['id', 'name', 'industry', 'place', 'nox_kg'] as const;
export type ColumnName = (typeof COLUMNS)[number];

const EXPECTED = `Give the file the header ${COLUMNS.join(',')} (in any order).`;

/**
 * The position of each column, from 0, by a header line.
 *
 * @throws StageError that names the file and the column that is missing, unknown or there twice
 */
export function readHeader(text: string, file: string): Record<ColumnName, number> {
  const names = text.split(',').map((name) =>
    name
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
  const fail = (what: string) => new StageError(`${file}: ${what}; the header is ${text.slice(0, 200)}`, EXPECTED);
  const unknown = names.find((name) => !(COLUMNS as readonly string[]).includes(name));
  const missing = COLUMNS.find((column) => !names.includes(column));
  if (missing !== undefined) throw fail(`there is no column ${missing}`);
  if (unknown !== undefined) throw fail(unknown === '' ? 'a column has no name' : `the column ${unknown} is unknown`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw fail(`the column ${twice} is there twice`);
  return Object.fromEntries(COLUMNS.map((column) => [column, names.indexOf(column)])) as Record<ColumnName, number>;
}
