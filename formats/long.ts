import { extname } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ModelError } from '../mrio/error.ts';
import { sqlName, sqlText, withDatabase } from './database.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel, Stripe } from './open-table.ts';
import { openPlainText } from './records/plain-text.ts';

/** Columns that say which cell a row means. */
const CELL = ['from_region', 'from_sector', 'to_region', 'to_sector'] as const;
const VALUE = /^value(?:_(?<unit>\w+))?$/;

/**
 * Opens a table that is a list of its cells, CSV, TSV or Parquet: the columns from_region, from_sector, to_region, to_sector
 * and value (or value_UNIT), and if there is one category.
 *
 * A row with both sectors is a delivery; without to_sector it is final demand of to_region, or an export if its category
 * is `export` or it has no to_region; without from_sector it is a primary input, imports if its category is `imports`. Any
 * other word is the name of a category, but for one that is a letter away from these two.
 * Cells that are left out are 0. Regions and sectors stand in the order of the file. Of one cell there may be several
 * rows, which tell apart what this table does not: exports by their destination or kind, imports by their origin,
 * deliveries by category. They are its parts and are summed, in the order of the rows.
 *
 * Throws a ModelError that names a missing column, or the first row that is no cell, or is there twice, or does not say
 * which part of a cell it is where another row does: it may be the whole.
 */
export async function openLongTable(path: string, place = path): Promise<OpenTable> {
  const found = await withCells(path, place, async (database, unit) => {
    await requireCells(database, place, isParquet(path) ? '' : ' below the header');
    return {
      unit,
      accounts: await keysOf(database, 'SELECT region, sector FROM account ORDER BY position'),
      consumers: await keysOf(database, 'SELECT region, category FROM consumer ORDER BY position'),
      inputs: await keysOf(database, 'SELECT category FROM input ORDER BY position'),
    };
  });
  const accounts = found.accounts.map(([region, sector]): AccountLabel => ({
    kind: 'account',
    region: region!,
    sector: sector!,
  }));
  const columns = [...accounts, ...found.consumers.map(consumerLabel)];
  const rows = [...accounts, ...found.inputs.map(([category]): RowLabel => ({ kind: 'primary input', name: category ?? 'primary input', imports: category === 'imports' }))]; // prettier-ignore
  return {
    format: 'list of cells',
    unit: found.unit,
    rows,
    columns,
    intermediate: 'deliveries',
    place: (row, column) => `${place}, from ${nameOf(rows[row]!)} to ${nameOf(columns[column]!)}`,
    stripes: () => stripes(path, place, columns.length),
  };
}

/** Exports have no region here. */
const consumerLabel = ([region, category]: Key): ColumnLabel =>
  region === null
    ? { kind: 'export', name: 'export' }
    : { kind: 'final demand', region: region!, category: category ?? 'final demand' };

function nameOf(label: RowLabel | ColumnLabel): string {
  if (label.kind === 'account') return `${label.region}.${label.sector}`;
  return label.kind === 'final demand' ? `${label.region} (${label.category})` : label.name;
}

/** Whether a file has the columns of such a table; else why not. */
export async function notLong(path: string): Promise<string | null> {
  if (!/\.(csv|tsv|parquet)$/i.test(path)) return 'no .csv, .tsv or .parquet';
  try {
    await withFile(path, path, (database) => valueColumn(database, path));
    return null;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return `no columns ${CELL.join(', ')}, value`;
  }
}

/** Parts of what a row means; null: the field is empty. */
type Key = readonly (string | null)[];

const keysOf = async (database: DuckDBConnection, sql: string): Promise<Key[]> =>
  (await database.runAndReadAll(sql)).getRows() as Key[];

const isParquet = (path: string): boolean => extname(path).toLowerCase() === '.parquet';

/** Calls `work` with a database that has the file as the view `file`. */
async function withFile<T>(path: string, place: string, work: (database: DuckDBConnection) => Promise<T>): Promise<T> {
  const plain = isParquet(path) ? null : await openPlainText({ path, place });
  try {
    return await withDatabase(async (database) => {
      const from =
        plain === null
          ? `read_parquet(${sqlText(path)}, file_row_number = true)`
          : textRelation(plain.path, extname(path).toLowerCase() === '.tsv' ? '\\t' : ',');
      await database.run(`CREATE VIEW file AS FROM ${from}`);
      return work(database);
    });
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const [reason] = (error as Error).message.split('\n');
    throw new ModelError(`${place} cannot be read: ${reason!}`, 'give a whole CSV, TSV or Parquet file');
  } finally {
    await plain?.close();
  }
}

