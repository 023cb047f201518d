import type { RegionName } from '../formats/concordance.ts';
import type { ListedSector } from '../formats/listed-sectors.ts';
import { ownSectors, regionNames, type Level } from '../formats/known-names.ts';
import { rows, type Queried } from './rows.ts';

/** All names by which tables may call the regions of the study: of region, region_name and place. */
export async function readRegionNames(context: Queried, level: Level): Promise<RegionName[]> {
  const regions = await rows(
    context,
    { code: 'text', name: 'text', name_zh: 'text or null', province: 'text', gb2260: 'text or null' },
    'SELECT code, name, name_zh, coalesce(province, code) AS province, gb2260 FROM region ORDER BY region.id, region.code',
  );
  return regionNames(
    regions.map((region) => ({ ...region, name_zh: region.name_zh ?? '', gb2260: region.gb2260 ?? '' })),
    await rows(context, { name: 'text', region: 'text' }, 'FROM region_name ORDER BY name'),
    await rows(context, { code: 'text', name_zh: 'text' }, 'FROM place ORDER BY code'),
    level,
  );
}

/** The lists of sectors that a table may be in: that of the study itself, of sector, and those of sector_list. */
export async function readSectorLists(context: Queried): Promise<ListedSector[]> {
  const own = await rows(context, { id: 'number', name: 'text', name_zh: 'text or null' }, 'FROM sector ORDER BY id');
  const listed = await rows(
    context,
    { list: 'text', code: 'text', name: 'text', name_zh: 'text or null', sector: 'number' },
    'FROM sector_list ORDER BY list, code',
  );
  return [
    ...ownSectors(own.map((sector) => ({ ...sector, name_zh: sector.name_zh ?? '' }))),
    ...listed.map(({ list, code, name, name_zh, sector }) => ({
      ...{ list, code, sector },
      names: [name, name_zh ?? ''].filter((text) => text !== ''),
    })),
  ];
}
