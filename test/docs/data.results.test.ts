import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectShown, queryCount, shownQueries } from './shown-queries.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(`${ROOT}/docs/data.md`, 'utf8');
const queries = shownQueries(page);

describe('docs/data.md', () => {
  it('shows a table for each query', () => {
    expect(queries.length).toBe(queryCount(page));
    expect(queries.length).toBeGreaterThan(0);
  });

  it.each(queries)('$sql', async (query) => {
    await expectShown(`${ROOT}/data-out`, query);
  });
});
