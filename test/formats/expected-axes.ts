/** What a row or column of a table is expected to be. */
export const account = (region: string, sector: string): object => ({ kind: 'account', region, sector });
export const demand = (region: string, category: string): object => ({ kind: 'final demand', region, category });
export const input = (name: string): object => ({ kind: 'primary input', name, imports: false });
export const total = (name: string): object => ({ kind: 'stated', of: 'all', name });

/** Rows of cells as lines. */
export const lines = (rows: readonly (readonly (string | number)[])[], separator = '\t'): string =>
  rows.map((row) => `${row.join(separator)}\n`).join('');
