import { writeFileSync } from 'node:fs';
import type { Origin, StageContext } from '../../runner/stage.ts';
import { html, type Markup } from './html.ts';
import { answer } from './answer.ts';
import { readReportData, type ReportData } from './data.ts';
import { notice } from './notice.ts';
import { numbered } from './numbering.ts';
import { fixed } from './numbers.ts';
import { reportSections } from './sections.ts';
import { sourceLine } from './source.ts';
import { STYLE } from './style.ts';

/**
 * Writes the report: one page that needs nothing but itself, on all that is among the inputs. It needs region, sector,
 * region_balance, sector_account, footprint, consumption and intensity.
 * Without final_demand, nothing is known of exports that count with the region.
 * @throws StageError where a parameter is not what it has to be
 */
export async function writeReport(context: StageContext): Promise<void> {
  const data = await readReportData(context);
  writeFileSync(context.outputs['report']!, `<!doctype html>\n${numbered(page(data, context.origins)).markup}\n`);
}

function page(data: ReportData, origins: readonly Origin[]): Markup {
  const sections = reportSections(data, origins, sourceLine(origins));
  const { words, extent } = data;
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${words.title} ${firstSentence(words.subtitle)}</title>
      <style>
        ${{ markup: STYLE }}
      </style>
    </head>
    <body>
      <header>
        <h1>${words.title}</h1>
        <p class="subtitle">
          ${ended(words.subtitle)} A multi-regional input-output account of ${fixed(extent.regions)}
          ${extent.regions === 1 ? 'region' : 'regions'} and ${fixed(extent.sectors)} sectors.
        </p>
        ${notice(origins, data.comparisons !== null)} ${answer(data, origins)}
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
          All numbers of this page are in the tables named above each figure. In the results database, every table and
          column has a comment with its meaning and unit.
        </p>
      </footer>
    </body>
  </html>`;
}

/** A text up to its first full stop between sentences. */
const firstSentence = (text: string): string => text.split(/\.(?:\s|$)/)[0]!;

/** A sentence with a full stop, if it has none. */
const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
