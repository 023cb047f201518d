import { ModelError } from '../../mrio/error.ts';
import type { Stripe } from '../open-table.ts';

/** What a row or a column is called, level by level: region and sector, say. */
export type Key = readonly string[];

/** Numbers with a key to each row and to each column, in a file. */
export interface Frame {
  /** The file, for errors. */
  readonly place: string;
  /** Names of the levels of the rows' keys; empty where the file names none. */
  readonly indexNames: readonly string[];
  /** Keys of the columns; without levels where the file has no header. */
  readonly columns: readonly Key[];
  /** Keys of the rows, from a reading of their own. */
  keys(): Promise<Key[]>;
  /** Where a value stands, for errors. Positions count from 0. */
  placeOf(row: number, column: number): string;
  /**
   * All values, in stripes whose positions count from the first value on.
   * @param expected the keys of the rows in their order; null: rows have no keys, or any will do
   * @throws ModelError for a row with another key, a row too many or too few, or a cell that is no number
   */
  stripes(expected: readonly Key[] | null): AsyncIterable<Stripe>;
}

/** A key as one text, for maps. */
export const joined = (key: Key): string => key.join('\u0000');

/** A key for people. */
export const spoken = (key: Key): string => (key.length === 0 ? 'a row without a name' : key.join(', '));

export const sameKey = (a: Key, b: Key): boolean => a.length === b.length && a.every((part, i) => part === b[i]);

/**
 * Checks that two matrices have the same columns.
 * @throws ModelError that names the first that differs
 */
export function requireSameColumns(frame: Frame, like: Frame): void {
  const { columns } = frame;
  const wrong = like.columns.findIndex((key, c) => !sameKey(key, columns[c] ?? []));
  if (wrong < 0 && columns.length === like.columns.length) return;
  const at = wrong < 0 ? like.columns.length : wrong;
  throw new ModelError(
    `${frame.place}: column ${at + 1} is ${spoken(columns[at] ?? [])}, in ${like.place} it is ${spoken(like.columns[at] ?? [])}`,
    'give both files the same columns in the same order',
  );
}
