import { ModelError } from '../mrio/error.ts';
import { bareName, plainName } from './account-names.ts';
import { sectorsOf, type ListedSector } from './concordance.ts';
import { NameIndex, shortened } from './name-index.ts';
import type { AccountLabel } from './open-table.ts';

/** What tells the sectors of a table apart: code and name. */
export const keyOf = ({ code, sector }: AccountLabel): string => `${code ?? ''} ${sector}`;

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
    const unknown = sectors.filter((_, k) => matched[k] === undefined).map((label) => keyOf(label).trim());
    const missing = list.filter((one) => !found.has(one)).map(({ code, names: [first] }) => `${code} ${first ?? ''}`);
    return { name, found, unknown, missing };
  });
  const [best] = compared.toSorted((a, b) => b.found.size - a.found.size || a.missing.length - b.missing.length);
  if (best === undefined || best.found.size === 0)
    return `; not known are ${shortened(
      sectors.map((label) => keyOf(label).trim()),
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

/** Of so many of its sectors code and name have to agree before codes are held to be those of the list. */
const AGREE = 0.8;

/**
 * The sector of the study for each sector of a table, and what was taken by its code or against it.
 * @param where the cell that names an account
 * @throws ModelError that names a sector that is not in the list, two that are one in it, or a name with another's code
 */
export function sectorsByLabel(
  accounts: readonly AccountLabel[],
  list: readonly ListedSector[],
  place: string,
  where: (label: AccountLabel) => string,
): { readonly sectors: ReadonlyMap<string, number>; readonly notices: readonly string[] } {
  const names = namesIn(list);
  const matches = new Map<string, ListedSector>();
  const taken: string[] = [];
  const contradicting: { label: AccountLabel; coded: ListedSector }[] = [];
  let agreeing = 0;
  for (const label of accounts) {
    if (matches.has(keyOf(label))) continue;
    const [named, coded] = [byName(label, names), byCode(label, list)];
    const match = named ?? coded;
    if (match === undefined)
      throw new ModelError(
        `${place}: sector "${keyOf(label).trim()}" of ${label.region} is not in the list ${list[0]!.list} (${where(label)})`,
        'correct it, or add it to data-raw/sector-lists.csv',
      );
    matches.set(keyOf(label), match);
    if (named === undefined && Number.isNaN(Number(label.sector)))
      taken.push(`${keyOf(label).trim()} (${where(label)}), in the list ${match.names[0] ?? match.code}`);
    if (named !== undefined && coded !== undefined && label.code != null) {
      if (named === coded) agreeing++;
      else contradicting.push({ label, coded });
    }
  }
  const [first] = contradicting;
  if (first !== undefined && agreeing > AGREE * matches.size)
    throw new ModelError(
      `${place}: ${where(first.label)} has the name "${first.label.sector}", which the list ${list[0]!.list} has as ${byName(first.label, names)!.code}, with the code ${first.label.code!}, which is ${first.coded.names[0] ?? ''} there${contradicting.length === 1 ? '' : `; ${contradicting.length} sectors in all`}`,
      'correct the code or the name, the same above and at the left; where the codes are those of another list, add it to data-raw/sector-lists.csv and name it (sector_list, reference_sector_list, target_sector_list)',
    );
  requireDifferent(accounts, (label) => matches.get(keyOf(label))!, place);
  return {
    sectors: new Map([...matches].map(([key, { sector }]) => [key, sector])),
    notices: [
      ...(taken.length > 0 ? [`taken by its code: ${shortened(taken, SHOWN)}`] : []),
      ...(first === undefined
        ? []
        : [
            `taken by its name, with another code than in the list: ${shortened(
              contradicting.map(({ label }) => `${keyOf(label)} (${where(label)})`),
              SHOWN,
            )}`,
          ]),
    ],
  };
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
