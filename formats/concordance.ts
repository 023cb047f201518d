import { ModelError } from '../mrio/error.ts';
import { bareName, plainName } from './account-names.ts';
import { NameIndex } from './name-index.ts';
import { accountsOf, type AccountLabel, type OpenTable } from './open-table.ts';

/** A region of the study, or another name by which tables call it. */
export interface RegionName {
  readonly name: string;
  readonly region: string;
}

/** A sector of a list that tables are published in, and the sector of the study that it belongs to. */
export interface ListedSector {
  readonly list: string;
  readonly code: string;
  /** Names in any language. */
  readonly names: readonly string[];
  readonly sector: number;
}

/** What the labels of a file mean in a study. */
export interface Concordance {
  /** Lists that were found to be those of the file, for people. */
  readonly list: string;
  /** Region and sector of the study that an account belongs to. */
  readonly region: (label: Pick<AccountLabel, 'region'>) => string;
  readonly sector: (label: AccountLabel) => number;
}

/** Endings that names of places may have or lack. */
const ENDINGS =
  /(省|市|地区|盟|(维吾尔|壮族|回族)?自治区|province|municipality|city|autonomousregion|(uygur|uyghur|zhuang|hui)autonomousregion)$/;
const barePlace = (name: string): string => bareName(name).replace(ENDINGS, '');

/**
 * Finds for every region and sector of a table which one of the study it is. Of a sector its name counts before its code,
 * which is another in other lists.
 * @param names of regions of the study: codes, names in each language, other names
 * @param lists lists of sectors that tables are published in
 * @param chosen name of the list; null: the one whose names the table has
 * Throws a ModelError that names the regions or sectors that nothing fits, or more than one thing, or that are the same one,
 * and the lists that fit equally well.
 */
export function concordanceOf(
  table: Pick<OpenTable, 'rows' | 'columns' | 'place'>,
  names: readonly RegionName[],
  lists: readonly ListedSector[],
  place: string,
  chosen: string | null = null,
): Concordance {
  const accounts = accountsOf(table.rows);
  const demand = table.columns.flatMap((column) => (column.kind === 'final demand' ? [column] : []));
  const regions = regionsByName([...accounts, ...demand], names, table, place);
  const list = chosen === null ? listOf(accounts, lists, place) : named(chosen, lists);
  const sectors = sectorsByLabel(accounts, list, place);
  return {
    list: list[0]!.list,
    region: ({ region }) => regions.get(region)!,
    sector: (label) => sectors.get(keyOf(label))!,
  };
}

const keyOf = ({ code, sector }: AccountLabel): string => `${code ?? ''} ${sector}`;

/** The sectors of a table, each once: a list of cells need not have all of them in every region. */
export function sectorsOf(accounts: readonly AccountLabel[]): AccountLabel[] {
  const found = new Map<string, AccountLabel>();
  for (const label of accounts) {
    const key = label.code ?? plainName(label.sector);
    if (!found.has(key)) found.set(key, label);
  }
  return [...found.values()];
}

function regionsByName(
  labelled: readonly Pick<AccountLabel, 'region'>[],
  names: readonly RegionName[],
  table: Pick<OpenTable, 'rows' | 'columns' | 'place'>,
  place: string,
): Map<string, string> {
  const known = new NameIndex(
    names.map(({ name, region }) => [name, region] as const),
    [plainName, bareName, barePlace],
  );
  const labels = [...new Set(labelled.map(({ region }) => region))];
  const [only, ...more] = new Set(names.map(({ region }) => region));
  // A table of one region need not name it, where the study has one only.
  if (labels.length === 1 && labels[0] === '' && only !== undefined && more.length === 0) return new Map([['', only]]);
  const found = labels.map((label) => ({ label, regions: label === '' ? [] : known.find(label) }));
  const unclear = found.find(({ regions }) => regions.length > 1);
  if (unclear !== undefined)
    throw new ModelError(
      `${place}: region "${unclear.label}" may be ${unclear.regions.join(' or ')}`,
      'write out which it is, or add the name to the table region_name with the region that it belongs to',
    );
  const unknown = found.filter(({ regions }) => regions.length === 0).map(({ label }) => label);
  if (unknown.length > 0) {
    throw new ModelError(
      `${place} has ${unknown.length === 1 ? 'a region' : `${unknown.length} regions`} of no known name: ${unknown.slice(0, 10).join(', ')} (${whereIs(unknown[0]!, table)})`,
      'correct them, or add the names to the table region_name (data-raw/region-names.csv), with the region that each belongs to; a study with a base names it under sources',
    );
  }
  return new Map(found.map(({ label, regions: [region] }) => [label, region!]));
}

/** The first cell of a row or column of a region. */
function whereIs(region: string, { rows, columns, place }: Pick<OpenTable, 'rows' | 'columns' | 'place'>): string {
  const is = (label: { readonly kind: string; readonly region?: string }) => label.region === region;
  const row = rows.findIndex(is);
  return row === -1 ? place(0, columns.findIndex(is)) : place(row, 0);
}

