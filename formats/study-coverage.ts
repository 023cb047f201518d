import { ModelError } from '../mrio/error.ts';
import type { Concordance, RegionName } from './concordance.ts';
import { accountsOf, type OpenTable } from './open-table.ts';

/** Regions, of those that there are to be, that no row of a table is of: `XZ (Tibet)`. */
export function missingRegions(
  { rows }: Pick<OpenTable, 'rows'>,
  { region }: Pick<Concordance, 'region'>,
  regions: readonly string[],
  names: readonly RegionName[],
): string[] {
  const there = new Set(accountsOf(rows).map(region));
  return regions
    .filter((code) => !there.has(code))
    .map((code) => {
      // Behind the code of a province that has several regions, and their names, comes its own name.
      const own = names.slice(names.findIndex(({ name }) => name === code) + 1);
      const called = own.find(({ name, region: of }) => of === code && !/^\d+$/.test(name));
      return called === undefined ? code : `${code} (${called.name})`;
    });
}

/**
 * Throws a ModelError that names regions and sectors of the study that no row of a table is of, before its totals are looked
 * at: they miss what is left out too. A study of all its regions is not to be one of some of them without being told.
 */
export function requireWholeStudy(
  open: Pick<OpenTable, 'rows'>,
  concordance: Concordance,
  study: { readonly regions: readonly string[]; readonly sectors: readonly number[] },
  names: readonly RegionName[],
  place: string,
): void {
  const missing = missingRegions(open, concordance, study.regions, names);
  if (missing.length > 0)
    throw new ModelError(
      `${place} has no rows for ${missing.join(', ')}: ${missing.length === 1 ? 'a region' : `${missing.length} regions`} of the study`,
      `give a table with all regions of the study; to run it without ${missing.length === 1 ? 'that region, take it' : 'those regions, take them'} out of the file of regions (the source region of the study's pipeline file) and out of the files that point to it, as docs/data.md says under Regions`,
    );
  const sectors = new Set(accountsOf(open.rows).map(concordance.sector));
  const without = study.sectors.filter((sector) => !sectors.has(sector));
  if (without.length > 0)
    throw new ModelError(
      `${place} has no rows for sectors ${without.join(', ')} of the study: no sector of the list ${concordance.list} that it has belongs to them`,
      'give a table with all sectors of the study, or name for these in the list (data-raw/sector-lists.csv) what belongs to them',
    );
}
