import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectShown, queryCount, shownQueries } from './shown-queries.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(`${ROOT}/README.md`, 'utf8');
const queries = shownQueries(readme);

describe('the README', () => {
  it('has two queries with their output', () => {
    expect(queries).toHaveLength(2);
    expect(queryCount(readme)).toBe(2);
  });

  it.each(queries)('shows what its query gives on the full-size results: $sql', async (query) => {
    await expectShown(`${ROOT}/data-out`, query);
  });
});
