import { html, sentenceCase, table, type Markup } from './html.ts';
import type { ReportData } from './data.ts';
import type { Emissions } from './emissions-data.ts';
import { heading } from './numbering.ts';
import { fixed, massDecimals, percent, tonnes } from './numbers.ts';

/** The largest flows of each network between the regions in focus. */
export function networksTable(
  { pollutant }: Emissions,
  flows: NonNullable<Emissions['networks']>,
  { words: { region } }: ReportData,
  source: Markup,
): Markup {
  const networks = [...new Set(flows.map(({ network }) => network))];
  const decimals = massDecimals(Math.max(...flows.map(({ total }) => total)));
  return table({
    caption: html`<p>
        ${heading('Table', `networks of ${pollutant}`)} The largest flows of each network: ${pollutant} that a sector of
        one ${region.one} emits for what a sector of another takes in, by equation (15). A network is named after the
        sectors that take in.
      </p>
      ${source}`,
    columns: [
      { head: `Emitting ${region.one}`, kind: 'text' },
      { head: 'Emitting sector', kind: 'text' },
      { head: `Using ${region.one}`, kind: 'text' },
      { head: 'Using sector', kind: 'text' },
      { head: pollutant, unit: 't', kind: 'number' },
      { head: 'Share of network', kind: 'number' },
    ],
    bodies: networks.map((name) => {
      const largest = flows.filter(({ network }) => network === name);
      const all = `${tonnes(largest[0]!.total)} between all ${region.many}`;
      return {
        head: html`${sentenceCase(name)} <span class="quiet">${all}</span>`,
        rows: largest.map(({ fromRegion, fromSector, toRegion, toSector, emission, total }) => [
          fromRegion,
          fromSector,
          toRegion,
          toSector,
          fixed(emission, decimals),
          percent(emission / total),
        ]),
      };
    }),
  });
}
