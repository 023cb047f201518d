import { describe, expect, it } from 'vitest';
import { readCategoryTable, type CategoryTable } from '../../stages/national-table.ts';
import { testContext, type Row } from '../support/stage-context.ts';

const category: Row[] = [
  { category: 'intermediate', block: 'intermediate' },
  { category: 'urban', block: 'final_demand' },
  { category: 'export', block: 'final_demand' },
  { category: 'imports', block: 'primary_input' },
];

const sector: Row[] = [{ id: 1 }, { id: 2 }];
const SECTORS = 'the sectors of artifact sector of stage test';

const row = (category: string, from_sector: number | null, to_sector: number | null, value = 1): Row => ({
  year: 2017,
  from_sector,
  to_sector,
  category,
  value,
});

const GOOD = [
  row('intermediate', 1, 2, 12),
  row('intermediate', 2, 1, 21),
  row('urban', 1, null, 31),
  row('export', 2, null, 42),
  row('imports', null, 2, 52),
];

async function read(rows: readonly Row[]): Promise<CategoryTable> {
  let table: CategoryTable | undefined;
  const outputs = await testContext({ inputs: { category, sector, national_table: rows }, outputs: [] }).run(
    async (context) => {
      table = await readCategoryTable(context, 'national_table', [1, 2], 2017);
    },
  );
  outputs.close();
  return table!;
}

describe('a national table', () => {
  it('has each value in its cell', async () => {
    const other = { ...row('urban', 1, null, 99), year: 2012 };
    expect(await read([...GOOD, other])).toEqual({
      sectors: [1, 2],
      demandCategories: ['export', 'urban'],
      primaryCategories: ['imports'],
      intermediate: Float64Array.of(0, 12, 21, 0),
      finalDemand: Float64Array.of(0, 31, 42, 0),
      primaryInput: Float64Array.of(0, 52),
    });
  });

  it.each([
    ['urban', null, 2, '2017 urban from no sector to sector 2: 7', 'needs from_sector, and no to_sector'],
    ['urban', 1, 2, '2017 urban from sector 1 to sector 2: 7', 'needs from_sector, and no to_sector'],
    ['export', null, null, '2017 export from no sector to no sector: 7', 'needs from_sector, and no to_sector'],
    ['intermediate', 1, null, '2017 intermediate from sector 1 to no sector: 7', 'needs from_sector and to_sector'],
    ['intermediate', null, 2, '2017 intermediate from no sector to sector 2: 7', 'needs from_sector and to_sector'],
    ['imports', 1, 2, '2017 imports from sector 1 to sector 2: 7', 'needs to_sector, and no from_sector'],
    ['urban', 3, null, '2017 urban from sector 3 to no sector: 7', SECTORS],
    ['intermediate', 1, 3, '2017 intermediate from sector 1 to sector 3: 7', SECTORS],
    ['imports', null, 0, '2017 imports from no sector to sector 0: 7', SECTORS],
  ] as const)('has no row that no cell is meant by: %s from %s to %s', async (name, from, to, shown, remedy) => {
    await expect(read([...GOOD, row(name, from, to, 7)])).rejects.toMatchObject({
      name: 'StageError',
      message: expect.stringMatching(
        `^national_table \\(artifact national_table of stage test\\) has 1 row of .*: ${shown}$`,
      ) as string,
      remedy: expect.stringContaining(remedy) as string,
    });
  });

  it('may have such rows in a year that is not read', async () => {
    await read([...GOOD, { ...row('urban', null, 3), year: 2012 }]);
  });

  it('has rows of the year', async () => {
    await expect(read(GOOD.map((good) => ({ ...good, year: 2012 })))).rejects.toThrow(
      'national_table (artifact national_table of stage test) has no rows for 2017',
    );
  });
});
