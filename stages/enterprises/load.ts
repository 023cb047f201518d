import { cellText } from '../../formats/records/header-rows.ts';
import type { ParquetColumn, RecordSource } from '../../formats/records/sources.ts';
import { joinedLines } from '../../formats/records/broken-lines.ts';
import { fieldText, splitLines, textLines } from '../../formats/records/text-lines.ts';
import type { SheetRow, SheetValue } from '../../formats/workbook.ts';
import { sqlName, sqlText } from '../../formats/database.ts';
import type { StageContext } from '../../runner/stage.ts';
import { structOf, structType } from './by-pollutant.ts';
import type { FoundColumn, SourceLayout } from './columns.ts';
import { requireDecimalPoints } from './numbers.ts';
import { PLAIN_COLUMNS } from './parameters.ts';
import { rows } from '../rows.ts';

/** Rows of a sheet that are held in memory at a time. */
const BATCH = 20_000;

/** Spaces that people and programs leave around a field. */
const SPACES = "' \t\u00A0\u3000'";

/**
 * Makes the tables of what the sources hold, without rows:
 * - record (source, line, raw, misshapen, rounded, id, name, industry, place, amount, shift): texts as they stand in the
 *   source, trimmed, '' where there is nothing; `misshapen` says why the line cannot be split, or is NULL; `rounded` whether the
 *   id is a number too large to be told from its neighbours; `amount` has what is written for each pollutant, UNCOMPUTED for a
 *   formula without its value; `shift` is the power of ten that makes it kilograms;
 * - record_source (source, file) and record_column (source, own_name, header): what a source and its columns are called.
 */
export async function makeTables({ database }: StageContext, pollutants: readonly string[]): Promise<void> {
  await database.run(`
    CREATE TEMP TABLE record (source INTEGER, line BIGINT, raw VARCHAR, misshapen VARCHAR, rounded BOOLEAN,
      ${PLAIN_COLUMNS.map((column) => `${column} VARCHAR`).join(', ')},
      amount ${structType(pollutants, 'VARCHAR')}, shift ${structType(pollutants, 'TINYINT')});
    CREATE TEMP TABLE record_source (source INTEGER, file VARCHAR);
    CREATE TEMP TABLE record_column (source INTEGER, own_name VARCHAR, header VARCHAR)`);
}

/**
 * Adds the records of a source to these tables.
 * @throws StageError that names the first line with a decimal comma
 */
export async function loadSource(
  context: StageContext,
  source: RecordSource,
  number: number,
  layout: SourceLayout,
  pollutants: readonly string[],
): Promise<void> {
  const { database } = context;
  const headers = [...layout.columns].map(([at, { header }]) => `(${number}, ${sqlText(at)}, ${sqlText(header)})`);
  await database.run(`
    INSERT INTO record_source VALUES (${number}, ${sqlText(source.name)});
    INSERT INTO record_column VALUES ${headers.join(', ')}`);
  if (source.kind === 'sheet') await loadSheet(context, source, number, layout, pollutants);
  else if (source.kind === 'text') await loadText(context, source.plain, number, layout, pollutants);
  else await database.run(insertParquet(source.path, source.columns, number, layout, pollutants));
  await requireDecimalPoints(context, number, source.place, pollutants);
}

/** The columns of record behind `misshapen`: `text` gives the SQL of a column of the source, by our name of it. */
function selected(
  { columns }: SourceLayout,
  pollutants: readonly string[],
  text: (found: FoundColumn) => string,
): string {
  const trimmed = (column: string): string => {
    const found = columns.get(column);
    if (found === undefined) return "''";
    // Of these two each value is looked at once only, and there without its spaces.
    const isMatched = column === 'industry' || column === 'place';
    return `coalesce(trim(${text(found)}${isMatched ? '' : `, ${SPACES}`}), '')`;
  };
  return [
    ...PLAIN_COLUMNS.map(trimmed),
    structOf(pollutants, trimmed),
    structOf(pollutants, (name) => String(columns.get(name)!.unit!.shift)),
  ].join(', ');
}

/** Every line for itself, then those that quotes with line breaks have torn apart. */
async function loadText(
  context: StageContext,
  plain: string,
  number: number,
  layout: SourceLayout,
  pollutants: readonly string[],
): Promise<void> {
  const { lastLine, delimiter } = layout.header;
  await context.database.run(insertText(textLines(plain, lastLine, delimiter!), number, layout, pollutants));
  await joinBrokenLines(context, number, layout, pollutants);
}

async function joinBrokenLines(
  context: StageContext,
  number: number,
  layout: SourceLayout,
  pollutants: readonly string[],
): Promise<void> {
  const { cells, delimiter } = layout.header;
  const [stray] = await rows(
    context,
    { lines: 'number' },
    `SELECT count(*) AS lines FROM record WHERE source = ${number} AND misshapen IS NOT NULL AND contains(raw, '"')`,
  );
  // A record in two lines has a quote out of place in both.
  if (stray!.lines < 2) return;
  const pieces = await rows(
    context,
    { line: 'number', nth: 'number', text: 'text' },
    `WITH numbered AS (SELECT line, row_number() OVER (ORDER BY line) AS nth FROM record WHERE source = ${number})
    SELECT line, nth, raw AS text FROM record JOIN numbered USING (line)
    WHERE source = ${number} AND misshapen IS NOT NULL ORDER BY line`,
  );
  const joined = joinedLines(pieces, delimiter!, cells.length);
  if (joined.length === 0) return;
  await context.createTable('joined', {
    line: Float64Array.from(joined, ({ first }) => first),
    last: Float64Array.from(joined, ({ last }) => last),
    raw: joined.map(({ raw }) => raw),
  });
  await context.database.run(`
    DELETE FROM record WHERE source = ${number} AND line IN (
      SELECT unnest(range(line::BIGINT, last::BIGINT + 1)) FROM joined);
    ${insertText('SELECT line::BIGINT AS line, raw FROM joined', number, layout, pollutants)};
    DROP TABLE joined`);
}

