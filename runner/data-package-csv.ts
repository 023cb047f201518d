import type { DuckDBConnection } from '@duckdb/node-api';
import { MistakeError } from './diagnostic.ts';
import type { ColumnDeclaration } from './pipeline.ts';
import { quoted, text } from './sql.ts';

/** A stored table that is to be written as CSV. */
interface TableToExport {
  readonly name: string;
  readonly columns: readonly ColumnDeclaration[];
  /** Absolute path of its Parquet file. */
  readonly parquet: string;
}

/** What is to be known of a CSV file to read back what was stored. */
export interface WrittenCsv {
  readonly rows: number;
  /** What stands for NULL: an empty field, unless that could be taken for a value. */
  readonly missing: string;
}

/** ISO 8601 to the microsecond, as DuckDB and the `format` of a field both write it. */
export const TIME_FORMAT = '%Y-%m-%dT%H:%M:%S.%f';

/**
 * Writes a table as CSV in its stored order: UTF-8, commas, lines that end with a line feed, quotes where they are needed.
 * Each number is the shortest that reads back as the same bits. Throws a MistakeError for what CSV has no text for.
 */
export async function writeCsv(
  database: DuckDBConnection,
  table: TableToExport,
  path: string,
  compress: boolean,
): Promise<WrittenCsv> {
  const from = `read_parquet(${text(table.parquet)})`;
  await requireWritable(database, table, from);
  const missing = await freeMark(database, table, from);
  const [first, ...others] = table.columns;
  // The only field of a row has to be quoted: an empty one would be an empty line, and those are passed over.
  const alone = first?.type === 'VARCHAR' && others.length === 0 ? [`FORCE_QUOTE (${quoted(first.name)})`] : [];
  const options = [
    `FORMAT csv, HEADER true, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR ${text(missing)}`,
    `COMPRESSION ${compress ? 'gzip' : 'none'}`,
    ...alone,
  ];
  const rows = `SELECT ${table.columns.map(expression).join(', ')} FROM ${from}`;
  const result = await database.runAndReadAll(`COPY (${rows}) TO ${text(path)} (${options.join(', ')})`);
  return { rows: Number(result.getRows()[0]![0]), missing };
}

function expression({ name, type }: ColumnDeclaration): string {
  const column = quoted(name);
  // Readers take every number for a DOUBLE: the shortest text of a FLOAT is that of another DOUBLE.
  if (type === 'FLOAT') return `${column}::DOUBLE AS ${column}`;
  if (type === 'TIMESTAMP') return `strftime(${column}, ${text(TIME_FORMAT)}) AS ${column}`;
  return column;
}

/** True for a value that has no text as CSV, by its type; null: there is none. */
function unwritable({ name, type }: ColumnDeclaration): string | null {
  if (type === 'DOUBLE' || type === 'FLOAT') return `NOT isfinite(${quoted(name)})`;
  // Four digits are what readers take for a year.
  if (type === 'DATE' || type === 'TIMESTAMP')
    return `NOT isfinite(${quoted(name)}) OR year(${quoted(name)}) NOT BETWEEN 1 AND 9999`;
  return null;
}

/** Stored tables have no NaN and no infinity; dates may lie anywhere. */
async function requireWritable(database: DuckDBConnection, table: TableToExport, from: string): Promise<void> {
  const rules = table.columns.flatMap((column) => {
    const rule = unwritable(column);
    return rule === null ? [] : [{ column, rule }];
  });
  if (rules.length === 0) return;
  const examples = rules.map(({ column, rule }) => `min(${quoted(column.name)}) FILTER (${rule})::VARCHAR`);
  const [row] = (await database.runAndReadAll(`SELECT ${examples.join(', ')} FROM ${from}`)).getRows();
  for (const [index, { column }] of rules.entries()) {
    const example = row![index];
    if (example === null) continue;
    throw new MistakeError(
      `Nothing is packed: ${table.name}.${column.name} has ${String(example)}, which other programs do not read.\n  Name the other tables, or change what makes it.`,
    );
  }
}

/** An empty field; where a text is empty `NULL`, and where one is `NULL` too something longer. */
async function freeMark(database: DuckDBConnection, table: TableToExport, from: string): Promise<string> {
  const texts = table.columns.filter(({ type }) => type === 'VARCHAR').map(({ name }) => quoted(name));
  let mark = table.columns.length === 1 ? 'NULL' : '';
  while (await occurs(database, mark, texts, from)) mark = mark === '' ? 'NULL' : `${mark}_`;
  return mark;
}

async function occurs(
  database: DuckDBConnection,
  mark: string,
  columns: readonly string[],
  from: string,
): Promise<boolean> {
  if (columns.length === 0) return false;
  const any = columns.map((column) => `${column} = ${text(mark)}`).join(' OR ');
  return (await database.runAndReadAll(`SELECT 1 FROM ${from} WHERE ${any} LIMIT 1`)).getRows().length > 0;
}
