import { ModelError } from '../mrio/error.ts';

/** Which of several tables. */
export interface TableChoice {
  /** One of its names. Needed only where there are several. */
  readonly sheet?: string;
}

/** One of several tables that lie together. */
export interface Candidate {
  /** What it may be called; the first is its own, the others it may share. */
  readonly names: readonly [string, ...string[]];
  /** As messages show it: `2017 (ICIO2021_2017.csv)`. */
  readonly shown: string;
}

/** More than one table, of which none is chosen. */
export class SeveralTables extends ModelError {}

/**
 * The one table that is meant: that with the name, or the only one.
 * @param what they are: `tables of Eora26`
 * @throws SeveralTables that lists those that fit, ModelError that lists all where none does
 */
export function chooseTable<Table extends Candidate>(
  tables: readonly Table[],
  { sheet }: TableChoice,
  what: string,
  place: string,
): Table {
  const found = sheet === undefined ? tables : tables.filter(({ names }) => names.includes(sheet));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  const listed = found.length === 0 ? tables : found;
  const all = listed.map(({ shown }) => shown).join(', ');
  const wanted = sheet === undefined ? what : `${what} that are ${sheet}`;
  const [first] = listed;
  throw new (found.length > 0 ? SeveralTables : ModelError)(
    found.length > 0
      ? `${place} holds several ${wanted}: ${all}`
      : `${place} holds no ${wanted}: there ${all === '' ? 'are none' : `are ${all}`}`,
    first === undefined
      ? 'give a file or folder with such a table'
      : `choose one, such as "${first.names[0]}": --sheet of npm run tables, or the parameter sheet of the stage ` +
          '(reference_sheet, target_sheet)',
  );
}
