import type { ListedSector, RegionName } from '../formats/concordance.ts';
import { ownSectors, regionNames, type Level, type StudyRegion } from '../formats/known-names.ts';
import type { StageContext } from '../runner/stage.ts';

/** What of a context is needed to read names. */
type Queried = Pick<StageContext, 'query'>;

const texts = (column: Iterable<string | number | null> | undefined): string[] =>
  Array.from(column ?? [], (text) => String(text ?? ''));

/** All names by which tables may call the regions of the study: of region, region_name and place. */
export async function readRegionNames(context: Queried, level: Level): Promise<RegionName[]> {
  const regions = await context.query(
    'SELECT code, name, name_zh, coalesce(province, code) AS province, gb2260 FROM region ORDER BY region.id, region.code',
  );
  const columns = ['code', 'name', 'name_zh', 'province', 'gb2260'] as const;
  const of = Object.fromEntries(columns.map((name) => [name, texts(regions[name])])) as Record<
    keyof StudyRegion,
    string[]
  >;
  const study = of.code.map(
    (_, r) => Object.fromEntries(columns.map((name) => [name, of[name][r]!])) as unknown as StudyRegion,
  );
  const others = await context.query('SELECT name, region FROM region_name ORDER BY name');
  const places = await context.query('SELECT code, name_zh FROM place ORDER BY code');
  const [otherNames, otherRegions] = [texts(others['name']), texts(others['region'])];
  const [codes, placeNames] = [texts(places['code']), texts(places['name_zh'])];
  return regionNames(
    study,
    otherNames.map((name, k) => ({ name, region: otherRegions[k]! })),
    codes.map((code, k) => ({ code, name_zh: placeNames[k]! })),
    level,
  );
}

/** The lists of sectors that a table may be in: that of the study itself, of sector, and those of sector_list. */
export async function readSectorLists(context: Queried): Promise<ListedSector[]> {
  const own = await context.query('SELECT id, name, name_zh FROM sector ORDER BY id');
  const [names, namesZh] = [texts(own['name']), texts(own['name_zh'])];
  const study = ownSectors(
    Array.from(own['id'] as Float64Array, (id, k) => ({ id, name: names[k]!, name_zh: namesZh[k]! })),
  );
  const listed = await context.query('SELECT list, code, name, name_zh, sector FROM sector_list ORDER BY list, code');
  const [list, code, name, nameZh] = ['list', 'code', 'name', 'name_zh'].map((column) => texts(listed[column]));
  const others = Array.from(listed['sector'] as Float64Array, (sector, k) => ({
    list: list![k]!,
    code: code![k]!,
    names: [name![k]!, nameZh![k]!].filter((text) => text !== ''),
    sector,
  }));
  return [...study, ...others];
}
