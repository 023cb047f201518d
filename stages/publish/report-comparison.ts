import { html, nothing, table, type Markup } from './html.ts';
import type { Comparison, ReportData } from './report-data.ts';
import { ABSENT, difference, general, percentage } from './report-numbers.ts';

/** What agreement says, by kind of evidence. */
const AGREEMENT: Readonly<Record<string, string>> = {
  'published fact': 'recomputed from what the study prints; agreement is evidence',
  'calibrated stand-in': 'the stand-in inputs were fitted to these figures; agreement is calibration, never evidence',
  'stand-in': 'from stand-in inputs that were not fitted to these figures; agreement is no evidence',
  "user's data": 'from the user’s own data; agreement is evidence',
};

/** Ours against the printed figures, by kind of evidence. */
export function comparisonTable({ comparisons, ...data }: ReportData, source: Markup): Markup {
  const kinds = [...new Set(comparisons.map(({ evidence }) => evidence))];
  const rank = (kind: string): number => Object.keys(AGREEMENT).indexOf(kind);
  kinds.sort((a, b) => rank(a) - rank(b));
  return table({
    caption: html`<p>
        <strong>Table 3.</strong> Every figure that the study prints, and the same figure computed here. Differences are
        relative to the printed figure.
      </p>
      ${source}`,
    columns: [
      { head: 'Figure', kind: 'text' },
      { head: 'In print', kind: 'text' },
      { head: 'Printed', kind: 'number' },
      { head: 'Ours', kind: 'number' },
      { head: 'Unit', kind: 'text' },
      { head: 'Difference', kind: 'number' },
      { head: 'Note', kind: 'text' },
    ],
    bodies: kinds.map((kind) => ({
      head: html`${sentenceCase(kind)} <span class="quiet">${AGREEMENT[kind] ?? ''}</span>`,
      rows: comparisons
        .filter(({ evidence }) => evidence === kind)
        .map((comparison) => comparisonRow(comparison, data)),
    })),
  });
}

type Names = Pick<ReportData, 'regionNames' | 'sectorNames' | 'factors'>;

function comparisonRow(comparison: Comparison, names: Names): (string | Markup)[] {
  const { statistic, place, printed, ours, note } = comparison;
  const { show, unit, compared } = scale(comparison);
  return [
    html`<span class="name">${label(comparison, names)}</span> <code class="identifier">${breakable(statistic)}</code>`,
    html`<span class="whole">${place ?? ''}</span>`,
    show(printed),
    show(ours),
    html`<span class="whole">${unit}</span>`,
    compared,
    html`<span class="note">${note ?? ''}</span>`,
  ];
}

/** How a figure is shown: shares in percent, orders in words, all else as a number with its unit. */
function scale({ kind, unit, printed, ours, difference: relative }: Comparison) {
  if (kind === 'order') {
    const known = !Number.isNaN(ours);
    return { show: orderWord(unit), unit: '', compared: known ? (printed === ours ? 'same' : 'differs') : ABSENT };
  }
  const compared = difference(relative);
  if (kind === 'share' && unit === '1') return { show: (share: number) => percentage(share), unit: '%', compared };
  return { show: general, unit: unit === '1' ? '' : unit, compared };
}

const ORIENTATIONS = new Map([
  [-1, 'consumer'],
  [0, 'balanced'],
  [1, 'production'],
]);

const orderWord =
  (unit: string) =>
  (value: number): string => {
    if (Number.isNaN(value)) return ABSENT;
    if (unit === 'orientation') return ORIENTATIONS.get(value) ?? general(value);
    return value === 0 ? 'no' : 'yes';
  };

/** What is compared, from its measure and the regions and sectors it is taken over. */
function label({ statistic, measure, ...taken }: Comparison, names: Names): string {
  const from = accounts(taken.fromRegions, taken.fromSectors, names);
  const to = accounts(taken.toRegions, taken.toSectors, names);
  const factor = names.factors.find((known) => statistic === `${String(measure)}_${known.factor}`);
  if (measure !== null && factor !== undefined) return `${sentenceCase(measure)}: ${factor.label}`;
  if (measure === null || from + to === '') return sentenceCase(statistic.replaceAll('_', ' '));
  const over = from !== '' && to !== '' ? `${from} → ${to}` : from + to;
  return `${sentenceCase(measure)}: ${over}`;
}

function accounts(regions: string | null, sectors: string | null, names: Names): string {
  return [named(regions, names.regionNames, 'cities'), named(sectors, names.sectorNames, 'sectors')]
    .filter((part) => part !== '')
    .join(', ');
}

/** Names of a few codes, the number of many. */
function named(codes: string | null, names: ReadonlyMap<string, string>, many: string): string {
  if (codes === null) return '';
  const list = codes.split(' ');
  return list.length > 4 ? `${list.length} ${many}` : list.map((code) => names.get(code) ?? code).join(', ');
}

/** A name that may be broken after an underscore. */
const breakable = (name: string): Markup[] =>
  name.split('_').map((part, i) => html`${i === 0 ? nothing : html`_<wbr />`}${part}`);

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
