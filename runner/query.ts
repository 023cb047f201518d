import {
  DuckDBDecimalValue,
  DuckDBTypeId,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';

type ResultColumn = Float64Array | (string | null)[];

const NUMBERS: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DECIMAL,
]);

/** Rows of a query as columns: numbers as Float64Array (NULL: NaN), all else as texts (NULL: null). */
export async function queryColumns(database: DuckDBConnection, sql: string): Promise<Record<string, ResultColumn>> {
  // Not streamed: DuckDB can wait forever for a stream of a UNION ALL with an ordered aggregate in one branch.
  const result = await database.run(sql);
  const types = result.columnTypes();
  const parts: ResultColumn[][] = types.map(() => []);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const [index, type] of types.entries()) parts[index]!.push(readColumn(chunk, index, type));
  }
  const names = result.deduplicatedColumnNames();
  return Object.fromEntries(names.map((name, index) => [name, joinParts(parts[index]!, isNumber(types[index]!))]));
}

const isNumber = (type: DuckDBType): boolean => NUMBERS.has(type.typeId);

function readColumn(chunk: DuckDBDataChunk, index: number, type: DuckDBType): ResultColumn {
  if (type.typeId === DuckDBTypeId.DOUBLE) {
    const whole = readDoubles(chunk, index);
    if (whole !== null) return whole;
  }
  const values = chunk.getColumnValues(index);
  if (isNumber(type)) return Float64Array.from(values, toNumber);
  return values.map((value) => (value === null ? null : String(value)));
}

/** All values of a DOUBLE column in one copy; null if some of them are NULL. */
function readDoubles(chunk: DuckDBDataChunk, index: number): Float64Array | null {
  const vector = bindings.data_chunk_get_vector(chunk.chunk, index);
  const rows = chunk.rowCount;
  const validity = bindings.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null;
  if (validity !== null && !allValid(validity, rows)) return null;
  const bytes = bindings.vector_get_data(vector, rows * Float64Array.BYTES_PER_ELEMENT);
  return new Float64Array(bytes.slice().buffer);
}

function allValid(mask: Uint8Array, rows: number): boolean {
  for (let row = 0; row < rows; row++) if (((mask[row >> 3]! >> (row & 7)) & 1) === 0) return false;
  return true;
}

function toNumber(value: DuckDBValue): number {
  if (value === null) return NaN;
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  return Number(value);
}

function joinParts(parts: ResultColumn[], numbers: boolean): ResultColumn {
  if (!numbers) return (parts as (string | null)[][]).flat();
  const arrays = parts as Float64Array[];
  const whole = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of arrays) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
