import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import type { Origin } from '../../runner/stage.ts';
import flows from '../../stages/flows.ts';
import leontief from '../../stages/leontief.ts';
import { declaredOutputs, testContext, type TestInput, type TestOutputs } from '../support/stage-context.ts';

/** Tables of a run as they stand in its database, and its hidden true table in the form that ANAIS writes. */
const TABLES: Readonly<Record<string, string>> = {
  region: 'FROM region',
  sector: 'FROM sector',
  published: 'FROM published',
  emission: 'FROM emission',
  enterprise: 'FROM enterprise',
  enterprise_reject: 'FROM enterprise_reject',
  correlation: 'FROM correlation',
  calibration: 'FROM calibration',
  mrio: `SELECT * EXCLUDE category FROM truth WHERE category = 'intermediate'`,
  final_demand: `SELECT from_region, from_sector, if(category = 'export', 'export', to_region) AS to_region, sum(value) AS value
    FROM truth JOIN category USING (category) WHERE block = 'final_demand' GROUP BY ALL`,
  primary_input: `SELECT to_region AS region, to_sector AS sector, sum(value) AS value
    FROM truth JOIN category USING (category) WHERE block = 'primary_input' GROUP BY ALL`,
};

async function writeTables(dataOut: string, folder: string): Promise<Record<string, string>> {
  const instance = await DuckDBInstance.create(':memory:');
  const database = await instance.connect();
  await database.run(`ATTACH '${dataOut}/bth.duckdb' AS bth (READ_ONLY); USE bth;
    CREATE TEMP VIEW truth AS FROM read_parquet('${dataOut}/stand-in-tables/stand_in_true_mrio.parquet')`);
  const paths: Record<string, string> = {};
  for (const [name, query] of Object.entries(TABLES)) {
    paths[name] = join(folder, `${name}.parquet`);
    await database.run(`COPY (${query}) TO '${paths[name]}' (FORMAT parquet)`);
  }
  database.closeSync();
  instance.closeSync();
  return paths;
}

/** What the stage `compare` asks for the evidence of. */
const ORIGINS: readonly Origin[] = ['consumption', 'correlation', 'enterprise'].map((artifact) => ({
  ...{ artifact, evidence: 'stand-in', inputs: [], stage: null, key: null, sha256: '', description: '', columns: {} },
}));

/** Every figure of the stage `compare`, computed by the stages of a pipeline on the hidden true table of its run. */
export async function figuresOnTruth(dataOut: string): Promise<Map<string, number>> {
  const { stages } = readPipelineFile(join(dataOut, '../pipeline.yaml'));
  const folder = mkdtempSync(join(tmpdir(), 'truth-'));
  const done: TestOutputs[] = [];
  const inputs: Record<string, TestInput> = await writeTables(dataOut, folder);
  const run = async (stage: string, code: typeof leontief | string): Promise<TestOutputs> => {
    const outputs = declaredOutputs(stage);
    const { parameters } = stages.get(stage)!;
    const result = await testContext({ inputs, outputs, parameters, origins: ORIGINS }).run(code);
    for (const { name } of outputs) inputs[name] = result.path(name);
    done.push(result);
    return result;
  };
  try {
    await run('leontief', leontief);
    await run('flows', flows);
    await run('networks', 'stages/networks.sql');
    await run('intensity', 'stages/intensity.sql');
    const compare = await run('compare', 'stages/compare.sql');
    const { statistic, ours } = await compare.query('SELECT statistic, ours FROM comparison');
    return new Map((statistic as string[]).map((name, k) => [name, (ours as Float64Array)[k]!]));
  } finally {
    for (const outputs of done) outputs.close();
    rmSync(folder, { recursive: true });
  }
}
