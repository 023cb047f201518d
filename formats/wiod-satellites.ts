import { posix } from 'node:path';
import { HucreError, readXls, type CellValue } from 'hucre';
import { ModelError } from '../mrio/error.ts';
import { noNumber } from './delimited/cells.ts';
import { bytesOf, openFiles, within, type Files } from './delimited/files.ts';
import type { RowLabel, Stripe } from './open-table.ts';
import { columnOf, regionsOf, sameRegion } from './wiod-columns.ts';
import { readSocioEconomic } from './wiod-socio-economic.ts';
import type { WiodSheet } from './wiod.ts';
import { cellName, textOf } from './workbook.ts';

/** Socio-economic and environmental accounts of all countries of a table. */
export interface Satellites {
  readonly rows: readonly RowLabel[];
  /** Where a value stands, for errors; rows count from the first of the satellites. */
  place(row: number, column: number): string;
  /** @param rowStart the row of the table that the first of them is */
  stripes(rowStart: number): Generator<Stripe>;
}

/** A workbook of one country, in the folder or archive of an account: AIR_may12, lan_may12. */
interface Country {
  readonly files: Files;
  readonly name: string;
  readonly region: string;
}

/** Sums, and what the tables leave out. */
const LEFT_OUT = ['secTOT', 'secQ', 'total'];

/**
 * Reads the accounts beside a table: the socio-economic ones, which are one workbook, and then the environmental ones.
 * Each of these is a folder, or an archive, of old workbooks of Excel by country, with a sheet for each year: sectors
 * below each other, stressors side by side. An empty cell is zero.
 */
export async function openSatellites(files: Files, table: WiodSheet): Promise<Satellites> {
  const { rows, cells } = await readSocioEconomic(files, table);
  for (const [account, countries] of await accountsOf(files)) {
    const rowOf = new Map<string, number>();
    for (const country of countries) {
      for (const { stressor, unit, column, value, place } of await readCountry(country, table)) {
        const row = rowOf.get(stressor) ?? rows.push({ kind: 'stressor', name: stressor, unit }) - 1;
        rowOf.set(stressor, row);
        cells.push({ row, column, value, place });
      }
    }
    requireRegions(account, countries, table);
  }
  const placeOf = new Map(cells.map(({ row, column, place }) => [`${row} ${column}`, place]));
  return {
    rows,
    place: (row, column) => placeOf.get(`${row} ${column}`) ?? `satellite row ${row + 1}, which no file holds there`,
    *stripes(rowStart) {
      for (const { row, column, value } of cells) {
        yield { axis: 'row', index: rowStart + row, start: column, values: Float64Array.of(value) };
      }
    },
  };
}

async function accountsOf(files: Files): Promise<Map<string, Country[]>> {
  const accounts = new Map<string, Country[]>();
  const add = (account: string, place: Files): void => {
    for (const name of place.names) {
      const region = /^([A-Za-z]{3})_[^/]*\.xls$/.exec(posix.basename(name))?.[1];
      if (region === undefined) continue;
      const found = accounts.get(account) ?? [];
      accounts.set(account, [...found, { files: place, name, region: region.toUpperCase() }]);
    }
  };
  for (const folder of new Set(files.names.map((name) => posix.dirname(name)))) {
    const inside = within(files, folder);
    if (folder !== '.') add(folder, { ...inside, names: inside.names.filter((name) => !name.includes('/')) });
  }
  for (const name of files.names.filter((file) => /^[^/]+\.zip$/i.test(file))) {
    const account = name.slice(0, -4);
    // Who has unpacked an archive may still have it.
    if (!accounts.has(account)) add(account, await openFiles(files.path(name)!));
  }
  return accounts;
}

interface SatelliteValue {
  readonly stressor: string;
  readonly unit: string | null;
  readonly column: number;
  readonly value: number;
  readonly place: string;
}

async function readCountry({ files, name, region }: Country, table: WiodSheet): Promise<SatelliteValue[]> {
  const place = `${files.place}/${name}`;
  const rows = await sheetOf(files, name, place, table.year);
  const [header = []] = rows;
  // Accounts of emissions have names and then codes at the left, the others codes alone.
  const code = rows.slice(1).some((values) => /^sec/.test(textOf(plain(values[0])) ?? '')) ? 0 : 1;
  const unit = textOf(plain(header[0]));
  const values: SatelliteValue[] = [];
  for (const [index, cells] of rows.entries()) {
    const sector = textOf(plain(cells[code]));
    if (index === 0 || sector === null || LEFT_OUT.includes(sector)) continue;
    const column = columnOf(sector, region, table, `${place}, cell ${cellName(index, code)}`);
    for (let j = code + 1; j < header.length; j++) {
      const stressor = textOf(plain(header[j]));
      const value = plain(cells[j]) ?? 0;
      const at = `${place}, sheet "${table.year}", cell ${cellName(index, j)}`;
      if (stressor === null) continue;
      if (typeof value !== 'number' || !Number.isFinite(value)) throw noNumber(String(value), at);
      values.push({ stressor, unit, column, value: value + 0, place: at });
    }
  }
  return values;
}

const plain = (value: CellValue | undefined): string | number | boolean | null =>
  value instanceof Date ? value.toISOString() : (value ?? null);

async function sheetOf(files: Files, name: string, place: string, year: string): Promise<readonly CellValue[][]> {
  try {
    const { sheets } = await readXls(await bytesOf(files, name));
    const sheet = sheets.find((candidate) => candidate.name === year);
    // Empty rows are missing.
    if (sheet !== undefined) return Array.from(sheet.rows as (CellValue[] | undefined)[], (row) => row ?? []);
  } catch (error) {
    if (!(error instanceof HucreError)) throw error;
    throw new ModelError(`${place} cannot be read: ${error.message}`, 'download it again');
  }
  throw new ModelError(
    `${place} has no sheet "${year}"`,
    'take the account out of the folder, or give a table of another year',
  );
}

function requireRegions(account: string, countries: readonly Country[], table: WiodSheet): void {
  const missing = regionsOf(table).filter((region) => !countries.some((country) => sameRegion(region, country.region)));
  if (missing.length === 0) return;
  throw new ModelError(
    `${account} has no workbook of ${missing.join(', ')}`,
    'complete the account, or take it out of the folder',
  );
}
