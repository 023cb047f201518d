import { DOUBLE, DuckDBDataChunk, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { ModelError } from '../../mrio/error.ts';
import { sqlName, sqlText, withDatabase } from '../database.ts';
import { tupleText } from './python-tuple.ts';
import type { WrittenFrame } from './write-folder.ts';

/** DuckDB takes rows in chunks of this many. */
const CHUNK = 2048;

/**
 * Writes a data frame as pandas does: values, then the levels of the rows' keys; a column of several levels is named by
 * a Python tuple; the metadata `pandas` says what is what.
 */
export async function writeParquetFrame(path: string, frame: WrittenFrame): Promise<void> {
  const names = frame.columns.map((key) => (frame.columnNames === null ? key[0]! : tupleText(key)));
  requireDistinct([...names, ...frame.indexNames], path);
  await withDatabase(async (database) => {
    const numbers = frame.values instanceof Float64Array;
    const declared = [
      ...names.map((name) => `${sqlName(name)} ${numbers ? 'DOUBLE' : 'VARCHAR'}`),
      ...frame.indexNames.map((name) => `${sqlName(name)} VARCHAR`),
    ];
    await database.run(`CREATE TABLE frame (${declared.join(', ')})`);
    await fill(database, frame);
    const metadata = sqlText(JSON.stringify(pandasMetadata(frame, names, numbers)));
    await database.run(`COPY frame TO ${sqlText(path)} (FORMAT parquet, KV_METADATA {pandas: ${metadata}})`);
  });
}

/** DuckDB would call a column otherwise whose name is that of another but for its case. */
function requireDistinct(names: readonly string[], path: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      throw new ModelError(
        `${path} cannot have a column ${name} beside one that differs in case alone`,
        'write the system as text, or give other names',
      );
    }
    seen.add(name.toLowerCase());
  }
}

async function fill(database: DuckDBConnection, { index, indexNames, columns, values }: WrittenFrame): Promise<void> {
  const width = columns.length;
  const type = values instanceof Float64Array ? DOUBLE : VARCHAR;
  const types = [...columns.map(() => type), ...indexNames.map(() => VARCHAR)];
  const appender = await database.createAppender('frame');
  for (let start = 0; start < index.length; start += CHUNK) {
    const keys = index.slice(start, start + CHUNK);
    const chunk = DuckDBDataChunk.create(types, keys.length);
    for (let c = 0; c < width; c++) {
      chunk.setColumnValues(
        c,
        keys.map((_, r) => values[(start + r) * width + c]!),
      );
    }
    for (const level of indexNames.keys()) {
      chunk.setColumnValues(
        width + level,
        keys.map((key) => key[level]!),
      );
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** What pandas needs to make the same data frame again: which columns are keys, and how the levels are called. */
function pandasMetadata(
  { indexNames, columnNames }: WrittenFrame,
  names: readonly string[],
  numbers: boolean,
): unknown {
  const text = { pandas_type: 'unicode', numpy_type: 'object' };
  const value = numbers ? { pandas_type: 'float64', numpy_type: 'float64' } : text;
  const column = (name: string, type: typeof text): unknown => ({ name, field_name: name, ...type, metadata: null });
  return {
    index_columns: indexNames,
    column_indexes: (columnNames ?? [null]).map((name) => ({
      name,
      field_name: name,
      ...text,
      metadata: { encoding: 'UTF-8' },
    })),
    columns: [...names.map((name) => column(name, value)), ...indexNames.map((name) => column(name, text))],
    creator: { library: 'bth-mrio', version: '0.1.0' },
    pandas_version: '2.1.0',
  };
}
