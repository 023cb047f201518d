import { cellText } from '../../formats/records/header-rows.ts';
import type { ParquetColumn, RecordSource } from '../../formats/records/sources.ts';
import { fieldText, splitLines } from '../../formats/records/text-lines.ts';
import type { SheetRow, SheetValue } from '../../formats/workbook.ts';
import { sqlName, sqlText } from '../../formats/database.ts';
import type { StageContext } from '../../runner/stage.ts';
import { structOf, structType } from './by-pollutant.ts';
import type { FoundColumn, SourceLayout } from './columns.ts';
import { requireDecimalPoints } from './numbers.ts';
import { PLAIN_COLUMNS } from './parameters.ts';

/** Rows of a sheet that are held in memory at a time. */
const BATCH = 20_000;

/** Spaces that people and programs leave around a field. */
const SPACES = "' \t\u00A0\u3000'";

/**
 * Makes the tables of what the sources hold, without rows:
 * - record (source, line, raw, misshapen, id, name, industry, place, amount, shift): texts as they stand in the source,
 *   trimmed, '' where there is nothing; `misshapen` says why the line cannot be split, or is NULL; `amount` has what is written
 *   for each pollutant, `shift` the power of ten that makes it kilograms;
 * - record_source (source, file) and record_column (source, own_name, header): what a source and its columns are called.
 */
export async function makeTables({ database }: StageContext, pollutants: readonly string[]): Promise<void> {
  await database.run(`
    CREATE TEMP TABLE record (source INTEGER, line BIGINT, raw VARCHAR, misshapen VARCHAR,
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
  if (source.kind === 'sheet') await loadSheet(context, source.name, source.sheet.rows(), number, layout, pollutants);
  else
    await database.run(
      source.kind === 'text'
        ? insertText(source.plain, number, layout, pollutants)
        : insertParquet(source.path, source.columns, number, layout, pollutants),
    );
  await requireDecimalPoints(context, number, source.place, pollutants);
}

/** The columns of record behind `misshapen`: `text` gives the SQL of a column of the source, by our name of it. */
function selected(
  { columns }: SourceLayout,
  pollutants: readonly string[],
  text: (found: FoundColumn, column: string) => string,
): string {
  const trimmed = (column: string): string => {
    const found = columns.get(column);
    if (found === undefined) return "''";
    // Of these two each value is looked at once only, and there without its spaces.
    const isMatched = column === 'industry' || column === 'place';
    return `coalesce(trim(${text(found, column)}${isMatched ? '' : `, ${SPACES}`}), '')`;
  };
  return [
    ...PLAIN_COLUMNS.map(trimmed),
    structOf(pollutants, trimmed),
    structOf(pollutants, (name) => String(columns.get(name)!.unit!.shift)),
  ].join(', ');
}

function insertText(plain: string, number: number, layout: SourceLayout, pollutants: readonly string[]): string {
  const { line, cells, delimiter } = layout.header;
  return `
  INSERT INTO record
  SELECT ${number}, line, raw, CASE
      WHEN contains(raw, '\uFFFD') THEN 'damaged character'
      WHEN fields IS NULL THEN 'stray quote'
      WHEN len(fields) < ${cells.length} THEN 'missing columns'
      WHEN len(fields) > ${cells.length} THEN 'too many columns'
    END, ${selected(layout, pollutants, ({ position }) => fieldText(position))}
  FROM (${splitLines(plain, line, delimiter!)})`;
}

/** A line is a row, counted from 1. */
function insertParquet(
  path: string,
  columns: readonly ParquetColumn[],
  number: number,
  layout: SourceLayout,
  pollutants: readonly string[],
): string {
  const texts = columns.map(({ name, type }) => `coalesce(${parquetText(name, type)}, '')`);
  return `
  INSERT INTO record
  SELECT ${number}, file_row_number + 1, concat_ws(',', ${texts.join(', ')}) AS raw, NULL,
    ${selected(layout, pollutants, (found, column) => {
      const { name, type } = columns[found.position]!;
      return column === 'id' ? parquetId(name, type) : parquetText(name, type);
    })}
  FROM read_parquet(${sqlText(path)}, file_row_number = true)
  WHERE ${columns.map(({ name }) => `${sqlName(name)} IS NOT NULL`).join(' OR ')}`;
}

/** Whole numbers that a program kept as floating point are written as such. */
function parquetText(name: string, type: string): string {
  const column = sqlName(name);
  if (type !== 'DOUBLE' && type !== 'FLOAT') return `${column}::VARCHAR`;
  return `if(${column} = trunc(${column}) AND abs(${column}) < 1e15, ${column}::BIGINT::VARCHAR, ${column}::VARCHAR)`;
}

/** Up to these, whole numbers can be told apart. */
const LARGEST_EXACT = { DOUBLE: Number.MAX_SAFE_INTEGER, FLOAT: 2 ** 24 - 1 };

/** Ids that are numbers and too large to be told apart are written with their power of ten: `ROUNDED_ID` knows them by it. */
function parquetId(name: string, type: string): string {
  const text = parquetText(name, type);
  if (type !== 'DOUBLE' && type !== 'FLOAT') return text;
  return `if(abs(${sqlName(name)}) > ${LARGEST_EXACT[type]}, format('{:e}', ${sqlName(name)}), ${text})`;
}

const sheetId = (value: SheetValue | undefined): string =>
  typeof value === 'number' && Math.abs(value) > LARGEST_EXACT.DOUBLE ? value.toExponential() : cellText(value);

/** An id as spreadsheets write large numbers, of which they keep 15 digits. */
export const ROUNDED_ID = String.raw`-?\d(?:\.\d+)?[eE]\+\d+`;

async function loadSheet(
  context: StageContext,
  name: string,
  rows: AsyncIterable<SheetRow>,
  number: number,
  layout: SourceLayout,
  pollutants: readonly string[],
): Promise<void> {
  const found = [...layout.columns.values()];
  const idPosition = layout.columns.get('id')!.position;
  const cellName = ({ position }: FoundColumn): string => `cell_${position}`;
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
      id: held.map(({ values }) => sheetId(values[idPosition])),
      ...Object.fromEntries(
        found.map((column) => [cellName(column), held.map(({ values }) => cellText(values[column.position]))]),
      ),
    });
    await context.database.run(`
      INSERT INTO record SELECT ${number}, line, raw, NULL,
        ${selected(layout, pollutants, (found, column) => (column === 'id' ? 'id' : cellName(found)))}
      FROM ${table};
      DROP TABLE ${table}`);
  };
  for await (const row of rows) {
    if (row.index < layout.header.line || row.values.every((value) => cellText(value).trim() === '')) continue;
    batch.push(row);
    if (batch.length < BATCH) continue;
    await flush();
    context.progress({ done: row.index + 1, unit: 'rows', note: name });
  }
  await flush();
}
