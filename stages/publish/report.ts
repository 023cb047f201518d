import { writeFileSync } from 'node:fs';
import type { Origin, StageContext } from '../../runner/stage.ts';
import { evidenceOf } from './evidence.ts';
import { html, table, type Markup } from './html.ts';
import { answer, banner } from './report-answer.ts';
import { certificateTables, countTables, provenanceTable } from './report-checks.ts';
import { comparisonTable } from './report-comparison.ts';
import { correlationTable } from './report-correlation.ts';
import { readReportData, type ReportData } from './report-data.ts';
import { accountsFigure, efficiencyFigure, figure, intensityFigure, provincesFigure } from './report-figures.ts';
import { fixed } from './report-numbers.ts';
import { groupColour, ROLE_COLOURS, STYLE } from './report-style.ts';

/** How many provinces are named as suppliers and as consumers. */
const PROVINCES = 8;

const TITLE = 'Whose consumption drives whose NOx?';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** Says which tables of the results database a figure shows, and on what kinds of knowledge they rest. */
type Source = (...tables: string[]) => Markup;

/** Writes the report: one page that needs nothing but itself. */
export async function writeReport(context: StageContext): Promise<void> {
  const data = await readReportData(context);
  writeFileSync(context.outputs['report']!, page(data, context.origins));
}

function page(data: ReportData, origins: readonly Origin[]): string {
  const source: Source = (...tables) => {
    const evidence = [...new Set(tables.map((name) => evidenceOf(name, origins)))].filter((label) => label !== '');
    const basis = evidence.length === 0 ? '' : ` · rests on ${evidence.join('; ')}`;
    return html`<div class="source">
      From ${tables.map((name, i) => html`${i === 0 ? '' : ', '}<code>${name}</code>`)}${basis}
    </div>`;
  };
  const sections = reportSections(data, origins, source);
  const { counts } = data;
  const { markup } = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${TITLE} Beijing-Tianjin-Hebei, 2017</title>
      <style>
        ${{ markup: STYLE }}
      </style>
    </head>
    <body>
      <header>
        <h1>${TITLE}</h1>
        <p class="subtitle">
          Beijing-Tianjin-Hebei, 2017. A multi-regional input-output account of ${fixed(counts.regions)} regions and
          ${fixed(counts.sectors)} sectors, after Sun, Wang and Zhang (2022), Journal of Environmental Management, doi
          10.1016/j.jenvman.2022.114601.
        </p>
        ${answer(data)} ${banner(origins)}
        <nav class="contents" aria-label="Contents">
          ${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a> `)}
        </nav>
      </header>
      <main>
        ${sections.map(
          ({ id, title, content }) =>
            html`<section id="${id}" aria-labelledby="${id}-title">
              <h2 id="${id}-title">${title}</h2>
              ${content}
            </section>`,
        )}
      </main>
      <footer>
        <p>
          All numbers of this page are in <code>bth.duckdb</code>, in the tables named above each figure. Every table
          and column there has a comment with its meaning and unit.
        </p>
      </footer>
    </body>
  </html>`;
  return `<!doctype html>\n${markup}\n`;
}

function reportSections(data: ReportData, origins: readonly Origin[], source: Source): Section[] {
  return [
    {
      id: 'factors',
      title: 'Five factors and consumption',
      content: correlationTable(data, source('city_factor', 'correlation', 'correlation_computed', 'city_balance')),
    },
    { id: 'accounts', title: 'Production against consumption', content: accountsSection(data, source) },
    { id: 'intensity', title: 'Emission intensity', content: intensitySection(data, source) },
    { id: 'provinces', title: 'Main suppliers and consumers', content: provincesSection(data, source) },
    {
      id: 'comparison',
      title: 'Ours against the printed figures',
      content: comparisonTable(data, source('comparison')),
    },
    { id: 'certificate', title: 'How good the city table is', content: certificateTables(data, source) },
    { id: 'records', title: 'What was read', content: countTables(data, source) },
    {
      id: 'provenance',
      title: 'Where each number comes from',
      content: provenanceTable(origins, source('provenance')),
    },
  ];
}

function accountsSection(data: ReportData, source: Source): Markup {
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
        <strong>Table 2.</strong> The same in numbers. Net embodied inflow is production less consumption; a city is
        production-oriented where it is above 0.
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
          orientation,
        ]),
      },
    ],
  });
  return html`${chart}${cities}`;
}

const ROLES = [
  { colour: ROLE_COLOURS.production, label: 'production-oriented: emits more than its consumption causes' },
  { colour: ROLE_COLOURS.consumer, label: 'consumer-oriented: emits less' },
];

function intensitySection(data: ReportData, source: Source): Markup {
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
        <strong>Figure 3.</strong> Share of the embodied flows between cities whose producer has a higher intensity than
        the consumer (inefficient), by the intensity that is compared. Percent of t.
      </p>
      ${source('flow_efficiency')}`,
    legend: [
      { colour: 'var(--strong)', label: 'inefficient' },
      { colour: 'var(--weak)', label: 'efficient' },
    ],
    drawing: efficiencyFigure(data),
  });
  return html`<div class="pair">${map}${flows}</div>`;
}

function provincesSection({ provinces }: ReportData, source: Source): Markup {
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
      supply chain, so they add up to more than the emissions. Both figures have the same scale.
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
