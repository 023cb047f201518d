import type { Origin } from '../../runner/stage.ts';
import { standIns, userFiles } from './evidence.ts';
import { html, listed, nothing, type Markup } from './html.ts';
import type { City, ReportData } from './report-data.ts';
import { fixed, percent, TIED, tonnes } from './report-numbers.ts';

const total = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((sum, item) => sum + amount(item), 0);

/** What the study finds, in three sentences made from the numbers. */
export function answer(data: ReportData): Markup {
  const sentences = [volumes(data), roles(data), efficiencyAndFactors(data)].filter((sentence) => sentence !== '');
  if (sentences.length === 0) return html`<p class="answer">There are no results for cities of the agglomeration.</p>`;
  return html`${sentences.map((sentence) => html`<p class="answer">${sentence}</p>`)}`;
}

function volumes({ cities, consumedFromElsewhere }: ReportData): string {
  if (cities.length === 0) return '';
  const production = total(cities, (city) => city.production);
  const consumption = total(cities, (city) => city.consumption);
  const elsewhere = `${tonnes(consumedFromElsewhere)} (${percent(consumedFromElsewhere / consumption, 0)})`;
  return (
    `In 2017 the ${fixed(cities.length)} cities of Beijing-Tianjin-Hebei emitted ${tonnes(production)} of NOx; ` +
    `what they finally bought caused ${tonnes(consumption)}, of which ${elsewhere} was emitted in other provinces.`
  );
}

/** Cities are in order of consumption. */
function roles({ cities }: ReportData): string {
  const [first, second] = cities;
  if (first === undefined || second === undefined) return '';
  const share = (amount: (city: City) => number): string =>
    percent((amount(first) + amount(second)) / total(cities, amount));
  const consumers =
    `${first.city} and ${second.city} account for ${share((city) => city.consumption)} of the consumption-based ` +
    `and ${share((city) => city.production)} of the production-based emissions`;
  const producers = cities.filter(({ netInflow }) => netInflow > 0).sort((a, b) => b.netInflow - a.netInflow);
  if (producers.length === 0) return `${consumers}; no city emits more than its consumption causes.`;
  const leading = producers.slice(0, 3).map(({ city, netInflow }) => `${city} (by ${tonnes(netInflow)})`);
  return `${consumers}; emissions exceed what local consumption causes above all in ${listed(leading)}.`;
}

function efficiencyAndFactors({ efficiency, factors }: ReportData): string {
  const parts: string[] = [];
  const average = efficiency.find(({ basis }) => basis === 'average');
  if (average !== undefined && average.total > 0) {
    const share = percent(average.inefficient / average.total, 0);
    parts.push(`${share} of what flows between the cities comes from the one that emits more for each yuan of output`);
  }
  const closest = [...factors].sort((a, b) => Math.abs(b.r) - Math.abs(a.r))[0];
  if (closest !== undefined) {
    parts.push(
      `of the ${fixed(factors.length)} factors printed with the study, ${inSentence(closest.label)} goes most closely with ` +
        `consumption-based emissions (r${TIED}=${TIED}${fixed(closest.r, 3)})`,
    );
  }
  const sentence = parts.join('; ');
  return sentence === '' ? '' : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** A heading in the middle of a sentence; abbreviations keep their capitals. */
const inSentence = (heading: string): string =>
  /^[A-Z][a-z]/.test(heading) ? heading.charAt(0).toLowerCase() + heading.slice(1) : heading;

/** Says in plain sight which inputs are stand-ins, or that none is. */
export function banner(origins: readonly Origin[]): Markup {
  const { used, others } = standIns(origins);
  const files = userFiles(origins);
  const supplied = files.length === 0 ? nothing : html`<p>Supplied by the user: ${codes(files)}.</p>`;
  if (used.length === 0) {
    const unused = html`<p>Generated, but nothing of the results rests on it: ${codes(others)}.</p>`;
    return html`<aside class="notice" aria-labelledby="inputs">
      <h2 id="inputs">No stand-ins</h2>
      <p>All that the results rest on is published facts or the user’s own data.</p>
      ${supplied} ${others.length === 0 ? nothing : unused}
    </aside>`;
  }
  return html`<aside class="notice" aria-labelledby="inputs">
    <h2 id="inputs">Made with stand-in data</h2>
    <p>
      These inputs are not public with the study. In their place stand data generated at full size and fitted to what
      the study prints. Where results agree with the printed figures, that is
      <strong>calibration, never evidence</strong>; all else shows what the method makes of such inputs, not what
      happened.
    </p>
    <ul>
      ${used.map(({ artifact, description }) => html`<li>${description} <code>${artifact}</code></li>`)}
    </ul>
    ${others.length === 0 ? nothing : html`<p>Assumed or generated beside them: ${codes(others)}.</p>`} ${supplied}
    <p>What rests on published facts alone, like the correlations on the printed rows of Table 1, is evidence.</p>
  </aside>`;
}

const codes = (origins: readonly Origin[]): Markup[] =>
  origins.map(({ artifact }, i) => html`${i === 0 ? '' : ', '}<code>${artifact}</code>`);
