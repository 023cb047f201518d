import { statSync } from 'node:fs';
import { concordanceOf, type Concordance } from '../formats/concordance.ts';
import { openTable } from '../formats/detect.ts';
import { besideLeftOut, noteLeftOut } from '../formats/left-out.ts';
import type { Level } from '../formats/known-names.ts';
import type { OpenTable } from '../formats/open-table.ts';
import { readTable, requireAsStated } from '../formats/read-table.ts';
import type { Stressor } from '../formats/table-sums.ts';
import { requireWholeStudy } from '../formats/study-coverage.ts';
import { unitNotice } from '../formats/unit-words.ts';
import { moneyFactor } from '../formats/units.ts';
import { ModelError } from '../mrio/error.ts';
import { EXPORT, dimensions, type MrioTable } from '../mrio/table.ts';
import { StageError, type LabelColumn, type StageContext } from '../runner/stage.ts';
import type { Axes } from './accounts.ts';
import { readRegionNames, readSectorLists } from './study-names.ts';
import { nameOf } from './table-rows.ts';

/** How a table of the user's own is to be read. */
export interface Reading {
  /** Whether it is of the study's regions or of their provinces. */
  readonly level: Level;
  /** Name of the list that its sectors are of; null: found by their names. */
  readonly sectorList: string | null;
  /** Sheet of a workbook, or year, where there are several; null: there is one. */
  readonly sheet: string | null;
  /** Unit of value of the study: `10 000 CNY`. */
  readonly unit: string;
  /** Relative difference between a total that the file states and the sum that is no fault of it. */
  readonly statedTolerance: number;
}

/** What is read beside the rows. */
export interface UserTable {
  /** Emissions and other stressors that the file has, by name. */
  readonly stressors: ReadonlyMap<string, Stressor>;
  /** Rows and columns with numbers that are of no known meaning, for people. */
  readonly leftOut: readonly string[];
}

/**
 * Where an input is a folder, reads the table in it, whatever its format, and puts it in the place of the input: rows
 * (category, from_region, from_sector, to_region, to_sector, value) in the study's regions and sectors.
 * @throws StageError that names file, sheet and cell, regions or sectors
 */
export async function importUserTable(
  context: StageContext,
  input: string,
  axes: Axes,
  reading: Reading,
): Promise<UserTable> {
  const path = context.inputs[input]!;
  if (!statSync(path).isDirectory()) return { stressors: new Map(), leftOut: [] };
  try {
    const open = await openTable(path, reading.sheet === null ? {} : { sheet: reading.sheet });
    const factor = moneyFactor(open.unit, reading.unit, path, open.unitPlace);
    const names = await readRegionNames(context, reading.level);
    const lists = await readSectorLists(context);
    const concordance = concordanceOf(open, names, lists, path, reading.sectorList);
    requireWholeStudy(open, concordance, axes, names, path);
    const progress = (share: number) => {
      context.progress({ done: Math.round(100 * share), total: 100, unit: '%', note: nameOf(context, input) });
    };
    const { table: noted, leftOut } = noteLeftOut(open);
    const { table, stressors, accounts } = await readTable(noted, axes, concordance, progress);
    besideLeftOut(leftOut(), () => {
      requireAsStated(accounts, reading.statedTolerance, path);
    });
    for (const notice of noticesOf(open, reading.unit, concordance, leftOut()))
      context.tell(`${nameOf(context, input)}: ${notice}`);
    await writeRows(context, input, table, factor);
    return { stressors, leftOut: leftOut() };
  } catch (error) {
    // The stage sees the folder under a name of its own.
    if (!(error instanceof ModelError)) throw error;
    const place = context.places[input]!.replace(/\/$/, '');
    throw new StageError(error.message.replaceAll(path, place), error.remedy.replaceAll(path, place));
  }
}

/** What the log says of a table that is read. */
const noticesOf = (
  open: OpenTable,
  unit: string,
  { list, notices }: Concordance,
  leftOut: readonly string[],
): readonly string[] => [
  `${open.format}; sectors of the list ${list}`,
  unitNotice(open, unit),
  ...(open.besides ?? []).map((what) => `not used: ${what}`),
  ...(notices ?? []),
  ...(leftOut.length > 0 ? [`left out, as their names are not known: ${leftOut.join(', ')}`] : []),
];

/** Makes the view of the input from the cells of a table that are not 0. Categories of a block are summed: one stands for all. */
async function writeRows(context: StageContext, input: string, table: MrioTable, factor: number): Promise<void> {
  const { n, sectorCount, regionCount, finalDemandCount } = dimensions(table);
  const [demand, inputs] = await Promise.all(
    ['final_demand', 'primary_input'].map((block) => firstCategory(context, block)),
  );
  const categories = ['intermediate', demand!, EXPORT, inputs!];
  const cells: { category: number; from: number; toRegion: number; toSector: number; value: number }[] = [];
  const add = (category: number, from: number, toRegion: number, toSector: number, value: number) => {
    if (value !== 0) cells.push({ category, from, toRegion, toSector, value: value * factor });
  };
  for (let k = 0; k < n; k++) {
    const home = Math.floor(k / sectorCount);
    for (let l = 0; l < n; l++) add(0, k, Math.floor(l / sectorCount), l % sectorCount, table.intermediate[k * n + l]!);
    for (let r = 0; r < regionCount; r++) add(1, k, r, NONE, table.finalDemand[k * finalDemandCount + r]!);
    add(2, k, home, NONE, table.finalDemand[k * finalDemandCount + regionCount]!);
    add(3, NONE, home, k % sectorCount, table.primaryInput[k]!);
  }
  const regions = (at: (cell: (typeof cells)[number]) => number): LabelColumn => ({
    labels: [...table.regions, ''],
    indices: Int32Array.from(cells, (cell) => (at(cell) === NONE ? regionCount : at(cell))),
  });
  const sectors = (at: (cell: (typeof cells)[number]) => number): Uint8Array =>
    Uint8Array.from(cells, (cell) => (at(cell) === NONE ? 0 : table.sectors[at(cell)]!));
  await context.createTable(`${input} as read`, {
    category: { labels: categories, indices: Uint8Array.from(cells, ({ category }) => category) },
    from_region: regions(({ from }) => (from === NONE ? NONE : Math.floor(from / sectorCount))),
    from_sector: sectors(({ from }) => (from === NONE ? NONE : from % sectorCount)),
    to_region: regions(({ toRegion }) => toRegion),
    to_sector: sectors(({ toSector }) => toSector),
    value: Float64Array.from(cells, ({ value }) => value),
  });
  await context.database.run(`
    CREATE VIEW ${input} AS SELECT category, nullif(from_region, '') AS from_region, nullif(from_sector, 0) AS from_sector,
      to_region, nullif(to_sector, 0) AS to_sector, value FROM "${input} as read"`);
}

const NONE = -1;

async function firstCategory(context: StageContext, block: string): Promise<string> {
  const { category } = await context.query(
    `SELECT category FROM category WHERE block = '${block}' AND category <> '${EXPORT}' ORDER BY category LIMIT 1`,
  );
  return String(category![0]);
}
