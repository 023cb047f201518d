import { expect, it } from 'vitest';
import type { Axis } from '../../formats/axis-labels.ts';
import { requireSameAccounts } from '../../formats/same-accounts.ts';

it('rows and columns that are the same are not looked for in cells, of which a large table has many', () => {
  let asked = 0;
  const axis: Axis = {
    labels: [1, 2, 3].map((s) => ({ kind: 'account', region: 'North', sector: `S${s}`, code: `0${s}` })),
    nameAt: (at) => `S${at + 1}`,
    cellOf: () => `A${++asked}`,
  };
  expect(requireSameAccounts(axis, axis)).toEqual([]);
  expect(asked).toBe(0);
});
