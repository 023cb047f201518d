import { closeSync, openSync, readSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { JobSource } from './job.ts';
import { nearest } from './nearest.ts';
import type { ColumnDeclaration } from './pipeline.ts';
import { quoted, text } from './sql.ts';
import { StageError } from './stage.ts';
import { checkRows, countOf, type CheckedTable } from './table-checks.ts';
import { columnTypes } from './table.ts';

/** Row number in the file; DuckDB keeps the rows of a file in order. */
const ROW = quoted('row in file');
const SHOWN = 5;

/** Reads a source into a table of the database with exactly the declared columns, checked but for its references. */
export async function loadSource(database: DuckDBConnection, source: JobSource, table: string): Promise<CheckedTable> {
  const raw = quoted(`${source.name} as read`);
  const csv = source.path.endsWith('.csv');
  if (csv) await readCsv(database, source, raw);
  else await database.run(`CREATE TEMP TABLE ${raw} AS FROM read_parquet(${text(source.path)})`);
  const header = await columnTypes(database, raw);
  if (!csv) requireHeader(source, [...header.keys()]);
  for (const column of source.table.columns) {
    if (header.get(column.name) !== column.type) await requireValues(database, source, raw, column);
  }
  const columns = source.table.columns.map(({ name, type }) => `CAST(${quoted(name)} AS ${type}) AS ${quoted(name)}`);
  await database.run(`CREATE TEMP TABLE ${quoted(table)} AS SELECT ${columns.join(', ')}, rowid AS ${ROW} FROM ${raw}`);
  await database.run(`DROP TABLE ${raw}`);
  const place = csv ? { label: 'line', sql: `(${ROW} + 2)` } : { label: 'row', sql: `(${ROW} + 1)` };
  const checked = { from: quoted(table), name: source.file, declared: source.table, place };
  await checkRows(database, checked);
  return checked;
}

/** Reads every field as text: a number in a CSV is rounded silently when read as the type it should have. */
async function readCsv(database: DuckDBConnection, source: JobSource, raw: string): Promise<void> {
  const header = csvHeader(source);
  requireHeader(source, header);
  const columns = header.map((name) => `${text(name)}: 'VARCHAR'`).join(', ');
  const options = [
    `auto_detect=false, header=true, delim=',', quote='"', escape='"', strict_mode=true, columns={${columns}}`,
    `store_rejects=true, rejects_limit=0, rejects_table='rejected_lines', rejects_scan='rejected_scans'`,
  ];
  await database.run(`CREATE TEMP TABLE ${raw} AS FROM read_csv(${text(source.path)}, ${options.join(', ')})`);
  const rejected = await database.runAndReadAll(
    'SELECT line, any_value(error_message), any_value(csv_line) FROM rejected_lines GROUP BY line ORDER BY line',
  );
  await database.run('DROP TABLE rejected_lines; DROP TABLE rejected_scans');
  const lines = rejected
    .getRows()
    .map(([line, message, csv]) => `    line ${String(line)}: ${String(message)}: ${String(csv).trim()}`);
  if (lines.length === 0) return;
  const message = `${source.file}: ${countOf(lines.length, 'line')} cannot be read\n${lines.slice(0, SHOWN).join('\n')}`;
  throw new StageError(
    message,
    'Correct the lines: comma-separated, UTF-8, double quotes around fields that hold commas or quotes.',
  );
}

/** More than any first line needs. */
const HEADER_BYTES = 65_536;

function csvHeader({ path, file }: JobSource): string[] {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const handle = openSync(path, 'r');
  const length = readSync(handle, bytes);
  closeSync(handle);
  const start = bytes.toString('utf8', 0, length).replace(/^\uFEFF/, '');
  const line = /^[^\r\n]*/.exec(start)?.[0] ?? '';
  if (line === '') throw new StageError(`${file} has no header line`, 'The first line names the columns.');
  const fields = line.match(/(?<=^|,)("(?:[^"]|"")*"|[^,]*)(?=,|$)/g) ?? [];
  return fields.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}

/** Columns may come in any order, but have to be the declared ones. */
function requireHeader({ file, table }: JobSource, header: readonly string[]): void {
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
  const message = `${file}, line 1: ${what}\n    expected: ${expected.join(', ')}\n    found:    ${header.join(', ')}`;
  throw new StageError(
    message,
    guess === null ? 'Correct the header, or the declared columns.' : `Is \`${guess}\` a slip of the pen?`,
  );
}

/** Throws a StageError that lists values which are not of the declared type. */
async function requireValues(
  database: DuckDBConnection,
  source: JobSource,
  raw: string,
  column: ColumnDeclaration,
): Promise<void> {
  const name = quoted(column.name);
  const there = `TRY_CAST(${name} AS ${column.type})`;
  const broken = `FROM ${raw} WHERE ${name} IS NOT NULL AND (${there} IS NULL OR NOT (${exactly(name, column.type)}))`;
  const count = Number((await database.runAndReadAll(`SELECT count(*) ${broken}`)).getRows()[0]![0]);
  if (count === 0) return;
  const found = await database.runAndReadAll(
    `SELECT rowid + 2, ${name}::VARCHAR ${broken} ORDER BY rowid LIMIT ${SHOWN}`,
  );
  const lines = found.getRows().map(([line, value]) => `    line ${String(line)}: ${String(value)}`);
  const message = `${source.file}: column ${column.name} is not ${column.type} in ${countOf(count, 'row')}\n${lines.join('\n')}`;
  throw new StageError(message, 'Correct the values, or the declared type.');
}

/** Whether nothing is lost: DuckDB reads 1.5 as the integer 2, and rounds what has more decimals than declared. */
function exactly(name: string, type: string): string {
  if (/INT/.test(type)) return `regexp_full_match(trim(${name}::VARCHAR), '[+-]?[0-9]+')`;
  if (type.startsWith('DECIMAL')) return `TRY_CAST(${name} AS DECIMAL(38,12)) = TRY_CAST(${name} AS ${type})`;
  return 'true';
}
