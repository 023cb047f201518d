import type { DuckDBConnection } from '@duckdb/node-api';
import { countOf } from './count.ts';
import type { ColumnDeclaration, TableDeclaration } from './pipeline.ts';
import { quoted } from './sql.ts';
import { StageError } from './stage.ts';

/** How many offending rows an error shows. */
const SHOWN = 5;

/** A table in the database that is to be checked, and how errors speak of it. */
export interface CheckedTable {
  /** FROM item. */
  readonly from: string;
  readonly name: string;
  readonly declared: TableDeclaration;
  /** Who has to put right what is wrong: a user corrects a file, who writes a stage may also change what is declared. */
  readonly givenBy: 'user' | 'stage';
  /** An extra column to show with each offending row: the line in a file. */
  readonly place?: { readonly label: string; readonly sql: string };
}

/** A column that another refers to. */
interface Referred {
  /** FROM item. */
  readonly from: string;
  /** Name of the table, and what it was read from. */
  readonly name: string;
  readonly place: string;
  readonly column: string;
}

interface Rule {
  readonly column: ColumnDeclaration;
  /** True for rows that break it. */
  readonly broken: string;
  readonly says: string;
  readonly remedy: string;
}

/** A file from outside is wrong, never what is declared of it. */
const REMEDIES = {
  user: {
    missing: 'Give a value in each of these rows, or remove the rows.',
    notFinite: 'Give a number in each of these rows, or remove the rows.',
    notFiniteNullable: 'Give a number, or no value: NULL, in a CSV an empty field.',
    outOfRange: 'Correct the values in the file.',
    repeatedKey: 'Remove or add up the rows, so that each key comes once.',
    dangling: ({ place, column }: Referred) =>
      `Correct the values: those that can be used are in column ${column} of ${place}. Or name another file for it under \`sources:\`.`,
  },
  stage: {
    missing: 'Give a value, or declare the column `nullable: true`.',
    notFinite: 'Find the division by zero, logarithm or missing value that made it.',
    notFiniteNullable: 'Find the division by zero, logarithm or missing value that made it.',
    outOfRange: 'Correct the value, or the range that the pipeline file declares.',
    repeatedKey: 'Remove or add up the rows, or declare a key that tells them apart.',
    dangling: ({ name }: Referred) => `Correct the values, or add what is missing to ${name}.`,
  },
} as const;

/** Throws a StageError with the first offending rows if values break what is declared: NULLs, NaN, ranges, the key. */
export async function checkRows(database: DuckDBConnection, table: CheckedTable): Promise<void> {
  const rules = table.declared.columns.flatMap((column) => rulesOf(column, table.givenBy));
  if (rules.length > 0) {
    const counts = rules.map(({ broken }) => `count(*) FILTER (WHERE ${broken})`);
    const [row] = (await database.runAndReadAll(`SELECT ${counts.join(', ')} FROM ${table.from}`)).getRows();
    for (const [index, rule] of rules.entries()) {
      const count = Number(row![index]);
      if (count > 0) throw await brokenRule(database, table, rule, count);
    }
  }
  await checkKey(database, table);
}

function rulesOf(column: ColumnDeclaration, givenBy: CheckedTable['givenBy']): Rule[] {
  const remedies = REMEDIES[givenBy];
  const name = quoted(column.name);
  const rules: Rule[] = [];
  if (!column.nullable) {
    rules.push({
      column,
      broken: `${name} IS NULL`,
      says: 'NULL',
      remedy: remedies.missing,
    });
  }
  if (column.type === 'DOUBLE' || column.type === 'FLOAT') {
    rules.push({
      column,
      broken: `NOT isfinite(${name})`,
      says: 'not a finite number',
      remedy: column.nullable ? remedies.notFiniteNullable : remedies.notFinite,
    });
  }
  const remedy = remedies.outOfRange;
  if (column.min !== undefined) {
    rules.push({ column, broken: `${name} < ${column.min}`, says: `below the minimum ${column.min}`, remedy });
  }
  if (column.max !== undefined) {
    rules.push({ column, broken: `${name} > ${column.max}`, says: `above the maximum ${column.max}`, remedy });
  }
  return rules;
}

