import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { Cell, ColumnDifference, NumberCell, Place, Some, StoredArtifact, TableDifference } from './difference.ts';
import { ulps } from './difference-numbers.ts';
import { comparisonOf, type Comparison } from './difference-types.ts';
import { quoted, text } from './sql.ts';
import { openDatabase } from './stage-context.ts';
import { columnTypes } from './table.ts';

const SHOWN = 3;
/** Pairs of rows that differ, and rows that have no pair. */
const DIFFERING = 'differing';
const PAIRED = 'in_before AND in_after';

/** A column that is there before and after, with its names in the joined rows, which cannot be taken for others. */
interface SharedColumn {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly types: readonly [before: string, after: string];
  readonly comparison: Comparison;
}

/** What the rows are paired by and put in order by. */
interface Pairing {
  /** Columns of the key; empty: rows are paired by their number. */
  readonly key: readonly SharedColumn[];
  readonly order: string;
}

/** Compares two Parquet files: all rows in DuckDB, at once. */
export async function compareTables(before: StoredArtifact, after: StoredArtifact): Promise<TableDifference> {
  const { database, close } = await openDatabase(join(tmpdir(), `difference-${randomUUID()}`), null);
  try {
    return await compareIn(database, before, after);
  } finally {
    close();
  }
}

async function compareIn(
  database: DuckDBConnection,
  before: StoredArtifact,
  after: StoredArtifact,
): Promise<TableDifference> {
  const [from, to] = [`read_parquet(${text(before.path)})`, `read_parquet(${text(after.path)})`];
  const [old, now] = [await columnTypes(database, from), await columnTypes(database, to)];
  const shared = [...old.keys()].filter((name) => now.has(name));
  const columns = shared.map((name, index) => sharedColumn(name, index, [old.get(name)!, now.get(name)!]));
  const pairing = pairingOf(columns, before.key, after.key);
  await joinRows(database, [from, to], columns, pairing);

  const [aboutBefore, aboutAfter] = [await aboutOf(database, before.path), await aboutOf(database, after.path)];
  const [rowsBefore, rowsAfter, differing] = (
    await firstRow(
      database,
      `SELECT (SELECT count(*) FROM ${from}), (SELECT count(*) FROM ${to}), count(*) FROM ${DIFFERING} WHERE ${PAIRED}`,
    )
  ).map(Number);
  return {
    kind: 'table',
    paired_by: pairing.key.map(({ name }) => name),
    rows: { before: rowsBefore!, after: rowsAfter!, differing: differing! },
    rows_only_before: await unpaired(database, pairing, 'before'),
    rows_only_after: await unpaired(database, pairing, 'after'),
    columns_only_before: [...old.keys()].filter((name) => !now.has(name)),
    columns_only_after: [...now.keys()].filter((name) => !old.has(name)),
    columns_reordered: [...now.keys()].filter((name) => old.has(name)).join('\0') !== shared.join('\0'),
    columns_retyped: columns.flatMap(({ name, types: [was, is] }) =>
      was === is ? [] : [{ column: name, before: was, after: is }],
    ),
    columns_compared: columns.length,
    columns: await differingColumns(database, columns, pairing, unitsOf(aboutAfter)),
    about: [...new Set([...aboutBefore.keys(), ...aboutAfter.keys()])].filter(
      (name) => aboutBefore.get(name) !== aboutAfter.get(name),
    ),
  };
}

function sharedColumn(name: string, index: number, types: SharedColumn['types']): SharedColumn {
  const [before, after] = [`before_${index}`, `after_${index}`];
  return { name, before, after, types, comparison: comparisonOf(before, after, types) };
}

/** By the key if it is the same before and after: only then it tells the rows of both apart. */
function pairingOf(columns: readonly SharedColumn[], before: readonly string[], after: readonly string[]): Pairing {
  const same = after.length === before.length && after.every((name) => before.includes(name));
  const key = same ? after.flatMap((name) => columns.find((column) => column.name === name) ?? []) : [];
  if (key.length === 0 || key.length < after.length) return { key: [], order: 'row' };
  return { key, order: key.map((column) => `${keyOf(column)} NULLS LAST`).join(', ') };
}

/** In rows that are there on one side only, the other side of the key is NULL. */
const keyOf = ({ before, after, types: [was, is] }: SharedColumn): string =>
  was === is ? `coalesce(${before}, ${after})` : `coalesce(${before}::VARCHAR, ${after}::VARCHAR)`;

async function joinRows(
  database: DuckDBConnection,
  [from, to]: readonly [string, string],
  columns: readonly SharedColumn[],
  { key }: Pairing,
): Promise<void> {
  const side = (name: 'before' | 'after', table: string) => {
    const selected = columns.map((column) => `${quoted(column.name)} AS ${column[name]}`);
    // Rows are numbered as they are stored: DuckDB keeps that order. It takes time, and keys make it needless.
    const row = key.length === 0 ? 'row_number() OVER ()' : 'NULL';
    const all = [`true AS in_${name}`, `${row} AS row_${name}`, ...selected];
    return `(SELECT ${all.join(', ')} FROM ${table})`;
  };
  const pairs =
    key.length === 0 ? 'row_before = row_after' : key.map(({ comparison }) => comparison.same).join(' AND ');
  const differs = columns.map(({ comparison: { differs, inBitsOnly } }) => `${differs} OR ${inBitsOnly}`);
  await database.run(`CREATE TEMP TABLE ${DIFFERING} AS
    SELECT * REPLACE (coalesce(in_before, false) AS in_before, coalesce(in_after, false) AS in_after),
      coalesce(row_before, row_after) AS row
    FROM ${side('before', from)} FULL OUTER JOIN ${side('after', to)} ON ${pairs}
    WHERE ${['in_before IS NULL', 'in_after IS NULL', ...differs].join(' OR ')}`);
}

