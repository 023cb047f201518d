import type { DuckDBConnection } from '@duckdb/node-api';
import type { JobInput } from './job.ts';
import { quoted, text } from './sql.ts';
import { StageError } from './stage.ts';

/** Makes a view of the name of a table input. */
export async function createView(
  database: DuckDBConnection,
  { name, path, place }: Pick<JobInput, 'name' | 'path' | 'place'>,
): Promise<void> {
  await readingParquet(place, () => database.run(`CREATE VIEW ${quoted(name)} AS FROM read_parquet(${text(path)})`));
}

/** How DuckDB's message begins if the file is at fault, and not memory or disk. */
const OF_THE_FILE = /^(?:Invalid|Invalid Input|Serialization) Error|^IO Error: .*\bread\b/;

/**
 * Runs what reads a Parquet file. A file that is empty, cut short or of another kind is named, with what to do.
 * @param file what the error calls it
 */
export async function readingParquet<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error) || !OF_THE_FILE.test(error.message)) throw error;
    throw new StageError(
      `${file} is not a whole Parquet file`,
      'Copy or export it again. A file of another kind has to be converted, a new ending does not do it.',
    );
  }
}
