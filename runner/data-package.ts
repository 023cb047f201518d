import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { requireArchivable, type Archived } from './crate-record.ts';
import { writeCsv } from './data-package-csv.ts';
import { DESCRIPTOR, descriptor, resourceName, type PackedFile } from './data-package-descriptor.ts';
import { intoNewFolder, requireFree } from './new-folder.ts';
import { chosenTables, packableTables, type PackedTable } from './data-package-tables.ts';
import { MistakeError } from './diagnostic.ts';
import { flushToDisk, writeAtomically } from './files.ts';
import { sha256OfFile } from './hash.ts';
import { USERS_DATA, type Source } from './pipeline.ts';
import { openDatabase } from './stage-context.ts';
import type { Workshop } from './workshop.ts';

/** A data package that was written. */
export interface DataPackage {
  /** Absolute path. */
  readonly folder: string;
  /** Names of the tables, in order. */
  readonly tables: readonly string[];
  readonly rows: number;
  /** Of the tables' files. */
  readonly bytes: number;
  /** Results that are no tables; empty where tables are named. */
  readonly left_out: readonly LeftOut[];
  /** Sources that are the user's own data, and are packed only where they are named; empty where tables are named. */
  readonly held_back: readonly string[];
}

export interface LeftOut {
  readonly artifact: string;
  readonly kind: 'matrix' | 'file';
}

/**
 * Writes tables as CSV with a datapackage.json: https://specs.frictionlessdata.io/tabular-data-package/
 * Readers see no folder or the whole one. Throws a MistakeError if not all is up to date and published.
 *
 * @param names of the tables, of scenarios `NAME@SCENARIO`; empty: all results, and sources that are tables and not the
 *   user's own data
 * @param compress writes `.csv.gz`
 * @param threads of DuckDB; null: all
 */
export async function writeDataPackage(
  workshop: Workshop,
  named: string,
  names: readonly string[],
  compress: boolean,
  threads: number | null = null,
): Promise<DataPackage> {
  requireFree(named);
  const archived = await requireArchivable(workshop, 'Nothing is packed');
  const { tables, heldBack } = chosenTables(packableTables(archived, workshop), names, archived);
  if (tables.length === 0) throw nothingToPack(heldBack);
  const files = await intoNewFolder(named, async (folder) => {
    mkdirSync(join(folder, 'data'));
    const written = await inDatabase(workshop, threads, (database) =>
      writeTables(database, tables, folder, compress, workshop),
    );
    writeAtomically(join(folder, DESCRIPTOR), descriptor(written, sourcesOf(archived), workshop.pipeline));
    return written;
  });
  return {
    folder: resolve(named),
    tables: files.map(({ table }) => table.name),
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    left_out: names.length === 0 ? noTables(archived) : [],
    held_back: heldBack,
  };
}

function nothingToPack(heldBack: readonly string[]): MistakeError {
  const [what, remedy] =
    heldBack.length === 0
      ? ['the pipeline has no tables', 'Declare `columns` of its results.']
      : [`all its tables are ${USERS_DATA}`, `If you may publish them, name them: ${heldBack.join(' ')}`];
  return new MistakeError(`Nothing is packed: ${what}.\n  ${remedy}`);
}

const sourcesOf = ({ datasets }: Archived): Source[] => datasets.sources.map(({ source }) => source);

const noTables = ({ datasets }: Archived): LeftOut[] =>
  datasets.artifacts.flatMap(({ name, output: { kind } }) => (kind === 'table' ? [] : [{ artifact: name, kind }]));

/** Works in a database; ends what it does there when the process is told to. */
async function inDatabase<T>(
  { interruption }: Workshop,
  threads: number | null,
  work: (database: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const { database, close } = await openDatabase(join(tmpdir(), `data-package-${randomUUID()}`), threads);
  const interrupt = () => {
    database.interrupt();
  };
  interruption.addEventListener('abort', interrupt);
  try {
    return await work(database);
  } catch (error) {
    interruption.throwIfAborted();
    throw error;
  } finally {
    interruption.removeEventListener('abort', interrupt);
    close();
  }
}

async function writeTables(
  database: DuckDBConnection,
  tables: readonly PackedTable[],
  folder: string,
  compress: boolean,
  { store, interruption }: Workshop,
): Promise<PackedFile[]> {
  const written: PackedFile[] = [];
  for (const table of tables) {
    interruption.throwIfAborted();
    const { name, object, declared } = table;
    // Read whole: what is packed is what the hashes say.
    if (!store.verify(object)) {
      throw new MistakeError(
        `Nothing is packed: what is stored of ${name} is damaged.\n  Run again, which makes it anew: npm run pipeline`,
      );
    }
    const path = `data/${resourceName(name)}.csv${compress ? '.gz' : ''}`;
    const place = join(folder, path);
    const stored = { name, columns: declared.columns, parquet: store.objectPath(object) };
    const csv = await writeCsv(database, stored, place, compress);
    flushToDisk(place);
    written.push({
      ...csv,
      table,
      path,
      compressed: compress,
      bytes: statSync(place).size,
      sha256: sha256OfFile(place),
    });
  }
  return written;
}