/** With the number of each row. Texts stay as they are: a sector may be called 01. */
function textRelation(path: string, delimiter: string): string {
  const options = `all_varchar = true, header = true, nullstr = '', delim = '${delimiter}'`;
  return `(SELECT row_number() OVER () - 1 AS file_row_number, * FROM read_csv(${sqlText(path)}, ${options}))`;
}

/** The name of the column of values. */
async function valueColumn(database: DuckDBConnection, place: string): Promise<string> {
  const names = (await keysOf(database, 'SELECT column_name FROM (DESCRIBE file)')).map(([name]) => name!);
  const values = names.filter((name) => VALUE.test(name));
  const missing = [...CELL.filter((name) => !names.includes(name)), ...(values.length === 0 ? ['value'] : [])];
  if (missing.length === 0 && values.length === 1) return values[0]!;
  throw new ModelError(
    missing.length > 0
      ? `${place} has no column ${missing.join(', ')}`
      : `${place} has the columns ${values.join(', ')}: one is expected`,
    `give it the columns ${CELL.join(', ')}, value`,
  );
}

/**
 * Calls `work` with a database that has the table `cell` (line, category, the four of a cell, written, value) and the labels,
 * each with its position: `account`, `consumer` behind the accounts in a row, `input` behind them in a column.
 */
async function withCells<T>(
  path: string,
  place: string,
  work: (database: DuckDBConnection, unit: string | null) => Promise<T>,
): Promise<T> {
  return withFile(path, place, async (database) => {
    const value = await valueColumn(database, place);
    const names = (await keysOf(database, 'SELECT column_name FROM (DESCRIBE file)')).map(([name]) => name!);
    const text = (name: string): string =>
      names.includes(name) ? `nullif(${sqlName(name)}::VARCHAR, '') AS ${name}` : `NULL::VARCHAR AS ${name}`;
    const category = `CASE
      WHEN regexp_full_match(category, 'exports?', 'i') THEN 'export'
      WHEN regexp_full_match(category, 'imports?', 'i') THEN 'imports'
      ELSE category END AS category`;
    await database.run(`
      CREATE TABLE cell AS
        SELECT * REPLACE (${category}) FROM (
          SELECT file_row_number AS line, ${[...CELL, 'category'].map(text).join(', ')},
            ${sqlName(value)}::VARCHAR AS written, try_cast(${sqlName(value)} AS DOUBLE) AS value
          FROM file);
      CREATE TABLE account AS
        WITH
          named AS (
            SELECT from_region AS region, from_sector AS sector, 2 * line AS first FROM cell WHERE from_sector IS NOT NULL
            UNION ALL SELECT to_region, to_sector, 2 * line + 1 FROM cell WHERE to_sector IS NOT NULL),
          region AS (SELECT region, min(first) AS first FROM named GROUP BY ALL),
          sector AS (SELECT sector, min(first) AS first FROM named GROUP BY ALL)
        SELECT region, sector, row_number() OVER (ORDER BY region.first, sector.first) - 1 AS position
        FROM (SELECT DISTINCT region, sector FROM named) JOIN region USING (region) JOIN sector USING (sector);
      CREATE TABLE consumer AS
        SELECT user_region AS region, user_category AS category,
          accounts + row_number() OVER (ORDER BY user_region IS NULL, first) - 1 AS position
        FROM (SELECT user_region, user_category, min(line) AS first
            FROM (SELECT ${CONSUMER}, line FROM cell WHERE to_sector IS NULL) GROUP BY ALL),
          (SELECT count(*) AS accounts FROM account);
      CREATE TABLE input AS
        SELECT category, accounts + row_number() OVER (ORDER BY first) - 1 AS position
        FROM (SELECT category, min(line) AS first FROM cell WHERE from_sector IS NULL GROUP BY ALL),
          (SELECT count(*) AS accounts FROM account)`);
    return work(database, VALUE.exec(value)?.groups?.['unit']?.replaceAll('_', ' ') ?? null);
  });
}

