import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** Runs something on a database of its own, in memory. */
export async function withDatabase<Result>(work: (database: DuckDBConnection) => Promise<Result>): Promise<Result> {
  // Else half a second is lost on each function that a missing extension would have.
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
  const database = await instance.connect();
  try {
    return await work(database);
  } finally {
    database.closeSync();
    instance.closeSync();
  }
}

export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
