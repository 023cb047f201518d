import type { Origin } from '../../runner/stage.ts';
import { evidenceOf, standIns } from '../evidence.ts';
import { html, listed, nothing, sentenceCase, type Markup } from './html.ts';
import { FACTORS_TABLE } from './correlation.ts';
import type { ReportData } from './data.ts';
import type { Emissions, Region } from './emissions-data.ts';
import { bought, demand, exportSentence } from './exports.ts';
import { reference } from './numbering.ts';
import { fixed, percent, TIED, tonnes } from './numbers.ts';
import { otherRegions } from './words.ts';

/** The label of what the study or public statistics print. */
const PUBLISHED_FACT = 'published fact';

const total = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((sum, item) => sum + amount(item), 0);

/**
 * What is found, in sentences made from the numbers, of one pollutant after the other. With stand-ins they are about the
 * stand-in economy; what is evidence stands by itself.
 */
export function answer(data: ReportData, origins: readonly Origin[]): Markup {
  const found = data.emissions
    .flatMap((emissions) => [
      volumes(emissions, data),
      exportSentence(emissions, data),
      roles(emissions, data),
      efficiency(emissions, data),
    ])
    .filter((sentence) => sentence !== '');
  const stoodIn = standIns(origins).used.length > 0;
  const sentences = found.map((sentence, i) => {
    if (!stoodIn) return sentenceCase(sentence);
    return `${i === 0 ? 'In the stand-in economy' : 'There'}, ${sentence}`;
  });
  if (sentences.length === 0) {
    return html`<p class="answer">There are no results for ${theRegions(data, 0)}.</p>`;
  }
  return html`${sentences.map((sentence) => html`<p class="answer">${sentence}</p>`)} ${evidence(data, origins)}`;
}

/** The regions of the page together: by the name of the group, with their number if it has room for it. */
function theRegions({ words: { region, group } }: ReportData, count: number): string {
  const noun = count === 1 ? region.one : region.many;
  const counted = `the ${count === 0 ? '' : `${fixed(count)} `}${noun}`;
  if (group === null) return counted;
  const named = `the ${region.many} `;
  return group.startsWith(named) && count !== 1 ? `${counted} ${group.slice(named.length)}` : group;
}

function volumes(emissions: Emissions, data: ReportData): string {
  const { pollutant, regions, consumedFromElsewhere } = emissions;
  if (regions.length === 0) return '';
  const { words, extent } = data;
  const production = total(regions, (region) => region.production);
  const consumption = total(regions, (region) => region.consumption);
  const elsewhere = `${tonnes(consumedFromElsewhere)} (${percent(consumedFromElsewhere / consumption, 0)})`;
  const year = words.year === null ? '' : ` in ${words.year}`;
  const outside = extent.outside === 0 ? '' : `, of which ${elsewhere} was emitted in ${otherRegions(words)}`;
  return (
    `${theRegions(data, regions.length)} emitted ${tonnes(production)} of ${pollutant}${year}; ` +
    `what ${regions.length === 1 ? 'it' : 'they'} ${bought(emissions)} caused ${tonnes(consumption)}${outside}.`
  );
}

/** Who consumes most and who emits for others; regions are in order of consumption. */
function roles(emissions: Emissions, { words, several }: ReportData): string {
  const { pollutant, regions } = emissions;
  if (regions.length < 2) return '';
  const consumers = largestConsumers(emissions, several ? `emissions of ${pollutant}` : 'emissions');
  const producers = regions.filter(({ netInflow }) => netInflow > 0).sort((a, b) => b.netInflow - a.netInflow);
  if (producers.length === 0)
    return `${consumers}no ${words.region.one} emits more than its ${demand(emissions)} causes.`;
  const leading = producers.slice(0, 3).map(({ region, netInflow }) => `${region} (by ${tonnes(netInflow)})`);
  const what = several && consumers === '' ? `emissions of ${pollutant}` : 'emissions';
  return `${consumers}${what} exceed what ${demand(emissions, 'local consumption')} causes above all in ${listed(leading)}.`;
}

/** The share of the two that consume most; nothing to say where there are only two. */
function largestConsumers({ regions }: Emissions, what: string): string {
  const [first, second, third] = regions;
  if (first === undefined || second === undefined || third === undefined) return '';
  const share = (amount: (region: Region) => number): string =>
    percent((amount(first) + amount(second)) / total(regions, amount));
  return (
    `${first.region} and ${second.region} account for ${share((region) => region.consumption)} of the ` +
    `consumption-based and ${share((region) => region.production)} of the production-based ${what}; `
  );
}

function efficiency({ pollutant, efficiency: bases }: Emissions, { words, several }: ReportData): string {
  const average = bases?.find(({ sector }) => Number.isNaN(sector));
  if (average === undefined || average.total === 0) return '';
  const share = percent(average.inefficient / average.total, 0);
  const flows = several ? `the ${pollutant} that flows` : 'what flows';
  return `${share} of ${flows} between the ${words.region.many} comes from the one that emits more for each unit of output.`;
}

/** What rests on published facts alone, whatever else stands in. */
function evidence({ factors }: ReportData, origins: readonly Origin[]): Markup {
  const known = (factors?.factors ?? []).filter(({ r }) => !Number.isNaN(r));
  const closest = [...known].sort((a, b) => Math.abs(b.r) - Math.abs(a.r))[0];
  if (closest === undefined || evidenceOf('correlation', origins) !== PUBLISHED_FACT) return nothing;
  return html`<p class="answer">
    <strong>Evidence</strong>, from the printed rows of ${reference('Table', FACTORS_TABLE)} alone: of
    ${fixed(known.length)} factors, ${inSentence(closest.label)} goes most closely with consumption-based emissions
    (r${TIED}=${TIED}${fixed(closest.r, 3)}).
  </p>`;
}

/** A heading in the middle of a sentence; abbreviations keep their capitals. */
const inSentence = (heading: string): string =>
  /^[A-Z][a-z]/.test(heading) ? heading.charAt(0).toLowerCase() + heading.slice(1) : heading;
