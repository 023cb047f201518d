import { expect, it } from 'vitest';
import { requireWholeStudy } from '../../formats/study-coverage.ts';

const rows = [{ kind: 'account', region: 'North', sector: 'Farms' }] as const;
const names = [
  { name: 'N', region: 'N' },
  { name: 'S', region: 'S' },
  { name: 'South', region: 'S' },
];
const concordance = { list: 'two', region: () => 'N', sector: () => 1 };

it('a table without a region of the study is refused, and the remedy says how to run it without', () => {
  const refused = () => {
    requireWholeStudy({ rows }, concordance, { regions: ['N', 'S'], sectors: [1] }, names, 'table.csv');
  };
  expect(refused).toThrow(
    expect.objectContaining({
      message: 'table.csv has no rows for S (South): a region of the study',
      remedy: expect.stringMatching(
        /to run it without that region, take it out of .*the source region .* docs\/data\.md/,
      ) as string,
    }),
  );
});

it('a table with all of them is not', () => {
  requireWholeStudy({ rows }, concordance, { regions: ['N'], sectors: [1] }, names, 'table.csv');
});
