import { describe, expect, it } from 'vitest';
import { aggregate, groupedPairs, grouping, ungrouped } from '../../mrio/aggregate.ts';

describe('sums of rows and columns', () => {
  const values = Float64Array.from([1, 2, 3, 4, 5, 6]);

  it('of both, by hand', () => {
    // Rows of 1 2 3 and 4 5 6: columns 0 and 2 are one group.
    expect([...aggregate(values, ungrouped(2), grouping([0, 1, 0]))]).toEqual([4, 2, 10, 5]);
    expect([...aggregate(values, grouping([0, 0]), grouping([0, 1, 0]))]).toEqual([14, 7]);
  });

  it('of pairs, region by region', () => {
    expect(groupedPairs(grouping([1, 0]), grouping([0, 1, 1]))).toEqual({ groups: [2, 3, 3, 0, 1, 1], count: 4 });
  });

  it.each([
    [
      'a matrix of 6 values is to be summed by 2 rows and 2 columns',
      () => aggregate(values, ungrouped(2), ungrouped(2)),
    ],
    ['nothing is in group 1', () => grouping([0, 2])],
    ['-1 is no group', () => grouping([0, -1])],
    ['0.5 is no group', () => grouping([0.5])],
  ])('%s', (message, act) => {
    expect(act).toThrow(message);
  });
});
