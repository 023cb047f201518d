import { copyFileSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReceiptsJob } from './job.ts';
import { literal, quoted, text } from './sql.ts';
import { openDatabase } from './stage-context.ts';

/** The database, while it is attached. */
const RESULTS = 'results';

interface Table {
  readonly name: 'receipt' | 'lineage';
  readonly description: string;
  /** Type and meaning, by column. */
  readonly columns: Readonly<Record<string, readonly [type: string, description: string]>>;
}

const RECEIPT: Table = {
  name: 'receipt',
  description: 'How everything here was made: a row for each stage, and for each source that was read (source.NAME)',
  columns: {
    stage: ['VARCHAR', 'The stage, in a scenario STAGE@SCENARIO; or source.NAME'],
    key: ['VARCHAR', 'Its cache key: hash of all that its outputs depend on'],
    started_at: ['TIMESTAMP', 'When it began (UTC)'],
    seconds: ['DOUBLE', 'How long it took'],
    peak_memory_bytes: ['BIGINT', 'The most memory that its process held'],
    parameters: ['VARCHAR', 'Its parameters, as JSON'],
    code: ['VARCHAR', 'Hash of its code with every helper; empty for a source'],
    versions: ['VARCHAR', 'Versions of the programs that ran it, as JSON'],
    inputs: ['VARCHAR[]', 'What it read: artifacts, or the file of a source'],
    outputs: ['VARCHAR[]', 'What it made'],
    rows: ['BIGINT', 'Rows of the tables and matrices it made'],
    bytes: ['BIGINT', 'Bytes of all it made'],
  },
};

const LINEAGE: Table = {
  name: 'lineage',
  description: 'What every stage read and made: from row to row it leads from a result to the files behind it',
  columns: {
    stage: ['VARCHAR', 'The stage, as in receipt'],
    key: ['VARCHAR', 'Its cache key, as in receipt'],
    direction: ['VARCHAR', 'input or output'],
    artifact: ['VARCHAR', 'The artifact, or the path of a file'],
    sha256: ['VARCHAR', 'Hash of its content'],
    rows: ['BIGINT', 'Rows of a table or matrix that was made'],
    bytes: ['BIGINT', 'Bytes of what was made'],
  },
};

/** Copies a DuckDB database and adds the tables `receipt` and `lineage`. Returns nothing: what it made is the file. */
export async function writeReceiptTables({ database: from, output, receipts, scratch }: ReceiptsJob): Promise<void> {
  copyFileSync(from, output);
  const { database, close } = await openDatabase(scratch, 1);
  try {
    await database.run(`ATTACH ${text(output)} AS ${RESULTS}`);
    await create(
      database,
      RECEIPT,
      receipts.map(({ receipt }) => receipt),
    );
    await create(
      database,
      LINEAGE,
      receipts.flatMap(({ lineage }) => lineage),
    );
    await database.run(`CHECKPOINT ${RESULTS}`);
    await database.run(`DETACH ${RESULTS}`);
  } finally {
    close();
  }
}

async function create(database: DuckDBConnection, table: Table, rows: readonly object[]): Promise<void> {
  const columns = Object.entries(table.columns);
  const declared = columns.map(([name, [type]]) => `${quoted(name)} ${type}`).join(', ');
  const place = `${RESULTS}.${table.name}`;
  await database.run(`CREATE OR REPLACE TABLE ${place} (${declared})`);
  const names = columns.map(([name]) => quoted(name)).join(', ');
  for (const row of rows) {
    const values = columns.map(([name]) => literal((row as Record<string, unknown>)[name] ?? null));
    await database.run(`INSERT INTO ${place} (${names}) VALUES (${values.join(', ')})`);
  }
  await database.run(`COMMENT ON TABLE ${place} IS ${text(table.description)}`);
  for (const [name, [, description]] of columns) {
    await database.run(`COMMENT ON COLUMN ${place}.${quoted(name)} IS ${text(description)}`);
  }
}
