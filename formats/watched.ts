import type { OpenTable } from './open-table.ts';

/**
 * The same table, which says how much of it has been read, each time that it is read.
 * @param progress told the share, from 0 to 1
 */
export function watched(open: OpenTable, progress: (share: number) => void): OpenTable {
  const all = open.rows.length * open.columns.length;
  return {
    ...open,
    async *stripes() {
      let done = 0;
      for await (const stripe of open.stripes()) {
        yield stripe;
        progress((done += stripe.values.length) / all);
      }
      // Where no stripe is there is nothing to read.
      progress(1);
    },
  };
}
