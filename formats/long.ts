import { extname } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { ModelError } from '../mrio/error.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel, Stripe } from './open-table.ts';

/** Columns that say which cell a row means. */
const CELL = ['from_region', 'from_sector', 'to_region', 'to_sector'] as const;
const VALUE = /^value(?:_(?<unit>\w+))?$/;

/**
 * Opens a table that is a list of its cells, CSV, TSV or Parquet: the columns from_region, from_sector, to_region, to_sector
 * and value (or value_UNIT), and if there is one category.
 *
 * A row with both sectors is a delivery; without to_sector it is final demand of to_region, or an export if its category
 * is `export` or it has no to_region; without from_sector it is a primary input, imports if its category is `imports`.
 * Cells that are left out are 0, cells that are there twice are added up. Regions and sectors stand in the order of the file.
 *
 * Throws a ModelError that names a missing column, or the first row that is no cell.
 */
export async function openLongTable(path: string, place = path): Promise<OpenTable> {
  const { unit, valueColumn, accounts, demand, inputs } = await withTable(path, place, async (database) => {
    const columns = await columnsOf(database, place);
    await requireCells(database, columns, place);
    return {
      ...columns,
      accounts: await accountsOf(database),
      demand: await distinct(database, 'to_region, category', 'to_sector IS NULL'),
      inputs: await distinct(database, 'category', 'from_sector IS NULL'),
    };
  });
  const labels = accounts.map(([region, sector]): AccountLabel => ({
    kind: 'account',
    region: region!,
    sector: sector!,
  }));
  const isExport = ([region, category]: Key): boolean => region === null || category === 'export';
  const consumers = demand.filter((key) => !isExport(key));
  const exports = demand.some(isExport);
  const columns: ColumnLabel[] = [
    ...labels,
    ...consumers.map(([region, category]): ColumnLabel => ({
      kind: 'final demand',
      region: region!,
      category: category ?? 'final demand',
    })),
    ...(exports ? [{ kind: 'export', name: 'export' } as const] : []),
  ];
  const rows: RowLabel[] = [
    ...labels,
    ...inputs.map(([category]): RowLabel => ({
      kind: 'primary input',
      name: category ?? 'primary input',
      imports: category === 'imports',
    })),
  ];
  const text = (key: Key): string => JSON.stringify(key);
  const account = new Map(accounts.map((key, k) => [text(key), k]));
  const consumer = new Map(consumers.map((key, k) => [text(key), labels.length + k]));
  const input = new Map(inputs.map((key, k) => [text(key), labels.length + k]));
  const rowAt = ([fromRegion, fromSector, , , category]: Key): number =>
    fromSector === null ? input.get(text([category!]))! : account.get(text([fromRegion!, fromSector!]))!;
  const columnAt = ([, , toRegion, toSector, category]: Key): number => {
    if (toSector !== null) return account.get(text([toRegion!, toSector!]))!;
    return isExport([toRegion!, category!]) ? columns.length - 1 : consumer.get(text([toRegion!, category!]))!;
  };
  async function* stripes(): AsyncGenerator<Stripe> {
    for await (const { key, value } of cells(path, place, valueColumn))
      yield { axis: 'row', index: rowAt(key), start: columnAt(key), values: Float64Array.of(value) };
  }
  const named = (label: RowLabel | ColumnLabel): string =>
    label.kind === 'account'
      ? `${label.region}.${label.sector}`
      : label.kind === 'final demand'
        ? label.region
        : label.name;
  return {
    format: 'list of cells',
    unit,
    rows,
    columns,
    intermediate: 'deliveries',
    place: (row, column) => `${place}, from ${named(rows[row]!)} to ${named(columns[column]!)}`,
    stripes,
  };
}

/** Parts of what a row means; null: the field is empty. */
type Key = readonly (string | null)[];

const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Whether a file has the columns of such a table; else why not. */
export async function notLong(path: string): Promise<string | null> {
  if (!/\.(csv|tsv|parquet)$/i.test(path)) return 'no .csv, .tsv or .parquet';
  try {
    await withTable(path, path, (database) => columnsOf(database, path));
    return null;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return `no columns ${CELL.join(', ')}, value`;
  }
}

