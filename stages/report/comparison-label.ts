import { sentenceCase } from './html.ts';
import type { Comparison, ReportData } from './data.ts';

type Names = Pick<ReportData, 'words' | 'regionNames' | 'sectorNames' | 'factors'>;

/** What is compared, from its measure and the regions and sectors it is taken over. */
export function comparisonLabel({ statistic, measure, ...taken }: Comparison, names: Names): string {
  const from = accounts(taken.fromRegions, taken.fromSectors, names);
  const to = accounts(taken.toRegions, taken.toSectors, names);
  const factor = names.factors?.factors.find((known) => statistic === `${String(measure)}_${known.factor}`);
  if (measure !== null && factor !== undefined) return `${sentenceCase(measure)}: ${factor.label}`;
  if (measure === null || from + to === '') return sentenceCase(statistic.replaceAll('_', ' '));
  const over = from !== '' && to !== '' ? `${from} → ${to}` : from + to;
  return `${sentenceCase(measure)}: ${over}`;
}

function accounts(regions: string | null, sectors: string | null, names: Names): string {
  return [named(regions, names.regionNames, names.words.region.many), named(sectors, names.sectorNames, 'sectors')]
    .filter((part) => part !== '')
    .join(', ');
}

/** Names of a few codes, the number of many. */
function named(codes: string | null, names: ReadonlyMap<string, string>, many: string): string {
  if (codes === null) return '';
  const list = codes.split(' ');
  return list.length > 4 ? `${list.length} ${many}` : list.map((code) => names.get(code) ?? code).join(', ');
}
