import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseCsvObjects } from 'hucre/csv';
import { openTable } from '../formats/detect.ts';
import { inspectionOf, type Known } from '../formats/inspect.ts';
import { ownSectors, regionNames, type StudyRegion } from '../formats/known-names.ts';
import type { OpenTable } from '../formats/open-table.ts';
import { pymrioSystemOf } from '../formats/pymrio/from-table.ts';
import { writePymrioFolder } from '../formats/pymrio/write-folder.ts';
import { watched } from '../formats/watched.ts';
import { ModelError } from '../mrio/error.ts';
import { openScreen } from '../runner/screen.ts';
import { readingLine } from './reading-line.ts';

const HELP = `Looks into input-output tables, and writes them for pymrio.

  npm run tables -- --inspect FILE [--sheet NAME]
    what is in it, and how far its rows and columns balance, before anything is computed from it

  npm run tables -- --convert FILE --to FOLDER [--sheet NAME] [--parquet]
    writes it into a new folder that pymrio opens: text, or Parquet

NAME  a sheet of the workbook, or the year of OECD ICIO, where there are several
FILE  a workbook, a MATLAB file, a list of cells, or a folder with one, or one of pymrio, EXIOBASE, ICIO, WIOD, Eora26, GLORIA
`;

const FACTS = resolve(import.meta.dirname, '../data-raw');

const rowsOf = (file: string): Record<string, string>[] =>
  parseCsvObjects(readFileSync(join(FACTS, file), 'utf8')).data.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value ?? '')])),
  );

/** Regions at both levels, provinces last, and all lists of sectors. */
function known(): Known {
  const regions = rowsOf('regions.csv') as unknown as StudyRegion[];
  const others = rowsOf('region-names.csv').map(({ name = '', region = '' }) => ({ name, region }));
  const places = rowsOf('places.csv').map(({ code = '', name_zh = '' }) => ({ code, name_zh }));
  const levels = (['region', 'province'] as const).map((level) => regionNames(regions, others, places, level));
  const study = rowsOf('sectors.csv').map(({ id, name = '', name_zh = '' }) => ({ id: Number(id), name, name_zh }));
  const listed = rowsOf('sector-lists.csv').map(({ list = '', code = '', name = '', name_zh = '', sector }) => ({
    ...{ list, code, sector: Number(sector) },
    names: [name, name_zh].filter((text) => text !== ''),
  }));
  const [first = [], second = []] = levels;
  const names = [...first, ...second.filter(({ name }) => !first.some((one) => one.name === name))];
  return { regions: names, lists: [...ownSectors(study), ...listed] };
}

const OPTIONS = {
  inspect: { type: 'string' },
  convert: { type: 'string' },
  to: { type: 'string' },
  sheet: { type: 'string' },
  parquet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function main(): Promise<number> {
  const { inspect, convert, to, sheet, parquet, help } = parseArgs({ options: OPTIONS }).values;
  /** What becomes of the table in a file, with a line about it on a terminal meanwhile. */
  const read = async <T>(file: string, use: (table: OpenTable) => Promise<T>): Promise<T> => {
    const line = readingLine(await openScreen(), file);
    try {
      const table = await openTable(resolve(file), sheet === undefined ? {} : { sheet });
      return await use(watched(table, line.show));
    } finally {
      line.clear();
    }
  };
  if (help !== true && inspect !== undefined) {
    say(await read(inspect, (table) => inspectionOf(table, inspect, known())));
    return 0;
  }
  if (help !== true && convert !== undefined && to !== undefined) {
    if (existsSync(to)) throw new ModelError(`${to} is there already`, 'name a new folder');
    const system = await read(convert, (table) => pymrioSystemOf(table, basename(convert)));
    await writePymrioFolder(resolve(to), system, parquet === true ? 'parquet' : 'txt');
    say([`wrote ${to}: ${system.regions.length} x ${system.sectors.length} accounts`]);
    return 0;
  }
  process.stdout.write(HELP);
  return help === true ? 0 : 2;
}

const say = (lines: readonly string[]): void => {
  for (const line of lines) process.stdout.write(`${line}\n`);
};

try {
  process.exitCode = await main();
} catch (error) {
  const isOurs = error instanceof ModelError || (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')); // prettier-ignore
  if (!isOurs) throw error;
  process.stderr.write(
    `${error.message}\n${error instanceof ModelError ? `  ${error.remedy}\n` : '  See npm run tables -- --help\n'}`,
  );
  process.exitCode = 2;
}
