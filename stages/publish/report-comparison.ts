import { html, nothing, sentenceCase, table, type Markup } from './html.ts';
import { comparisonLabel } from './report-comparison-label.ts';
import { numberNotes, type NumberedNotes } from './report-comparison-notes.ts';
import type { Comparison, ReportData } from './report-data.ts';
import { orientationName } from './report-emissions.ts';
import { ABSENT, difference, fixed, general, percentage, points } from './report-numbers.ts';

/** What agreement says, by kind of evidence. */
const AGREEMENT: Readonly<Record<string, string>> = {
  'published fact': 'recomputed from what the study prints; agreement is evidence',
  'calibrated stand-in': 'the stand-in inputs were fitted to these figures; agreement is calibration, never evidence',
  'stand-in': 'from stand-in inputs that were not fitted to these figures; agreement is no evidence',
  "stand-in + user's data": 'partly from stand-in inputs; agreement is no evidence',
  "user's data": 'from the user’s own data; agreement is evidence',
};

/** Ours against the printed figures, by kind of evidence. */
export function comparisonTable(data: ReportData, source: Markup): Markup {
  const { comparisons } = data;
  const kinds = [...new Set(comparisons.map(({ evidence }) => evidence))];
  const rank = (kind: string): number => Object.keys(AGREEMENT).indexOf(kind);
  kinds.sort((a, b) => rank(a) - rank(b));
  const ordered = kinds.map((kind) => comparisons.filter(({ evidence }) => evidence === kind));
  const notes = numberNotes(ordered.flat().map((comparison) => notesOf(comparison, data)));
  return html`${table({
    caption: html`<p>
        <strong>Table 4.</strong> Every figure that the study prints, and the same figure computed here. Differences are
        relative to the printed figure; those of percentages are in percentage points.
      </p>
      ${source}`,
    columns: [
      { head: 'Figure', kind: 'text' },
      { head: 'In print', kind: 'text' },
      { head: 'Printed', kind: 'number' },
      { head: 'Ours', kind: 'number' },
      { head: 'Unit', kind: 'text' },
      { head: 'Difference', kind: 'number' },
      { head: 'Notes', kind: 'text' },
    ],
    bodies: kinds.map((kind, i) => ({
      head: html`${sentenceCase(kind)} <span class="quiet">${AGREEMENT[kind] ?? ''}</span>`,
      rows: ordered[i]!.map((comparison) => comparisonRow(comparison, data, notes)),
    })),
  })}
  ${noteList(notes)}`;
}

const noteList = ({ texts }: NumberedNotes): Markup =>
  texts.length === 0
    ? nothing
    : html`<ol class="notes">
        ${texts.map((note) => html`<li>${note}.</li>`)}
      </ol>`;

function comparisonRow(comparison: Comparison, data: ReportData, notes: NumberedNotes): (string | Markup)[] {
  const { statistic, place } = comparison;
  const { printed, ours, unit, compared } = scale(comparison, data);
  return [
    html`<span class="name">${comparisonLabel(comparison, data)}</span>
      <code class="identifier">${breakable(statistic)}</code>`,
    html`<span class="whole">${place ?? ''}</span>`,
    printed,
    ours,
    html`<span class="whole">${unit}</span>`,
    compared,
    html`<span class="whole">${notes.numbers(notesOf(comparison, data)).map(String).join(', ')}</span>`,
  ];
}

interface Shown {
  readonly printed: string;
  readonly ours: string | Markup;
  readonly unit: string;
  readonly compared: string;
}

