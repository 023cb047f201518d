import type { DuckDBValue } from '@duckdb/node-api';
import { z } from 'zod';
import { ModelError } from '../../mrio/error.ts';
import type { Stripe } from '../open-table.ts';
import { openDatabase, sqlName, sqlText, withDatabase } from '../database.ts';
import { joined, sameKey, spoken, type Frame, type Key } from '../delimited/frame.ts';
import { misplaced, tooShort } from '../delimited/text-frame.ts';
import { tupleParts } from './python-tuple.ts';

/** What pandas writes about a data frame into the metadata of a Parquet file, as far as it is needed here. */
const pandas = z.object({
  index_columns: z.array(z.unknown()),
  column_indexes: z.array(z.object({ name: z.string().nullish() })),
  columns: z.array(z.object({ name: z.string().nullish(), field_name: z.string().nullish() })),
});

/** The columns of a Parquet file of pandas, by their position in the file. */
interface Described {
  /** Positions of the levels of the rows' keys. */
  readonly index: readonly number[];
  readonly indexNames: readonly string[];
  /** Positions and keys of the values. */
  readonly values: readonly { readonly position: number; readonly key: Key }[];
}

async function describe(path: string): Promise<Described> {
  return withDatabase(async (database) => {
    let rows: DuckDBValue[][];
    let schema: DuckDBValue[][];
    try {
      const from = sqlText(path);
      const metadata = `SELECT decode(value) FROM parquet_kv_metadata(${from}) WHERE decode(key) = 'pandas'`;
      rows = (await database.runAndReadAll(metadata)).getRows();
      // The first line is the root, all others are columns in their order.
      schema = (await database.runAndReadAll(`SELECT name FROM parquet_schema(${from})`)).getRows().slice(1);
    } catch (error) {
      throw new ModelError(`${path} is no Parquet: ${error instanceof Error ? error.message : String(error)}`, AGAIN);
    }
    if (rows.length === 0) throw new ModelError(`${path} was not written by pandas: its rows have no keys`, AGAIN);
    const { index_columns, column_indexes, columns } = pandasMetadata(rows[0]![0] as string, path);
    const names = schema.map(([name]) => name as string);
    const index = index_columns.filter((name) => typeof name === 'string').map((name) => names.indexOf(name));
    if (index.length === 0 || index.includes(-1)) {
      throw new ModelError(`${path}: the keys of its rows are no columns of the file`, AGAIN);
    }
    const called = new Map(columns.map(({ name, field_name }) => [field_name ?? name, name]));
    return {
      index,
      indexNames: index.map((position) => called.get(names[position]) ?? ''),
      values: names
        .map((name, position) => ({ position, key: keyOf(called.get(name) ?? name, column_indexes.length, path) }))
        .filter(({ position }) => !index.includes(position)),
    };
  });
}

const AGAIN = 'save the system with pymrio again';

/** Throws a ModelError for metadata that are not as pandas writes them. */
function pandasMetadata(text: string, path: string): z.infer<typeof pandas> {
  let metadata: unknown;
  try {
    metadata = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${path}: its metadata "pandas" are not in JSON: ${(error as SyntaxError).message}`, AGAIN);
  }
  const { data, error } = pandas.safeParse(metadata);
  if (data !== undefined) return data;
  throw new ModelError(
    `${path}: its metadata "pandas" are not as pandas writes them: ${z.prettifyError(error)}`,
    AGAIN,
  );
}

/** A column of several levels is named by a tuple. */
function keyOf(name: string, levels: number, path: string): Key {
  if (levels < 2) return [name];
  const parts = tupleParts(name);
  if (parts?.length === levels) return parts;
  // An index column has one name, whatever the others have.
  return parts === null ? [name] : refuseName(name, levels, path);
}

function refuseName(name: string, levels: number, path: string): never {
  throw new ModelError(`${path}: column ${name} has not the ${levels} levels that the others have`, AGAIN);
}

/** Opens a matrix in a Parquet file that pandas wrote: reads its header, and no more. */
export async function openParquetFrame(path: string): Promise<Frame> {
  const { index, indexNames, values } = await describe(path);
  const placeOf = (row: number, column: number): string =>
    `${path}, row ${row + 1}, column ${spoken(values[column]!.key)}`;
  const keys = async (): Promise<Key[]> => (await textColumns(path, index)).map((row) => row.map(String));

  async function* stripes(expected: readonly Key[] | null): AsyncGenerator<Stripe> {
    if (expected !== null) requireKeys(path, await keys(), expected);
    for await (const { start, columns } of chunks(path)) {
      for (const [c, { position }] of values.entries()) {
        const numbers = Float64Array.from(columns[position]!, (value, r) => {
          const number = typeof value === 'bigint' ? Number(value) : value;
          if (typeof number === 'number' && Number.isFinite(number)) return number + 0;
          throw new ModelError(
            `${placeOf(start + r, c)} holds ${String(value)}: a number is expected`,
            'write the number there, or 0 where there is nothing',
          );
        });
        yield { axis: 'column', index: c, start, values: numbers };
      }
    }
  }

  return { place: path, indexNames, columns: values.map(({ key }) => key), keys, placeOf, stripes };
}

function requireKeys(path: string, found: readonly Key[], expected: readonly Key[]): void {
  for (const [row, key] of found.entries()) {
    const wanted = expected[row];
    if (wanted === undefined || !sameKey(key, wanted)) throw misplaced(`${path}, row ${row + 1},`, key, wanted);
  }
  if (found.length < expected.length) throw tooShort(path, expected[found.length]!);
}

/** Columns of some rows of a file that follow each other. */
interface Chunk {
  readonly start: number;
  /** In the order they were asked for, and behind them the number of the row. */
  readonly columns: readonly (readonly DuckDBValue[])[];
}

/** Reads all columns of a file, or those at some positions. */
async function* chunks(path: string, positions?: readonly number[]): AsyncGenerator<Chunk> {
  const { database, close } = await openDatabase();
  const from = `read_parquet(${sqlText(path)}, file_row_number = true)`;
  try {
    const names = (await database.runAndReadAll(`DESCRIBE FROM ${from}`)).getRows().map(([name]) => name as string);
    const chosen = positions === undefined ? names : [...positions.map((position) => names[position]!), names.at(-1)!];
    const result = await database.stream(`SELECT ${chosen.map(sqlName).join(', ')} FROM ${from}`);
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const columns = chunk.getColumns();
      const start = Number(columns.at(-1)![0]);
      // Where a value belongs is told by its chunk alone.
      if (Number(columns.at(-1)!.at(-1)) !== start + chunk.rowCount - 1) throw new Error(`${path}: rows came mixed up`);
      yield { start, columns };
    }
  } finally {
    close();
  }
}

/** Some columns of a file, row by row. */
async function textColumns(path: string, positions: readonly number[]): Promise<DuckDBValue[][]> {
  const rows: DuckDBValue[][] = [];
  for await (const { columns } of chunks(path, positions)) {
    columns[0]!.forEach((_, r) => rows.push(positions.map((_, column) => columns[column]![r]!)));
  }
  return rows;
}

/** The units in a Parquet file of pandas, by the joined keys of the rows. */
export async function readParquetUnits(path: string): Promise<Map<string, string>> {
  const { index, values } = await describe(path);
  const unit = values.find(({ key }) => key.at(-1) === 'unit') ?? values.at(-1)!;
  const rows = await textColumns(path, [...index, unit.position]);
  return new Map(rows.map((row) => [joined(row.slice(0, -1).map(String)), String(row.at(-1))]));
}
