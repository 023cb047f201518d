import { ModelError } from '../mrio/error.ts';
import { bareName, plainName } from './account-names.ts';
import { NameIndex, shortened } from './name-index.ts';
import type { AccountLabel } from './open-table.ts';

/** A sector of a list that tables are published in, and the sector of the study that it belongs to. */
export interface ListedSector {
  readonly list: string;
  readonly code: string;
  /** Names in any language. */
  readonly names: readonly string[];
  readonly sector: number;
}

/** Code and name of a sector as messages show them: `16 Special machinery`. What is written alike is one sector. */
export const shownSector = ({ code, sector }: Pick<AccountLabel, 'code' | 'sector'>): string =>
  code == null || code === sector ? sector : `${code} ${sector}`;

/** The sectors of a table, each once: a list of cells need not have all of them in every region. */
export function sectorsOf(accounts: readonly AccountLabel[]): AccountLabel[] {
  const found = new Map<string, AccountLabel>();
  for (const label of accounts) {
    const key = label.code ?? plainName(label.sector);
    if (!found.has(key)) found.set(key, label);
  }
  return [...found.values()];
}

const SHOWN = 5;

/**
 * The sectors of a list.
 * @throws ModelError that names all lists where there is none of the name
 */
export const namedList = (list: string, lists: readonly ListedSector[]): ListedSector[] => {
  const found = lists.filter((sector) => sector.list === list);
  if (found.length > 0) return found;
  throw new ModelError(
    `there is no list of sectors "${list}"`,
    `there are ${namesOf(lists).join(', ')}: see data-raw/sector-lists.csv`,
  );
};

const namesOf = (lists: readonly ListedSector[]): string[] => [...new Set(lists.map(({ list }) => list))];

/** The list that has the most of the table's sectors by name, or if it has codes only, by code. */
export function listOf(
  accounts: readonly AccountLabel[],
  lists: readonly ListedSector[],
  place: string,
): ListedSector[] {
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
  throw new ModelError(
    `${place}: its ${sectors.length} sectors are those of no known list${nearest(sectors, lists)}`,
    `correct the sectors, or add their list to the table sector_list (data-raw/sector-lists.csv), which a study with a base names under sources; the lists are ${namesOf(lists).join(', ')}`,
  );
}

