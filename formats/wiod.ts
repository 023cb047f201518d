import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { ModelError } from '../mrio/error.ts';
import { noNumber } from './delimited/cells.ts';
import { openFiles } from './delimited/files.ts';
import { valueOfEmpty } from './empty-cell.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel, Stripe } from './open-table.ts';
import { openSatellites, type Satellites } from './wiod-satellites.ts';
import { cellName, openWorkbook, textOf, type Sheet, type SheetRow } from './workbook.ts';

/** Rows of the header and columns at the left: code of the sector, its name, the region, code of WIOD. */
const HEADER = { top: 2, code: 2, name: 3, region: 4, key: 5 } as const;
const LEFT = 4;
/** Codes of rows that are no inputs: total intermediate consumption, and output. */
const TOTALS: Readonly<Record<string, 'intermediate' | 'all'>> = { r60: 'intermediate', r69: 'all' };
/** Accounts are c1 to c35; from c36 on, columns are final demand. */
const LAST_SECTOR = 35;

/** A table of WIOD before its satellites are read. */
export interface WiodSheet {
  readonly year: string;
  readonly unit: string | null;
  readonly rows: readonly RowLabel[];
  readonly columns: readonly ColumnLabel[];
  /** Index in the sheet of each row. */
  readonly at: readonly number[];
}

/**
 * Opens a table of WIOD, release 2013, industry by industry (`wiot09_row_sep12.xlsx`): the workbook, or a folder with
 * it, with the socio-economic accounts (`WIOD_SEA_July14.xlsx`), and with the environmental accounts of its countries
 * (`AIR_may12/AUS_AIR_May12.xls`, or that packed). Where any are missing, it is read without them.
 *
 * Sectors are called by their names, with the code of ISIC beside; regions by the code in the file (ROM, not ROU). The
 * row of total intermediate consumption, that of output, and the column of output are stated.
 * @throws ModelError where the workbook has another layout, or a cell that is to hold a number does not
 */
export async function openWiod(path: string): Promise<OpenTable> {
  const files = await openFiles(path);
  const alone = statSync(path).isFile() && !path.toLowerCase().endsWith('.zip');
  const found = alone ? files.names : files.names.filter((name) => /(?:^|\/)wiot[^/]*\.xlsx$/i.test(name));
  const file = found.length === 1 ? files.path(found[0]!) : null;
  if (file === null) {
    const what = found.length === 0 ? 'no workbook wiot*.xlsx' : `several tables: ${found.join(', ')}`;
    throw new ModelError(`${files.place} holds ${what}`, 'give the workbook of one year, unpacked');
  }
  const [sheet] = (await openWorkbook(file)).sheets;
  const table = await describe(sheet!, file);
  const satellites = alone ? null : await openSatellites(files, table);
  const place = (row: number, column: number): string =>
    row < table.rows.length
      ? `${file}, sheet "${sheet!.name}", cell ${cellName(table.at[row]!, LEFT + column)}`
      : satellites!.place(row - table.rows.length, column);
  return {
    format: `WIOD, release 2013, ${basename(file)}`,
    unit: table.unit,
    rows: [...table.rows, ...(satellites?.rows ?? [])],
    columns: table.columns,
    intermediate: 'deliveries',
    place,
    stripes: () => stripes(sheet!, table, place, satellites),
  };
}

/** Whether the first sheet of a workbook has the header of a table of WIOD. */
export async function isWiod(path: string): Promise<boolean> {
  const [sheet] = (await openWorkbook(path)).sheets;
  if (sheet === undefined) return false;
  for await (const { index, values } of sheet.rows()) if (index >= HEADER.key) return textOf(values[LEFT]) === 'c1';
  return false;
}

const notWiod = (place: string, what: string): ModelError =>
  new ModelError(`${place} ${what}`, 'give a world input-output table of WIOD, release 2013, as it is downloaded');

