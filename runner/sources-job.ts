import type { DuckDBConnection } from '@duckdb/node-api';
import type { Failure, SourcesJob } from './job.ts';
import { createView } from './parquet.ts';
import { loadSource } from './source-table.ts';
import { quoted } from './sql.ts';
import { openDatabase } from './stage-context.ts';
import { checkReference, type CheckedTable } from './table-checks.ts';
import { copyToParquet } from './table.ts';
import { failureOf, type JobAnswer } from './worker-process.ts';

/** Reads and checks all sources, and stores those that are right, so that all wrong ones are named at once. */
export async function readSources({ sources, tables, scratch }: SourcesJob): Promise<JobAnswer> {
  const { database, close } = await openDatabase(scratch, null);
  try {
    for (const table of tables) await createView(database, table);
    const places = new Map([
      ...tables.map(({ name, place }) => [name, place] as const),
      ...sources.map(({ name, file }) => [name, file] as const),
    ]);
    const refused: Record<string, Failure> = {};
    const loaded = new Map<string, CheckedTable>();
    const attempt = async (name: string, step: () => Promise<void>) => {
      try {
        await step();
      } catch (error) {
        refused[name] = failureOf(error);
      }
    };
    for (const source of sources) {
      await attempt(
        source.name,
        async () => void loaded.set(source.name, await loadSource(database, source, source.name)),
      );
    }
    const rows: Record<string, number> = {};
    for (const source of sources) {
      const table = loaded.get(source.name);
      if (table === undefined) continue;
      // A source that refers to a refused one cannot be vouched for yet: it is read again next time.
      if (
        source.table.columns.some(
          ({ references }) => references !== undefined && refused[references.table] !== undefined,
        )
      )
        continue;
      await attempt(source.name, async () => {
        await checkSourceReferences(database, table, places);
        rows[source.name] = await copyToParquet(
          database,
          { ...source.table, name: source.name, description: '', evidence: null, path: source.output },
          table.from,
        );
      });
    }
    return { kind: 'done', rows, refused };
  } finally {
    close();
  }
}

async function checkSourceReferences(
  database: DuckDBConnection,
  table: CheckedTable,
  places: ReadonlyMap<string, string>,
): Promise<void> {
  for (const column of table.declared.columns) {
    if (column.references === undefined) continue;
    const { table: name, column: referred } = column.references;
    const place = places.get(name) ?? name;
    await checkReference(database, table, column, { from: quoted(name), name, place, column: referred });
  }
}