/** SQL: who takes in what goes to no sector; exports are one consumer, without region and category. */
const CONSUMER = `
  if(category = 'export', NULL, to_region) AS user_region,
  if(category = 'export' OR to_region IS NULL, NULL, category) AS user_category`;

/** SQL: the rows, each with the row i and the column j of the table that it is of. */
const PLACED = `
  SELECT cell.* EXCLUDE (user_region, user_category),
    coalesce(producer.position, input.position) AS i, coalesce(buyer.position, consumer.position) AS j
  FROM (SELECT *, ${CONSUMER} FROM cell) AS cell
  LEFT JOIN account AS producer ON producer.region = from_region AND producer.sector = from_sector
  LEFT JOIN input ON from_sector IS NULL AND input.category IS NOT DISTINCT FROM cell.category
  LEFT JOIN account AS buyer ON buyer.region = to_region AND buyer.sector = to_sector
  LEFT JOIN consumer ON to_sector IS NULL AND consumer.region IS NOT DISTINCT FROM user_region
    AND consumer.category IS NOT DISTINCT FROM user_category`;

/** SQL: what tells the rows of one cell apart. */
const PARTS = ['from_region', 'to_region', 'category'] as const;

/** SQL: whether the category is a word with a slip of the pen. */
const isSlip = (word: string): string => `damerau_levenshtein(lower(trim(category)), '${word}') = 1`;

/**
 * Every row has a number, says of which cell it is, and is the only one of that part of it.
 * @param counted where rows are counted from, for errors
 */
async function requireCells(database: DuckDBConnection, place: string, counted: string): Promise<void> {
  const unclear = PARTS.map(
    (part) => `
      WHEN ${part} IS NULL AND with_${part} IS NOT NULL
        THEN format('its ${part} is empty, that of row {}, which is of the same cell, is not: it may be the whole or a part', with_${part} + 1)`,
  );
  const wrong = await keysOf(
    database,
    `SELECT format('row {}${counted}, from {}.{} to {}.{}', line + 1, coalesce(from_region, ''), coalesce(from_sector, ''),
      coalesce(to_region, ''), coalesce(to_sector, '')), CASE
      WHEN value IS NULL OR NOT isfinite(value) THEN format('its value is "{}", a number is expected', coalesce(written, ''))
      WHEN from_sector IS NULL AND to_sector IS NULL THEN 'it has neither from_sector nor to_sector'
      WHEN from_sector IS NOT NULL AND from_region IS NULL THEN 'from_region is empty'
      WHEN to_sector IS NOT NULL AND to_region IS NULL THEN 'to_region is empty'
      WHEN to_sector IS NULL AND ${isSlip('export')} THEN format('its category is "{}": is it export?', category)
      WHEN from_sector IS NULL AND ${isSlip('imports')} THEN format('its category is "{}": is it imports?', category)
      WHEN before IS NOT NULL THEN format('row {} is of the same cell', before + 1) ${unclear.join('')} END AS fault
    FROM (
      SELECT *, lag(line) OVER (PARTITION BY i, j, ${PARTS.join(', ')} ORDER BY line) AS before,
        ${PARTS.map((part) => `min(line) FILTER (${part} IS NOT NULL) OVER cells AS with_${part}`).join(', ')}
      FROM (${PLACED})
      WINDOW cells AS (PARTITION BY i, j))
    WHERE fault IS NOT NULL ORDER BY line LIMIT 1`,
  );
  const [first] = wrong;
  if (first !== undefined)
    throw new ModelError(`${place}, ${first[0]!}: ${first[1]!}`, 'correct the row, or remove it');
}

/** Row by row; what is collected in memory are positions and values of all cells. */
async function* stripes(path: string, place: string, width: number): AsyncGenerator<Stripe> {
  const { rows, columns, values } = await withCells(path, place, async (database) => {
    const reader = await database.runAndReadAll(`SELECT i, j, value FROM (${PLACED}) ORDER BY i, j, line`);
    const [rows, columns, values] = reader.getColumns() as [bigint[], bigint[], number[]];
    return { rows, columns, values };
  });
  const stripe = new Float64Array(width);
  for (let at = 0; at < rows.length;) {
    const row = rows[at]!;
    stripe.fill(0);
    for (; rows[at] === row; at++) stripe[Number(columns[at]!)]! += values[at]!;
    yield { axis: 'row', index: Number(row), start: 0, values: stripe };
  }
}
