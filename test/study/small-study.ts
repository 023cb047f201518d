import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

const ROOT = resolve(import.meta.dirname, '../..');

/** The regions of the small study: two cities apart, three cities of one province, three provinces. */
const REGIONS = ['BJ', 'TJ', 'SJZ', 'TS', 'ZJK', 'SX', 'NM', 'SD'];

/** The sectors of the small study, and what they are made of. */
const SECTORS: Readonly<Record<number, readonly number[]>> = {
  1: [1],
  14: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21],
  22: [22, 23],
  25: [25],
  26: [24, 26],
};

const texts = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(', ')}]`;
const kept = Object.keys(SECTORS);
const sectorOf = `CASE ${Object.entries(SECTORS)
  .map(([id, parts]) => `WHEN sector IN (${parts.join(', ')}) THEN ${id}`)
  .join(' ')} END`;
const within = (column: string, allowed: readonly string[]): string =>
  `(${column} IS NULL OR len(list_filter(string_split(${column}, ' '), x -> x NOT IN (${allowed.map((value) => `'${value}'`).join(', ')}))) = 0)`;

/** Each fact file, cut down to the small study's regions and sectors. */
const FACTS: Readonly<Record<string, string>> = {
  'regions.csv': `FROM facts WHERE code IN ${texts(REGIONS)}`,
  'sectors.csv': `FROM facts WHERE id IN ${texts(kept)}`,
  'concordance.csv': `SELECT * REPLACE (${sectorOf} AS sector) FROM facts`,
  'categories.csv': 'FROM facts',
  'region-names.csv': 'FROM facts',
  'sector-lists.csv': `SELECT * REPLACE (${sectorOf} AS sector) FROM facts`,
  'city-factors.csv': `FROM facts WHERE region IN ${texts(REGIONS)}`,
  'published.csv': `FROM facts WHERE ${within('from_regions', REGIONS)} AND ${within('to_regions', REGIONS)}
    AND ${within('from_sectors', kept)} AND ${within('to_sectors', kept)}`,
  'regional-accounts.csv': `FROM facts WHERE region IN ${texts(REGIONS)}`,
  'national-table.csv': `SELECT year, ${sectorOf.replaceAll('sector IN', 'from_sector IN')} AS from_sector,
      ${sectorOf.replaceAll('sector IN', 'to_sector IN')} AS to_sector, category, sum(value::BIGINT) AS value
    FROM facts GROUP BY ALL ORDER BY ALL`,
  'specialisation.csv': `FROM facts WHERE region IN ${texts(REGIONS)} AND sector IN ${texts(kept)}`,
  'emission-prior.csv': `FROM facts WHERE sector IN ${texts(kept)}`,
  'industry-classes.csv': 'FROM facts',
  'places.csv': 'FROM facts',
  'place-history.csv': 'FROM facts',
  'industry-moves.csv': 'FROM facts',
  'enterprise-columns.csv': 'FROM facts',
};

async function writeFacts(database: DuckDBConnection, folder: string): Promise<void> {
  for (const [file, selection] of Object.entries(FACTS)) {
    const from = join(ROOT, 'data-raw', file);
    // Numbers stay the texts they are, unless they are summed.
    await database.run(`CREATE OR REPLACE VIEW facts AS FROM read_csv('${from}', header = true, all_varchar = true)`);
    await database.run(`COPY (${selection}) TO '${join(folder, file)}' (HEADER, DELIMITER ',')`);
  }
}

/** What a command said. */
export interface Ended {
  readonly code: number;
  readonly text: string;
  /** Stages that were executed. */
  readonly executed: readonly string[];
}

/** A project folder with the pipeline of the study at a small size: same stages, fewer regions, sectors and rows. */
export interface SmallStudy {
  readonly folder: string;
  readonly dataOut: string;
  /** Runs the command line as a user does. */
  pipeline(...words: string[]): Promise<Ended>;
  /** Writes a table of the user's own, made from a stand-in by a query on `stand_in`. */
  userTable(file: string, standIn: string, query: string): Promise<void>;
  removeUserFiles(): void;
  /** Replaces a text of pipeline.yaml that is there. */
  edit(from: string, to: string): void;
  remove(): void;
}

export async function smallStudy(): Promise<SmallStudy> {
  const folder = mkdtempSync(join(tmpdir(), 'small-study-'));
  mkdirSync(join(folder, 'data-raw'));
  const instance = await DuckDBInstance.create(':memory:');
  const database = await instance.connect();
  await writeFacts(database, join(folder, 'data-raw'));
  database.closeSync();
  for (const part of [
    'stages',
    'formats',
    'mrio',
    'runner',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'pipeline.yaml',
  ]) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'pipeline.yaml');
  const edit = (from: string, to: string): void => {
    const text = readFileSync(file, 'utf8');
    if (!text.includes(from)) throw new Error(`pipeline.yaml has no \`${from}\``);
    writeFileSync(file, text.replace(from, to));
  };
  edit('rows: 397720', 'rows: 2000');
  // Sectors that parameters name have to be there.
  edit('sectors: [24]', 'sectors: [26]');
  edit('sectors: [14, 15, 16, 17, 18, 19, 20]', 'sectors: [14]');
  edit('sector: 13 }', 'sector: 1 }');
  const dataOut = join(folder, 'data-out');
  return {
    folder,
    dataOut,
    edit,
    pipeline: (...words) => commandLine(folder, words),
    async userTable(file, standIn, query) {
      mkdirSync(dirname(join(folder, 'data-raw/user', file)), { recursive: true });
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      await connection.run(`CREATE VIEW stand_in AS FROM read_parquet('${dataOut}/stand-in-tables/${standIn}.parquet');
        COPY (${query}) TO '${join(folder, 'data-raw/user', file)}' (FORMAT parquet)`);
      connection.closeSync();
    },
    removeUserFiles() {
      rmSync(join(folder, 'data-raw/user'), { recursive: true, force: true });
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function commandLine(folder: string, words: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      ['runner/start.cjs', ...words],
      { cwd: folder, env: { ...process.env, NO_COLOR: '1' } },
      (error, out, err) => {
        const text = `${out}\n${err}`;
        const executed = Array.from(text.matchAll(/^\+ (\S+): /gm), ([, name]) => name!).filter(
          (name) => name !== 'sources',
        );
        done({ code: error === null ? 0 : Number(error.code), text, executed });
      },
    );
  });
}
