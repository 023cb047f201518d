import { parseCsv } from 'hucre/csv';
import { ModelError } from '../mrio/error.ts';
import { SeveralTables, type TableChoice } from './choose-table.ts';
import { openFiles, textOf, type Files } from './delimited/files.ts';
import { holdsEora26, openEora26 } from './eora.ts';
import { holdsExiobase12, openExiobase12 } from './exiobase12.ts';
import { openExiobase3 } from './exiobase3.ts';
import { holdsGloria, openGloria } from './gloria.ts';
import { notIcio, openIcio } from './icio.ts';
import { UnclearTable, openLabelledSheet } from './labelled-sheet.ts';
import { notLong, openLongTable } from './long.ts';
import { openMatTable } from './mat/mat-table.ts';
import type { OpenTable } from './open-table.ts';
import { openPymrioFolder, savedFolders } from './pymrio/folder.ts';
import { isWiod, openWiod } from './wiod.ts';

/** Opens what has been recognised. */
type Opening = () => Promise<OpenTable>;
/** Why it is not of the format, how it is opened, or what is wrong with it if it is of no other format. */
type Recognised = string | Opening | UnclearTable;

/** What is given to be recognised. */
interface Given {
  readonly path: string;
  readonly files: Files;
  readonly options: TableChoice;
}

/** A format of tables, and how it is told by what is in the files. */
interface Format {
  readonly name: string;
  /** Why the files are not of this format, or how they are opened. */
  readonly recognise: (given: Given) => Recognised | Promise<Recognised>;
}

/** A format whose files are looked at before they are opened. */
const looked = (
  name: string,
  refusal: (files: Files) => string | null | Promise<string | null>,
  open: (path: string, options: TableChoice) => Promise<OpenTable>,
): Format => ({
  name,
  recognise: async ({ path, files, options }) => (await refusal(files)) ?? (() => open(path, options)),
});

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

/** A format of which a table is one file: there has to be one of its kind, which is looked into. */
const alone = (
  name: string,
  kind: RegExp,
  recognise: (path: string, given: Given) => Recognised | Promise<Recognised>,
): Format => ({
  name,
  recognise: (given) => {
    const found = given.files.names.filter((file) => kind.test(file) && !NAMES.test(file));
    if (found.length !== 1)
      return found.length === 0 ? 'no such file' : `${found.length} such files: ${found.slice(0, 3).join(', ')}`;
    const path = given.files.path(found[0]!);
    return path === null ? 'it is in an archive' : recognise(path, given);
  },
});

/** Formats in the order in which an error lists them. One more is one entry more. */
const FORMATS: readonly Format[] = [
  looked('folder saved by pymrio', savedBy('pymrio'), openPymrioFolder),
  looked('EXIOBASE 3', savedBy('EXIOBASE'), openExiobase3),
  looked(
    'EXIOBASE 1 or 2',
    ({ names }) => (holdsExiobase12(names) ? null : 'no mrIot*.txt with mrFinalDemand*.txt'),
    (path) => openExiobase12(path),
  ),
  looked('OECD ICIO', notIcio, openIcio),
  looked('WIOD', notWiod, (path) => openWiod(path)),
  looked('Eora26', ({ names }) => (holdsEora26(names) ? null : 'no Eora26_*_T.txt'), openEora26),
  looked('GLORIA', ({ names }) => (holdsGloria(names) ? null : 'no GLORIA_ReadMe_*.xlsx'), openGloria),
  alone('list of cells', CELLS, async (path) => (await notLong(path)) ?? (() => openLongTable(path))),
  alone('table with labels around it', LABELLED, labelled),
  alone(
    'MATLAB file',
    MATLAB,
    (path, { files, options }) =>
      () =>
        openMatWithNames(path, files, options),
  ),
];

/**
 * Opens a table in a file, a folder or an archive; of a folder with nothing but an archive, what is in that. Its format is told by what is there: names of files in a folder, the
 * header of a text, the labels of a sheet. Nothing is guessed.
 * @param options which of several tables: the sheet of a workbook, left out: the only one that holds a table; the struct of
 *   a MATLAB file; the year of OECD ICIO, the year and price of Eora26 and GLORIA
 * @throws ModelError that says of each known format why it does not fit, or which ones fit if it is more than one
 */
export async function openTable(path: string, options: TableChoice = {}): Promise<OpenTable> {
  const files = await openFiles(path);
  const archive = files.names.length === 1 && /\.zip$/i.test(files.names[0]!) ? files.path(files.names[0]!) : null;
  if (archive !== null && archive !== path) return openTable(archive, options);
  const refusals: string[] = [];
  const unclear: UnclearTable[] = [];
  const fitting: { name: string; open: Opening }[] = [];
  for (const { name, recognise } of FORMATS) {
    const recognised = await recognise({ path, files, options });
    if (typeof recognised === 'string') refusals.push(`${name} (${recognised})`);
    else if (recognised instanceof UnclearTable) unclear.push(recognised);
    else fitting.push({ name, open: recognised });
  }
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only.open();
  if (only === undefined) {
    if (unclear[0] !== undefined) throw unclear[0];
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

async function notWiod(files: Files): Promise<string | null> {
  const workbooks = files.names.filter((name) =>
    files.names.length === 1 ? name.endsWith('.xlsx') : /(?:^|\/)wiot[^/]*\.xlsx$/i.test(name),
  );
  if (workbooks.length !== 1) return `${workbooks.length === 0 ? 'no' : 'more than one'} workbook wiot*.xlsx`;
  const path = files.path(workbooks[0]!);
  if (path === null) return 'a workbook in an archive';
  return (await isWiod(path)) ? null : 'no c1, c2, ... in the sixth row of the first sheet';
}

/** A labelled table is recognised by its labels, which takes a pass through all rows: it is open then, and is not opened again. */
async function labelled(path: string, { options: { sheet } }: Pick<Given, 'options'>): Promise<Recognised> {
  try {
    const table = await openLabelledSheet(path, path, sheet);
    return () => Promise.resolve(table);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    if (error instanceof SeveralTables) return () => Promise.reject(error);
    if (error instanceof UnclearTable) return error;
    // What is wrong with a sheet that is asked for matters where the file has such a table at all.
    if (sheet !== undefined && typeof (await labelled(path, { options: {} })) === 'function')
      return () => Promise.reject(error);
    return error.message.replace(`${path} holds no input-output table: `, '');
  }
}

/** With names from regions.csv and sectors.csv beside the file. */
async function openMatWithNames(path: string, files: Files, { sheet }: TableChoice): Promise<OpenTable> {
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
  return openMatTable(path, { ...(regions ? { regions } : {}), ...(sectors ? { sectors } : {}) }, path, sheet);
}
