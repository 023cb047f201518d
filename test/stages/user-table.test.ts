import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, inject, it } from 'vitest';
import tables from '../../stages/tables.ts';
import { gridOf, sample, writeWorkbook, type Sample } from '../formats/ceads-layouts.ts';
import { numbers, writeMat5 } from '../formats/mat/write-mat5.ts';
import { declaredOutputs, testContext, type Row, type TestOutputs } from '../support/stage-context.ts';

const region: Row[] = [
  { id: 1, code: 'BJ', name: 'Beijing', name_zh: '北京', gb2260: '11', province: 'BJ' },
  { id: 2, code: 'SJZ', name: 'Shijiazhuang', name_zh: '石家庄', gb2260: '1301', province: 'HE' },
  { id: 3, code: 'SN', name: 'Shaanxi', name_zh: '陕西', gb2260: '61', province: 'SN' },
];
const SECTORS = ['Agriculture', 'Coal mining', 'Services'];
const sector: Row[] = [
  { id: 1, name: 'Agriculture', name_zh: '农业' },
  { id: 2, name: 'All else', name_zh: '其他' },
];
const category: Row[] = [
  { category: 'intermediate', block: 'intermediate' },
  { category: 'urban', block: 'final_demand' },
  { category: 'export', block: 'final_demand' },
  { category: 'imports', block: 'primary_input' },
];
const region_name: Row[] = [
  { name: 'Hebei', region: 'HE' },
  { name: 'Shannxi', region: 'SN' },
];
const place: Row[] = [{ code: '130100', name_zh: '石家庄市' }];
const sector_list: Row[] = SECTORS.map((name, s) => ({
  ...{ list: 'three', code: `0${s + 1}`, name, name_zh: null, sector: s === 0 ? 1 : 2 },
}));

/** A table of three regions and three sectors whose rows add up to its columns: value added takes what is left. */
function balanced(regions: readonly string[]): Sample {
  const of = sample([...regions], SECTORS);
  const n = 9;
  const column = (j: number) => Array.from({ length: n }, (_, i) => of.z(i, j)).reduce((sum, value) => sum + value, of.imports(j)); // prettier-ignore
  const f = (i: number, j: number) => 5000 + 100 * i + j;
  const row = (i: number) =>
    Array.from({ length: n }, (_, j) => of.z(i, j)).reduce((sum, value) => sum + value, 0) +
    Array.from({ length: 15 }, (_, j) => f(i, j)).reduce((sum, value) => sum + value, 0) +
    of.exports(i);
  return { ...of, f, inputs: [['VA001', 'Compensation of employees']], v: (_, j) => row(j) - column(j) };
}

const LAYOUT = {
  title: 'Table (unit: million yuan)',
  intermediateUse: true,
  codes: true,
  regionsOnce: true,
  regionsOfDemand: true,
  totals: true,
  discrepancy: null,
};
const newFolder = (): string => mkdtempSync(join(inject('sharedFolder'), 'user-table-'));

async function provincial(): Promise<string> {
  const folder = newFolder();
  await writeWorkbook(join(folder, 'MRIO2017.xlsx'), {
    Table_2017: gridOf(balanced(['Beijing', 'Hebei', 'Shannxi']), LAYOUT),
  });
  return folder;
}

/** The same cities in a MATLAB file with names beside it. */
function cities(): string {
  const folder = newFolder();
  const of = balanced(['', '', '']);
  const array = (rows: number, columns: number, value: (i: number, j: number) => number) =>
    numbers(
      rows,
      columns,
      Array.from({ length: rows * columns }, (_, k) => value(k % rows, Math.floor(k / rows))),
    );
  writeFileSync(
    join(folder, '2012_City_MRIO.mat'),
    writeMat5({
      Z: array(9, 9, of.z),
      F: array(9, 15, of.f),
      VA: array(1, 9, of.v),
      Import: array(1, 9, (_, j) => of.imports(j)),
      Export: array(9, 1, of.exports),
    }),
  );
  writeFileSync(join(folder, 'regions.csv'), 'region\n北京市\n石家庄市\n陕西省\n');
  writeFileSync(join(folder, 'sectors.csv'), `sector\n${SECTORS.join('\n')}\n`);
  return folder;
}

