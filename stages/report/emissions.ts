import type { ExportTreatment } from '../../mrio/table.ts';
import { accountsFigure } from './accounts-figure.ts';
import { barsFigure, efficiencyFigure } from './bar-figures.ts';
import { html, nothing, sentenceCase, table, type Markup, type TableColumn } from './html.ts';
import type { ReportData } from './data.ts';
import type { Emissions, OutsideRegion, Region } from './emissions-data.ts';
import { buys, demand, exportNote } from './exports.ts';
import { figure } from './figures.ts';
import { intensityBars, intensityMap } from './intensity-figure.ts';
import { heading, reference } from './numbering.ts';
import { fixed, intensityText, massDecimals, massScale } from './numbers.ts';
import type { Source } from './source.ts';
import { groupColour, ROLE_COLOURS } from './style.ts';

/** How many regions outside are named as suppliers and as consumers. */
const OUTSIDE = 8;

/** What references call the table of comparisons, and that of the balance of regions of a pollutant. */
export const COMPARISON_TABLE = 'comparison';
export const balanceTable = (pollutant: string): string => `balance of ${pollutant}`;

/** Whether the printed figures are of this pollutant. */
const isPrinted = ({ pollutant }: Emissions, { comparisons, printed }: ReportData): boolean =>
  comparisons !== null && pollutant === printed;

/** Production- and consumption-based emissions of each region. */
export function accountsSection(emissions: Emissions, data: ReportData, source: Source): Markup {
  const { pollutant, regions } = emissions;
  const { words, groups, several } = data;
  const greatest = Math.max(0, ...regions.flatMap(({ production, consumption }) => [production, consumption]));
  const scale = massScale(greatest);
  const chart = figure({
    caption: html`<p>
        ${heading('Figure', `accounts of ${pollutant}`)} ${pollutant} emitted in each ${words.region.one}, by producing
        sector, above ${pollutant} caused by what the ${words.region.one} ${buys(emissions)}, by product.
        ${scale.sentence} ${sentenceCase(words.region.many)} in order of consumption.
      </p>
      ${source('sector_account', 'footprint')}`,
    legend: groups.map((label, index) => ({ label, colour: groupColour(index) })),
    drawing: accountsFigure(emissions, data, scale),
  });
  const compared = isPrinted(emissions, data)
    ? html` ${reference('Table', COMPARISON_TABLE)} calls a small difference balanced.`
    : nothing;
  const columns = balanceColumns(emissions, data, massDecimals(greatest));
  const balance = table({
    caption: html`<p>
        ${heading('Table', balanceTable(pollutant))} The same in numbers${several ? `, ${pollutant}` : ''}. Net embodied
        inflow is production less consumption: above 0, the ${words.region.one} emits more than its ${demand(emissions)}
        causes, and is production-oriented; else it is consumer-oriented, however small the
        difference.${exportNote(emissions, words.region.one)}${compared}
      </p>
      ${source('region_balance', 'intensity', ...exportTables(emissions))}`,
    columns: columns.map(({ column }) => column),
    bodies: [{ rows: regions.map((region) => columns.map(({ cell }) => cell(region))) }],
  });
  return html`${chart}${balance}`;
}

/** A column of the table of balances. */
interface BalanceColumn {
  readonly column: TableColumn;
  readonly cell: (region: Region) => string | Markup;
}

function balanceColumns(
  { pollutant, exports }: Emissions,
  { words, intensityUnit }: ReportData,
  decimals: number,
): BalanceColumn[] {
  const mass = (head: string, amount: (region: Region) => number): BalanceColumn => ({
    column: { head, unit: 't', kind: 'number' },
    cell: (region) => fixed(amount(region), decimals),
  });
  /** Exports, beside the account that they are a part of. */
  const exported = (treatment: ExportTreatment): BalanceColumn[] =>
    exports?.treatment === treatment
      ? [mass('of which for exports abroad', ({ code }) => exports.byRegion.get(code) ?? 0)]
      : [];
  return [
    { column: { head: sentenceCase(words.region.one), kind: 'text' }, cell: ({ region }) => region },
    mass(`Production-based ${pollutant}`, ({ production }) => production),
    ...exported('separate'),
    mass(`Consumption-based ${pollutant}`, ({ consumption }) => consumption),
    ...exported('with-region'),
    mass('Net embodied inflow', ({ netInflow }) => netInflow),
    {
      column: { head: 'Intensity', ...(intensityUnit === null ? {} : { unit: intensityUnit }), kind: 'number' },
      cell: ({ intensity }) => intensityText(intensity),
    },
    {
      column: { head: 'Orientation', kind: 'text' },
      cell: ({ orientation }) => html`<span class="whole">${orientationName(orientation)}</span>`,
    },
  ];
}

/** What the column of exports is computed from. */
function exportTables({ exports }: Emissions): string[] {
  if (exports === null) return [];
  return exports.treatment === 'separate' ? ['consumption'] : ['final_demand', 'sector_account'];
}

/** One wording for the orientation of a region, here and in the comparison. */
export const orientationName = (orientation: string): string => `${orientation}-oriented`;

