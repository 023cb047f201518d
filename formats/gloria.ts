import { posix } from 'node:path';
import { ModelError } from '../mrio/error.ts';
import { chooseTable, type Candidate, type TableChoice } from './choose-table.ts';
import { openBareBlocks } from './delimited/bare-block.ts';
import { blockTable } from './delimited/block-table.ts';
import { openFiles, type Files } from './delimited/files.ts';
import { spoken } from './delimited/frame.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel } from './open-table.ts';
import { openWorkbook, textOf, type Workbook } from './workbook.ts';

/** Basic and purchasers' prices. Value added and satellites have no price of their own, and the mark of the first. */
const PRICES = { '001': 'bp', '005': 'pp' } as const;
const FILE = /_AllCountries_\d+_(T|Y|V|TQ|YQ)-Results_(\d{4})_(\d+)_Markup(\d+)\(full\)\.csv$/;
const README = /(?:^|\/)GLORIA_ReadMe_\w+\.xlsx$/;
const PARTS = ['T', 'Y', 'V', 'TQ', 'YQ'] as const;
type Part = (typeof PARTS)[number];

/** Whether the labels are among files of these names. */
export const holdsGloria = (names: readonly string[]): boolean => names.some((name) => README.test(name));

/**
 * Opens a table of GLORIA of one year: a folder with GLORIA_MRIOs, GLORIA_SatelliteAccounts, each unpacked or as the
 * archive that is downloaded, and GLORIA_ReadMe. Of several the choice says which: `2022`, in basic prices, `2022 pp`, in
 * purchasers' prices, `2022 bp 059`, of the release 059. Without a choice it is the one in basic prices.
 *
 * GLORIA is a system of supply and use: accounts of a region are its industries and then its products; industries
 * deliver to products what they make, products to industries what these use. Sectors are called `Fishing (industry)`
 * and `Fishing (product)`. Emissions and value added are those of industries. The files name no unit of money.
 * @throws ModelError where files are missing, several tables are there and none is chosen, or labels do not fit
 */
export async function openGloria(path: string, choice: TableChoice = {}): Promise<OpenTable> {
  const files = await openFiles(path);
  const { title, parts } = tableIn(await withArchives(files), files.place, choice);
  const labels = await readLabels(files);
  const { regions, sectors, inputs, categories, satellites } = labels;
  const accounts = regions.flatMap((region) =>
    ['industry', 'product'].flatMap((kind) =>
      sectors.map((sector): AccountLabel => ({ kind: 'account', region, sector: `${sector} (${kind})` })),
    ),
  );
  const rows: RowLabel[] = [
    ...accounts,
    ...regions.flatMap((region) =>
      inputs.map((input): RowLabel => ({ kind: 'primary input', name: spoken([region, input]), imports: false })),
    ),
    ...satellites,
  ];
  const columns: ColumnLabel[] = [
    ...accounts,
    ...regions.flatMap((region) =>
      categories.map((category): ColumnLabel => ({ kind: 'final demand', region, category })),
    ),
  ];
  const file = (part: Part) => ({ ...parts[part], separator: ',' });
  const blocks = await openBareBlocks(
    {
      deliveries: file('T'),
      demand: file('Y'),
      inputs: file('V'),
      satellites: file('TQ'),
      demandSatellites: file('YQ'),
    },
    {
      accounts: accounts.length,
      demand: regions.length * categories.length,
      inputs: regions.length * inputs.length,
      satellites: satellites.length,
    },
  );
  return blockTable({ format: `GLORIA, ${title}`, unit: null, rows, columns, intermediate: 'deliveries', blocks });
}

const COMPLETE = 'give a folder with GLORIA_MRIOs, GLORIA_SatelliteAccounts and GLORIA_ReadMe of one release and year';

interface InFiles {
  readonly files: Files;
  readonly name: string;
}

/** The files of a folder and of the archives of GLORIA in it. */
async function withArchives(files: Files): Promise<InFiles[]> {
  const archives = files.names.filter((name) => /(?:^|\/)GLORIA_\w+\.zip$/.test(name));
  const opened = await Promise.all(archives.map((name) => openFiles(files.path(name) ?? name)));
  return [files, ...opened].flatMap((place) => place.names.map((name) => ({ files: place, name })));
}

/** A table of one year, release and price. */
interface Priced extends Candidate {
  readonly price: 'bp' | 'pp';
  /** Year and release. */
  readonly edition: string;
  readonly parts: Map<Part, InFiles>;
}

