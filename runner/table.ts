import type { DuckDBConnection } from '@duckdb/node-api';
import { countOf } from './count.ts';
import { nearest } from './nearest.ts';
import type { ColumnDeclaration, TableDeclaration } from './pipeline.ts';
import { quoted, text } from './sql.ts';
import { StageError } from './stage.ts';
import { checkRows } from './table-checks.ts';

/** A table that is about to be stored. */
interface TableToWrite extends TableDeclaration {
  readonly name: string;
  readonly description: string;
  readonly evidence: string | null;
  /** Absolute path of the Parquet file. */
  readonly path: string;
}

const HELD = quoted('rows to be stored');
const CAST = quoted('rows as declared');

/**
 * Checks the rows of a SELECT against a declaration and writes them as Parquet, sorted by key.
 * The bytes depend on the rows and the declaration only.
 * @returns the number of rows
 */
export async function writeTable(database: DuckDBConnection, table: TableToWrite, select: string): Promise<number> {
  await database.run(`CREATE OR REPLACE TEMP TABLE ${HELD} AS FROM (${select.trim().replace(/;$/, '')}\n)`);
  try {
    const types = await columnTypes(database, HELD);
    requireColumns(table, types);
    for (const column of table.columns) await requireCast(database, table, column, types.get(column.name)!);
    const expressions = table.columns.map(
      (column) => `CAST(${quoted(column.name)} AS ${column.type}) AS ${quoted(column.name)}`,
    );
    await database.run(`CREATE OR REPLACE TEMP TABLE ${CAST} AS SELECT ${expressions.join(', ')} FROM ${HELD}`);
    await checkRows(database, { from: CAST, name: table.name, declared: table, givenBy: 'stage' });
    return await copyToParquet(database, table, CAST);
  } finally {
    await database.run(`DROP TABLE IF EXISTS ${HELD}; DROP TABLE IF EXISTS ${CAST}`);
  }
}

/** Writes checked rows; returns how many. */
export async function copyToParquet(database: DuckDBConnection, table: TableToWrite, from: string): Promise<number> {
  const order = table.key.length > 0 ? table.key : table.columns.map(({ name }) => name);
  const columns = table.columns.map(({ name }) => quoted(name)).join(', ');
  const sorted = `SELECT ${columns} FROM ${from} ORDER BY ${order.map((name) => `${quoted(name)} NULLS LAST`).join(', ')}`;
  const options = `FORMAT parquet, COMPRESSION zstd, KV_METADATA {${metadata(table)}}`;
  const result = await database.runAndReadAll(`COPY (${sorted}) TO ${text(table.path)} (${options})`);
  return Number(result.getRows()[0]![0]);
}

/** Writes a table that has no rows. */
export async function writeEmptyTable(
  database: DuckDBConnection,
  path: string,
  columns: readonly ColumnDeclaration[],
): Promise<void> {
  const nothing = columns.map(({ name, type }) => `NULL::${type} AS ${quoted(name)}`);
  await database.run(`COPY (SELECT ${nothing.join(', ')} LIMIT 0) TO ${text(path)} (FORMAT parquet)`);
}

function metadata({ description, evidence, key, columns }: TableToWrite): string {
  const about = columns.map(({ name, type, unit, description }) => ({ name, type, unit, description }));
  const entries = { description, evidence: evidence ?? '', key: JSON.stringify(key), columns: JSON.stringify(about) };
  return Object.entries(entries)
    .map(([name, value]) => `${name}: ${text(value)}`)
    .join(', ');
}

export async function columnTypes(database: DuckDBConnection, from: string): Promise<Map<string, string>> {
  const rows = (await database.runAndReadAll(`DESCRIBE FROM ${from}`)).getRows();
  return new Map(rows.map(([name, type]) => [String(name), String(type)]));
}

function requireColumns({ name, columns }: TableToWrite, types: ReadonlyMap<string, string>): void {
  const declared = columns.map((column) => column.name);
  const missing = declared.filter((column) => !types.has(column));
  const unexpected = [...types.keys()].filter((column) => !declared.includes(column));
  if (missing.length === 0 && unexpected.length === 0) return;
  const parts = [
    missing.length > 0 ? `lacks ${missing.join(', ')}` : '',
    unexpected.length > 0 ? `has ${unexpected.join(', ')}, not declared` : '',
  ];
  const [first] = missing;
  const guess = first === undefined ? null : nearest(first, unexpected);
  const remedy =
    guess === null ? 'Write these, or change the declaration.' : `Is \`${guess}\` meant to be \`${first!}\`?`;
  const message = `${name} ${parts.filter(Boolean).join(' and ')}\n    declared: ${declared.join(', ')}\n    written:  ${[...types.keys()].join(', ')}`;
  throw new StageError(message, remedy);
}

type Family = 'whole' | 'real' | 'decimal' | 'boolean' | 'text' | 'time' | 'other';

function familyOf(type: string): Family {
  if (/^U?(TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$/.test(type)) return 'whole';
  if (type === 'DOUBLE' || type === 'FLOAT') return 'real';
  if (type.startsWith('DECIMAL')) return 'decimal';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'VARCHAR' || type.startsWith('ENUM')) return 'text';
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'time';
  return 'other';
}

/** What may become what. A text never becomes a number silently, nor a number a text. */
const BECOMES: Readonly<Record<Family, readonly Family[]>> = {
  whole: ['whole', 'real', 'decimal', 'boolean'],
  real: ['real', 'whole', 'decimal', 'boolean'],
  decimal: ['decimal', 'whole', 'real', 'boolean'],
  boolean: ['boolean', 'whole'],
  // Columns from memory have no type for dates: they come as texts.
  text: ['text', 'time'],
  time: ['time'],
  other: [],
};

/** Throws a StageError if values of one type cannot become the declared type unchanged; decimals may be rounded. */
async function requireCast(
  database: DuckDBConnection,
  table: TableToWrite,
  column: ColumnDeclaration,
  type: string,
): Promise<void> {
  if (type === column.type) return;
  const name = quoted(column.name);
  if (!BECOMES[familyOf(type)].includes(familyOf(column.type))) {
    // A column of NULLs has no type to speak of.
    if (await isAllNull(database, name)) return;
    const message = `${table.name}: column ${column.name} is ${type}, declared ${column.type}`;
    throw new StageError(message, 'Convert it with CAST, or change the declaration.');
  }
  const there = `TRY_CAST(${name} AS ${column.type})`;
  const exact = ['whole', 'boolean'].includes(familyOf(column.type));
  const lost = exact ? `OR TRY_CAST(${there} AS ${type}) <> ${name}` : '';
  const broken = `FROM ${HELD} WHERE ${name} IS NOT NULL AND (${there} IS NULL ${lost})`;
  const [count, example] = (
    await database.runAndReadAll(`SELECT count(*), min(${name})::VARCHAR ${broken}`)
  ).getRows()[0]!;
  if (Number(count) === 0) return;
  const rows = countOf(Number(count), 'row');
  const message = `${table.name}: column ${column.name} is not ${column.type} in ${rows}, for example ${String(example)}`;
  throw new StageError(message, 'Correct the values, or declare a type that holds them.');
}

async function isAllNull(database: DuckDBConnection, name: string): Promise<boolean> {
  return Number((await database.runAndReadAll(`SELECT count(${name}) FROM ${HELD}`)).getRows()[0]![0]) === 0;
}
