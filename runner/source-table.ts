import { closeSync, openSync, readSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { countOf } from './count.ts';
import { csvRecords, otherLineEnd, type CsvRecords } from './csv-records.ts';
import type { JobSource } from './job.ts';
import { nearest } from './nearest.ts';
import { readingParquet } from './parquet.ts';
import type { ColumnDeclaration } from './pipeline.ts';
import { quoted, text } from './sql.ts';
import { StageError } from './stage.ts';
import { checkRows, type CheckedTable } from './table-checks.ts';
import { columnTypes } from './table.ts';

/** The column that holds where a row is in the file; DuckDB keeps the rows of a file in order. */
const PLACE = quoted('place in file');
const SHOWN = 5;

/** Reads a source into a table of the database with exactly the declared columns, checked but for its references. */
export async function loadSource(database: DuckDBConnection, source: JobSource, table: string): Promise<CheckedTable> {
  const raw = quoted(`${source.name} as read`);
  const lines = `lines of ${source.name}`;
  const csv = source.path.endsWith('.csv');
  const read = csv ? await readCsv(database, source, raw, lines) : await readParquet(database, source, raw);
  const header = await columnTypes(database, raw);
  for (const column of source.table.columns) {
    if (header.get(column.name) !== column.type) await requireValues(database, source, read, column);
  }
  const columns = source.table.columns.map(({ name, type }) => `CAST(${quoted(name)} AS ${type}) AS ${quoted(name)}`);
  await database.run(`CREATE TEMP TABLE ${quoted(table)} AS SELECT ${columns.join(', ')}, ${PLACE} FROM ${read.from}`);
  await database.run(`DROP TABLE ${raw}; DROP TABLE IF EXISTS ${quoted(lines)}`);
  const place = { label: read.label, sql: PLACE };
  const { file, table: declared, givenBy } = source;
  const checked = { from: quoted(table), name: file, declared, givenBy, place };
  await checkRows(database, checked);
  return checked;
}

/** The rows of a file as they stand there. */
interface RowsRead {
  /** FROM item with the columns of the file and PLACE. */
  readonly from: string;
  /** What PLACE counts. */
  readonly label: 'line' | 'row';
}

const byRow = (raw: string): RowsRead => ({ from: `(SELECT *, rowid + 1 AS ${PLACE} FROM ${raw})`, label: 'row' });

async function readParquet(database: DuckDBConnection, source: JobSource, raw: string): Promise<RowsRead> {
  await readingParquet(source.file, () =>
    database.run(`CREATE TEMP TABLE ${raw} AS FROM read_parquet(${text(source.path)})`),
  );
  requireHeader(source, source.file, [...(await columnTypes(database, raw)).keys()]);
  return byRow(raw);
}

/** Reads every field as text: a number in a CSV is rounded silently when read as the type it should have. */
async function readCsv(database: DuckDBConnection, source: JobSource, raw: string, lines: string): Promise<RowsRead> {
  const header = csvHeader(source);
  requireHeader(source, `${source.file}, line 1`, header);
  const columns = header.map((name) => `${text(name)}: 'VARCHAR'`).join(', ');
  const options = [
    `auto_detect=false, header=true, delim=',', quote='"', escape='"', strict_mode=true, columns={${columns}}`,
    `store_rejects=true, rejects_limit=0, rejects_table='rejected_lines', rejects_scan='rejected_scans'`,
  ];
  await readingCsv(source, () =>
    database.run(`CREATE TEMP TABLE ${raw} AS FROM read_csv(${text(source.path)}, ${options.join(', ')})`),
  );
  const records = csvRecords(source.path, header.length);
  await requireReadable(database, source, records);
  const count = Number((await database.runAndReadAll(`SELECT count(*) FROM ${raw}`)).getRows()[0]![0]);
  // Should DuckDB ever see other records than we do, then no line is better than a wrong one.
  if (count !== records.lines.length - 1) return byRow(raw);
  await storeLines(database, lines, records);
  return { from: `(FROM ${raw} POSITIONAL JOIN ${quoted(lines)})`, label: 'line' };
}

/** Says of a file that DuckDB gives up on where it changes its line ends, or what DuckDB says. */
async function readingCsv({ file, path }: JobSource, read: () => Promise<unknown>): Promise<void> {
  try {
    await read();
  } catch (error) {
    const other = otherLineEnd(path);
    if (other !== null)
      throw new StageError(
        `${file}, line ${other.line} ends in ${other.end}, the lines before it in ${other.before}`,
        'Save the file with one kind of line end.',
      );
    const [reason] = (error as Error).message.split('\n');
    throw new StageError(`${file} cannot be read: ${reason!}`, 'Give a whole CSV file: comma-separated, UTF-8.');
  }
}

/** Throws a StageError that lists the lines which DuckDB rejected. */
async function requireReadable(database: DuckDBConnection, source: JobSource, records: CsvRecords): Promise<void> {
  const rejected = await database.runAndReadAll(
    `SELECT line_byte_position, any_value(error_message), any_value(csv_line) FROM rejected_lines
     GROUP BY line_byte_position ORDER BY line_byte_position`,
  );
  await database.run('DROP TABLE rejected_lines; DROP TABLE rejected_scans');
  const rows = rejected.getRows();
  if (rows.length === 0) return;
  const shown = rows
    .slice(0, SHOWN)
    .map(
      ([byte, message, csv]) => `    line ${lineAt(records, Number(byte))}: ${String(message)}: ${String(csv).trim()}`,
    );
  throw new StageError(
    `${source.file}: ${countOf(rows.length, 'line')} cannot be read\n${shown.join('\n')}`,
    'Correct the lines: comma-separated, UTF-8, double quotes around fields that hold commas or quotes.',
  );
}

/**
 * DuckDB's own line numbers leave out line breaks within quotes. Its byte, from 1, is that of the record or of a blank
 * line before it.
 */
const lineAt = ({ lines, starts }: CsvRecords, byte: number): number =>
  lines[starts.findIndex((start) => start >= byte - 1)] ?? lines.at(-1)!;

async function storeLines(database: DuckDBConnection, table: string, { lines }: CsvRecords): Promise<void> {
  await database.run(`CREATE TEMP TABLE ${quoted(table)} (${PLACE} INTEGER)`);
  const appender = await database.createAppender(table);
  // The first record is the header.
  for (const line of lines.slice(1)) {
    appender.appendInteger(line);
    appender.endRow();
  }
  appender.closeSync();
}

/** More than any first line needs. */
const HEADER_BYTES = 65_536;

function csvHeader({ path, file, table }: JobSource): string[] {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const handle = openSync(path, 'r');
  const length = readSync(handle, bytes);
  closeSync(handle);
  const start = bytes.toString('utf8', 0, length).replace(/^\uFEFF/, '');
  const line = /^[^\r\n]*/.exec(start)?.[0] ?? '';
  if (line.trim() === '') {
    const what = start.trim() === '' ? 'is empty' : 'has no header in line 1';
    const expected = table.columns.map(({ name }) => name).join(', ');
    throw new StageError(
      `${file} ${what}\n    expected: ${expected}`,
      'The first line names these columns, separated by commas; each further line is a row.',
    );
  }
  const fields = line.match(/(?<=^|,)("(?:[^"]|"")*"|[^,]*)(?=,|$)/g) ?? [];
  return fields.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}

/** Columns may come in any order, but have to be the declared ones. */
function requireHeader({ table, givenBy }: JobSource, place: string, header: readonly string[]): void {
  const expected = table.columns.map(({ name }) => name);
  const missing = expected.find((name) => !header.includes(name));
  const unexpected = header.find((name, index) => !expected.includes(name) || header.indexOf(name) !== index);
  if (missing === undefined && unexpected === undefined) return;
  const what =
    missing === undefined
      ? `column \`${unexpected!}\` is not declared or comes twice`
      : `column \`${missing}\` is missing`;
  const guess =
    missing === undefined
      ? nearest(unexpected!, expected)
      : nearest(
          missing,
          header.filter((name) => !expected.includes(name)),
        );
  const message = `${place}: ${what}\n    expected: ${expected.join(', ')}\n    found:    ${header.join(', ')}`;
  const remedy =
    givenBy === 'user' ? 'Correct the names of the columns.' : 'Correct the header, or the declared columns.';
  if (guess === null) throw new StageError(message, remedy);
  // A name that ends otherwise may stand for another unit: to write it anew is not enough then.
  const otherwise = missing === undefined ? '' : ` If it is something else, or in another unit, give \`${missing}\`.`;
  throw new StageError(message, `Is \`${guess}\` a slip of the pen?${otherwise}`);
}

/** Throws a StageError that lists values which are not of the declared type. */
async function requireValues(
  database: DuckDBConnection,
  source: JobSource,
  { from, label }: RowsRead,
  column: ColumnDeclaration,
): Promise<void> {
  const name = quoted(column.name);
  const there = `TRY_CAST(${name} AS ${column.type})`;
  const broken = `FROM ${from} WHERE ${name} IS NOT NULL AND (${there} IS NULL OR NOT (${exactly(name, column.type)}))`;
  const count = Number((await database.runAndReadAll(`SELECT count(*) ${broken}`)).getRows()[0]![0]);
  if (count === 0) return;
  const found = await database.runAndReadAll(
    `SELECT ${PLACE}, ${name}::VARCHAR ${broken} ORDER BY ${PLACE} LIMIT ${SHOWN}`,
  );
  const lines = found.getRows().map(([place, value]) => `    ${label} ${String(place)}: ${String(value)}`);
  const message = `${source.file}: column ${column.name} is not ${column.type} in ${countOf(count, 'row')}\n${lines.join('\n')}`;
  const remedy = source.givenBy === 'user' ? howToWrite(column.type) : 'Correct the values, or the declared type.';
  throw new StageError(message, remedy);
}

function howToWrite(type: string): string {
  if (/INT/.test(type)) return 'Write whole numbers that fit, such as 1234: no decimals, no separators.';
  if (type.startsWith('DECIMAL'))
    return `Write numbers such as 1234.5 that fit ${type}: no more digits, no separators.`;
  if (type === 'DOUBLE' || type === 'FLOAT') return 'Write numbers such as 1234.5 or 1.2e6: no separators.';
  if (type === 'BOOLEAN') return 'Write true or false.';
  return type === 'DATE' ? 'Write dates such as 2017-12-31.' : 'Write times such as 2017-12-31 23:59:00.';
}

/** Whether nothing is lost: DuckDB reads 1.5 as the integer 2, and rounds what has more decimals than declared. */
function exactly(name: string, type: string): string {
  if (/INT/.test(type)) return `regexp_full_match(trim(${name}::VARCHAR), '[+-]?[0-9]+')`;
  if (type.startsWith('DECIMAL')) return `TRY_CAST(${name} AS DECIMAL(38,12)) = TRY_CAST(${name} AS ${type})`;
  return 'true';
}