/** @param lines SELECT of (line, raw) */
function insertText(lines: string, number: number, layout: SourceLayout, pollutants: readonly string[]): string {
  const { cells, delimiter } = layout.header;
  return `
  INSERT INTO record
  SELECT ${number}, line, raw, CASE
      WHEN contains(raw, '\uFFFD') THEN 'damaged character'
      WHEN fields IS NULL THEN 'stray quote'
      WHEN len(fields) < ${cells.length} THEN 'missing columns'
      WHEN len(fields) > ${cells.length} THEN 'too many columns'
    END, false, ${selected(layout, pollutants, ({ position }) => fieldText(position))}
  FROM (${splitLines(lines, delimiter!)})`;
}

/** A line is a row, counted from 1. */
function insertParquet(
  path: string,
  columns: readonly ParquetColumn[],
  number: number,
  layout: SourceLayout,
  pollutants: readonly string[],
): string {
  const texts = columns.map((column) => `coalesce(${parquetText(column)}, '')`);
  return `
  INSERT INTO record
  SELECT ${number}, file_row_number + 1, concat_ws(',', ${texts.join(', ')}) AS raw, NULL, ${isRounded(columns[layout.columns.get('id')!.position]!)},
    ${selected(layout, pollutants, ({ position }) => parquetText(columns[position]!))}
  FROM read_parquet(${sqlText(path)}, file_row_number = true)
  WHERE ${columns.map(({ name }) => `${sqlName(name)} IS NOT NULL`).join(' OR ')}`;
}

/** Whole numbers that a program kept as floating point are written as such. */
function parquetText({ name, type }: ParquetColumn): string {
  const column = sqlName(name);
  if (type !== 'DOUBLE' && type !== 'FLOAT') return `${column}::VARCHAR`;
  return `if(${column} = trunc(${column}) AND abs(${column}) < 1e15, ${column}::BIGINT::VARCHAR, ${column}::VARCHAR)`;
}

/** Up to these, whole numbers can be told apart. */
const LARGEST_EXACT = { DOUBLE: Number.MAX_SAFE_INTEGER, FLOAT: 2 ** 24 - 1 };

/** SQL of whether an id is a number too large to be told apart from others. */
const isRounded = ({ name, type }: ParquetColumn): string =>
  type === 'DOUBLE' || type === 'FLOAT' ? `coalesce(abs(${sqlName(name)}) > ${LARGEST_EXACT[type]}, false)` : 'false';

const isRoundedCell = (value: SheetValue | undefined): boolean =>
  typeof value === 'number' && Math.abs(value) > LARGEST_EXACT.DOUBLE;

/** What a formula that was never computed says: where a number is to be. */
export const UNCOMPUTED = '=';

/** An id as spreadsheets write large numbers, of which they keep 15 digits. */
export const ROUNDED_ID = String.raw`-?\d(?:\.\d+)?[eE]\+\d+`;

async function loadSheet(
  context: StageContext,
  { name, sheet }: Extract<RecordSource, { kind: 'sheet' }>,
  number: number,
  layout: SourceLayout,
  pollutants: readonly string[],
): Promise<void> {
  const found = [...layout.columns.values()];
  const idPosition = layout.columns.get('id')!.position;
  const amounts = pollutants.map((pollutant) => layout.columns.get(pollutant)!.position);
  const column = ({ position }: FoundColumn): string => `cell_${position}`;
  const text = (position: number, { values, uncomputed }: SheetRow): string =>
    amounts.includes(position) && uncomputed?.has(position) === true ? UNCOMPUTED : cellText(values[position]);
  let batch: SheetRow[] = [];
  let batches = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const table = `sheet_${number}_${batches++}`;
    const held = batch;
    batch = [];
    await context.createTable(table, {
      line: Int32Array.from(held, ({ index }) => index + 1),
      raw: held.map(({ values }) => values.map(cellText).join(',')),
      rounded: Uint8Array.from(held, ({ values }) => Number(isRoundedCell(values[idPosition]))),
      ...Object.fromEntries(found.map((at) => [column(at), held.map((row) => text(at.position, row))])),
    });
    await context.database.run(`
      INSERT INTO record SELECT ${number}, line, raw, NULL, rounded::BOOLEAN, ${selected(layout, pollutants, column)}
      FROM ${table};
      DROP TABLE ${table}`);
  };
  for await (const row of sheet.rows()) {
    if (row.index < layout.header.lastLine || row.values.every((value) => cellText(value).trim() === '')) continue;
    batch.push(row);
    if (batch.length < BATCH) continue;
    await flush();
    context.progress({ done: row.index + 1, unit: 'rows', note: name });
  }
  await flush();
}