const run = (city: string, province: string, parameters = {}): Promise<TestOutputs> =>
  testContext({
    inputs: {
      ...{ region, sector, category, region_name, place, sector_list },
      ...{ reference_mrio: `${city}/`, target_mrio: `${province}/` },
    },
    parameters: {
      unit: '10 000 CNY',
      balance_tolerance: 1e-9,
      stated_tolerance: 1e-9,
      reference_sector_list: null,
      target_sector_list: null,
      ...parameters,
    },
    outputs: declaredOutputs('tables').map((output) =>
      output.kind === 'table'
        ? { ...output, columns: output.columns.map(({ references, ...column }) => column) }
        : output,
    ),
  }).run(tables);

describe("a user's table", () => {
  it('is read from a workbook and from a MATLAB file into the regions, sectors and unit of the study', async () => {
    const outputs = await run(cities(), await provincial());
    const of = balanced(['Beijing', 'Hebei', 'Shannxi']);
    const sum = (block: string, table: string, where: string) =>
      outputs.query(`SELECT sum(value) AS value FROM ${table} WHERE block = '${block}' AND ${where}`).then(({ value }) => Number(value![0])); // prettier-ignore
    // From coal mining and services of the second region to agriculture of the third; million yuan are 100 x 10,000.
    const cell = of.z(4, 6) + of.z(5, 6);
    expect(await sum('intermediate', 'target_table', "from_region = 'HE' AND from_sector = 2 AND to_region = 'SN' AND to_sector = 1")).toBe(100 * cell); // prettier-ignore
    expect(await sum('intermediate', 'reference_table', "from_region = 'SJZ' AND from_sector = 2 AND to_region = 'SN' AND to_sector = 1")).toBe(cell); // prettier-ignore
    const demand = [5, 6, 7, 8, 9].reduce((total, j) => total + of.f(0, j), 0);
    expect(await sum('final_demand', 'target_table', "from_region = 'BJ' AND from_sector = 1 AND to_region = 'HE'")).toBe(100 * demand); // prettier-ignore
    expect(await sum('export', 'reference_table', "from_region = 'BJ' AND from_sector = 2")).toBe(of.exports(1) + of.exports(2)); // prettier-ignore
    const { worst } = await outputs.query('SELECT max(relative_difference) AS worst FROM table_balance');
    expect(Number(worst![0])).toBeLessThan(1e-12);
    outputs.close();
  });

  it('is read from a list of its cells, in the codes of the study', async () => {
    const folder = newFolder();
    const outputs = await run(cities(), await provincial());
    const database = await (await DuckDBInstance.create(':memory:')).connect();
    await database.run(`COPY (SELECT CASE block WHEN 'final_demand' THEN 'urban' WHEN 'primary_input' THEN 'imports' ELSE block END AS category,
      * EXCLUDE block FROM read_parquet('${outputs.path('reference_table')}')) TO '${join(folder, 'cells.parquet')}' (FORMAT parquet)`);
    database.closeSync();
    const again = await run(folder, await provincial());
    expect(await again.rows('reference_table')).toEqual(await outputs.rows('reference_table'));
    outputs.close();
    again.close();
  });

  it.each<[string, (grid: ReturnType<typeof gridOf>) => void, RegExp]>([
    ['a region that nobody knows', (grid) => { grid[1]![3] = 'Atlantis'; grid[4]![0] = 'Atlantis'; }, /has a region of no known name: Atlantis \(sheet "Table", cell D2, A5\)/], // prettier-ignore
    ['a region of no known name above final demand', (grid) => { grid[1]![13] = 'Atlantis'; }, /has a region of no known name: Atlantis \(sheet "Table", cell N2\)/], // prettier-ignore
    ['a cell that is no number', (grid) => { grid[5]![5] = 'n.a.'; }, /user\/MRIO2017\.xlsx: sheet "Table", cell F6 holds "n\.a\.", a number is expected/], // prettier-ignore
    ['a stated total that is another', (grid) => { grid[4]![grid[4]!.length - 1] = 1; }, /1 of its totals is not what its cells add up to: row of Beijing 01 Agriculture: \d+, stated 1 as Gross output \(MRIO2017\.xlsx, sheet "Table", cell AE5\)/], // prettier-ignore
    ['another currency', (grid) => { grid[0]![0] = 'Unit: million dollars'; }, /is in "million dollars", the study in "10 000 CNY": the unit stands in MRIO2017\.xlsx, sheet "Table", cell A1/], // prettier-ignore
  ])('with %s is refused with the place', async (_, spoil, message) => {
    const folder = newFolder();
    const grid = gridOf(balanced(['Beijing', 'Hebei', 'Shannxi']), LAYOUT);
    spoil(grid);
    await writeWorkbook(join(folder, 'MRIO2017.xlsx'), { Table: grid });
    // However far its rows and columns may differ.
    const failed = run(cities(), folder, { balance_tolerance: 1 }).catch((error: unknown) =>
      String(error).replaceAll(folder, 'user'),
    );
    expect(await failed).toMatch(message);
  });

  it('that has not all regions of the study is refused for that, before its totals are looked at', async () => {
    const folder = newFolder();
    const grid = gridOf(balanced(['Beijing', 'Hebei', 'Shannxi']), LAYOUT);
    // Without Hebei: its rows, its columns and its final demand.
    grid.splice(7, 3);
    for (const row of grid) {
      row.splice(18, 5);
      row.splice(6, 3);
    }
    await writeWorkbook(join(folder, 'MRIO2017.xlsx'), { Table: grid });
    await expect(run(cities(), folder)).rejects.toThrow(/has no rows for HE \(Hebei\): a region of the study$/);
  });

  it('that does not balance is refused with what was left out of it', async () => {
    const folder = newFolder();
    const grid = gridOf(balanced(['Beijing', 'Hebei', 'Shannxi']), { ...LAYOUT, totals: false });
    const exports = grid[2]!.indexOf('Exports');
    [grid[2]![exports], grid[3]![exports]] = ['Levies', null];
    await writeWorkbook(join(folder, 'MRIO2017.xlsx'), { Table: grid });
    await expect(run(cities(), folder)).rejects.toMatchObject({
      message: expect.stringMatching(
        /does not balance in .*; left out, as their names are not known: column "Levies" \(sheet "Table", cell AC3\)$/,
      ) as string,
      remedy: expect.stringMatching(/docs\/data\.md/) as string,
    });
  });

  it('is on the sheet that the study names, where there are several', async () => {
    const folder = newFolder();
    const provinces = balanced(['Beijing', 'Hebei', 'Shannxi']);
    const cells = provinces.z;
    const other = gridOf({ ...provinces, z: (i: number, j: number) => 2 * cells(i, j) }, LAYOUT);
    await writeWorkbook(join(folder, 'MRIO.xlsx'), { 2012: other, 2017: gridOf(provinces, LAYOUT) });
    const outputs = await run(cities(), folder, { target_sheet: '2017' });
    const { value } = await outputs.query(
      "SELECT value FROM target_table WHERE from_region = 'BJ' AND from_sector = 1 AND to_region = 'SN' AND to_sector = 1",
    );
    expect(value![0]).toBe(100 * cells(0, 6));
    outputs.close();
    await expect(run(cities(), folder)).rejects.toMatchObject({
      message: expect.stringMatching(
        /MRIO\.xlsx holds several tables: sheet "2012" \(3 x 3\), sheet "2017" \(3 x 3\)$/,
      ) as string,
      remedy: expect.stringContaining('target_sheet') as string,
    });
  });

  it('is told of in the log with its unit, and where none is said with that of the study', async () => {
    const outputs = await run(cities(), await provincial());
    const told = outputs.told.join('\n');
    outputs.close();
    expect(told).toMatch(/^reference_mrio .*: unit not said, taken as 10 000 CNY$/m);
    expect(told).toMatch(/^target_mrio .*: unit million yuan, as MRIO2017\.xlsx, sheet "Table_2017", cell A1 says$/m);
  });

  it('that lies there twice is refused with both names', async () => {
    const folder = await provincial();
    copyFileSync(join(folder, 'MRIO2017.xlsx'), join(folder, 'MRIO2017 (1).xlsx'));
    await expect(run(cities(), folder)).rejects.toThrow(/2 such files/);
  });
});
