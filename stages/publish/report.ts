import { writeFileSync } from 'node:fs';
import type { Origin, StageContext } from '../../runner/stage.ts';
import { html, type Markup } from './html.ts';
import { answer } from './report-answer.ts';
import { certificateTables, countTables, provenanceTable } from './report-checks.ts';
import { comparisonTable } from './report-comparison.ts';
import { correlationTable } from './report-correlation.ts';
import { readReportData, type ReportData } from './report-data.ts';
import { accountsSection, intensitySection, provincesSection } from './report-emissions.ts';
import { methodsSection } from './report-methods.ts';
import { networksTable } from './report-networks.ts';
import { notice } from './report-notice.ts';
import { fixed } from './report-numbers.ts';
import { sourceLine, type Source } from './report-source.ts';
import { STYLE } from './report-style.ts';

const TITLE = 'Whose consumption drives whose NOx?';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** Writes the report: one page that needs nothing but itself. */
export async function writeReport(context: StageContext): Promise<void> {
  const data = await readReportData(context);
  writeFileSync(context.outputs['report']!, page(data, context.origins));
}

function page(data: ReportData, origins: readonly Origin[]): string {
  const source = sourceLine(origins);
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
        ${notice(origins)} ${answer(data, origins)}
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
    { id: 'networks', title: 'Networks between the cities', content: networksTable(data, source('network_flow')) },
    { id: 'provinces', title: 'Main suppliers and consumers', content: provincesSection(data, source) },
    {
      id: 'comparison',
      title: 'Ours against the printed figures',
      content: comparisonTable(data, source('comparison')),
    },
    { id: 'certificate', title: 'How well the programme was solved', content: certificateTables(data, source) },
    {
      id: 'methods',
      title: 'Against other methods',
      content: methodsSection(data, origins, source),
    },
    { id: 'records', title: 'What was read', content: countTables(data, source) },
    {
      id: 'provenance',
      title: 'Where each number comes from',
      content: provenanceTable(origins, source('provenance')),
    },
  ];
}