const named = (list: string, lists: readonly ListedSector[]): ListedSector[] => {
  const found = lists.filter((sector) => sector.list === list);
  if (found.length > 0) return found;
  throw new ModelError(
    `there is no list of sectors "${list}"`,
    `there are ${namesOf(lists).join(', ')}: see data-raw/sector-lists.csv`,
  );
};

const namesOf = (lists: readonly ListedSector[]): string[] => [...new Set(lists.map(({ list }) => list))];

/** The list that has the most of the table's sectors by name, or if it has codes only, by code. */
function listOf(accounts: readonly AccountLabel[], lists: readonly ListedSector[], place: string): ListedSector[] {
  const sectors = sectorsOf(accounts);
  const scored = namesOf(lists)
    .map((name) => lists.filter(({ list }) => list === name))
    .filter((list) => list.length === sectors.length)
    .map((list) => {
      const names = namesIn(list);
      return { list, names, fits: sectors.filter((label) => byName(label, names) !== undefined).length };
    });
  const best = Math.max(0, ...scored.map(({ fits }) => fits));
  // A few names may be written otherwise.
  const likely = scored.filter(({ fits }) => (best > 0.5 * sectors.length ? fits === best : true));
  const fitting = likely.filter(({ list, names }) =>
    sectors.every((label) => bestMatch(label, list, names) !== undefined),
  );
  if (fitting.length === 1) return fitting[0]!.list;
  if (fitting.length > 1) {
    throw new ModelError(
      `${place}: its ${sectors.length} sectors may be those of ${fitting.map(({ list }) => list[0]!.list).join(' or ')}`,
      'say with the parameter that names the list (sector_list, reference_sector_list, target_sector_list) which they are; the numbers mean different sectors',
    );
  }
  const anywhere = namesIn(lists);
  const examples = sectors.filter(({ sector }) => anywhere.find(sector).length === 0);
  throw new ModelError(
    `${place}: its ${sectors.length} sectors are those of no known list${
      examples.length === 0
        ? ''
        : `; not known are ${examples
            .slice(0, 5)
            .map(({ code, sector }) => `${code ?? ''} ${sector}`.trim())
            .join(', ')}`
    }`,
    `add its list to the table sector_list (data-raw/sector-lists.csv), which a study with a base names under sources; the lists are ${namesOf(lists).join(', ')}`,
  );
}

const namesIn = (list: readonly ListedSector[]): NameIndex<ListedSector> =>
  new NameIndex(
    list.flatMap((listed) => listed.names.map((name) => [name, listed] as const)),
    [plainName, bareName],
  );

/** The sector that a label names; of several that it may name the one with its code. */
function byName(label: AccountLabel, names: NameIndex<ListedSector>): ListedSector | undefined {
  const found = names.find(label.sector);
  return found.length > 1 ? byCode(label, found) : found[0];
}

const byCode = ({ code, sector }: AccountLabel, list: readonly ListedSector[]): ListedSector | undefined =>
  list.find((listed) => Number(listed.code) === Number(code ?? sector));

const bestMatch = (
  label: AccountLabel,
  list: readonly ListedSector[],
  names: NameIndex<ListedSector>,
): ListedSector | undefined => byName(label, names) ?? byCode(label, list);

function sectorsByLabel(
  accounts: readonly AccountLabel[],
  list: readonly ListedSector[],
  place: string,
): Map<string, number> {
  const names = namesIn(list);
  const matches = new Map<string, ListedSector>();
  for (const label of accounts) {
    if (matches.has(keyOf(label))) continue;
    const match = bestMatch(label, list, names);
    if (match === undefined)
      throw new ModelError(
        `${place}: sector "${keyOf(label).trim()}" of ${label.region} is not in the list ${list[0]!.list}`,
        'correct it, or add it to data-raw/sector-lists.csv',
      );
    matches.set(keyOf(label), match);
  }
  requireDifferent(accounts, (label) => matches.get(keyOf(label))!, place);
  return new Map([...matches].map(([key, { sector }]) => [key, sector]));
}

/** Throws a ModelError where two sectors of a region are one sector of the list. */
function requireDifferent(
  accounts: readonly AccountLabel[],
  listedAs: (label: AccountLabel) => ListedSector,
  place: string,
): void {
  const taken = new Map<string, AccountLabel>();
  for (const label of accounts) {
    const { list, code, names } = listedAs(label);
    const key = JSON.stringify([label.region, code, names]);
    const before = taken.get(key);
    if (before !== undefined)
      throw new ModelError(
        `${place}: sectors "${keyOf(before).trim()}" and "${keyOf(label).trim()}" of ${label.region} are both ${code} ${names[0] ?? ''} of the list ${list}`,
        'name them as the list does, or add a list that has both to data-raw/sector-lists.csv',
      );
    taken.set(key, label);
  }
}