async function brokenRule(
  database: DuckDBConnection,
  table: CheckedTable,
  rule: Rule,
  count: number,
): Promise<StageError> {
  const rows = await offending(database, table, `FROM ${table.from} WHERE ${rule.broken}`, [rule.column.name]);
  const message = `${table.name}: column ${rule.column.name} is ${rule.says} in ${countOf(count, 'row')}\n${rows}`;
  return new StageError(message, rule.remedy);
}

async function checkKey(database: DuckDBConnection, table: CheckedTable): Promise<void> {
  const { key } = table.declared;
  if (key.length === 0) return;
  const names = key.map(quoted).join(', ');
  const repeated = `FROM ${table.from} GROUP BY ${names} HAVING count(*) > 1`;
  const count = await countRows(database, `SELECT 1 ${repeated}`);
  if (count === 0) return;
  const place =
    table.place === undefined
      ? ''
      : `, string_agg(${table.place.sql}::VARCHAR, ', ' ORDER BY ${table.place.sql}) AS ${quoted(`${table.place.label}s`)}`;
  const rows = await printed(
    database,
    `SELECT ${names}, count(*) AS "times"${place} ${repeated} ORDER BY ${names} LIMIT ${SHOWN}`,
  );
  const message = `${table.name}: ${countOf(count, 'key')} (${key.join(', ')}) not unique\n${rows}`;
  throw new StageError(message, REMEDIES[table.givenBy].repeatedKey);
}

/** Throws a StageError if a value of a referring column does not occur in the column it refers to. */
export async function checkReference(
  database: DuckDBConnection,
  table: CheckedTable,
  column: ColumnDeclaration,
  referred: Referred,
): Promise<void> {
  const name = quoted(column.name);
  const dangling = `FROM ${table.from} WHERE ${name} IS NOT NULL AND ${name} NOT IN (SELECT ${quoted(referred.column)} FROM ${referred.from} WHERE ${quoted(referred.column)} IS NOT NULL)`;
  const count = await countRows(database, `SELECT 1 ${dangling}`);
  if (count === 0) return;
  const rows = await offending(database, table, dangling, [column.name]);
  const message = `${table.name}: column ${column.name} has no counterpart in ${referred.name}.${referred.column} in ${countOf(count, 'row')}\n${rows}`;
  throw new StageError(message, REMEDIES[table.givenBy].dangling(referred));
}

async function countRows(database: DuckDBConnection, select: string): Promise<number> {
  return Number((await database.runAndReadAll(`SELECT count(*) FROM (${select})`)).getRows()[0]![0]);
}

/** The first rows of `tail`, by key: their place, their key and the named columns. */
function offending(
  database: DuckDBConnection,
  table: CheckedTable,
  tail: string,
  columns: readonly string[],
): Promise<string> {
  const names = [...new Set([...table.declared.key, ...columns])];
  const place = table.place === undefined ? '' : `${table.place.sql} AS ${quoted(table.place.label)}, `;
  const order = table.place === undefined ? names.map(quoted).join(', ') : table.place.sql;
  return printed(database, `SELECT ${place}${names.map(quoted).join(', ')} ${tail} ORDER BY ${order} LIMIT ${SHOWN}`);
}

/** Rows of a query as a small text table, indented. */
async function printed(database: DuckDBConnection, sql: string): Promise<string> {
  const result = await database.runAndReadAll(sql);
  const rows = result.getRows().map((row) => row.map((value) => (value === null ? 'NULL' : shorten(String(value)))));
  const lines = [result.columnNames(), ...rows];
  const widths = result.columnNames().map((_, index) => Math.max(...lines.map((line) => line[index]!.length)));
  return lines
    .map(
      (line) =>
        `    ${line
          .map((cell, index) => cell.padEnd(widths[index]!))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
}

const shorten = (value: string): string => (value.length > 60 ? `${value.slice(0, 57)}...` : value);