async function describe(sheet: Sheet, place: string): Promise<WiodSheet> {
  const top = new Map<number, SheetRow['values']>();
  const rows: RowLabel[] = [];
  const at: number[] = [];
  for await (const { index, values } of sheet.rows()) {
    if (index <= HEADER.key) {
      top.set(index, values);
    } else {
      const [code, name, region, key] = Array.from({ length: LEFT }, (_, j) => textOf(values[j]));
      if (name === null || name === undefined) continue;
      rows.push(rowLabel({ code: code ?? null, name, region: region ?? null, key: key ?? null }));
      at.push(index);
    }
  }
  const title = textOf(top.get(0)?.[0]) ?? '';
  const year = /\b(\d{4})\b/.exec(title)?.[1];
  const header = (line: keyof typeof HEADER) => top.get(HEADER[line]) ?? [];
  if (year === undefined || textOf(header('key')[LEFT]) !== 'c1') throw notWiod(place, 'has another header than WIOD');
  const width = Math.max(header('name').length, header('key').length);
  const columns = Array.from({ length: width - LEFT }, (_, j): ColumnLabel => {
    const cell = (line: keyof typeof HEADER): string | null => textOf(header(line)[LEFT + j]);
    return columnLabel({ code: cell('code'), name: cell('name') ?? '', region: cell('region'), key: cell('key') });
  });
  requireSameAccounts(rows, columns, place);
  return { year, unit: textOf(top.get(3)?.[0])?.replace(/^\((.*)\)$/, '$1') ?? null, rows, columns, at };
}

interface Labels {
  readonly code: string | null;
  readonly name: string;
  readonly region: string | null;
  readonly key: string | null;
}

const sectorNumber = (key: string | null): number => Number(/^c(\d+)$/.exec(key ?? '')?.[1] ?? Number.NaN);

function account({ code, name, region, key }: Labels): AccountLabel | null {
  if (region === null || !(sectorNumber(key) <= LAST_SECTOR)) return null;
  return { kind: 'account', region, sector: name, ...(code === null ? {} : { code }) };
}

function rowLabel(labels: Labels): RowLabel {
  const total = TOTALS[labels.key ?? ''];
  if (total !== undefined) return { kind: 'stated', of: total, name: labels.name };
  return account(labels) ?? { kind: 'primary input', name: labels.name, imports: false };
}

function columnLabel(labels: Labels): ColumnLabel {
  const { name, region, key } = labels;
  if (region === null || Number.isNaN(sectorNumber(key))) return { kind: 'stated', of: 'all', name };
  return account(labels) ?? { kind: 'final demand', region, category: name };
}

function requireSameAccounts(rows: readonly RowLabel[], columns: readonly ColumnLabel[], place: string): void {
  const name = (label: RowLabel | ColumnLabel | undefined): string | null =>
    label?.kind === 'account' ? `${label.region}, ${label.sector}` : null;
  for (let k = 0; name(rows[k]) !== null || name(columns[k]) !== null; k++) {
    if (name(rows[k]) === name(columns[k])) continue;
    throw notWiod(
      place,
      `has ${name(rows[k]) ?? 'no sector'} in row ${k + 1} and ${name(columns[k]) ?? 'none'} in that column`,
    );
  }
}

async function* stripes(
  sheet: Sheet,
  { rows, columns, at }: WiodSheet,
  place: (row: number, column: number) => string,
  satellites: Satellites | null,
): AsyncGenerator<Stripe> {
  const order = new Map(at.map((index, row) => [index, row]));
  const values = new Float64Array(columns.length);
  for await (const row of sheet.rows()) {
    const index = order.get(row.index);
    if (index === undefined) continue;
    for (let c = 0; c < values.length; c++) {
      const value = row.values[LEFT + c] ?? null;
      const number = value === null ? valueOfEmpty(rows[index], columns[c]) : value;
      if (typeof number !== 'number' || !(Number.isFinite(number) || value === null)) {
        throw noNumber(String(value ?? ''), place(index, c));
      }
      values[c] = number + 0;
    }
    yield { axis: 'row', index, start: 0, values };
  }
  if (satellites !== null) yield* satellites.stripes(rows.length);
}
