import { posix } from 'node:path';
import { ModelError } from '../mrio/error.ts';
import { chooseTable, type Candidate, type TableChoice } from './choose-table.ts';
import { blockTable, counted } from './delimited/block-table.ts';
import { openFiles, type Files } from './delimited/files.ts';
import { firstCells } from './delimited/labels.ts';
import { openTextFrame, type Layout } from './delimited/text-frame.ts';
import { valueOfEmpty } from './empty-cell.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel } from './open-table.ts';

const TOTALS = ['OUT', 'OUTPUT', 'TOTAL'];
/** Value added, taxes less subsidies, both together, or taxes less subsidies that go to one region. */
const PRIMARY_INPUT = /^(VA|VALU|TLS)$|TAX/;
const LAYOUT: Layout = { separator: ',', headerLines: 1, indexCells: 1 };

/**
 * Opens a table of OECD ICIO of one year: its CSV, alone or packed (`ICIO2016_2003.csv`, `ICIO2018_2010.zip`), or one
 * of several years in a folder or an archive (`ICIO2021_2015-2018.zip` with `ICIO2021_2017.csv`), of the releases 2016
 * (`HFCE_AUS`), 2018 and those that are like it (`AUS_HFCE`).
 *
 * Labels are `region_sector`; a label that names both a row and a column is an account. China and Mexico are
 * there in parts (CN1, CN2; MX1) beside a row of the whole, as in the file. The file names no unit: the documentation
 * says millions of US dollars. Totals, and inputs to final demand, may be
 * left empty.
 * @throws ModelError for a label that says nothing, or that is only a row or only a column; where several tables are
 *   there and none is chosen, and where the chosen one is not there
 */
export async function openIcio(path: string, choice: TableChoice = {}): Promise<OpenTable> {
  const given = await openFiles(path);
  const { files, name } = chooseTable(await tablesIn(given), choice, 'tables of OECD ICIO', given.place);
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

/** Why files are no tables of OECD ICIO; null: each CSV file among them, and in archives among them, is one. */
export async function notIcio(files: Files): Promise<string | null> {
  try {
    const tables = await tablesIn(files);
    for (const { files: place, name, names } of tables) {
      const [corner, ...labels] = await firstCells(place, name, LAYOUT.separator);
      const fits = corner !== undefined && /^[A-Z0-9]{3}_/.test(labels[0] ?? '') && /_/.test(labels[1] ?? '');
      if (!fits) return `the header ${tables.length === 1 ? '' : `of ${names[0]} `}is not AUS_..., AUS_...`;
    }
    return tables.length === 0 ? 'no CSV file' : null;
  } catch (error) {
    // An archive that is damaged may lie beside a table of another format.
    if (error instanceof ModelError) return error.message;
    throw error;
  }
}

/** A table of one year, called by its file, or by its year as the name says it last: `ICIO2021_2017.csv`, `2017_SML.csv`. */
interface Listed extends Candidate {
  readonly files: Files;
  /** Its name among the files. */
  readonly name: string;
}

const stem = (name: string): string => posix.basename(name).replace(/\.csv$/i, '');

/** The CSV files, and those in archives beside them. */
async function tablesIn(files: Files): Promise<Listed[]> {
  const unpacked = csvIn(files);
  const packed: Listed[] = [];
  for (const archive of files.names.filter((name) => /\.zip$/i.test(name))) {
    const path = files.path(archive);
    if (path !== null) packed.push(...csvIn(await openFiles(path), `${archive}/`));
  }
  // Who has unpacked an archive may still have it.
  const there = new Set(unpacked.map(({ name }) => stem(name)));
  return [...unpacked, ...packed.filter(({ name }) => !there.has(stem(name)))];
}

const csvIn = (files: Files, within = ''): Listed[] =>
  files.names
    .filter((name) => /\.csv$/i.test(name))
    .map((name) => {
      const year =
        stem(name)
          .match(/(?<!\d)\d{4}(?!\d)/g)
          ?.at(-1) ?? null;
      const title = `${within}${name}`;
      const names = [title, posix.basename(name), stem(name), ...(year === null ? [] : [year])] as const;
      return { files, name, names, shown: year === null ? title : `${year} (${title})` };
    });

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
