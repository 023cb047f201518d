import { DuckDBTableFunction, DOUBLE, INTEGER, USMALLINT, UTINYINT, VARCHAR } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBType } from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';
import { countOf } from './count.ts';
import { quoted, text } from './sql.ts';
import { StageError, type Column, type LabelColumn, type NumberColumn } from './stage.ts';

/** DuckDB takes at most this many rows at a time. */
const CHUNK = 2048;
const FUNCTION = 'columns_of_stage';

type Columns = Readonly<Record<string, Column>>;
/** What is handed over: of labels the indices only. */
type PlainColumn = Exclude<Column, LabelColumn>;

/** Makes columns in memory readable by SQL. */
interface ColumnReader {
  /** Runs `use` with a FROM item that yields the columns' rows in order. */
  during<T>(table: string, columns: Columns, use: (from: string) => Promise<T>): Promise<T>;
}

/** Registers the function that scans columns, once for a connection. */
export function openColumnReader(database: DuckDBConnection): ColumnReader {
  const open = new Map<number, ReadonlyMap<string, PlainColumn>>();
  let last = 0;
  database.registerTableFunction(
    DuckDBTableFunction.create({
      name: FUNCTION,
      parameterTypes: [INTEGER],
      bindFunction(info) {
        const columns = open.get(Number(info.getParameter(0)))!;
        for (const [name, column] of columns) info.addResultColumn(name, typeOf(column));
        info.setBindData({ columns: [...columns.values()] });
      },
      initFunction(info) {
        info.setMaxThreads(1);
        info.setInitData({ row: 0 });
      },
      mainFunction(info, chunk) {
        const { columns } = info.bindData as { columns: readonly PlainColumn[] };
        const at = info.initData as { row: number };
        at.row += fill(chunk, columns, at.row);
      },
    }),
  );
  return {
    async during(table, columns, use) {
      requireFit(table, columns);
      const id = ++last;
      open.set(
        id,
        new Map(Object.entries(columns).map(([name, column]) => [name, isLabels(column) ? column.indices : column])),
      );
      try {
        return await use(`(SELECT ${Object.entries(columns).map(selected).join(', ')} FROM ${FUNCTION}(${id}))`);
      } finally {
        open.delete(id);
      }
    },
  };
}

const isLabels = (column: Column): column is LabelColumn => 'labels' in column;
const isNumbers = (column: Column): column is NumberColumn => ArrayBuffer.isView(column);
const lengthOf = (column: Column): number => (isLabels(column) ? column.indices.length : column.length);

/** A label is looked up by DuckDB: far cheaper than handing over a text for each row. */
function selected([name, column]: [string, Column]): string {
  if (!isLabels(column)) return quoted(name);
  return `([${column.labels.map(text).join(', ')}]::VARCHAR[])[${quoted(name)}::BIGINT + 1] AS ${quoted(name)}`;
}

function requireFit(table: string, columns: Columns): void {
  const [first, ...others] = Object.entries(columns);
  if (first === undefined) throw new StageError(`${table}: no columns were given`, 'Give every declared column.');
  for (const [name, column] of others) {
    if (lengthOf(column) === lengthOf(first[1])) continue;
    const message = `${table}: column ${name} has ${countOf(lengthOf(column), 'row')}, ${first[0]} has ${lengthOf(first[1])}`;
    throw new StageError(message, 'All columns of a table have the same length.');
  }
  for (const [name, column] of Object.entries(columns)) if (isLabels(column)) requireLabels(`${table}.${name}`, column);
}

function requireLabels(column: string, { labels, indices }: LabelColumn): void {
  const row = indices.findIndex((index) => index < 0 || index >= labels.length);
  if (row < 0) return;
  const message = `${column}: row ${row} has label ${indices[row]!}, but there are ${labels.length} labels`;
  throw new StageError(message, 'Indices count from 0 and point into `labels`.');
}

function typeOf(column: PlainColumn): DuckDBType {
  if (column instanceof Float64Array) return DOUBLE;
  if (column instanceof Int32Array) return INTEGER;
  if (column instanceof Uint16Array) return USMALLINT;
  if (column instanceof Uint8Array) return UTINYINT;
  return VARCHAR;
}

/** Writes the next rows into a chunk; returns how many, 0 at the end. */
function fill(chunk: DuckDBDataChunk, columns: readonly PlainColumn[], from: number): number {
  const count = Math.min(CHUNK, lengthOf(columns[0]!) - from);
  chunk.rowCount = count;
  if (count === 0) return 0;
  for (const [index, column] of columns.entries()) {
    if (isNumbers(column)) copyNumbers(chunk, index, column.subarray(from, from + count));
    else chunk.setColumnValues(index, column.slice(from, from + count));
  }
  return count;
}

function copyNumbers(chunk: DuckDBDataChunk, index: number, { buffer, byteOffset, byteLength }: NumberColumn): void {
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('Shared memory cannot be handed to DuckDB.');
  // A block copy: value by value takes longer than all the rest.
  bindings.copy_data_to_vector(bindings.data_chunk_get_vector(chunk.chunk, index), 0, buffer, byteOffset, byteLength);
}
