import { statSync } from 'node:fs';
import { sqlText } from '../formats/database.ts';
import { cellText } from '../formats/records/header-rows.ts';
import { recordFiles, recordSources, type RecordFile, type RecordSource } from '../formats/records/sources.ts';
import type { Sheet } from '../formats/workbook.ts';
import { ModelError } from '../mrio/error.ts';
import { stage, StageError, type StageContext } from '../runner/stage.ts';
import { fieldOf } from './enterprises/by-pollutant.ts';
import { checkLines } from './enterprises/checks.ts';
import {
  HeaderFault,
  readKnownColumns,
  readLayout,
  required,
  type SourceLayout,
  type Wanted,
} from './enterprises/columns.ts';
import { loadSource, makeTables } from './enterprises/load.ts';
import { readOptions, type EnterpriseOptions } from './enterprises/parameters.ts';
import { rejectsInWords, requireEnoughValid, writeRejects } from './enterprises/rejects.ts';

/**
 * Reads enterprise records, whatever the format of their files, and checks them line by line. Every line below a header that
 * is not blank becomes either a record or a reject with its reason, so that both together are the lines read. Where several
 * lines have one id, the first that is right by itself is kept, in the order of the files. Nothing depends on the number of
 * threads.
 */
export default stage(async (context) => {
  const options = readOptions(context);
  const place = context.places['enterprise_file']!.replace(/\/$/, '');
  await makeTables(context, options.pollutants);
  try {
    await loadFiles(context, filesOf(context, place), options);
  } catch (error) {
    if (error instanceof ModelError) throw new StageError(error.message, error.remedy);
    throw error;
  }
  const total = await countLines(context, place);
  context.progress({ done: 0, total, unit: 'rows', note: 'checked' });
  await checkLines(context, options);
  const count = await writeRejects(context, options.pollutants);
  context.progress({ done: total, total, unit: 'rows', note: `${count.rejects} rejected` });
  await requireEnoughValid(context, place, count, options);
  const words = await rejectsInWords(context, place, count);
  if (words !== null) context.tell(words);
  await context.database.run('DROP TABLE record');
  await writeRecords(context, options);
});

/** What the stand-in is called among records. */
const ALONE = 'enterprises.csv';

/** A folder is the user's own, a file the stand-in for it. */
function filesOf({ inputs }: StageContext, place: string): RecordFile[] {
  const path = inputs['enterprise_file']!;
  return statSync(path).isDirectory() ? recordFiles(path, place) : [{ name: ALONE, path, place }];
}

/** Reads all files into the table record. Sheets that hold notes only are left out, as long as another holds records. */
async function loadFiles(
  context: StageContext,
  files: readonly RecordFile[],
  { pollutants, columns }: EnterpriseOptions,
): Promise<void> {
  const wanted: Wanted = { pollutants, columns, known: await readKnownColumns(context) };
  const read = new Set<string>();
  const notes = new Map<string, HeaderFault>();
  let number = 0;
  for (const [done, file] of files.entries()) {
    context.progress({ done, total: files.length, unit: 'files', note: file.name });
    for await (const source of recordSources(file)) {
      const layout = await layoutOf(source, wanted);
      if (layout instanceof HeaderFault) {
        notes.set(source.kind === 'sheet' ? source.workbook : source.place, layout);
        context.progress({ note: `${source.name} is left out: it has no columns of records` });
        continue;
      }
      read.add(source.kind === 'sheet' ? source.workbook : source.place);
      await loadSource(context, source, number++, layout, pollutants);
    }
  }
  for (const [place, fault] of notes) if (!read.has(place)) throw fault;
  context.progress({ done: files.length, total: files.length, unit: 'files' });
}

/**
 * Its layout, or why a sheet of a workbook is one of notes: one column that is looked for may stand there by chance, and no row
 * is as wide as a record.
 */
async function layoutOf(source: RecordSource, wanted: Wanted): Promise<SourceLayout | HeaderFault> {
  try {
    return await readLayout(source, wanted);
  } catch (error) {
    if (source.kind !== 'sheet' || !(error instanceof HeaderFault) || error.found >= 2) throw error;
    const line = await lineOfRecord(source.sheet, required(wanted).length);
    if (line === null) return error;
    throw new StageError(
      `${error.message}; line ${line} may be a record: it has values up to column ${required(wanted).length} or beyond`,
      `${error.remedy} A sheet that continues another needs the header too; one without records is best removed.`,
    );
  }
}

/** The first row of a sheet that may be a record: as many cells wide, and more than one of them filled. */
async function lineOfRecord(sheet: Sheet, width: number): Promise<number | null> {
  for await (const { index, values } of sheet.rows()) {
    const filled = values.flatMap((value, position) => (cellText(value).trim() === '' ? [] : [position]));
    if (filled.length > 1 && filled.at(-1)! >= width - 1) return index + 1;
  }
  return null;
}

async function countLines({ query }: StageContext, place: string): Promise<number> {
  const { lines } = await query('SELECT count(*) AS lines FROM record');
  const total = Number(lines![0]);
  if (total === 0) throw new StageError(`${place} has a header but no records`, 'Add a line per enterprise.');
  return total;
}

async function writeRecords({ writeTable }: StageContext, { pollutants }: EnterpriseOptions): Promise<void> {
  await writeTable(
    'enterprise',
    `SELECT file, line, id, name, industry, place, region, sector
    FROM checked_line JOIN record_source USING (source) WHERE reason IS NULL`,
  );
  const emissions = pollutants.map(
    (name) => `
    SELECT file, line, ${sqlText(name)} AS pollutant, ${fieldOf('kg', name)} AS emission_kg
    FROM checked_line JOIN record_source USING (source) WHERE reason IS NULL`,
  );
  await writeTable('enterprise_emission', emissions.join(' UNION ALL '));
}