/** `; nearest is nbs-42 with 40 of them; of its own it has also 17 Machinery; not in it: 17 Spaceships`, or nothing. */
function nearest(sectors: readonly AccountLabel[], lists: readonly ListedSector[]): string {
  const compared = namesOf(lists).map((name) => {
    const list = lists.filter((one) => one.list === name);
    const names = namesIn(list);
    const matched = sectors.map(
      (label) => byName(label, names) ?? (label.sector === label.code ? byCode(label, list) : undefined),
    );
    const found = new Set(matched.filter((one) => one !== undefined));
    const unknown = sectors.filter((_, k) => matched[k] === undefined).map((label) => shownSector(label));
    const missing = list.filter((one) => !found.has(one)).map(({ code, names: [first] }) => `${code} ${first ?? ''}`);
    return { name, found, unknown, missing };
  });
  const [best] = compared.toSorted((a, b) => b.found.size - a.found.size || a.missing.length - b.missing.length);
  if (best === undefined || best.found.size === 0)
    return `; not known are ${shortened(
      sectors.map((label) => shownSector(label)),
      SHOWN,
    )}`;
  return [
    `; nearest is ${best.name}, which has ${best.found.size} of them`,
    ...(best.missing.length > 0 ? [`missing in the table: ${shortened(best.missing, SHOWN)}`] : []),
    ...(best.unknown.length > 0 ? [`not in the list: ${shortened(best.unknown, SHOWN)}`] : []),
  ].join('; ');
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

/** How a table writes and places its sectors, beside their labels at the left. */
export interface Written {
  /** The cell that names an account. */
  readonly where: (label: AccountLabel) => string;
  /** Names that stand above the columns of a sector, other than at the left, and their cells. */
  readonly above: (label: AccountLabel) => readonly { readonly name: string; readonly cell: string }[];
}

/** What a sector of a table is in a list. */
interface Match {
  readonly label: AccountLabel;
  readonly named: ListedSector | undefined;
  readonly coded: ListedSector | undefined;
  readonly listed: ListedSector;
}

/** Whether a sector has the name of one sector of the list and the code of another. */
const isContradiction = ({ label, named, coded }: Match): boolean =>
  label.code != null && named !== undefined && coded !== undefined && named !== coded;

/**
 * The sector of the study for each sector of a table, and what was taken by its code or against it.
 * @throws ModelError that names a sector that is not in the list, two that are one in it, or, where names contradict codes,
 * one whose name is another above, or leaves open what it is
 */
export function sectorsByLabel(
  accounts: readonly AccountLabel[],
  list: readonly ListedSector[],
  place: string,
  written: Written,
): { readonly sectors: ReadonlyMap<string, number>; readonly notices: readonly string[] } {
  const { where } = written;
  const names = namesIn(list);
  const matches = new Map<string, Match>();
  for (const label of accounts) {
    if (matches.has(shownSector(label))) continue;
    const [named, coded] = [byName(label, names), byCode(label, list)];
    const listed = named ?? coded;
    if (listed === undefined)
      throw new ModelError(
        `${place}: sector "${shownSector(label)}" of ${label.region} is not in the list ${list[0]!.list} (${where(label)})`,
        'correct it, or add it to data-raw/sector-lists.csv',
      );
    matches.set(shownSector(label), { label, named, coded, listed });
  }
  requireDifferent(accounts, (label) => matches.get(shownSector(label))!.listed, place);
  const found = [...matches.values()];
  const contradicting = found.filter(isContradiction);
  if (contradicting.length > 0) requireNames(found, contradicting, list, place, written);
  const taken = found.filter(({ label, named }) => named === undefined && Number.isNaN(Number(label.sector)));
  return {
    sectors: new Map([...matches].map(([key, { listed }]) => [key, listed.sector])),
    notices: [
      ...(taken.length === 0
        ? []
        : [
            `taken by its code: ${shortened(
              taken.map(
                ({ label, listed }) =>
                  `${shownSector(label)} (${where(label)}), in the list ${listed.names[0] ?? listed.code}`,
              ),
              SHOWN,
            )}`,
          ]),
      ...(contradicting.length === 0
        ? []
        : [
            `taken by its name, with another code than in the list: ${shortened(
              contradicting.map(({ label }) => `${shownSector(label)} (${where(label)})`),
              SHOWN,
            )}`,
          ]),
    ],
  };
}

/** Throws a ModelError where names that contradict codes do not say alone which sector is which. */
function requireNames(
  found: readonly Match[],
  contradicting: readonly Match[],
  list: readonly ListedSector[],
  place: string,
  { where, above }: Written,
): void {
  const names = namesIn(list);
  const said = ({ label, named, coded }: Match): string =>
    `${where(label)} has the name "${label.sector}", which the list ${named!.list} has as ${named!.code}, with the code ${label.code!}, which is ${coded!.names[0] ?? ''} there`;
  const remedy =
    'correct the code or the name, the same above and at the left; where the codes are those of another list, add it to data-raw/sector-lists.csv and name it (sector_list, reference_sector_list, target_sector_list)';
  for (const match of contradicting) {
    const { label, named } = match;
    const other = above(label).find(({ name }) => {
      const meant = byName({ ...label, sector: name }, names);
      return meant !== undefined && meant !== named;
    });
    if (other !== undefined)
      throw new ModelError(`${place}: ${said(match)}; above it is "${other.name}" (${other.cell})`, remedy);
  }
  // Where all others are known by name one that is not is what is left.
  const [unknown, ...more] = found.filter(({ named }) => named === undefined);
  if (unknown !== undefined && (more.length > 0 || found.length !== list.length))
    throw new ModelError(
      `${place}: "${shownSector(unknown.label)}" (${where(unknown.label)}) has no name of the list ${list[0]!.list}, and its code does not say what it is, as codes are others than those of the list: ${said(contradicting[0]!)}`,
      `name it as the list does; or ${remedy}`,
    );
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
        `${place}: sectors "${shownSector(before)}" and "${shownSector(label)}" of ${label.region} are both ${code} ${names[0] ?? ''} of the list ${list}`,
        'name them as the list does, or add a list that has both to data-raw/sector-lists.csv',
      );
    taken.set(key, label);
  }
}
