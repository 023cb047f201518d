import { expect } from 'vitest';
import { ask } from '../study/identities.ts';

/** A query of a page with the table printed under it. */
export interface ShownQuery {
  readonly sql: string;
  /** Cells of the table by row, the header first. */
  readonly rows: readonly (readonly string[])[];
}

/** The cells of a table in Markdown, without the line below the header. */
export const tableCells = (table: string): string[][] =>
  table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => !cells.every((cell) => /^:?-+:?$/.test(cell)));

/** Each SQL block of a page with the table printed under it. */
export const shownQueries = (page: string): ShownQuery[] =>
  Array.from(page.matchAll(/```sql\n(.*?)```\n\n((?:\|[^\n]*\n)+)/gs), ([, sql, table]) => ({
    sql: sql!,
    rows: tableCells(table!),
  }));

/** How many SQL blocks a page has, with or without a table. */
export const queryCount = (page: string): number => page.match(/^```sql$/gm)?.length ?? 0;

/** Asks a query and compares what it gives with what is printed, header and cells. */
export async function expectShown(results: string, { sql, rows }: ShownQuery): Promise<void> {
  const answer = await ask(results, sql);
  const [header, ...shown] = rows;
  expect(answer.map((row) => Object.values(row).map(String))).toEqual(shown);
  expect(Object.keys(answer[0]!)).toEqual(header);
}
