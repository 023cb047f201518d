import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlName, sqlText } from '../formats/database.ts';
import { stage, StageError, type Origin, type StageContext } from '../runner/stage.ts';
import { evidenceOf } from './evidence.ts';

/** The results database, while it is attached. */
const RESULTS = 'results';

/**
 * Methods whose files hold whatever DuckDB's memory held before: in the unused bytes of a block (FSST, ALP, see
 * duckdb/duckdb#23382) or in the place of a NULL (bit packing). Without them a text, a number and a NULL each have one
 * form. Measured on the full study: 74 MB instead of 49.
 */
const METHODS_WITH_STRAY_BYTES = ['alp', 'alprd', 'bitpacking', 'dict_fsst', 'fsst', 'zstd'];

/** Memory that the system hands out as zeros, for the blocks that are to be written. More than that is not needed. */
const ZEROED_MEMORY = '1GB';

const PROVENANCE = {
  description: 'What every result was made from: files and artifacts, with the kind of knowledge behind each',
  columns: {
    artifact: 'Name of the file or artifact',
    evidence: "Kinds of knowledge behind it: published fact, estimate from published facts, stand-in, user's data",
    inputs: 'Artifacts that it was made from directly',
    stage: 'Stage that made it; empty for a file',
    sha256: 'Hash of its bytes',
    description: 'What it holds, as the pipeline file says',
  },
};

interface Table {
  readonly name: string;
  readonly description: string;
  /** Meaning and unit, by column. */
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * Writes every table input to one DuckDB file, rows in the order stored, with a comment on every table and column,
 * and the table `provenance`. The same tables give the same bytes.
 */
export default stage(async (context) => {
  const { database, origins, outputs } = context;
  const tables = describeTables(context);
  await makeReproducible(database);
  await database.run(`ATTACH ${sqlText(outputs['database']!)} AS ${RESULTS}`);
  for (const [index, table] of tables.entries()) {
    context.progress({ done: index, total: tables.length, unit: 'tables', note: table.name });
    await database.run(`CREATE TABLE ${RESULTS}.${sqlName(table.name)} AS FROM ${sqlName(table.name)}`);
    await comment(database, table);
  }
  await writeProvenance(database, origins);
  await database.run(`CHECKPOINT ${RESULTS}`);
  await database.run(`DETACH ${RESULTS}`);
});

/** Fixes all that the bytes of the file depend on besides its contents. */
async function makeReproducible(database: DuckDBConnection): Promise<void> {
  // The layout of a large table depends on how many threads write it.
  await database.run('SET threads = 1');
  await database.run(`SET disabled_compression_methods = '${METHODS_WITH_STRAY_BYTES.join(',')}'`);
  await database.run(`SET block_allocator_memory = '${ZEROED_MEMORY}'`);
}

function describeTables({ inputs, origins }: StageContext): Table[] {
  const tables = Object.keys(inputs).flatMap((input) =>
    origins.filter(({ artifact, columns }) => artifact === input && Object.keys(columns).length > 0),
  );
  const undescribed = tables.flatMap(({ artifact, description, columns }) => [
    ...(description === '' ? [artifact] : []),
    ...Object.entries(columns).flatMap(([column, about]) => (about.description ? [] : [`${artifact}.${column}`])),
  ]);
  if (undescribed.length > 0) {
    throw new StageError(
      `no description of ${undescribed.join(', ')}`,
      'describe each in the pipeline file (`description:`): it becomes the comment in the results database',
    );
  }
  return tables.map(({ artifact, description, columns }) => ({
    name: artifact,
    description: `${description} (made from: ${evidenceOf(artifact, origins)})`,
    columns: Object.fromEntries(Object.entries(columns).map(([column, about]) => [column, meaning(about)])),
  }));
}

const meaning = ({ description = '', unit }: Origin['columns'][string]): string =>
  unit === undefined ? description : `${description} [${unit}]`;

async function comment(database: DuckDBConnection, table: Table): Promise<void> {
  const target = `${RESULTS}.${sqlName(table.name)}`;
  await database.run(`COMMENT ON TABLE ${target} IS ${sqlText(table.description)}`);
  for (const [column, about] of Object.entries(table.columns)) {
    await database.run(`COMMENT ON COLUMN ${target}.${sqlName(column)} IS ${sqlText(about)}`);
  }
}

async function writeProvenance(database: DuckDBConnection, origins: readonly Origin[]): Promise<void> {
  const columns = Object.keys(PROVENANCE.columns);
  await database.run(
    `CREATE TABLE ${RESULTS}.provenance (${columns.map((column) => `${sqlName(column)} ${column === 'inputs' ? 'VARCHAR[]' : 'VARCHAR'}`).join(', ')})`,
  );
  const rows = origins.map(({ artifact, stage, sha256, description, inputs }) => {
    const texts = [artifact, evidenceOf(artifact, origins), stage, sha256, description].map(textOrNull);
    return texts.toSpliced(2, 0, `[${inputs.map(sqlText).join(', ')}]`).join(', ');
  });
  if (rows.length > 0) {
    await database.run(`INSERT INTO ${RESULTS}.provenance VALUES ${rows.map((row) => `(${row})`).join(', ')}`);
  }
  await comment(database, { name: 'provenance', ...PROVENANCE });
}

const textOrNull = (value: string | null): string => (value === null || value === '' ? 'NULL' : sqlText(value));