async function withTable<T>(path: string, place: string, work: (database: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
  const database = await instance.connect();
  try {
    await database.run(`CREATE VIEW file AS FROM ${relationOf(path)}`);
    return await work(database);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(
      `${place} cannot be read: ${(error as Error).message.split('\n')[0]!}`,
      'give a whole CSV, TSV or Parquet file',
    );
  } finally {
    database.closeSync();
    instance.closeSync();
  }
}

/** Of a text, sectors such as 01 stay as they are; `file_row_number` keeps the order. */
const relationOf = (path: string): string =>
  extname(path).toLowerCase() === '.parquet'
    ? `read_parquet(${sqlText(path)}, file_row_number = true)`
    : `(SELECT row_number() OVER () - 1 AS file_row_number, * FROM read_csv(${sqlText(path)}, all_varchar = true, header = true, delim = ${/tsv$/i.test(path) ? "'\\t'" : "','"}, nullstr = ''))`;

interface Columns {
  readonly unit: string | null;
  readonly valueColumn: string;
}

/** Makes the view `cell` with texts for keys and DOUBLE for the value. */
async function columnsOf(database: DuckDBConnection, place: string): Promise<Columns> {
  const names = (await database.runAndReadAll('DESCRIBE file')).getRows().map(([name]) => String(name));
  const missing = CELL.filter((name) => !names.includes(name));
  const values = names.filter((name) => VALUE.test(name));
  if (missing.length > 0 || values.length !== 1) {
    const lacks = [...missing, ...(values.length === 0 ? ['value'] : [])];
    throw new ModelError(
      lacks.length > 0
        ? `${place} has no column ${lacks.join(', ')}`
        : `${place} has the columns ${values.join(', ')}: one is expected`,
      `give it the columns ${CELL.join(', ')}, value`,
    );
  }
  const keys = [...CELL, ...(names.includes('category') ? ['category'] : [])].map(
    (name) => `nullif(${sqlName(name)}::VARCHAR, '') AS ${name}`,
  );
  const category = names.includes('category') ? [] : ['NULL::VARCHAR AS category'];
  await database.run(
    `CREATE VIEW cell AS SELECT ${[...keys, ...category].join(', ')}, ${sqlName(values[0]!)} AS written,
       try_cast(${sqlName(values[0]!)} AS DOUBLE) AS value, file_row_number FROM file`,
  );
  return { unit: VALUE.exec(values[0]!)?.groups?.['unit']?.replaceAll('_', ' ') ?? null, valueColumn: values[0]! };
}

/** Every row has a number, and says of which cell it is. */
async function requireCells(database: DuckDBConnection, { valueColumn }: Columns, place: string): Promise<void> {
  const wrong = await database.runAndReadAll(`
    SELECT file_row_number + 1, CASE
      WHEN value IS NULL OR NOT isfinite(value) THEN '${valueColumn} is "' || coalesce(written::VARCHAR, '') || '": a number is expected'
      WHEN from_sector IS NULL AND to_sector IS NULL THEN 'it has neither from_sector nor to_sector'
      WHEN from_sector IS NOT NULL AND from_region IS NULL THEN 'from_region is empty'
      WHEN to_sector IS NOT NULL AND to_region IS NULL THEN 'to_region is empty' END AS fault
    FROM cell WHERE fault IS NOT NULL ORDER BY 1 LIMIT 1`);
  const [first] = wrong.getRows();
  if (first === undefined) return;
  throw new ModelError(`${place}, row ${String(first[0])}: ${String(first[1])}`, 'correct the row, or remove it');
}

/** Accounts in the order in which the file names them, region by region. */
const accountsOf = async (database: DuckDBConnection): Promise<Key[]> =>
  keysOf(
    database,
    `
    WITH named AS (
      SELECT from_region AS region, from_sector AS sector, 2 * file_row_number AS line FROM cell WHERE from_sector IS NOT NULL
      UNION ALL SELECT to_region, to_sector, 2 * file_row_number + 1 FROM cell WHERE to_sector IS NOT NULL),
    region AS (SELECT region, min(line) AS line FROM named GROUP BY ALL),
    sector AS (SELECT sector, min(line) AS line FROM named GROUP BY ALL)
    SELECT region, sector FROM region, sector
    WHERE (region, sector) IN (SELECT (region, sector) FROM named)
    ORDER BY region.line, region, sector.line, sector`,
  );

const distinct = async (database: DuckDBConnection, columns: string, where: string): Promise<Key[]> =>
  keysOf(database, `SELECT ${columns} FROM cell WHERE ${where} GROUP BY ALL ORDER BY min(file_row_number)`);

const keysOf = async (database: DuckDBConnection, sql: string): Promise<Key[]> =>
  (await database.runAndReadAll(sql)).getRows() as Key[];

async function* cells(path: string, place: string, valueColumn: string): AsyncGenerator<{ key: Key; value: number }> {
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
  const database = await instance.connect();
  try {
    await database.run(`CREATE VIEW file AS FROM ${relationOf(path)}`);
    await columnsOf(database, place);
    const result = await database.stream(`SELECT ${CELL.join(', ')}, category, ${sqlName('value')} FROM cell`);
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      for (const row of chunk.getRows()) {
        const value = row.at(-1) as number;
        // -0 is 0.
        yield { key: row.slice(0, -1) as Key, value: value + 0 };
      }
    }
  } catch (error) {
    throw new ModelError(
      `${place}, column ${valueColumn}: ${(error as Error).message.split('\n')[0]!}`,
      'give a whole file',
    );
  } finally {
    database.closeSync();
    instance.closeSync();
  }
}
