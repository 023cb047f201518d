import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFacts, projectFile, type Row } from './facts.ts';

/** The national tables as ionet carries them; under a licence of its own, so that they are not part of the project. */
const FOLDER = resolve(projectFile('..'), 'shared/data/nbs');
const present = existsSync(FOLDER);

/** Sectors of the national tables in each of the 26, as data-raw/README.md lists them. */
const PARTS = {
  2012:
    '1-5, 6, 7, 8-9, 10-11, 12-25, 26-30, 31-33, 34-35, 36-38, 39-40, 41-51, 52-58, 59-63, 64, 65-74, 75-79, 80-85, 86-91, ' +
    '92, 93-95, 96, 97-98, 99-102, 104-111, 103+112-139',
  2017: '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16-17, 18, 19, 20, 21, 22-23, 24, 25-26, 27, 29, 28+30-42',
} as const;

function partsOf(year: 2012 | 2017): number[][] {
  return PARTS[year].split(', ').map((part) =>
    part.split('+').flatMap((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return Array.from({ length: last! - first! + 1 }, (_, k) => first! + k);
    }),
  );
}

const facts = await openFacts();

/** Rows of a file of the folder, by the names in its header. */
const readSource = (file: string): Promise<Row[]> =>
  facts(`FROM read_csv('${resolve(FOLDER, file)}', header = true, all_varchar = true, nullstr = 'NA')`);

/** Ours, by category and sectors. */
async function readOurs(year: number): Promise<(category: string, from: number | null, to: number | null) => number> {
  const rows = await facts(`SELECT category, from_sector, to_sector, value FROM national_table WHERE year = ${year}`);
  const values = new Map(
    rows.map((row) => [`${row['category']}.${row['from_sector']}.${row['to_sector']}`, Number(row['value'])]),
  );
  return (category, from, to) => values.get(`${category}.${from}.${to}`)!;
}

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0);

/** Figures are rounded to whole units; inventories take up what that leaves. */
const ROUNDING = 0.5 + 1e-6;
const INVENTORIES = 6;

const VALUE_ADDED = { compensation: 'VA001', taxes: 'VA002', depreciation: 'VA003', surplus: 'VA004' };

describe.skipIf(!present)(
  `national-table.csv against the national tables${present ? '' : ' (skipped: not there)'}`,
  () => {
    it('2017: domestic rows as they are, imported inputs summed by using sector', async () => {
      const ours = await readOurs(2017);
      const rows = await readSource('china_2017_42.csv');
      const row = (origin: string, code: string): Row =>
        rows.find((one) => one['Origin'] === origin && one['Code'] === code)!;
      const two = (sector: number): string => String(sector).padStart(2, '0');
      const domestic = (sectors: readonly number[], column: string): number =>
        sum(sectors, (sector) => Number(row('Domestic', two(sector))[column]));
      const imports = rows.filter((one) => one['Origin'] === 'Imports');
      const parts = partsOf(2017);
      parts.forEach((sectors, i) => {
        parts.forEach((users, j) => {
          const delivered = sum(users, (user) => domestic(sectors, two(user)));
          expect(Math.abs(ours('intermediate', i + 1, j + 1) - delivered)).toBeLessThan(ROUNDING);
        });
        const consumption = sum(['rural', 'urban', 'government'], (category) => ours(category, i + 1, null));
        expect(Math.abs(consumption - domestic(sectors, 'TC'))).toBeLessThan(3 * ROUNDING);
        expect(Math.abs(ours('capital', i + 1, null) - domestic(sectors, 'FU201'))).toBeLessThan(ROUNDING);
        expect(Math.abs(ours('inventories', i + 1, null) - domestic(sectors, 'FU202'))).toBeLessThan(INVENTORIES);
        expect(Math.abs(ours('export', i + 1, null) - domestic(sectors, 'EX'))).toBeLessThan(ROUNDING);
        const imported = sum(imports, (product) => sum(sectors, (user) => Number(product[two(user)])));
        expect(Math.abs(ours('imports', null, i + 1) - imported)).toBeLessThan(ROUNDING);
        for (const [category, code] of Object.entries(VALUE_ADDED)) {
          const added = sum(sectors, (sector) => Number(row('TOT', code)[two(sector)]));
          expect(Math.abs(ours(category, null, i + 1) - added)).toBeLessThan(ROUNDING);
        }
      });
    });

    it('2012: imports taken out of the domestic uses of each product in proportion', async () => {
      const ours = await readOurs(2012);
      const rows = await readSource('china_2012_139.csv');
      const row = (code: string): Row => rows.find((one) => one['Code'] === code)!;
      const three = (sector: number): string => String(sector).padStart(3, '0');
      const parts = partsOf(2012);
      const products = parts.flat();
      const importShare = new Map(
        products.map((product) => {
          const of = (column: string): number => Number(row(three(product))[column]);
          return [product, of('IM') / (of('TIU') + of('TC') + of('GCF'))];
        }),
      );
      const domestic = (sectors: readonly number[], column: string): number =>
        sum(sectors, (sector) => Number(row(three(sector))[column]) * (1 - importShare.get(sector)!));
      parts.forEach((sectors, i) => {
        parts.forEach((users, j) => {
          const delivered = sum(users, (user) => domestic(sectors, three(user)));
          expect(Math.abs(ours('intermediate', i + 1, j + 1) - delivered)).toBeLessThan(ROUNDING);
        });
        const uses = { rural: 'FU101', urban: 'FU102', government: 'FU103', capital: 'FU201' };
        for (const [category, code] of Object.entries(uses)) {
          expect(Math.abs(ours(category, i + 1, null) - domestic(sectors, code)), category).toBeLessThan(ROUNDING);
        }
        const errors = sum(sectors, (sector) => Number(row(three(sector))['ERR']));
        const inventories = domestic(sectors, 'FU202') + errors;
        expect(Math.abs(ours('inventories', i + 1, null) - inventories)).toBeLessThan(INVENTORIES);
        const exported = sum(sectors, (sector) => Number(row(three(sector))['EX']));
        expect(Math.abs(ours('export', i + 1, null) - exported)).toBeLessThan(ROUNDING);
        const imported = sum(products, (product) =>
          sum(sectors, (user) => Number(row(three(product))[three(user)]) * importShare.get(product)!),
        );
        expect(Math.abs(ours('imports', null, i + 1) - imported)).toBeLessThan(ROUNDING);
        for (const [category, code] of Object.entries(VALUE_ADDED)) {
          const added = sum(sectors, (sector) => Number(row(code)[three(sector)]));
          expect(Math.abs(ours(category, null, i + 1) - added)).toBeLessThan(ROUNDING);
        }
      });
      expect(Math.max(...importShare.values())).toBeCloseTo(0.57, 2);
    });
  },
);
