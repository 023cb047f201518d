import { expect, it } from 'vitest';
import type { OpenTable } from '../../formats/open-table.ts';
import { watched } from '../../formats/watched.ts';

/** Two accounts with final demand, and a primary input that no stripe covers there. */
const account = (sector: string) => ({ kind: 'account', region: 'A', sector }) as const;
const table: OpenTable = {
  ...{ format: 'made up', unit: null, intermediate: 'deliveries', place: () => '' },
  rows: [account('1'), account('2'), { kind: 'primary input', name: 'Wages', imports: false }],
  columns: [account('1'), account('2'), { kind: 'final demand', region: 'A', category: 'all' }],
  // eslint-disable-next-line @typescript-eslint/require-await -- as files are read
  async *stripes() {
    yield { axis: 'row', index: 0, start: 0, values: Float64Array.of(1, 2, 3) };
    yield { axis: 'row', index: 1, start: 0, values: Float64Array.of(4, 5, 6) };
    yield { axis: 'row', index: 2, start: 0, values: Float64Array.of(7, 8) };
  },
};

it('a watched table has the same values, and tells what share has been read, each time', async () => {
  const told: number[] = [];
  const open = watched(table, (share) => told.push(share));
  for (let time = 0; time < 2; time++) {
    const values: number[] = [];
    for await (const stripe of open.stripes()) values.push(...stripe.values);
    expect(values).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(told.splice(0)).toEqual([3 / 9, 6 / 9, 8 / 9, 1]);
  }
});
