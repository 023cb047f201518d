import { posix } from 'node:path';
import { ModelError } from '../mrio/error.ts';
import { openBareBlocks } from './delimited/bare-block.ts';
import { blockTable } from './delimited/block-table.ts';
import { openFiles, type Files } from './delimited/files.ts';
import { spoken } from './delimited/frame.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel } from './open-table.ts';
import { openWorkbook, textOf, type Workbook } from './workbook.ts';

export interface GloriaOptions {
  /** Needed only where the folder holds several years. */
  readonly year?: number;
  /** Basic (the default) or purchasers' prices of deliveries and final demand. */
  readonly price?: 'bp' | 'pp';
}

const MARKUP = { bp: '001', pp: '005' } as const;
const FILE = /_AllCountries_\d+_(T|Y|V|TQ|YQ)-Results_(\d{4})_(\d+)_Markup(\d+)\(full\)\.csv$/;
const README = /(?:^|\/)GLORIA_ReadMe_\w+\.xlsx$/;
type Part = 'T' | 'Y' | 'V' | 'TQ' | 'YQ';

/** Whether the labels are among files of these names. */
export const holdsGloria = (names: readonly string[]): boolean => names.some((name) => README.test(name));

/**
 * Opens a table of GLORIA of one year: a folder with GLORIA_MRIOs, GLORIA_SatelliteAccounts, each unpacked or as the
 * archive that is downloaded, and GLORIA_ReadMe.
 *
 * GLORIA is a system of supply and use: accounts of a region are its industries and then its products; industries
 * deliver to products what they make, products to industries what these use. Sectors are called `Fishing (industry)`
 * and `Fishing (product)`. Emissions and value added are those of industries. The files name no unit of money.
 * @throws ModelError where files are missing, or labels do not fit them
 */
export async function openGloria(path: string, options: GloriaOptions = {}): Promise<OpenTable> {
  const files = await openFiles(path);
  const { title, parts } = choose(await withArchives(files), files.place, options);
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

function choose(
  all: readonly InFiles[],
  place: string,
  { year, price = 'bp' }: GloriaOptions,
): { title: string; parts: Record<Part, InFiles> } {
  const tables = new Map<string, Map<string, InFiles>>();
  for (const file of all) {
    const found = FILE.exec(posix.basename(file.name));
    if (found === null) continue;
    const [, part, ofYear, release, markup] = found as unknown as [string, Part, string, string, string];
    // Value added and satellites have no price of their own.
    const wanted = part === 'T' || part === 'Y' ? MARKUP[price] : MARKUP.bp;
    if (markup !== wanted || (year !== undefined && ofYear !== String(year))) continue;
    const title = `${ofYear}, release ${release}`;
    tables.set(title, (tables.get(title) ?? new Map<string, InFiles>()).set(part, file));
  }
  const [first, ...others] = tables;
  if (first === undefined) throw new ModelError(`${place} holds no such table of GLORIA`, COMPLETE);
  if (others.length > 0) {
    throw new ModelError(
      `${place} holds several tables: ${[...tables.keys()].join('; ')}`,
      'choose a year, or give one release',
    );
  }
  const [title, parts] = first;
  const missing = (['T', 'Y', 'V', 'TQ', 'YQ'] as const).filter((part) => !parts.has(part));
  if (missing.length > 0) throw new ModelError(`${place}: GLORIA of ${title} lacks ${missing.join(', ')}`, COMPLETE);
  return { title: `${title}, ${price}`, parts: Object.fromEntries(parts) as Record<Part, InFiles> };
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
