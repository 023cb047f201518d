import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { concordanceOf } from '../../../formats/concordance.ts';
import type { ListedSector } from '../../../formats/listed-sectors.ts';
import { openTable } from '../../../formats/detect.ts';
import type { OpenTable } from '../../../formats/open-table.ts';
import { writePymrioFolder } from '../../../formats/pymrio/write-folder.ts';
import { readTable, requireAsStated } from '../../../formats/read-table.ts';
import { aggregate, groupedPairs, grouping, ungrouped } from '../../../mrio/aggregate.ts';
import type { MrioTable } from '../../../mrio/table.ts';
import { gridOf, sample, writeWorkbook, type Layout } from '../../formats/ceads-layouts.ts';

// Each name is that of a region and of a sector; the order is another, and one sector has the name of the first region.
const REGIONS = ['Agriculture', 'Services', 'Industry'];
const SECTORS = ['Industry', 'Agriculture', 'Services'];
const [R, S, CATEGORIES] = [3, 3, 5];
const n = R * S;

/** Whole numbers that tell their place; nothing but deliveries, final demand and value added. */
const of = { ...sample(REGIONS, SECTORS), exports: () => 0, discrepancy: () => 0, imports: () => 0 };

const LAYOUT: Layout = {
  intermediateUse: true,
  codes: true,
  regionsOnce: true,
  regionsOfDemand: true,
  totals: true,
  discrepancy: null,
};
const matrix = (rows: number, columns: number, value: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: rows * columns }, (_, k) => value(Math.floor(k / columns), k % columns));
const sumOf = (count: number, value: (k: number) => number): number =>
  Array.from({ length: count }, (_, k) => value(k)).reduce((sum, part) => sum + part, 0);

/** Files that hold this table, each by the path it returns. */
const FILES: Record<string, (folder: string) => Promise<string>> = {
  'a folder of pymrio': async (folder) => {
    await writePymrioFolder(folder, ofPymrio);
    return folder;
  },
  'a list of cells': async (folder) => {
    const path = join(folder, 'cells.csv');
    writeFileSync(path, `${cells().join('\n')}\n`);
    return Promise.resolve(path);
  },
  'a sheet with codes': (folder) => sheet(folder, LAYOUT),
  'a sheet without codes': (folder) => sheet(folder, { ...LAYOUT, codes: false, regionsOnce: false }),
  'a sheet without codes, each region named once': (folder) => sheet(folder, { ...LAYOUT, codes: false }),
};

const ofPymrio = {
  ...{ name: 'same names', regions: REGIONS, sectors: SECTORS, unit: '10,000 yuan' },
  // A category of final demand may be called so too.
  categories: ['Agriculture', 'households', 'Industry', 'government', 'stocks'],
  intermediate: matrix(n, n, of.z),
  finalDemand: matrix(n, R * CATEGORIES, of.f),
  output: Float64Array.from({ length: n }, (_, i) => sumOf(n, (j) => of.z(i, j)) + sumOf(R * CATEGORIES, (j) => of.f(i, j))), // prettier-ignore
  extensions: [
    {
      name: 'factor_inputs',
      indexNames: ['inputtype'],
      rows: ['wages', 'taxes', 'depreciation', 'surplus'].map((name) => ({ key: [name], unit: '10,000 yuan' })),
      flows: matrix(4, n, of.v),
    },
  ],
};

function cells(): string[] {
  const account = (k: number): string => `${REGIONS[Math.floor(k / S)]!},${SECTORS[k % S]!}`;
  const lines = ['from_region,from_sector,to_region,to_sector,category,value_10k_cny'];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) lines.push(`${account(i)},${account(j)},intermediate,${of.z(i, j)}`);
    for (let j = 0; j < R * CATEGORIES; j++)
      lines.push(`${account(i)},${REGIONS[Math.floor(j / CATEGORIES)]!},,${ofPymrio.categories[j % CATEGORIES]!},${of.f(i, j)}`); // prettier-ignore
    for (let v = 0; v < 4; v++) lines.push(`,,${account(i)},${ofPymrio.extensions[0]!.rows[v]!.key[0]!},${of.v(v, i)}`);
  }
  return lines;
}

async function sheet(folder: string, layout: Layout): Promise<string> {
  const path = join(folder, 'table.xlsx');
  await writeWorkbook(path, { Table: gridOf(of, layout) });
  return path;
}

const named = (list: string, sectors: readonly number[]): ListedSector[] =>
  SECTORS.map((name, s) => ({ list, code: String(s + 1).padStart(2, '0'), names: [name], sector: sectors[s]! }));

/** The table of a file in the given regions and sectors, each told by the position in REGIONS and SECTORS. */
async function read(open: OpenTable, regions: readonly string[], sectors: readonly number[]): Promise<MrioTable> {
  const names = REGIONS.map((name, r) => ({ name, region: regions[r]! }));
  const concordance = concordanceOf(open, names, named('own', sectors), 'the table');
  const axes = { regions: [...new Set(regions)], sectors: [...new Set(sectors)] };
  const { table, accounts } = await readTable(open, axes, concordance);
  requireAsStated(accounts, 1e-12, 'the table');
  return table;
}

describe.each(Object.entries(FILES))('regions that are called like sectors, in %s', (_, write) => {
  let open: OpenTable;
  beforeAll(async () => {
    open = await openTable(await write(mkdtempSync(join(inject('sharedFolder'), 'names-'))));
  });

  it('are read exactly', async () => {
    const table = await read(open, ['A', 'S', 'I'], [1, 2, 3]);
    expect(table.intermediate).toEqual(matrix(n, n, of.z));
    const demand = matrix(n, R + 1, (i, r) => (r === R ? 0 : sumOf(CATEGORIES, (c) => of.f(i, r * CATEGORIES + c))));
    expect(table.finalDemand).toEqual(demand);
    expect(table.primaryInput).toEqual(Float64Array.from({ length: n }, (_, j) => sumOf(4, (v) => of.v(v, j))));
  });

  it('are summed as regions, and sectors as sectors', async () => {
    // Regions Agriculture and Industry are one; of sectors it is Industry and Services.
    const table = await read(open, ['AI', 'S', 'AI'], [1, 2, 1]);
    const [regions, sectors] = [grouping([0, 1, 0]), grouping([0, 1, 0])];
    const accounts = groupedPairs(regions, sectors);
    expect(table.intermediate).toEqual(aggregate(matrix(n, n, of.z), accounts, accounts));
    const ofDemand = groupedPairs(regions, grouping(Array.from({ length: CATEGORIES }, () => 0)));
    const demand = aggregate(matrix(n, R * CATEGORIES, of.f), accounts, ofDemand);
    expect(aggregate(table.finalDemand, ungrouped(4), grouping([0, 1, 2]))).toEqual(
      Float64Array.from({ length: 12 }, (_, k) => (k % 3 === 2 ? 0 : demand[Math.floor(k / 3) * 2 + (k % 3)]!)),
    );
    // From sector Agriculture of region Services, account 4, to the other sectors of the regions Agriculture and Industry.
    const byHand = [0, 2, 6, 8].reduce((sum, user) => sum + of.z(4, user), 0);
    expect(table.intermediate[3 * 4]).toBe(byHand);
  });
});
