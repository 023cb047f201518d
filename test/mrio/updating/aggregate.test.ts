import { expect, it } from 'vitest';
import { division } from '../../../mrio/anais/disaggregation.ts';
import { emptyTable, type MrioTable } from '../../../mrio/table.ts';
import { aggregateToTarget } from '../../../mrio/updating/aggregate.ts';

it('sums parts to their region, sector by sector, and keeps exports apart', () => {
  // A and C lie in P, B in Q; two sectors.
  const table: MrioTable = {
    regions: ['A', 'B', 'C'],
    sectors: [1, 2],
    intermediate: Float64Array.from({ length: 36 }, (_, k) => 2 ** (Math.floor(k / 6) % 2) * 10 ** (k % 6)),
    finalDemand: Float64Array.from({ length: 24 }, (_, k) => (Math.floor(k / 4) + 1) * 10 ** (k % 4)),
    primaryInput: Float64Array.of(1, 2, 3, 4, 5, 6),
  };
  const parents = { A: 'P', B: 'Q', C: 'P' };
  const parts = division(table, emptyTable(['P', 'Q'], [1, 2]), (region) => parents[region as keyof typeof parents]);
  expect(aggregateToTarget(table, parts)).toEqual({
    regions: ['P', 'Q'],
    sectors: [1, 2],
    // Of each row of the parts to A, B, C: 1 and 10, 100 and 1000, 10,000 and 100,000.
    intermediate: Float64Array.of(
      ...[20_002, 200_020, 200, 2000],
      ...[40_004, 400_040, 400, 4000],
      ...[10_001, 100_010, 100, 1000],
      ...[20_002, 200_020, 200, 2000],
    ),
    // Rows 1 + 5, 2 + 6, 3, 4; columns A and C, B, exports.
    finalDemand: Float64Array.of(...[606, 60, 6000], ...[808, 80, 8000], ...[303, 30, 3000], ...[404, 40, 4000]),
    primaryInput: Float64Array.of(1 + 5, 2 + 6, 3, 4),
  });
});
