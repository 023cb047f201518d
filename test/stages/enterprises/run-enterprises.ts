import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { inject } from 'vitest';
import type { Parameter, Progress } from '../../../runner/stage.ts';
import enterprises from '../../../stages/enterprises.ts';
import { projectFile, sources } from '../../data-raw/facts.ts';
import { declaredOutputs, declaredParameters, testContext } from '../../support/stage-context.ts';

export interface CleanRow {
  readonly file: string;
  readonly line: number;
  readonly id: string;
  readonly name: string | null;
  readonly industry: string;
  readonly place: string;
  readonly region: string;
  readonly sector: number;
}

export interface EmissionRow {
  readonly file: string;
  readonly line: number;
  readonly pollutant: string;
  readonly emission_kg: number;
}

export interface RejectRow {
  readonly file: string;
  readonly line: number;
  readonly column_name: string | null;
  readonly reason: string;
  readonly raw: string;
}

export interface SummaryRow {
  readonly reason: string;
  readonly column_name: string | null;
  readonly lines: number;
  readonly share: number;
  readonly example: string;
}

export interface Checked {
  readonly clean: CleanRow[];
  readonly emissions: EmissionRow[];
  readonly rejects: RejectRow[];
  readonly summary: SummaryRow[];
  readonly progress: readonly Progress[];
  readonly told: readonly string[];
}

export interface Setting {
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly threads?: number;
}

type Content = string | Buffer;

/** What the stage makes of one enterprise file, with the project's regions, sectors and industries. */
export const runEnterprises = (file: Content, setting: Setting = {}): Promise<Checked> =>
  inFolder({ 'enterprises.csv': file }, (folder) => run(join(folder, 'enterprises.csv'), setting));

/** What the stage makes of a folder of files, by their paths in it. */
export const runFolder = (files: Readonly<Record<string, Content>>, setting: Setting = {}): Promise<Checked> =>
  inFolder(files, (folder) => run(`${folder}/`, setting));

async function inFolder<Result>(
  files: Readonly<Record<string, Content>>,
  act: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'enterprise-files-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const FACTS = ['region', 'sector', 'industry', 'industry_class', 'industry_move', 'place_history', 'enterprise_column'];
let written: Promise<Record<string, string>> | undefined;

/** The project's facts that the stage looks into, by name: Parquet files, written once for all runs. */
const facts = (): Promise<Record<string, string>> => (written ??= writeFacts());

async function writeFacts(): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(inject('sharedFolder'), 'enterprise-facts-'));
  const database = await (await DuckDBInstance.create(':memory:')).connect();
  const paths = FACTS.map((name) => {
    const { file, columns } = sources[name]!;
    const types = Object.entries(columns).map(([column, { type }]) => `'${column}': '${type}'`);
    const path = join(folder, `${name}.parquet`);
    const from = `read_csv('${projectFile(file)}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
      columns = {${types.join(', ')}})`;
    return { name, path, sql: `COPY (FROM ${from}) TO '${path}' (FORMAT parquet)` };
  });
  await database.run(paths.map(({ sql }) => sql).join(';'));
  database.closeSync();
  return Object.fromEntries(paths.map(({ name, path }) => [name, path]));
}

async function run(path: string, { parameters = {}, threads = 2 }: Setting): Promise<Checked> {
  const context = testContext({
    inputs: { enterprise_file: path, ...(await facts()) },
    parameters: { ...declaredParameters('enterprises'), ...parameters },
    outputs: declaredOutputs('enterprises'),
    threads,
  });
  const outputs = await context.run(enterprises);
  try {
    const rows = async <Row>(output: string) => (await outputs.rows(output)) as unknown as Row[];
    return {
      clean: await rows<CleanRow>('enterprise'),
      emissions: await rows<EmissionRow>('enterprise_emission'),
      rejects: await rows<RejectRow>('enterprise_reject'),
      summary: await rows<SummaryRow>('enterprise_reject_summary'),
      progress: outputs.progress,
      told: outputs.told.map((line) => line.replaceAll(path.replace(/\/$/, ''), 'FILES')),
    };
  } finally {
    outputs.close();
  }
}
