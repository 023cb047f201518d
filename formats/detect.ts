import { parseCsv } from 'hucre/csv';
import { ModelError } from '../mrio/error.ts';
import { openFiles, textOf, type Files } from './delimited/files.ts';
import { firstCells } from './delimited/labels.ts';
import { holdsEora26, openEora26, type EoraOptions } from './eora.ts';
import { holdsExiobase12, openExiobase12 } from './exiobase12.ts';
import { openExiobase3 } from './exiobase3.ts';
import { holdsGloria, openGloria } from './gloria.ts';
import { openIcio } from './icio.ts';
import { openLabelledSheet } from './labelled-sheet.ts';
import { notLong, openLongTable } from './long.ts';
import { openMatTable } from './mat/mat-table.ts';
import type { OpenTable } from './open-table.ts';
import { openPymrioFolder, savedFolders, type PymrioOptions } from './pymrio/folder.ts';
import { isWiod, openWiod } from './wiod.ts';

/** Which of several tables in a folder, and what of it. */
export interface TableOptions extends PymrioOptions, EoraOptions {
  /** Name of the sheet of a workbook; absent: the first that holds a table. */
  readonly sheet?: string;
}

/** A format of tables, and how it is told by what is in the files. */
interface Format {
  readonly name: string;
  /** Why the files are not of this format; null: they are. */
  readonly refusal: (files: Files) => string | null | Promise<string | null>;
  readonly open: (path: string, options: TableOptions) => Promise<OpenTable>;
}

/** What two formats of one kind of folder are told apart by. */
type SavedBy = 'pymrio' | 'EXIOBASE';

const savedBy = (wanted: SavedBy) => async (files: Files) => {
  const found = await saver(files);
  if (found === null) return 'no file_parameters.json of a system';
  return found === wanted ? null : `saved by ${found}`;
};

/** Files that hold a whole table by themselves, and what may lie beside them. */
const CELLS = /\.(csv|tsv|parquet)$/i;
const LABELLED = /\.(xlsx|xlsm|xlsb|xls|ods|csv|tsv)$/i;
const MATLAB = /\.mat$/i;
/** Names for the accounts of a file that does not name them. */
const NAMES = /(?:^|\/)(?:regions|sectors)\.csv$/i;

/** Says why files are no table of a format: there has to be one of its kind, which is looked into. */
const alone =
  (kind: RegExp, refusal: (path: string) => string | null | Promise<string | null>) =>
  async (files: Files): Promise<string | null> => {
    const found = files.names.filter((name) => kind.test(name) && !NAMES.test(name));
    if (found.length !== 1) return found.length === 0 ? 'no such file' : `${found.length} such files`;
    const path = files.path(found[0]!);
    return path === null ? 'it is in an archive' : refusal(path);
  };

const opening =
  (kind: RegExp, open: (path: string, options: TableOptions, files: Files) => Promise<OpenTable>): Format['open'] =>
  async (path, options) => {
    const files = await openFiles(path);
    return open(files.path(files.names.find((name) => kind.test(name) && !NAMES.test(name))!)!, options, files);
  };

/** Formats in the order in which an error lists them. One more is one entry more. */
const FORMATS: readonly Format[] = [
  { name: 'folder saved by pymrio', refusal: savedBy('pymrio'), open: openPymrioFolder },
  { name: 'EXIOBASE 3', refusal: savedBy('EXIOBASE'), open: openExiobase3 },
  {
    name: 'EXIOBASE 1 or 2',
    refusal: ({ names }) => (holdsExiobase12(names) ? null : 'no mrIot*.txt with mrFinalDemand*.txt'),
    open: (path) => openExiobase12(path),
  },
  { name: 'OECD ICIO', refusal: notIcio, open: (path) => openIcio(path) },
  { name: 'WIOD', refusal: notWiod, open: (path) => openWiod(path) },
  {
    name: 'Eora26',
    refusal: ({ names }) => (holdsEora26(names) ? null : 'no Eora26_*_T.txt'),
    open: openEora26,
  },
  {
    name: 'GLORIA',
    refusal: ({ names }) => (holdsGloria(names) ? null : 'no GLORIA_ReadMe_*.xlsx'),
    open: openGloria,
  },
  { name: 'list of cells', refusal: alone(CELLS, notLong), open: opening(CELLS, (path) => openLongTable(path)) },
  {
    name: 'table with labels around it',
    refusal: alone(LABELLED, notLabelled),
    open: opening(LABELLED, (path, { sheet }) => openLabelledSheet(path, path, sheet)),
  },
  {
    name: 'MATLAB file',
    refusal: alone(MATLAB, () => null),
    open: opening(MATLAB, openMatWithNames),
  },
];