/** How a figure is shown: shares and ratios in percent, orders in words, all else as a number with its unit. */
function scale(comparison: Comparison, data: ReportData): Shown {
  const { kind, unit, printed, ours, difference: relative } = comparison;
  if (kind === 'order') {
    const compared = Number.isNaN(ours) ? ABSENT : printed === ours ? 'same' : 'differs';
    return { printed: orderWord(unit, printed), ours: ourOrder(comparison, data), unit: '', compared };
  }
  if ((kind === 'share' || kind === 'ratio') && unit === '1') {
    const decimals = printedDecimals(printed);
    return {
      printed: percentage(printed, decimals),
      ours: percentage(ours, decimals),
      unit: '%',
      compared: points(ours - printed),
    };
  }
  return {
    printed: general(printed),
    ours: general(ours),
    unit: unit === '1' ? '' : unit,
    compared: difference(relative),
  };
}

/** Percentages are shown with the decimals of the printed one, and with at least one. */
const printedDecimals = (printed: number): number =>
  Math.max(1, String(Number((printed * 100).toPrecision(10))).split('.')[1]?.length ?? 0);

/** What the study calls about equal. */
const BALANCED = 0;

const ORIENTATIONS = new Map([
  [-1, orientationName('consumer')],
  [BALANCED, 'balanced'],
  [1, orientationName('production')],
]);

function orderWord(unit: string, value: number): string {
  if (Number.isNaN(value)) return ABSENT;
  if (unit === 'orientation') return ORIENTATIONS.get(value) ?? general(value);
  return value === 0 ? 'no' : 'yes';
}

/** Our order in words, and what it follows from: the sign of a small difference, or the rank of a province. */
function ourOrder(comparison: Comparison, { cities, provinces, regionNames }: ReportData): Markup {
  const { unit, ours, measure, fromRegions, toRegions } = comparison;
  const word = orderWord(unit, ours);
  const aside = (text: string): Markup => html`${word} <span class="aside">${text}</span>`;
  if (unit === 'orientation') {
    const city = cities.find(({ code }) => code === fromRegions);
    return ours === BALANCED && city !== undefined
      ? aside(`by sign ${orientationName(city.orientation)}`)
      : html`${word}`;
  }
  const amount = RANKED.get(measure ?? '');
  const name = regionNames.get((measure === SUPPLIER ? fromRegions : toRegions) ?? '');
  const province = provinces.find((known) => known.province === name);
  if (amount === undefined || province === undefined) return html`${word}`;
  const ahead = provinces.filter((other) => amount(other) > amount(province));
  return aside(`place ${fixed(ahead.length + 1)}`);
}

const SUPPLIER = 'main supplier';

/** What provinces are ranked by. */
const RANKED = new Map([
  [SUPPLIER, ({ supplied }: ReportData['provinces'][number]) => supplied],
  ['main consumer', ({ consumed }: ReportData['provinces'][number]) => consumed],
]);

/** Notes on a figure: what the data say, and how our order is found. */
function notesOf({ note, unit, measure, printed }: Comparison, { comparisons }: ReportData): string[] {
  const remark = withoutPrinted(note ?? '', printed);
  const notes = remark === '' ? [] : [remark];
  if (unit === 'orientation') {
    notes.push(
      'Balanced where production and consumption differ by no more than the tolerance of the stage compare ' +
        '(its parameter about_equal); Table 2 goes by the sign alone',
    );
  }
  if (RANKED.has(measure ?? '')) {
    const named = comparisons.filter((other) => other.measure === measure).length;
    const counted = named === 1 ? `province as ${String(measure)}` : `${fixed(named)} provinces as ${String(measure)}s`;
    notes.push(`Ours counts the first ${counted}: as many as the study names`);
  }
  return notes;
}

/** A note without the printed percentage that it begins with, where the row shows the same. */
function withoutPrinted(note: string, printed: number): string {
  const [beginning = '', shown] = /^Printed as ([\d.]+)%(?:; |$)/.exec(note) ?? [];
  const same = shown !== undefined && Math.abs(Number(shown) / 100 - printed) < 1e-9;
  return same ? sentenceCase(note.slice(beginning.length)) : note;
}

/** A name that may be broken after an underscore. */
const breakable = (name: string): Markup[] =>
  name.split('_').map((part, i) => html`${i === 0 ? nothing : html`_<wbr />`}${part}`);
