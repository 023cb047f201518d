import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** A database of its own, in memory, to be closed. */
export async function openDatabase(): Promise<{ database: DuckDBConnection; close: () => void }> {
  // Else half a second is lost on each function that a missing extension would have.
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
  const database = await instance.connect();
  const close = (): void => {
    database.closeSync();
    instance.closeSync();
  };
  return { database, close };
}

/** Runs something on a database of its own, in memory. */
export async function withDatabase<Result>(work: (database: DuckDBConnection) => Promise<Result>): Promise<Result> {
  const { database, close } = await openDatabase();
  try {
    return await work(database);
  } finally {
    close();
  }
}

export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
