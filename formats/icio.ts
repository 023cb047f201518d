import { ModelError } from '../mrio/error.ts';
import { blockTable, counted } from './delimited/block-table.ts';
import { openFiles, type Files } from './delimited/files.ts';
import { openTextFrame, type Layout } from './delimited/text-frame.ts';
import { valueOfEmpty } from './empty-cell.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel } from './open-table.ts';

const TOTALS = ['OUT', 'OUTPUT', 'TOTAL'];
/** Value added, taxes less subsidies, both together, or taxes less subsidies that go to one region. */
const PRIMARY_INPUT = /^(VA|VALU|TLS)$|TAX/;
const LAYOUT: Layout = { separator: ',', headerLines: 1, indexCells: 1 };

/**
 * Opens a table of OECD ICIO of one year: its CSV, alone or packed (`ICIO2016_2003.csv`, `ICIO2018_2010.zip`), of the
 * releases 2016 (`HFCE_AUS`), 2018 and those that are like it (`AUS_HFCE`).
 *
 * Labels are `region_sector`; a label that names both a row and a column is an account. China and Mexico are
 * there in parts (CN1, CN2; MX1) beside a row of the whole, as in the file. The file names no unit: the documentation
 * says millions of US dollars. Totals, and inputs to final demand, may be
 * left empty.
 * @throws ModelError for a label that says nothing, or that is only a row or only a column
 */
export async function openIcio(path: string): Promise<OpenTable> {
  const files = await openFiles(path);
  const name = csvOf(files);
  const found = await openTextFrame(files, name, LAYOUT);
  const down = (await found.keys()).map((key) => key[0]!);
  const across = found.columns.map((key) => key[0]!);
  const above = new Set(across);
  const accounts = new Set(down.filter((label) => label.includes('_') && above.has(label)));
  if (accounts.size === 0) throw new ModelError(`${found.place} has no label in rows and columns`, NOT_ICIO);
  const regions = new Set([...accounts].map((label) => account(label).region));
  const rows = down.map((label) => (accounts.has(label) ? account(label) : rowLabel(label, found.place)));
  const columns = across.map((label) =>
    accounts.has(label) ? account(label) : columnLabel(label, regions, found.place),
  );
  // The same file, now that it is known what may be empty.
  const frame = await openTextFrame(files, name, {
    ...LAYOUT,
    ifEmpty: (row, column) => valueOfEmpty(rows[row], columns[column]),
  });
  const keys = down.map((label) => [label]);
  const blocks = [{ frame, keys, rows: counted(0, down.length), columnStart: 0 }];
  return blockTable({ format: `OECD ICIO, ${name}`, unit: null, rows, columns, intermediate: 'deliveries', blocks });
}

const NOT_ICIO = 'give a table of OECD ICIO as it is downloaded';

function csvOf({ place, names }: Files): string {
  const found = names.filter((name) => name.toLowerCase().endsWith('.csv'));
  if (found.length === 1) return found[0]!;
  const what = found.length === 0 ? 'no CSV file' : `several CSV files: ${found.slice(0, 5).join(', ')}`;
  throw new ModelError(`${place} holds ${what}`, 'give the path of the table of one year');
}

/** The sector is what follows the first underscore. */
function account(label: string): AccountLabel {
  const at = label.indexOf('_');
  return { kind: 'account', region: label.slice(0, at), sector: label.slice(at + 1) };
}

function rowLabel(label: string, place: string): RowLabel {
  if (TOTALS.includes(label)) return { kind: 'stated', of: 'all', name: label };
  if (PRIMARY_INPUT.test(label)) return { kind: 'primary input', name: label, imports: false };
  throw new ModelError(`${place} has a row ${label}, which is no column, no input and no total`, NOT_ICIO);
}

function columnLabel(label: string, regions: ReadonlySet<string>, place: string): ColumnLabel {
  if (TOTALS.includes(label)) return { kind: 'stated', of: 'all', name: label };
  if (label === 'DISC') return { kind: 'discrepancy', name: label };
  const { region, sector } = account(label);
  if (regions.has(region)) return { kind: 'final demand', region, category: sector };
  // The release of 2016 has the category first.
  if (regions.has(sector)) return { kind: 'final demand', region: sector, category: region };
  throw new ModelError(
    `${place} has a column ${label}, which is no row, no final demand of a region and no total`,
    NOT_ICIO,
  );
}
