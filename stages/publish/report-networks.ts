import { html, sentenceCase, table, type Markup } from './html.ts';
import type { ReportData } from './report-data.ts';
import { fixed, percent, tonnes } from './report-numbers.ts';

/** The largest flows of each network between the cities (figure 5 of the study). */
export function networksTable({ networks: flows }: ReportData, source: Markup): Markup {
  const networks = [...new Set(flows.map(({ network }) => network))];
  return table({
    caption: html`<p>
        <strong>Table 3.</strong> The largest flows of each network of Figure 5 of the study: NOx that a sector of one
        city emits for what a sector of another takes in, by equation (15). A network is named after the sectors that
        take in.
      </p>
      ${source}`,
    columns: [
      { head: 'Emitting city', kind: 'text' },
      { head: 'Emitting sector', kind: 'text' },
      { head: 'Using city', kind: 'text' },
      { head: 'Using sector', kind: 'text' },
      { head: 'NOx', unit: 't', kind: 'number' },
      { head: 'Share of network', kind: 'number' },
    ],
    bodies: networks.map((name) => {
      const largest = flows.filter(({ network }) => network === name);
      return {
        head: html`${sentenceCase(name)} <span class="quiet">${tonnes(largest[0]!.total)} between all cities</span>`,
        rows: largest.map(({ fromCity, fromSector, toCity, toSector, nox, total }) => [
          fromCity,
          fromSector,
          toCity,
          toSector,
          fixed(nox),
          percent(nox / total),
        ]),
      };
    }),
  });
}
