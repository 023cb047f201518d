import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Known } from '../formats/inspect.ts';
import { ModelError } from '../mrio/error.ts';
import { readPipelineFile } from '../runner/pipeline-file.ts';
import type { Pipeline } from '../runner/pipeline.ts';
import { queryColumns } from '../runner/query.ts';
import { loadSource } from '../runner/source-table.ts';
import { openDatabase } from '../runner/stage-context.ts';
import { readRegionNames, readSectorLists } from '../stages/study-names.ts';
import { tableParameters } from './study-tolerances.ts';

/** Tables that a study may do without, and what is read of them. */
const OPTIONAL = {
  region_name: 'name VARCHAR, region VARCHAR',
  place: 'code VARCHAR, name_zh VARCHAR',
  sector_list: 'list VARCHAR, code VARCHAR, name VARCHAR, name_zh VARCHAR, sector INTEGER',
};

/**
 * What the study of a pipeline file knows of regions and sectors: regions at both levels, provinces last, and all lists of
 * sectors; and the unit that its tables are read into.
 * @throws MistakeError, ModelError or StageError where the pipeline file or one of these tables is wrong
 */
export async function knownNames(pipelineFile: string): Promise<Known> {
  const pipeline = readPipelineFile(pipelineFile);
  const scratch = mkdtempSync(join(tmpdir(), 'tables-'));
  const { database, close } = await openDatabase(scratch, null);
  try {
    for (const name of ['region', 'sector']) await loadNames(database, pipeline, name);
    for (const [name, columns] of Object.entries(OPTIONAL)) {
      if (pipeline.sources.has(name)) await loadNames(database, pipeline, name);
      else await database.run(`CREATE TABLE ${name} (${columns})`);
    }
    const context = { query: (sql: string) => queryColumns(database, sql) };
    const regions = await readRegionNames(context, 'region');
    const provinces = await readRegionNames(context, 'province');
    return {
      regions: [...regions, ...provinces.filter(({ name }) => !regions.some((one) => one.name === name))],
      levels: [regions, provinces].map((names) => [...new Set(names.map(({ region }) => region))]),
      lists: await readSectorLists(context),
      ...unitOf(pipeline),
    };
  } finally {
    close();
    rmSync(scratch, { recursive: true });
  }
}

/** The unit of the stage that reads tables. */
function unitOf(pipeline: Pipeline): Pick<Known, 'unit'> {
  const { unit } = tableParameters(pipeline);
  return typeof unit === 'string' ? { unit } : {};
}

/** Reads a source of the study into a table of its name. */
async function loadNames(database: DuckDBConnection, pipeline: Pipeline, name: string): Promise<void> {
  const source = pipeline.sources.get(name);
  if (source?.table == null) {
    throw new ModelError(
      `${pipeline.file} has no source ${name} with columns`,
      'name it there, or another pipeline file',
    );
  }
  const { file, table } = source;
  const path = join(pipeline.root, file);
  if (!existsSync(path))
    throw new ModelError(`${file} does not exist`, `write it, or correct its path in ${pipeline.file}`);
  await loadSource(database, { name, file, path, table, givenBy: 'user', output: '' }, name);
}