/**
 * Opens a table in a file, a folder or an archive. Its format is told by what is there: names of files in a folder, the
 * header of a text, the labels of a sheet. Nothing is guessed.
 * @throws ModelError that says of each known format why it does not fit, or which ones fit if it is more than one
 */
export async function openTable(path: string, options: TableOptions = {}): Promise<OpenTable> {
  const files = await openFiles(path);
  const refusals: string[] = [];
  const fitting: Format[] = [];
  for (const format of FORMATS) {
    const refusal = await format.refusal(files);
    if (refusal === null) fitting.push(format);
    else refusals.push(`${format.name} (${refusal})`);
  }
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only.open(path, options);
  if (only === undefined) {
    throw new ModelError(
      `${path} is of no known format: ${refusals.join(', ')}`,
      'give a table of one of these formats',
    );
  }
  throw new ModelError(
    `${path} holds tables of several formats: ${fitting.map(({ name }) => name).join(', ')}`,
    'give the path of one of them',
  );
}

/** EXIOBASE calls itself so in its metadata; the mark of early releases is a frame that pymrio calls otherwise. */
async function saver(files: Files): Promise<SavedBy | null> {
  const found = await savedFolders(files);
  if (found === null) return null;
  const { system, extensions } = found;
  if (extensions.some(({ saved }) => saved.frames.has('F_hh'))) return 'EXIOBASE';
  const metadata = system.files.names.includes('metadata.json') ? await textOf(system.files, 'metadata.json') : '';
  return /"(?:name|description)"\s*:\s*"[^"]*exiobase/i.test(metadata) ? 'EXIOBASE' : 'pymrio';
}

async function notIcio(files: Files): Promise<string | null> {
  const texts = files.names.filter((name) => name.toLowerCase().endsWith('.csv'));
  if (texts.length !== 1) return `${texts.length === 0 ? 'no' : 'more than one'} CSV file`;
  const [corner, ...labels] = await firstCells(files, texts[0]!, ',');
  const fits = corner !== undefined && labels.length > 1 && /^[A-Z0-9]{3}_/.test(labels[0]!) && /_/.test(labels[1]!);
  return fits ? null : 'the header is not AUS_..., AUS_...';
}

async function notWiod(files: Files): Promise<string | null> {
  const workbooks = files.names.filter((name) =>
    files.names.length === 1 ? name.endsWith('.xlsx') : /(?:^|\/)wiot[^/]*\.xlsx$/i.test(name),
  );
  if (workbooks.length !== 1) return `${workbooks.length === 0 ? 'no' : 'more than one'} workbook wiot*.xlsx`;
  const path = files.path(workbooks[0]!);
  if (path === null) return 'a workbook in an archive';
  return (await isWiod(path)) ? null : 'no c1, c2, ... in the sixth row of the first sheet';
}

async function notLabelled(path: string): Promise<string | null> {
  try {
    await openLabelledSheet(path);
    return null;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.message.replace(`${path} holds no input-output table: `, '');
  }
}

/** With names from regions.csv and sectors.csv beside the file. */
async function openMatWithNames(path: string, _: TableOptions, files: Files): Promise<OpenTable> {
  const column = async (name: 'regions' | 'sectors'): Promise<readonly string[] | undefined> => {
    const file = files.names.find((found) => found.toLowerCase().split('/').at(-1) === `${name}.csv`);
    if (file === undefined) return undefined;
    const [header = [], ...rows] = parseCsv((await textOf(files, file)).replace(/^\uFEFF/, ''));
    const at = header.indexOf(name.slice(0, -1));
    if (at === -1)
      throw new ModelError(`${files.place}/${file} has no column ${name.slice(0, -1)}`, 'give it that header');
    return rows.map((row) => String(row[at] ?? '').trim()).filter((cell) => cell !== '');
  };
  const [regions, sectors] = [await column('regions'), await column('sectors')];
  return openMatTable(path, { ...(regions ? { regions } : {}), ...(sectors ? { sectors } : {}) });
}
