import type { Origin } from '../../runner/stage.ts';
import { evidenceOf, standIns } from './evidence.ts';
import { html, listed, nothing, sentenceCase, type Markup } from './html.ts';
import type { City, ReportData } from './report-data.ts';
import { fixed, percent, TIED, tonnes } from './report-numbers.ts';

/** The label of what the study or public statistics print. */
const PUBLISHED_FACT = 'published fact';

const total = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((sum, item) => sum + amount(item), 0);

/**
 * What the study finds, in sentences made from the numbers. With stand-ins they are about the stand-in economy; what is
 * evidence stands by itself.
 */
export function answer(data: ReportData, origins: readonly Origin[]): Markup {
  const found = [volumes(data), roles(data), efficiency(data)].filter((sentence) => sentence !== '');
  const stoodIn = standIns(origins).used.length > 0;
  const sentences = found.map((sentence, i) => {
    if (!stoodIn) return sentenceCase(sentence);
    return `${i === 0 ? 'In the stand-in economy' : 'There'}, ${sentence}`;
  });
  if (sentences.length === 0) return html`<p class="answer">There are no results for cities of the agglomeration.</p>`;
  return html`${sentences.map((sentence) => html`<p class="answer">${sentence}</p>`)} ${evidence(data, origins)}`;
}

function volumes({ cities, consumedFromElsewhere }: ReportData): string {
  if (cities.length === 0) return '';
  const production = total(cities, (city) => city.production);
  const consumption = total(cities, (city) => city.consumption);
  const elsewhere = `${tonnes(consumedFromElsewhere)} (${percent(consumedFromElsewhere / consumption, 0)})`;
  return (
    `the ${fixed(cities.length)} cities of Beijing-Tianjin-Hebei emitted ${tonnes(production)} of NOx in 2017; ` +
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

function efficiency({ efficiency: bases }: ReportData): string {
  const average = bases.find(({ basis }) => basis === 'average');
  if (average === undefined || average.total === 0) return '';
  const share = percent(average.inefficient / average.total, 0);
  return `${share} of what flows between the cities comes from the one that emits more for each yuan of output.`;
}

/** What rests on published facts alone, whatever else stands in. */
function evidence({ factors }: ReportData, origins: readonly Origin[]): Markup {
  const closest = [...factors].sort((a, b) => Math.abs(b.r) - Math.abs(a.r))[0];
  if (closest === undefined || evidenceOf('correlation', origins) !== PUBLISHED_FACT) return nothing;
  return html`<p class="answer">
    <strong>Evidence</strong>, from the printed rows of Table 1 alone: of ${fixed(factors.length)} factors,
    ${inSentence(closest.label)} goes most closely with consumption-based emissions
    (r${TIED}=${TIED}${fixed(closest.r, 3)}).
  </p>`;
}

/** A heading in the middle of a sentence; abbreviations keep their capitals. */
const inSentence = (heading: string): string =>
  /^[A-Z][a-z]/.test(heading) ? heading.charAt(0).toLowerCase() + heading.slice(1) : heading;
