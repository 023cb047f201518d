import { html, table, type Markup } from './html.ts';
import type { ReportData } from './report-data.ts';
import { accountsFigure, efficiencyFigure, figure, intensityFigure, provincesFigure } from './report-figures.ts';
import { fixed } from './report-numbers.ts';
import type { Source } from './report-source.ts';
import { groupColour, ROLE_COLOURS } from './report-style.ts';

/** How many provinces are named as suppliers and as consumers. */
const PROVINCES = 8;

/** Production- and consumption-based emissions of each city (figure 4 of the study). */
export function accountsSection(data: ReportData, source: Source): Markup {
  const chart = figure({
    caption: html`<p>
        <strong>Figure 1.</strong> NOx emitted in each city, by producing sector, above NOx caused by what the city
        finally buys, by product. Thousand t. Cities in order of consumption.
      </p>
      ${source('sector_account', 'footprint')}`,
    legend: data.groups.map((label, index) => ({ label, colour: groupColour(index) })),
    drawing: accountsFigure(data),
  });
  const cities = table({
    caption: html`<p>
        <strong>Table 2.</strong> The same in numbers. Net embodied inflow, as the study calls it, is production less
        consumption: above 0, the city emits more than its consumption causes, and is production-oriented; else it is
        consumer-oriented, however small the difference. Table 4 calls a small difference balanced.
      </p>
      ${source('city_balance', 'intensity')}`,
    columns: [
      { head: 'City', kind: 'text' },
      { head: 'Production-based NOx', unit: 't', kind: 'number' },
      { head: 'Consumption-based NOx', unit: 't', kind: 'number' },
      { head: 'Net embodied inflow', unit: 't', kind: 'number' },
      { head: 'Intensity', unit: 'kg/10 000 CNY', kind: 'number' },
      { head: 'Orientation', kind: 'text' },
    ],
    bodies: [
      {
        rows: data.cities.map(({ city, production, consumption, netInflow, intensity, orientation }) => [
          city,
          fixed(production),
          fixed(consumption),
          fixed(netInflow),
          fixed(intensity, 2),
          html`<span class="whole">${orientationName(orientation)}</span>`,
        ]),
      },
    ],
  });
  return html`${chart}${cities}`;
}

/** One wording for the orientation of a city, here and in the comparison. */
export const orientationName = (orientation: string): string => `${orientation}-oriented`;

const ROLES = [
  { colour: ROLE_COLOURS.production, label: 'production-oriented: emits more than its consumption causes' },
  { colour: ROLE_COLOURS.consumer, label: 'consumer-oriented: emits less' },
];

/** Emission intensities, and how much flows from high to low (figure 7 of the study). */
export function intensitySection(data: ReportData, source: Source): Markup {
  const map = figure({
    caption: html`<p>
        <strong>Figure 2.</strong> NOx per output, average over sectors: the area of a circle, and the number beside it
        in kg/10 000 CNY. Each city stands where it lies.
      </p>
      ${source('city_balance', 'intensity')}`,
    legend: ROLES,
    drawing: intensityFigure(data),
  });
  const flows = figure({
    caption: html`<p>
        <strong>Figure 3.</strong> Share of inefficient flows in the emissions embodied in what the cities deliver to
        one another, by the intensity that is compared. Percent of t.
      </p>
      ${source('flow_efficiency')}`,
    legend: [
      { colour: 'var(--strong)', label: 'inefficient' },
      { colour: 'var(--weak)', label: 'efficient' },
    ],
    drawing: efficiencyFigure(data),
  });
  return html`<p>
      A flow between two cities is called inefficient where the city that emits puts out more NOx for each yuan of
      output than the city that uses: what is bought is made where making is dirtier.
    </p>
    <div class="pair">${map}${flows}</div>`;
}

/** The provinces that emit most for the cities, and those for which the cities emit most (figure 6 of the study). */
export function provincesSection({ provinces }: ReportData, source: Source): Markup {
  const largest = (amount: (province: ReportData['provinces'][number]) => number) =>
    provinces
      .map((province) => ({ province: province.province, nox: amount(province) }))
      .filter(({ nox }) => nox > 0)
      .sort((a, b) => b.nox - a.nox)
      .slice(0, PROVINCES);
  const suppliers = largest(({ supplied }) => supplied);
  const consumers = largest(({ consumed }) => consumed);
  const limit = Math.max(0, ...[...suppliers, ...consumers].map(({ nox }) => nox));
  const caption = (number: number, text: string): Markup =>
    html`<p><strong>Figure ${String(number)}.</strong> ${text}</p>
      ${source('province_flow')}`;
  return html`<p>
      Flows by equation (15) between the cities and the provinces outside. An emission is passed on at every step of a
      supply chain, so they add up to more than the emissions. Both figures have the same scale. The ${fixed(PROVINCES)}
      largest are shown; Table 4 counts as main only as many as the study names.
    </p>
    <div class="pair">
      ${figure({
        caption: caption(4, 'Main suppliers: NOx emitted in the province for what the cities use. Thousand t.'),
        drawing: provincesFigure(suppliers, limit, ROLE_COLOURS.production, 'Provinces that emit most for the cities'),
      })}
      ${figure({
        caption: caption(5, 'Main consumers: NOx emitted in the cities for what the province uses. Thousand t.'),
        drawing: provincesFigure(consumers, limit, ROLE_COLOURS.consumer, 'Provinces for which the cities emit most'),
      })}
    </div>`;
}
