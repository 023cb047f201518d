import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openTable } from '../formats/detect.ts';
import { inspectionOf } from '../formats/inspect.ts';
import type { OpenTable } from '../formats/open-table.ts';
import { pymrioSystemOf } from '../formats/pymrio/from-table.ts';
import { writePymrioFolder } from '../formats/pymrio/write-folder.ts';
import { watched } from '../formats/watched.ts';
import { ModelError } from '../mrio/error.ts';
import { MistakeError } from '../runner/diagnostic.ts';
import { openScreen } from '../runner/screen.ts';
import { StageError } from '../runner/stage.ts';
import { knownNames } from './known-names.ts';
import { readingLine } from './reading-line.ts';
import { studyTolerances } from './study-tolerances.ts';

const HELP = `Looks into input-output tables, and writes them for pymrio.

  npm run tables -- --inspect FILE [--sheet NAME] [--file PIPELINE]
    what is in it, and how far its rows and columns balance, before anything is computed from it;
    ends with 1 where a run of the study would refuse that: a unit that it cannot use, regions or sectors that it does
    not know, regions that are missing, stated totals that cells do not add up to, rows that differ from their columns,
    negative deliveries; with 2 where the table cannot be read

  npm run tables -- --convert FILE --to FOLDER [--sheet NAME] [--parquet]
    writes it into a new folder that pymrio opens: text, or Parquet

NAME      where there are several: a sheet of the workbook, a struct of the MATLAB file, the year of OECD ICIO,
          the year and price of Eora26 or GLORIA (2010 bp)
PIPELINE  the study whose unit, regions, sectors and tolerances count; default: pipeline.yaml
FILE      a workbook, a MATLAB file, a list of cells, or a folder with one, or one of pymrio, EXIOBASE, ICIO, WIOD, Eora26, GLORIA
`;

/** The study whose names are looked for, unless another is named. */
const STUDY = resolve(import.meta.dirname, '../pipeline.yaml');

const OPTIONS = {
  inspect: { type: 'string' },
  convert: { type: 'string' },
  to: { type: 'string' },
  sheet: { type: 'string' },
  file: { type: 'string' },
  parquet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function main(): Promise<number> {
  const { inspect, convert, to, sheet, file: pipelineFile, parquet, help } = parseArgs({ options: OPTIONS }).values;
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
    const study = pipelineFile ?? STUDY;
    const [known, tolerances] = [await knownNames(study), studyTolerances(study)];
    const { lines, refused } = await read(inspect, (table) => inspectionOf(table, inspect, known, tolerances));
    say(lines);
    return refused.length === 0 ? 0 : 1;
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
  process.stderr.write(`${told(error)}\n`);
  process.exitCode = 2;
}

/** What is said of an error that the reader can do something about; any other is thrown again. */
function told(error: unknown): string {
  if (error instanceof MistakeError) return error.message;
  if (error instanceof ModelError || error instanceof StageError) return `${error.message}\n  ${error.remedy}`;
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    return `${error.message}\n  See npm run tables -- --help`;
  }
  throw error;
}
