import { html, nothing, sentenceCase, table, type Markup } from './html.ts';
import type { ReportData } from './data.ts';
import type { Factor, FactorData } from './factors-data.ts';
import { heading } from './numbering.ts';
import { difference, fixed, inWords, level, pValue } from './numbers.ts';

/** May be broken where there is little room. */
const BASED = 'Consump\u00adtion-based';

/** The heading of confidence intervals; all of a table have one level. */
const interval = (confidence = NaN): string => `${level(confidence)} confidence interval`;

/** What references call the table of factors. */
export const FACTORS_TABLE = 'factors';

/** `Five factors`, by how many there are. */
export const countedFactors = ({ factors }: FactorData): string =>
  sentenceCase(`${inWords(factors.length)} ${factors.length === 1 ? 'factor' : 'factors'}`);

/** Regions by printed factors, and how each factor goes with consumption-based emissions. */
export function correlationTable(data: FactorData, { words, printed }: ReportData, source: Markup): Markup {
  const { factors, values, consumption } = data;
  const pollutant = printed ?? '';
  const value = new Map(values.map((row) => [`${row.region}/${row.factor}`, row.value]));
  const notes = factors.filter(({ note }) => note !== null);
  // A study of its own has nothing in print.
  const arePrinted = consumption.some((row) => !Number.isNaN(row.printed));
  const ifPrinted = <Item>(...items: readonly Item[]): readonly Item[] => (arePrinted ? items : []);
  const beside = arePrinted ? ['', '', ''] : [''];
  const line = (label: string, cell: (row: Factor) => Markup | string) => [label, ...factors.map(cell), ...beside];
  return html`${table({
    caption: html`<p>
        ${heading('Table', FACTORS_TABLE)} ${countedFactors(data)} and consumption-based ${pollutant} by
        ${words.region.one}${arePrinted ? ', as printed and as computed here' : ''}, and their Pearson
        correlation.${arePrinted ? ` The first four lines below the ${words.region.many} rest on the printed rows alone.` : ''}
      </p>
      ${source}`,
    columns: [
      { head: sentenceCase(words.region.one), kind: 'text' },
      ...factors.map(({ label, unit, note }) => ({
        head: html`${label}${note === null ? nothing : html`<sup>†</sup>`}`,
        unit,
        kind: 'number' as const,
      })),
      ...ifPrinted({ head: html`${BASED} ${pollutant}, printed`, unit: 't', kind: 'number' as const }),
      { head: html`${BASED} ${pollutant}, computed`, unit: 't', kind: 'number' },
      ...ifPrinted({ head: 'Difference', kind: 'number' as const }),
    ],
    bodies: [
      {
        rows: consumption.map(({ region, printed: asPrinted, computed }) => [
          region,
          ...factors.map(({ factor, unit }) => factorValue(value.get(`${region}/${factor}`) ?? NaN, unit)),
          ...ifPrinted(fixed(asPrinted)),
          fixed(computed),
          ...ifPrinted(difference((computed - asPrinted) / asPrinted)),
        ]),
      },
    ],
    footer: [
      ...ifPrinted(
        line('r, as printed', ({ published }) => fixed(published, 3)),
        line('r, printed rows', ({ r, note }) =>
          note === null ? fixed(r, 3) : html`<span class="marked">${fixed(r, 3)}</span>`,
        ),
        line('p, two-sided', ({ p }) => pValue(p)),
        line(interval(factors[0]?.confidence), ({ low, high }) => `${fixed(low, 2)} to ${fixed(high, 2)}`),
      ),
      line('r, with computed consumption', ({ rComputed }) => fixed(rComputed, 3)),
      line(
        `${interval(factors[0]?.confidenceComputed)}, computed`,
        ({ lowComputed, highComputed }) => `${fixed(lowComputed, 2)} to ${fixed(highComputed, 2)}`,
      ),
    ],
  })}
  ${notes.map(({ label, note }) => html`<p class="quiet"><sup>†</sup> ${label}: ${note ?? ''}.</p>`)}`;
}

/** Percentages have decimals in print, all else has none. */
const factorValue = (value: number, unit: string): string => fixed(value, unit === '%' ? 2 : 0);
