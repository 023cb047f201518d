import { html, nothing, table, type Markup } from './html.ts';
import type { Factor, ReportData } from './report-data.ts';
import { difference, fixed, level, pValue } from './report-numbers.ts';

/** May be broken where there is little room. */
const BASED = 'Consump\u00adtion-based';

/** The heading of confidence intervals; all of a table have one level. */
const interval = (confidence = NaN): string => `${level(confidence)} confidence interval`;

/** Table 1 of the study: cities by factors, and how each factor goes with consumption-based emissions. */
export function correlationTable({ factors, factorCities, factorRows }: ReportData, source: Markup): Markup {
  const value = new Map(factorRows.map((row) => [`${row.city}/${row.factor}`, row.value]));
  const notes = factors.filter(({ note }) => note !== null);
  const line = (label: string, cell: (row: Factor) => Markup | string) => [label, ...factors.map(cell), '', '', ''];
  return html`${table({
    caption: html`<p>
        <strong>Table 1.</strong> Five factors and consumption-based NOx by city, as printed and as computed here, and
        their Pearson correlation. The first four lines below the cities rest on the printed rows alone.
      </p>
      ${source}`,
    columns: [
      { head: 'City', kind: 'text' },
      ...factors.map(({ label, unit, note }) => ({
        head: html`${label}${note === null ? nothing : html`<sup>†</sup>`}`,
        unit,
        kind: 'number' as const,
      })),
      { head: html`${BASED} NOx, printed`, unit: 't', kind: 'number' },
      { head: html`${BASED} NOx, computed`, unit: 't', kind: 'number' },
      { head: 'Difference', kind: 'number' },
    ],
    bodies: [
      {
        rows: factorCities.map(({ city, printed, computed }) => [
          city,
          ...factors.map(({ factor, unit }) => factorValue(value.get(`${city}/${factor}`) ?? NaN, unit)),
          fixed(printed),
          fixed(computed),
          difference((computed - printed) / printed),
        ]),
      },
    ],
    footer: [
      line('r, as printed', ({ published }) => fixed(published, 3)),
      line('r, printed rows', ({ r, note }) =>
        note === null ? fixed(r, 3) : html`<span class="marked">${fixed(r, 3)}</span>`,
      ),
      line('p, two-sided', ({ p }) => pValue(p)),
      line(interval(factors[0]?.confidence), ({ low, high }) => `${fixed(low, 2)} to ${fixed(high, 2)}`),
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