/** The files of the table that is chosen, and its title. */
function tableIn(
  all: readonly InFiles[],
  place: string,
  choice: TableChoice,
): { title: string; parts: Record<Part, InFiles> } {
  const tables = new Map<string, Priced>();
  const unpriced: { readonly edition: string; readonly part: Part; readonly file: InFiles }[] = [];
  for (const file of all) {
    const found = FILE.exec(posix.basename(file.name));
    const price = PRICES[found?.[4] as keyof typeof PRICES] as Priced['price'] | undefined;
    if (found === null || price === undefined) continue;
    const [, part, year, release] = found as unknown as [string, Part, string, string];
    const edition = `${year} ${release}`;
    if (part !== 'T' && part !== 'Y') {
      if (price === 'bp') unpriced.push({ edition, part, file });
      continue;
    }
    const title = `${year} ${price} ${release}`;
    const others = [`${year} ${price}`, ...(price === 'bp' ? [year, edition] : [])];
    const table = tables.get(title) ?? { names: [title, ...others], shown: title, price, edition, parts: new Map() };
    table.parts.set(part, file);
    tables.set(title, table);
  }
  const listed = [...tables.values()];
  const basic = listed.filter(({ price }) => price === 'bp');
  // Purchasers' prices are taken only where they are asked for.
  const [candidates, chosen] =
    choice.sheet !== undefined ? [listed, choice] : basic.length > 0 ? [basic, {}] : [listed, { sheet: 'bp' }];
  const { shown: title, price, edition, parts } = chooseTable(candidates, chosen, 'tables of GLORIA', place);
  for (const { part, file, ...of } of unpriced) if (of.edition === edition) parts.set(part, file);
  const missing = PARTS.filter((part) => !parts.has(part));
  if (missing.length > 0) throw new ModelError(`${place}: GLORIA of ${title} lacks ${missing.join(', ')}`, COMPLETE);
  return {
    title: `${edition.replace(' ', ', release ')}, ${price}`,
    parts: Object.fromEntries(parts) as Record<Part, InFiles>,
  };
}

interface Labels {
  readonly regions: readonly string[];
  readonly sectors: readonly string[];
  readonly inputs: readonly string[];
  readonly categories: readonly string[];
  readonly satellites: readonly RowLabel[];
}

async function readLabels(files: Files): Promise<Labels> {
  const found = files.names.filter((name) => README.test(name));
  const path = found.length === 1 ? files.path(found[0]!) : null;
  if (path === null) throw new ModelError(`${files.place} holds ${found.length} GLORIA_ReadMe, not one`, COMPLETE);
  const workbook = await openWorkbook(path);
  const column = async (sheet: string, header: string): Promise<string[]> =>
    (await readColumns(workbook, path, sheet, [header])).map(([text]) => text!);
  const satellites = await readColumns(workbook, path, 'Satellites', [
    'Sat_indicator',
    'Sat_head_indicator',
    'Sat_unit',
  ]);
  return {
    regions: await column('Regions', 'Region_acronyms'),
    sectors: await column('Sectors', 'Sector_names'),
    inputs: await column('Value added and final demand', 'Value_added_names'),
    categories: await column('Value added and final demand', 'Final_demand_names'),
    satellites: satellites.map(([indicator, head, unit]) => {
      const name = spoken([head!, indicator!].filter((text) => text !== ''));
      return { kind: 'stressor', name, unit: unit === '' ? null : unit! };
    }),
  };
}

/** The texts below some headers in the first row of a sheet, where the first of them has any. */
async function readColumns(
  workbook: Workbook,
  path: string,
  name: string,
  headers: readonly string[],
): Promise<string[][]> {
  const sheet = workbook.sheets.find((candidate) => candidate.name === name);
  if (sheet === undefined) throw new ModelError(`${path} has no sheet "${name}"`, COMPLETE);
  let at: number[] | null = null;
  const rows: string[][] = [];
  for await (const { values } of sheet.rows()) {
    if (at === null) {
      at = headers.map((header) => values.findIndex((value) => textOf(value) === header));
      const missing = headers.find((_, i) => at![i] === -1);
      if (missing !== undefined) throw new ModelError(`${path}, sheet "${name}", has no column ${missing}`, COMPLETE);
    } else if (textOf(values[at[0]!]) !== null) {
      rows.push(at.map((position) => textOf(values[position]) ?? ''));
    }
  }
  return rows;
}
