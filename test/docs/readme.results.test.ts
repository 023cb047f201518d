import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask } from '../study/identities.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(`${ROOT}/README.md`, 'utf8');

/** Each SQL block of the README with the table printed under it. */
const queries = Array.from(readme.matchAll(/```sql\n(.*?)```\n\n((?:\|[^\n]*\n)+)/gs), ([, sql, table]) => ({
  sql: sql!,
  rows: table!
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => !cells.every((cell) => /^-+:?$/.test(cell))),
}));

describe('the README', () => {
  it('has two queries with their output', () => {
    expect(queries).toHaveLength(2);
  });

  it.each(queries)('shows what its query gives on the full-size results: $sql', async ({ sql, rows }) => {
    const answer = await ask(`${ROOT}/data-out`, sql);
    const [header, ...shown] = rows;
    expect(answer.map((row) => Object.values(row).map(String))).toEqual(shown);
    expect(Object.keys(answer[0]!)).toEqual(header);
  });
});
