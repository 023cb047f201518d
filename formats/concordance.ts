import { ModelError } from '../mrio/error.ts';
import { bareName } from './account-names.ts';
import type { AccountLabel, OpenTable } from './open-table.ts';

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
 * Finds for every region and sector of a table which one of the study it is.
 * @param names of regions of the study: codes, names in each language, other names
 * @param lists lists of sectors that tables are published in
 * @param chosen name of the list; null: the one whose names the table has
 * Throws a ModelError that names the regions or sectors that nothing fits, or the lists that fit equally well.
 */
export function concordanceOf(
  table: Pick<OpenTable, 'rows'>,
  names: readonly RegionName[],
  lists: readonly ListedSector[],
  place: string,
  chosen: string | null = null,
): Concordance {
  const accounts = table.rows.flatMap((row) => (row.kind === 'account' ? [row] : []));
  const regions = regionsByName(accounts, names, place);
  const list = chosen === null ? listOf(accounts, lists, place) : named(chosen, lists);
  const sectors = sectorsByLabel(accounts, list, place);
  return {
    list: list[0]!.list,
    region: ({ region }) => regions.get(region)!,
    sector: (label) => sectors.get(keyOf(label))!,
  };
}

const keyOf = ({ code, sector }: AccountLabel): string => `${code ?? ''} ${sector}`;

function regionsByName(
  accounts: readonly AccountLabel[],
  names: readonly RegionName[],
  place: string,
): Map<string, string> {
  const known = new Map(names.map(({ name, region }) => [barePlace(name), region]));
  const labels = [...new Set(accounts.map(({ region }) => region))];
  const [only, ...more] = new Set(names.map(({ region }) => region));
  // A table of one region need not name it, where the study has one only.
  if (labels.length === 1 && labels[0] === '' && only !== undefined && more.length === 0) known.set('', only);
  const unknown = labels.filter((label) => !known.has(barePlace(label)));
  if (unknown.length > 0) {
    throw new ModelError(
      `${place} has ${unknown.length === 1 ? 'a region' : `${unknown.length} regions`} of no known name: ${unknown.slice(0, 10).join(', ')}`,
      'add the names to the table region_name (data-raw/region-names.csv), with the region that each belongs to; a study with a base names it under sources',
    );
  }
  return new Map(labels.map((label) => [label, known.get(barePlace(label))!]));
}

const named = (list: string, lists: readonly ListedSector[]): ListedSector[] => {
  const found = lists.filter((sector) => sector.list === list);
  if (found.length > 0) return found;
  throw new ModelError(
    `there is no list of sectors "${list}"`,
    `known are ${namesOf(lists).join(', ')}: see data-raw/sector-lists.csv`,
  );
};

const namesOf = (lists: readonly ListedSector[]): string[] => [...new Set(lists.map(({ list }) => list))];

/** The list that has the most of the table's sectors by name, or if it has codes only, by code. */
function listOf(accounts: readonly AccountLabel[], lists: readonly ListedSector[], place: string): ListedSector[] {
  const first = accounts.filter(({ region }) => region === accounts[0]!.region);
  const scored = namesOf(lists)
    .map((name) => lists.filter(({ list }) => list === name))
    .filter((list) => list.length === first.length)
    .map((list) => ({ list, fits: first.filter((label) => byName(label, list) !== undefined).length }));
  const best = Math.max(0, ...scored.map(({ fits }) => fits));
  // A few names may be written otherwise.
  const likely = scored.filter(({ fits }) => (best > 0.5 * first.length ? fits === best : true));
  const fitting = likely.filter(({ list }) => first.every((label) => bestMatch(label, list) !== undefined));
  if (fitting.length === 1) return fitting[0]!.list;
  if (fitting.length > 1) {
    throw new ModelError(
      `${place}: its ${first.length} sectors may be those of ${fitting.map(({ list }) => list[0]!.list).join(' or ')}`,
      'say with the parameter sector_list which they are; the numbers mean different sectors',
    );
  }
  const examples = first.filter((label) => !lists.some((sector) => byName(label, [sector]) !== undefined));
  throw new ModelError(
    `${place}: its ${first.length} sectors are those of no known list${
      examples.length === 0
        ? ''
        : `; not known are ${examples
            .slice(0, 5)
            .map(({ code, sector }) => `${code ?? ''} ${sector}`.trim())
            .join(', ')}`
    }`,
    `add its list to the table sector_list (data-raw/sector-lists.csv), which a study with a base names under sources; known are ${namesOf(lists).join(', ')}`,
  );
}

const byName = ({ sector }: AccountLabel, list: readonly ListedSector[]): ListedSector | undefined =>
  list.find(({ names }) => names.some((name) => bareName(name) === bareName(sector)));

const byCode = ({ code, sector }: AccountLabel, list: readonly ListedSector[]): ListedSector | undefined =>
  list.find((listed) => Number(listed.code) === Number(code ?? sector));

const bestMatch = (label: AccountLabel, list: readonly ListedSector[]): ListedSector | undefined =>
  byName(label, list) ?? byCode(label, list);

function sectorsByLabel(
  accounts: readonly AccountLabel[],
  list: readonly ListedSector[],
  place: string,
): Map<string, number> {
  const found = new Map<string, number>();
  for (const label of accounts) {
    if (found.has(keyOf(label))) continue;
    const match = bestMatch(label, list);
    if (match === undefined)
      throw new ModelError(
        `${place}: sector "${keyOf(label).trim()}" of ${label.region} is not in the list ${list[0]!.list}`,
        'correct it, or add it to data-raw/sector-lists.csv',
      );
    found.set(keyOf(label), match.sector);
  }
  return found;
}
