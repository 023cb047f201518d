import { describe, expect, it } from 'vitest';
import tables from '../../stages/tables.ts';
import { declaredOutputs, testContext, type Row, type TestOutputs } from '../support/stage-context.ts';

const region: Row[] = [
  { code: 'C1', id: 1, province: 'HE' },
  { code: 'C2', id: 2, province: 'HE' },
  { code: 'SX', id: 3, province: 'SX' },
];
const sector: Row[] = [{ id: 1 }];
const category: Row[] = [
  { category: 'intermediate', block: 'intermediate' },
  { category: 'urban', block: 'final_demand' },
  { category: 'rural', block: 'final_demand' },
  { category: 'export', block: 'final_demand' },
  { category: 'imports', block: 'primary_input' },
];

const cell = (category: string, from: string | null, to: string, value: number): Row => ({
  category,
  from_region: from,
  from_sector: from === null ? null : 1,
  to_region: to,
  to_sector: category === 'intermediate' || category === 'imports' ? 1 : null,
  value: value,
});

/** Every region delivers 10 to every region, sells 20 + 5 at home and exports 7. */
function table(regions: readonly string[]): Row[] {
  return regions.flatMap((from) => [
    ...regions.map((to) => cell('intermediate', from, to, 10)),
    cell('urban', from, from, 20),
    cell('rural', from, from, 5),
    cell('export', from, from, 7),
    cell('imports', null, from, 32),
  ]);
}

function run(city: Row[], provincial: Row[] = table(['HE', 'SX']), sectors = sector): Promise<TestOutputs> {
  return testContext({
    inputs: { region, sector: sectors, category, reference_mrio: city, target_mrio: provincial },
    parameters: { unit: '10 000 CNY', balance_tolerance: 1e-6, stated_tolerance: 1e-6 },
    outputs: declaredOutputs('tables').map((output) =>
      output.kind === 'table'
        ? { ...output, columns: output.columns.map(({ references, ...column }) => column) }
        : output,
    ),
  }).run(tables);
}

const cities = table(['C1', 'C2', 'SX']);

describe('the tables stage', () => {
  it('sums final demand over its categories and keeps exports apart', async () => {
    const outputs = await run(cities);
    const rows = await outputs.rows('reference_table');
    const of = (block: string): unknown[] =>
      rows
        .filter((row) => row['block'] === block && row['from_region'] === 'C2')
        .map((row) => [row['to_region'], row['value']]);
    expect(of('final_demand')).toEqual([['C2', 25]]);
    expect(of('export')).toEqual([[null, 7]]);
    expect(of('intermediate')).toEqual([
      ['C1', 10],
      ['C2', 10],
      ['SX', 10],
    ]);
    outputs.close();
  });

  it('reports the balance of every account of both tables', async () => {
    const outputs = await run(cities);
    const rows = await outputs.rows('table_balance');
    expect(rows).toHaveLength(5);
    for (const row of rows) {
      expect(row['row_total']).toBe(row['column_total']);
      expect(row['relative_difference']).toBe(0);
    }
    outputs.close();
  });

  it('names the account that does not balance', async () => {
    const wrong = cities.map((row) =>
      row['category'] === 'imports' && row['to_region'] === 'C2' ? { ...row, value: 33 } : row,
    );
    await expect(run(wrong)).rejects.toThrow(
      /^reference_mrio \(.*\) does not balance in 1 of 3 accounts .*C2\.1: row 62, column 63/,
    );
  });

  it('names regions that are missing and regions that are not known', async () => {
    await expect(run(table(['C1', 'SX', 'XX']))).rejects.toThrow(
      'has no rows for C2 and has rows for XX, which artifact region of stage test does not expect',
    );
  });

  it('names sectors that are not known', async () => {
    const wrong = cities.map((row) =>
      row['to_sector'] === 1 && row['from_region'] === 'C1' ? { ...row, to_sector: 27 } : row,
    );
    await expect(run(wrong)).rejects.toMatchObject({
      message: expect.stringContaining('has sectors 27, which artifact sector of stage test does not have') as string,
      remedy: 'aggregate the table to the sectors of artifact sector of stage test',
    });
  });

  it('names sectors that are missing', async () => {
    const two = table(['HE', 'SX']).concat(cell('urban', 'HE', 'HE', 0));
    const wrong = run(cities, two, [{ id: 1 }, { id: 2 }]);
    await expect(wrong).rejects.toThrow(/has no rows for sectors 2/);
  });

  it.each([
    ['intermediate', { to_sector: null }, 'a row needs from_region, from_sector, to_region and to_sector'],
    ['urban', { from_sector: null }, 'from_region, from_sector and to_region, and no to_sector'],
    ['rural', { to_sector: 1 }, 'from_region, from_sector and to_region, and no to_sector'],
    ['export', { from_region: null }, 'from_region and from_sector, and no to_sector'],
    ['imports', { to_sector: null }, 'to_region and to_sector, and neither from_region nor from_sector'],
    ['imports', { from_region: 'C1' }, 'to_region and to_sector, and neither from_region nor from_sector'],
  ])('refuses a row that no cell is meant by: %s with %o', async (category, change, needs) => {
    const wrong = cities.map((row) => (row['category'] === category ? { ...row, ...change } : row));
    await expect(run(wrong)).rejects.toMatchObject({
      message: expect.stringMatching(`^reference_mrio .*${category} from`) as string,
      remedy: expect.stringContaining(needs) as string,
    });
  });

  it.each([
    ['intermediate', 'delivery from C2.1 to C2.1 is -1', 'as a delivery from the user to the producer'],
    ['urban', 'final demand for C2.1 by C2 is -6', 'as a primary input of the producer'],
    ['export', 'export of C2.1 is -1', 'as a primary input of the producer'],
    ['imports', 'primary input of C2.1 is -1', 'as final demand'],
  ])('refuses a negative cell, in the cities and in the provinces: %s', async (category, cell, remedy) => {
    const withNegative = (rows: Row[], region: string): Row[] =>
      rows.map((row) =>
        row['category'] === category && row['to_region'] === region && (row['from_region'] ?? region) === region
          ? { ...row, value: category === 'urban' ? -11 : -1 }
          : row,
      );
    await expect(run(withNegative(cities, 'C2'))).rejects.toMatchObject({
      message: expect.stringMatching(`^reference_mrio \\(.*\\) has 1 negative cell of block .*: ${cell}`) as string,
      remedy: expect.stringContaining(remedy) as string,
    });
    await expect(run(cities, withNegative(table(['HE', 'SX']), 'HE'))).rejects.toThrow(
      cell.replaceAll('C2', 'HE').replace(/^/, ': '),
    );
  });

  it('takes a negative category that the others of its cell make up for', async () => {
    const rows = cities.map((row) => {
      if (row['from_region'] !== 'C2') return row;
      return { ...row, value: { urban: 30, rural: -5 }[String(row['category'])] ?? row['value']! };
    });
    const outputs = await run(rows);
    outputs.close();
  });
});
