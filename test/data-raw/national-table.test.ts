import { beforeAll, describe, expect, it } from 'vitest';
import { openFacts, type Row } from './facts.ts';

let query: (sql: string) => Promise<Row[]>;
beforeAll(async () => {
  query = await openFacts();
});

describe.each([
  { year: 2012, valueAdded: 53.68, grossOutput: 160.16 },
  { year: 2017, valueAdded: 82.32, grossOutput: 225.77 },
])('national table of $year', ({ year, valueAdded, grossOutput }) => {
  it('has every cell: 26 x 26 deliveries, six categories of final demand, five of primary inputs', async () => {
    const cells = await query(`
      SELECT block, count(*)::INT AS cells, count(from_sector)::INT AS with_from, count(to_sector)::INT AS with_to
      FROM national_table JOIN category USING (category) WHERE year = ${year} GROUP BY block ORDER BY block`);
    expect(cells).toEqual([
      { block: 'final_demand', cells: 6 * 26, with_from: 6 * 26, with_to: 0 },
      { block: 'intermediate', cells: 26 * 26, with_from: 26 * 26, with_to: 26 * 26 },
      { block: 'primary_input', cells: 5 * 26, with_from: 0, with_to: 5 * 26 },
    ]);
  });

  it('balances in every sector, to the last unit', async () => {
    const balanced = await query(`
      SELECT id, row_total, column_total FROM sector
      JOIN (SELECT from_sector AS id, sum(value) AS row_total
            FROM national_table WHERE year = ${year} GROUP BY ALL) USING (id)
      JOIN (SELECT to_sector AS id, sum(value) AS column_total
            FROM national_table WHERE year = ${year} GROUP BY ALL) USING (id)
      WHERE row_total = column_total AND row_total > 0`);
    expect(balanced).toHaveLength(26);
  });

  it('has whole numbers, negative ones in inventories and net taxes only', async () => {
    expect(await query('FROM national_table WHERE value <> round(value)')).toEqual([]);
    const negative = await query(`
      SELECT DISTINCT category FROM national_table WHERE year = ${year} AND value < 0 ORDER BY category`);
    expect(negative).toEqual([{ category: 'inventories' }, { category: 'taxes' }]);
  });

  it(`has value added of ${valueAdded} and gross output of ${grossOutput} trillion CNY`, async () => {
    const [totals] = await query(`
      SELECT sum(value) FILTER (category IN ('compensation', 'taxes', 'depreciation', 'surplus')) / 1e8 AS added,
             sum(value) FILTER (from_sector IS NOT NULL) / 1e8 AS output
      FROM national_table WHERE year = ${year}`);
    expect(Number(totals?.['added'])).toBeCloseTo(valueAdded, 2);
    expect(Number(totals?.['output'])).toBeCloseTo(grossOutput, 2);
  });
});
