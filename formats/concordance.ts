import { ModelError } from '../mrio/error.ts';
import { bareName, plainName } from './account-names.ts';
import { listOf, namedList, sectorsByLabel, shownSector, type ListedSector, type Written } from './listed-sectors.ts';
import { NameIndex, shortened } from './name-index.ts';
import { accountsOf, type AccountLabel, type OpenTable } from './open-table.ts';

/** A region of the study, or another name by which tables call it. */
export interface RegionName {
  readonly name: string;
  readonly region: string;
}

/** What the labels of a file mean in a study. */
export interface Concordance {
  /** Lists that were found to be those of the file, for people. */
  readonly list: string;
  /** Region and sector of the study that an account belongs to. */
  readonly region: (label: Pick<AccountLabel, 'region'>) => string;
  readonly sector: (label: AccountLabel) => number;
  /** What its reader should know, such as sectors that were taken by their codes; left out: nothing. */
  readonly notices?: readonly string[];
}

/** What a concordance is made of. */
type Labelled = Pick<OpenTable, 'rows' | 'columns' | 'place' | 'labelPlace' | 'columnName'>;

/** Endings that names of places may have or lack. */
const ENDINGS =
  /(省|市|地区|盟|(维吾尔|壮族|回族)?自治区|province|municipality|city|autonomousregion|(uygur|uyghur|zhuang|hui)autonomousregion)$/;
const barePlace = (name: string): string => bareName(name).replace(ENDINGS, '');

/**
 * Finds for every region and sector of a table which one of the study it is. Of a sector its name counts before its code,
 * which is another in other lists; where they contradict each other all sectors have to be known by name, the same above and
 * at the left.
 * @param names of regions of the study: codes, names in each language, other names
 * @param lists lists of sectors that tables are published in
 * @param chosen name of the list; null: the one whose names the table has
 * Throws a ModelError that names the regions or sectors that nothing fits, or more than one thing, or that are the same one,
 * and the lists that fit equally well.
 */
export function concordanceOf(
  table: Labelled,
  names: readonly RegionName[],
  lists: readonly ListedSector[],
  place: string,
  chosen: string | null = null,
): Concordance {
  const accounts = accountsOf(table.rows);
  const demand = table.columns.flatMap((column) => (column.kind === 'final demand' ? [column] : []));
  const regions = regionsByName([...accounts, ...demand], names, table, place);
  const list = chosen === null ? listOf(accounts, lists, place) : namedList(chosen, lists);
  const { sectors, notices } = sectorsByLabel(accounts, list, place, writtenIn(table));
  return {
    list: list[0]!.list,
    region: ({ region }) => regions.get(region)!,
    sector: (label) => sectors.get(shownSector(label))!,
    notices,
  };
}

/** Where accounts are named, and how their columns are called above. */
function writtenIn({ rows, columns, place, labelPlace, columnName }: Labelled): Written {
  return {
    where: (label) => {
      const at = rows.indexOf(label);
      return labelPlace?.('row', at, 'name')?.place ?? place(at, 0);
    },
    above: (label) =>
      columns.flatMap((column, at) => {
        const name = columnName?.(at) ?? null;
        if (name === null || column.kind !== 'account' || shownSector(column) !== shownSector(label)) return [];
        return [{ name, cell: labelPlace?.('column', at, 'name')?.cell ?? place(0, at) }];
      }),
  };
}

function regionsByName(
  labelled: readonly Pick<AccountLabel, 'region'>[],
  names: readonly RegionName[],
  table: Labelled,
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

/** The labels of a region, or where there are none, the first cell of a row or column of it. */
function whereIs(region: string, { rows, columns, place, labelPlace }: Labelled): string {
  const is = (label: { readonly kind: string; readonly region?: string }) => label.region === region;
  const axes = [
    ['column', columns],
    ['row', rows],
  ] as const;
  const labels = axes.flatMap(([axis, all]) =>
    all.flatMap((label, at) => (is(label) ? [labelPlace?.(axis, at, 'region') ?? null] : [])),
  );
  const found = new Map(labels.flatMap((label) => (label === null ? [] : [[label.cell, label] as const])));
  const [first, ...more] = found.values();
  // A table may name it at each row.
  if (first !== undefined) return shortened([first.place, ...more.map(({ cell }) => cell)], 4);
  const row = rows.findIndex(is);
  return row === -1 ? place(0, columns.findIndex(is)) : place(row, 0);
}
