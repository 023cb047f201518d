import type { RegionName } from './concordance.ts';
import type { ListedSector } from './listed-sectors.ts';

/** A region of a study: `province` is what it lies in, `gb2260` the leading digits of its place codes, if it has any. */
export interface StudyRegion {
  readonly code: string;
  readonly name: string;
  readonly name_zh: string;
  readonly province: string;
  readonly gb2260: string;
}

/** What a table is divided into: the regions of the study, or the provinces that they lie in. */
export type Level = 'region' | 'province';

/**
 * All names by which tables may call the regions of a study: codes, names, Chinese names, names and codes of the places in
 * them, and other names that are listed.
 */
export function regionNames(
  regions: readonly StudyRegion[],
  others: readonly RegionName[],
  places: readonly { readonly code: string; readonly name_zh: string }[],
  level: Level,
): RegionName[] {
  const called = (region: StudyRegion): string => (level === 'region' ? region.code : region.province);
  const codes = new Set(regions.map(called));
  const own = regions.flatMap((region) =>
    [region.code, region.name, region.name_zh]
      .filter((name) => name !== '')
      .map((name) => ({ name, region: called(region) })),
  );
  const inThem = places.flatMap(({ code, name_zh }) => {
    const region = regions.find(({ gb2260 }) => gb2260 !== '' && code.startsWith(gb2260));
    return region === undefined ? [] : [code, name_zh].map((name) => ({ name, region: called(region) }));
  });
  const listed = others.filter(({ region }) => codes.has(region));
  const provinces = level === 'province' ? [...codes].map((code) => ({ name: code, region: code })) : [];
  // The first that has a name counts: a region before a place in it.
  const found = new Map<string, RegionName>();
  for (const one of [...own, ...provinces, ...listed, ...inThem]) if (!found.has(one.name)) found.set(one.name, one);
  return [...found.values()];
}

/** The sectors of the study as a list of their own: a table may be in them already. */
export const ownSectors = (
  sectors: readonly { readonly id: number; readonly name: string; readonly name_zh: string }[],
): ListedSector[] =>
  sectors.map(({ id, name, name_zh }) => ({
    list: 'the study',
    code: String(id),
    names: [name, name_zh].filter((text) => text !== ''),
    sector: id,
  }));
