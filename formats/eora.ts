import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ModelError } from '../mrio/error.ts';
import { chooseTable, type Candidate, type TableChoice } from './choose-table.ts';
import { openBareBlocks } from './delimited/bare-block.ts';
import { blockTable } from './delimited/block-table.ts';
import { openFiles, type Files } from './delimited/files.ts';
import { spoken, type Key } from './delimited/frame.ts';
import { readLabels } from './delimited/labels.ts';
import type { ColumnLabel, OpenTable, RowLabel } from './open-table.ts';

/** The parts of a table: deliveries, final demand, value added, satellites, satellites of final demand. */
const PARTS = ['T', 'FD', 'VA', 'Q', 'QY'] as const;
type Part = (typeof PARTS)[number];
const FILE = /(?:^|\/)Eora26_(\d{4})_(bp|pp)_(T|FD|VA|Q|QY)\.txt$/;

/** Whether there are deliveries among files of these names. */
export const holdsEora26 = (names: readonly string[]): boolean => names.some((name) => FILE.exec(name)?.[3] === 'T');

/** What Eora calls the region that takes up what does not add up. */
const DISCREPANCY = 'ROW';

/**
 * Opens a table of Eora26 of one year: a folder, or the archive as it is downloaded (`Eora26_2010_bp.zip`), with the
 * labels in it or in `indices.zip` beside it. Of several years, or of basic and purchasers' prices, the choice says
 * which: `2010`, `2010 bp`.
 *
 * Regions are called by their code. The region ROW holds statistical discrepancies: its columns are discrepancies and
 * its row is a primary input, so that the table is in balance without it being a region. The files name no unit of money.
 * @throws ModelError where files are missing, several tables are there and none is chosen, or labels do not fit
 */
export async function openEora26(path: string, choice: TableChoice = {}): Promise<OpenTable> {
  const files = await openFiles(path);
  const { title, names } = tableIn(files, choice);
  const labels = await labelFiles(files, path);
  const read = async (part: string, cells: number): Promise<Key[]> => {
    const found = await readLabels(labels.files, labels.name(part), 'either');
    const place = `${labels.files.place}/${labels.name(part)}`;
    if (found.length === 0) throw new ModelError(`${place} is empty: a label is expected in each line`, COMPLETE);
    const short = found.findIndex((key) => key.length < cells);
    if (short < 0) return found;
    throw new ModelError(
      `${place}, line ${short + 1}, has ${found[short]!.length} cells, expected are ${cells}`,
      COMPLETE,
    );
  };
  const accounts = await read('T', 4);
  const demand = await read('FD', 4);
  const inputs = await read('VA', 2);
  const satellites = await read('Q', 1);
  const rows: RowLabel[] = [...accounts.map(accountRow), ...inputs.map(inputRow), ...satellites.map(satelliteRow)];
  const columns: ColumnLabel[] = [...accounts.map(accountColumn), ...demand.map(demandColumn)];
  const file = (part: Part) => ({ files, name: names[part], separator: '\t' });
  const blocks = await openBareBlocks(
    {
      deliveries: file('T'),
      demand: file('FD'),
      inputs: file('VA'),
      satellites: file('Q'),
      demandSatellites: file('QY'),
    },
    {
      accounts: accounts.length,
      demand: demand.length,
      inputs: inputs.length,
      satellites: satellites.length,
    },
  );
  return blockTable({ format: `Eora26, ${title}`, unit: null, rows, columns, intermediate: 'deliveries', blocks });
}

const COMPLETE = 'give the folder of Eora26 with all its files';

/** The files of the table that is chosen, and its title. */
function tableIn({ place, names }: Files, choice: TableChoice): { title: string; names: Record<Part, string> } {
  const tables = new Map<string, Candidate & { readonly files: Map<Part, string> }>();
  for (const name of names) {
    const found = FILE.exec(name);
    if (found === null) continue;
    const [, year, price, part] = found as unknown as [string, string, string, Part];
    const title = `${year} ${price}`;
    const table = tables.get(title) ?? { names: [title, year], shown: title, files: new Map<Part, string>() };
    table.files.set(part, name);
    tables.set(title, table);
  }
  const { shown: title, files } = chooseTable([...tables.values()], choice, 'tables of Eora26', place);
  const missing = PARTS.filter((part) => !files.has(part));
  if (missing.length > 0) throw new ModelError(`${place}: Eora26 of ${title} lacks ${missing.join(', ')}`, COMPLETE);
  return { title, names: Object.fromEntries(files) as Record<Part, string> };
}

async function labelFiles(files: Files, path: string): Promise<{ files: Files; name: (part: string) => string }> {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const beside = join(folder, 'indices.zip');
  const places = [
    files,
    ...(statSync(beside, { throwIfNoEntry: false }) === undefined ? [] : [await openFiles(beside)]),
  ];
  for (const place of places) {
    const name = (part: string): string | undefined =>
      place.names.find((found) => found === `labels_${part}.txt` || found.endsWith(`/labels_${part}.txt`));
    if (['T', 'FD', 'VA', 'Q'].every((part) => name(part) !== undefined)) {
      return { files: place, name: (part) => name(part)! };
    }
  }
  throw new ModelError(`${files.place} has not the labels labels_T, labels_FD, labels_VA and labels_Q`, COMPLETE);
}

const accountRow = ([name, region, , sector]: Key): RowLabel =>
  region === DISCREPANCY
    ? { kind: 'primary input', name: `${name!}, ${sector!}`, imports: false }
    : { kind: 'account', region: region!, sector: sector! };

const accountColumn = ([name, region, , sector]: Key): ColumnLabel =>
  region === DISCREPANCY
    ? { kind: 'discrepancy', name: `${name!}, ${sector!}` }
    : { kind: 'account', region: region!, sector: sector! };

const demandColumn = ([name, region, , category]: Key): ColumnLabel =>
  region === DISCREPANCY
    ? { kind: 'discrepancy', name: `${name!}, ${category!}` }
    : { kind: 'final demand', region: region!, category: category! };

const inputRow = (key: Key): RowLabel => ({ kind: 'primary input', name: key[1]!, imports: false });

/** The unit is what stands last in parentheses: `CO2 emissions (Gg)`. */
function satelliteRow([indicator, ...sources]: Key): RowLabel {
  const unit = /\s*\(([^()]*)\)(?!.*\()/.exec(indicator!);
  const name = unit === null ? indicator! : indicator!.replace(unit[0], '');
  return { kind: 'stressor', name: spoken([name, ...sources]), unit: unit?.[1] ?? null };
}