async function unpaired(database: DuckDBConnection, pairing: Pairing, side: 'before' | 'after'): Promise<Some<Place>> {
  const from = `FROM ${DIFFERING} WHERE NOT in_${side === 'before' ? 'after' : 'before'}`;
  const [count] = await firstRow(database, `SELECT count(*) ${from}`);
  if (Number(count) === 0) return { count: 0, first: [] };
  const sql = `SELECT ${placeColumns(pairing).join(', ')} ${from} ORDER BY ${pairing.order} LIMIT ${SHOWN}`;
  const rows = (await database.runAndReadAll(sql)).getRows();
  return { count: Number(count), first: rows.map((row) => placeOf(pairing, row)) };
}

const placeColumns = ({ key }: Pairing): string[] =>
  key.length === 0 ? ['row::VARCHAR'] : key.map((column) => `${keyOf(column)}::VARCHAR`);

const placeOf = ({ key }: Pairing, values: readonly DuckDBValue[]): Place =>
  Object.fromEntries(
    (key.length === 0 ? ['row'] : key.map(({ name }) => name)).map((name, index) => [name, textOrNull(values[index])]),
  );

const textOrNull = (value: DuckDBValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

async function differingColumns(
  database: DuckDBConnection,
  columns: readonly SharedColumn[],
  pairing: Pairing,
  units: ReadonlyMap<string, string>,
): Promise<ColumnDifference[]> {
  const found: ColumnDifference[] = [];
  for (const column of columns) {
    const { differs, inBitsOnly, absolute, relative } = column.comparison;
    const finite = `coalesce(isfinite(${absolute}), false)`;
    const [cells, bits, without, largest, largestRelative] = await firstRow(
      database,
      `SELECT count(*) FILTER (${differs}), count(*) FILTER (${inBitsOnly}), count(*) FILTER (${differs} AND NOT ${finite}),
        max(${absolute}) FILTER (${differs} AND ${finite}), max(${relative}) FILTER (${differs} AND ${finite})
      FROM ${DIFFERING} WHERE ${PAIRED}`,
    );
    if (Number(cells) === 0 && Number(bits) === 0) continue;
    const cell = (where: string) => firstCell(database, column, pairing, `${differs} AND ${where}`);
    const extreme = async (expression: string, value: DuckDBValue | undefined) => {
      const number = numberOrNull(value);
      if (number === null) return null;
      return numberCell(await cell(`${finite} AND ${expression} = ${doubleLiteral(number)}`), column);
    };
    found.push({
      column: column.name,
      unit: units.get(column.name) ?? null,
      cells: Number(cells),
      cells_in_bits_only: Number(bits),
      cells_without_number: Number(without),
      largest_absolute: await extreme(absolute, largest),
      largest_relative: await extreme(relative, largestRelative),
      first_without_number: Number(without) === 0 ? null : (await cell(`NOT ${finite}`)).cell,
    });
  }
  return found;
}

/** The shortest decimal that gives this double: DuckDB reads it as JavaScript does. */
const doubleLiteral = (value: number): string => `'${value}'::DOUBLE`;

interface FoundCell {
  readonly cell: Cell;
  /** Null where there is nothing to subtract. */
  readonly absolute: number | null;
  readonly relative: number | null;
}

async function firstCell(
  database: DuckDBConnection,
  { before, after, comparison: { absolute, relative } }: SharedColumn,
  pairing: Pairing,
  where: string,
): Promise<FoundCell> {
  const selected = [`${before}::VARCHAR`, `${after}::VARCHAR`, absolute, relative, ...placeColumns(pairing)];
  const [old, now, difference, share, ...place] = await firstRow(
    database,
    `SELECT ${selected.join(', ')} FROM ${DIFFERING} WHERE ${PAIRED} AND ${where} ORDER BY ${pairing.order} LIMIT 1`,
  );
  return {
    cell: { at: placeOf(pairing, place), before: textOrNull(old), after: textOrNull(now) },
    absolute: numberOrNull(difference),
    relative: numberOrNull(share),
  };
}

const numberOrNull = (value: DuckDBValue | undefined): number | null => (typeof value === 'number' ? value : null);

function numberCell({ cell, absolute, relative }: FoundCell, { types }: SharedColumn): NumberCell | null {
  if (absolute === null || relative === null) return null;
  const doubles = types.every((type) => type === 'DOUBLE');
  return { ...cell, absolute, relative, ulps: doubles ? ulps(Number(cell.before), Number(cell.after)) : null };
}

async function firstRow(database: DuckDBConnection, sql: string): Promise<DuckDBValue[]> {
  return (await database.runAndReadAll(sql)).getRows()[0] ?? [];
}

/** What a Parquet file says about its table: description, evidence, key, columns with their units. */
async function aboutOf(database: DuckDBConnection, path: string): Promise<Map<string, string>> {
  // Keys and values are bytes: `decode` reads them as UTF-8.
  const sql = `SELECT decode(key), decode(value) FROM parquet_kv_metadata(${text(path)})`;
  const rows = (await database.runAndReadAll(sql)).getRows();
  return new Map(rows.map(([name, value]) => [String(name), String(value)]));
}

function unitsOf(about: ReadonlyMap<string, string>): Map<string, string> {
  const columns = JSON.parse(about.get('columns') ?? '[]') as { name: string; unit?: string }[];
  return new Map(columns.flatMap(({ name, unit }) => (unit === undefined ? [] : [[name, unit] as const])));
}
