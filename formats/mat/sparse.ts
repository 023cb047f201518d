import { ModelError } from '../../mrio/error.ts';

const MOST_ROWS = 1 << 24;

/** A column of a sparse array is handed out in full, however few of its values are there. Throws for too many rows. */
export function requireFewRows(rows: number): void {
  if (rows <= MOST_ROWS) return;
  throw new ModelError(`a sparse array of ${rows} rows is larger than any table`, 'leave it out of the file');
}
