import { expect, it } from 'vitest';
import { readingLine } from '../../tools/reading-line.ts';

it('a line on a terminal says each percent once, and leaves nothing behind', () => {
  const drawn: (readonly string[])[] = [];
  const line = readingLine({ live: (lines) => drawn.push(lines) }, 'MRIO2017.xlsx');
  for (const share of [0.001, 0.009, 0.011, 0.5, 0.5, 1]) line.show(share);
  line.clear();
  expect(drawn).toEqual([
    ['opening MRIO2017.xlsx'],
    ...['0%', '1%', '50%', '100%'].map((percent) => [`reading MRIO2017.xlsx: ${percent}`]),
    [],
  ]);
});