const roleLegend = (emissions: Emissions) => [
  {
    colour: ROLE_COLOURS.production,
    label: `production-oriented: emits more than its ${demand(emissions)} causes`,
  },
  { colour: ROLE_COLOURS.consumer, label: 'consumer-oriented: emits less' },
];

/** Emission intensities, and how much flows from high to low. */
export function intensitySection(emissions: Emissions, data: ReportData, source: Source): Markup {
  const intensities = intensityPart(emissions, data, source);
  const { pollutant, efficiency } = emissions;
  if (efficiency === null) return intensities;
  const { words, several } = data;
  const flows = figure({
    caption: html`<p>
        ${heading('Figure', `efficiency of ${pollutant}`)} Share of inefficient flows in the
        ${several ? `${pollutant} emissions` : 'emissions'} embodied in what the ${words.region.many} deliver to one
        another, by the intensity that is compared. Percent of t.
      </p>
      ${source('flow_efficiency')}`,
    legend: [
      { colour: 'var(--strong)', label: 'inefficient' },
      { colour: 'var(--weak)', label: 'efficient' },
    ],
    drawing: efficiencyFigure(several ? `flows of ${pollutant}` : 'flows', efficiency),
  });
  return html`<p>
      A flow between two ${words.region.many} is called inefficient where the ${words.region.one} that emits puts out
      more ${pollutant} for each unit of output than the ${words.region.one} that uses: what is bought is made where
      making is dirtier.
    </p>
    <div class="pair">${intensities}${flows}</div>`;
}

/** Intensities on a map; as bars where it is not known where every region lies. */
function intensityPart(emissions: Emissions, data: ReportData, source: Source): Markup {
  const { pollutant, regions } = emissions;
  const { words, intensityUnit } = data;
  const unit = intensityUnit === null ? '' : ` in ${intensityUnit}`;
  const isMap = regions.every(({ longitude, latitude }) => Number.isFinite(longitude + latitude));
  const shown = isMap
    ? `: the area of a circle, and the number beside it${unit}. Each ${words.region.one} stands where it lies.`
    : `${unit === '' ? '' : `,${unit}`}.`;
  return figure({
    caption: html`<p>
        ${heading('Figure', `intensity of ${pollutant}`)} ${pollutant} per output, average over sectors${shown}
      </p>
      ${source('region_balance', 'intensity')}`,
    legend: roleLegend(emissions),
    drawing: isMap ? intensityMap(emissions, words) : intensityBars(emissions, data),
  });
}

/** The regions outside that emit most for those in focus, and those for which the regions in focus emit most. */
export function outsideSection(
  emissions: Emissions,
  outside: readonly OutsideRegion[],
  data: ReportData,
  source: Source,
): Markup {
  const { pollutant } = emissions;
  const { words, several } = data;
  const largest = (amount: (region: OutsideRegion) => number) =>
    outside
      .map((region) => ({ label: region.region, amount: amount(region) }))
      .filter((bar) => bar.amount > 0)
      .sort((a, b) => b.amount - a.amount)
      .slice(0, OUTSIDE);
  const suppliers = largest(({ supplied }) => supplied);
  const consumers = largest(({ consumed }) => consumed);
  const limit = Math.max(0, ...[...suppliers, ...consumers].map(({ amount }) => amount));
  const scale = massScale(limit);
  const most = several ? `most ${pollutant}` : 'most';
  const part = (name: string, text: string, bars: typeof suppliers, colour: string, alt: string): Markup =>
    figure({
      caption: html`<p>${heading('Figure', `${name} of ${pollutant}`)} ${text} ${scale.sentence}</p>
        ${source('outside_flow')}`,
      drawing: barsFigure(
        bars.map((bar) => ({ ...bar, amount: bar.amount / scale.t, colour })),
        { alt, limit: limit / scale.t, axis: `${pollutant}, ${scale.unit}`, number: (amount) => fixed(amount, 1) },
      ),
    });
  const notes = [
    ...(outside.length > OUTSIDE ? [html`The ${fixed(OUTSIDE)} largest are shown`] : []),
    ...(isPrinted(emissions, data)
      ? [html`${reference('Table', COMPARISON_TABLE)} counts as main only as many as are named in print`]
      : []),
  ];
  return html`<p>
      Flows by equation (15) between the ${words.region.many} and the ${words.outside.many} outside. An emission is
      passed on at every step of a supply chain, so they add up to more than the emissions. Both figures have the same
      scale.${notes.map((note, i) => html`${i === 0 ? ' ' : '; '}${note}`)}${notes.length === 0 ? '' : '.'}
    </p>
    <div class="pair">
      ${part(
        'suppliers',
        `Main suppliers: ${pollutant} emitted in the ${words.outside.one} for what the ${words.region.many} use.`,
        suppliers,
        ROLE_COLOURS.production,
        `${sentenceCase(words.outside.many)} that emit ${most} for the ${words.region.many}`,
      )}
      ${part(
        'consumers',
        `Main consumers: ${pollutant} emitted in the ${words.region.many} for what the ${words.outside.one} uses.`,
        consumers,
        ROLE_COLOURS.consumer,
        `${sentenceCase(words.outside.many)} for which the ${words.region.many} emit ${most}`,
      )}
    </div>`;
}
