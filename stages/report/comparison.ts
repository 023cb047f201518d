import { html, nothing, sentenceCase, table, type Markup } from './html.ts';
import { comparisonLabel } from './comparison-label.ts';
import { numberNotes, type NumberedNotes } from './comparison-notes.ts';
import type { Comparison, ReportData } from './data.ts';
import { balanceTable, COMPARISON_TABLE, orientationName } from './emissions.ts';
import type { Emissions, OutsideRegion } from './emissions-data.ts';
import { heading, reference } from './numbering.ts';
import { ABSENT, difference, fixed, general, percentage, points } from './numbers.ts';

/** What agreement says, by kind of evidence. */
const AGREEMENT: Readonly<Record<string, string>> = {
  'published fact': 'recomputed from what the study prints; agreement is evidence',
  'calibrated stand-in': 'the stand-in inputs were fitted to these figures; agreement is calibration, never evidence',
  'stand-in': 'from stand-in inputs that were not fitted to these figures; agreement is no evidence',
  "stand-in + user's data": 'partly from stand-in inputs; agreement is no evidence',
  "user's data": 'from the user’s own data; agreement is evidence',
};

/** The comparisons, and what of the results they are looked at beside. */
interface Compared extends Omit<ReportData, 'comparisons'> {
  readonly comparisons: readonly Comparison[];
  /** Ours of the pollutant of the printed figures. */
  readonly ours: Emissions | undefined;
}

/** Ours against the printed figures, by kind of evidence. */
export function comparisonTable(comparisons: readonly Comparison[], results: ReportData, source: Markup): Markup {
  const { printed, several } = results;
  const ours = results.emissions.find(({ pollutant }) => pollutant === printed);
  const data: Compared = { ...results, comparisons, ours };
  const kinds = [...new Set(comparisons.map(({ evidence }) => evidence))];
  const rank = (kind: string): number => Object.keys(AGREEMENT).indexOf(kind);
  kinds.sort((a, b) => rank(a) - rank(b));
  const ordered = kinds.map((kind) => comparisons.filter(({ evidence }) => evidence === kind));
  const notes = numberNotes(ordered.flat().map((comparison) => notesOf(comparison, data)));
  return html`${table({
    caption: html`<p>
        ${heading('Table', COMPARISON_TABLE)} Every figure that the study
        prints${several ? ` on ${printed ?? ''}` : ''}, and the same figure computed here. Differences are relative to
        the printed figure; those of percentages are in percentage points.
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
        ${texts.map((markup) => html`<li>${{ markup }}.</li>`)}
      </ol>`;

function comparisonRow(comparison: Comparison, data: Compared, notes: NumberedNotes): (string | Markup)[] {
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
function scale(comparison: Comparison, data: Compared): Shown {
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

/** Our order in words, and what it follows from: the sign of a small difference, or the rank of a region outside. */
function ourOrder(comparison: Comparison, { ours: results }: Compared): Markup {
  const { unit, ours, measure, fromRegions, toRegions } = comparison;
  const word = orderWord(unit, ours);
  const aside = (text: string): Markup => html`${word} <span class="aside">${text}</span>`;
  if (unit === 'orientation') {
    const region = results?.regions.find(({ code }) => code === fromRegions);
    return ours === BALANCED && region !== undefined
      ? aside(`by sign ${orientationName(region.orientation)}`)
      : html`${word}`;
  }
  const amount = RANKED.get(measure ?? '');
  const code = measure === SUPPLIER ? fromRegions : toRegions;
  const outside = results?.outside ?? [];
  const region = outside.find((known) => known.code === code);
  if (amount === undefined || region === undefined) return html`${word}`;
  const ahead = outside.filter((other) => amount(other) > amount(region));
  return aside(`place ${fixed(ahead.length + 1)}`);
}

const SUPPLIER = 'main supplier';

/** What regions outside are ranked by. */
const RANKED = new Map([
  [SUPPLIER, ({ supplied }: OutsideRegion) => supplied],
  ['main consumer', ({ consumed }: OutsideRegion) => consumed],
]);

/** Notes on a figure, as markup: what the data say, and how our order is found. */
function notesOf({ note, unit, measure, printed }: Comparison, { comparisons, ours, words }: Compared): string[] {
  const remark = withoutPrinted(note ?? '', printed);
  const notes = remark === '' ? [] : [html`${remark}`];
  if (unit === 'orientation') {
    const bySign =
      ours === undefined ? nothing : html`; ${reference('Table', balanceTable(ours.pollutant))} goes by the sign alone`;
    notes.push(
      html`Balanced where production and consumption differ by no more than the tolerance of the stage compare (its
      parameter about_equal)${bySign}`,
    );
  }
  if (RANKED.has(measure ?? '')) {
    const named = comparisons.filter((other) => other.measure === measure).length;
    const counted =
      named === 1
        ? `${words.outside.one} as ${String(measure)}`
        : `${fixed(named)} ${words.outside.many} as ${String(measure)}s`;
    notes.push(html`Ours counts the first ${counted}: as many as the study names`);
  }
  return notes.map(({ markup }) => markup);
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
