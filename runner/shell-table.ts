import { closeSync, openSync, readSync, renameSync } from 'node:fs';
import type { JobOutput } from './job.ts';
import { loadSource } from './source-table.ts';
import { quoted, text } from './sql.ts';
import type { StageContext } from './stage.ts';

/** The command wrote its own file at the path of the table: it is put beside it, read, and the table takes its place. */
export async function storeTable(
  { database, writeTable }: StageContext,
  output: Extract<JobOutput, { kind: 'table' }>,
): Promise<void> {
  const { name, path, columns } = output;
  const csv = !isParquet(path);
  const written = csv ? `${path}.csv` : `${path}.written`;
  renameSync(path, written);
  if (!csv) {
    await writeTable(name, `FROM read_parquet(${text(written)})`);
    return;
  }
  const loaded = `${name} as written`;
  const source = { name, table: output, givenBy: 'stage', path: written, file: `${name} (CSV)`, output: path } as const;
  await loadSource(database, source, loaded);
  await writeTable(name, `SELECT ${columns.map((column) => quoted(column.name)).join(', ')} FROM ${quoted(loaded)}`);
}

const PARQUET = 'PAR1';

function isParquet(path: string): boolean {
  const start = Buffer.alloc(PARQUET.length);
  const file = openSync(path, 'r');
  readSync(file, start);
  closeSync(file);
  return start.toString('latin1') === PARQUET;
}
