import type { ColumnLabel, RowLabel } from './open-table.ts';

/**
 * What an empty cell counts as in a table that need not be filled: where a total is not stated NaN, in primary inputs
 * and stressors of final demand 0, and null where a number has to be: between accounts, from them to final demand, and
 * in their inputs.
 */
export function valueOfEmpty(row: RowLabel | undefined, column: ColumnLabel | undefined): number | null {
  if (row?.kind === 'stated' || column?.kind === 'stated') return Number.NaN;
  return row?.kind === 'account' || column?.kind === 'account' ? null : 0;
}
