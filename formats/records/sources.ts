import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { ModelError } from '../../mrio/error.ts';
import { sqlText, withDatabase } from '../database.ts';
import { isAside } from '../delimited/files.ts';
import { openWorkbook, type Sheet } from '../workbook.ts';
import { openPlainText, type NamedFile } from './plain-text.ts';
import { firstBytes, unpacked } from './unpack.ts';

/** One list of records: a text, a sheet of a workbook, or a Parquet file. */
export type RecordSource = { readonly name: string; readonly place: string } & (
  | { readonly kind: 'text'; readonly plain: string }
  /** `workbook` is the place of the file at `path`. */
  | { readonly kind: 'sheet'; readonly sheet: Sheet; readonly workbook: string; readonly path: string }
  | { readonly kind: 'parquet'; readonly path: string; readonly columns: readonly ParquetColumn[] }
);

export interface ParquetColumn {
  readonly name: string;
  readonly type: string;
}

/** A file of a folder: `name` is its path in the folder, `place` what errors call it. */
export interface RecordFile extends NamedFile {
  readonly name: string;
}

const EXPECTED = 'CSV, TSV, .xlsx, .xls, .xlsb, .ods or Parquet, also packed as .gz or .zip';

/**
 * The files of a folder and of those in it, in the order of their names; README.md, names that begin with a dot and locks of
 * spreadsheet programs aside.
 * @param place what errors call the folder
 * @throws ModelError if there is none
 */
export function recordFiles(folder: string, place: string): RecordFile[] {
  const names = namesBelow(folder, '');
  if (names.length === 0) throw new ModelError(`${place} holds no file of records`, `Put a file there: ${EXPECTED}.`);
  return names.map((name) => ({ name, path: join(folder, name), place: `${place}/${name}` }));
}

function namesBelow(folder: string, below: string): string[] {
  return readdirSync(join(folder, below))
    .map((name) => (below === '' ? name : `${below}/${name}`))
    .filter((name) => !isAside(name))
    .toSorted((a, b) => (a < b ? -1 : Number(a > b)))
    .flatMap((name) => (statSync(join(folder, name)).isDirectory() ? namesBelow(folder, name) : [name]));
}

/**
 * The lists of records in a file: one of a text or a Parquet file, one for each sheet of a workbook, all those in an archive.
 * What a file is is told by its first bytes. What is unpacked or decoded for one is gone when the next is asked for.
 * @throws ModelError that names the file if it is damaged or of no known kind
 */
export async function* recordSources({ name, path, place }: RecordFile): AsyncGenerator<RecordSource> {
  const kind = await kindOf(path, place);
  if (kind === 'gzip' || kind === 'zip') {
    for await (const inner of unpacked({ path, place }, kind))
      yield* recordSources({ ...inner, name: name + inner.place.slice(place.length) });
  } else if (kind === 'workbook') {
    const { sheets } = await openWorkbook(path, place);
    for (const sheet of sheets) {
      const title = `, sheet ${sheet.name}`;
      yield { kind: 'sheet', name: name + title, place: place + title, sheet, workbook: place, path };
    }
  } else if (kind === 'parquet') {
    yield { kind, name, place, path, columns: await parquetColumns(path, place) };
  } else {
    const plain = await openPlainText({ path, place });
    try {
      yield { kind, name, place, plain: plain.path };
    } finally {
      await plain.close();
    }
  }
}

type Kind = 'gzip' | 'zip' | 'workbook' | 'parquet' | 'text';

const TEXTS = ['.csv', '.tsv', '.txt', '.tab', ''];
const WORKBOOKS = ['.xlsx', '.xlsm', '.xlsb', '.xls', '.ods'];

/** By its first bytes; an error where its name says something else, or nothing known. */
async function kindOf(path: string, place: string): Promise<Kind> {
  const start = (await firstBytes(path, 4)).toString('latin1');
  const name = place.replace(/\.gz$/i, '');
  const extension = extname(name).toLowerCase();
  const kind = kindByBytes(start, extension);
  if (kind === 'text' ? TEXTS.includes(extension) : kind !== 'workbook' || WORKBOOKS.includes(extension)) return kind;
  if (kind === 'text' && ![...WORKBOOKS, '.parquet', '.zip'].includes(extension))
    throw new ModelError(
      `${place} is no file of records, going by its name`,
      `Expected: ${EXPECTED}. Move it out of the folder.`,
    );
  throw new ModelError(
    `${place} is no ${extension} file: it begins like a ${kind}`,
    `Expected: ${EXPECTED}. Give the whole file, or name it as what it is.`,
  );
}

function kindByBytes(start: string, extension: string): Kind {
  if (start.startsWith('\x1f\x8b')) return 'gzip';
  if (start === 'PAR1') return 'parquet';
  if (start === 'PK\x03\x04') return extension === '.zip' ? 'zip' : 'workbook';
  return start === '\xd0\xcf\x11\xe0' ? 'workbook' : 'text';
}

async function parquetColumns(path: string, place: string): Promise<ParquetColumn[]> {
  try {
    return await withDatabase(async (database) => {
      const found = await database.runAndReadAll(
        `SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet(${sqlText(path)}))`,
      );
      return found.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
    });
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new ModelError(`${place} cannot be read: ${reason!.replaceAll(path, place)}`, 'Give a whole Parquet file.');
  }
}
