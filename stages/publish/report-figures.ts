import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, nothing, type Markup } from './html.ts';
import type { City, ReportData } from './report-data.ts';
import { fixed, percent } from './report-numbers.ts';
import { placeLabels } from './report-labels.ts';
import { groupColour, onGroupColour, ROLE_COLOURS } from './report-style.ts';

/** Degrees of longitude are this much shorter than degrees of latitude at the latitude of Beijing. */
const MAP_ASPECT = Math.cos((39 * Math.PI) / 180);

const THOUSAND = 1000;

/** How large a figure is drawn. */
interface Frame {
  readonly alt: string;
  readonly width: number;
  readonly height: number;
  /** On a narrow screen it is scrolled rather than shown narrower than this. */
  readonly least?: string;
}

/** What is used here of a DOM, whose types are those of a browser. */
interface Page {
  readonly document: object;
}
interface Drawing {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

/** Draws a figure without a browser. The same data give the same text. */
export function draw({ alt, width, height, least = '0' }: Frame, options: Plot.PlotOptions): Markup {
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as Page;
  const drawing = Plot.plot({ document, width, height, className: 'plot', ...options }) as unknown as Drawing;
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', alt);
  return { markup: `<div class="drawing" style="--least: ${least}">${drawing.outerHTML}</div>` };
}

export interface FigureContent {
  readonly caption: Markup;
  readonly legend?: readonly { readonly colour: string; readonly label: string }[];
  /** Nothing to draw: said so. */
  readonly drawing: Markup | null;
}

export function figure({ caption, legend = [], drawing }: FigureContent): Markup {
  const key = html`<ul class="legend">
    ${legend.map(
      ({ colour, label }) => html`<li><span class="swatch" style="background: ${colour}"></span>${label}</li>`,
    )}
  </ul>`;
  return html`<figure>
    <figcaption>${caption}</figcaption>
    ${legend.length > 0 && drawing !== null ? key : nothing} ${drawing ?? html`<p class="quiet">Nothing to show.</p>`}
  </figure>`;
}

/** About as wide as a letter, as a share of the size of the type: enough for wide system fonts. */
const LETTER = 0.62;

/** Two bars a city, each stacked by groups of sectors; thousand t. A group is named where its name has room. */
export function accountsFigure({ cities, groups, accounts }: ReportData): Markup | null {
  if (cities.length === 0) return null;
  const order = cities.map(({ city }) => city);
  const bars = stacked(accounts, groups);
  const totals = cities.flatMap(({ city, production, consumption }) => [
    { city, account: 'production', nox: production / THOUSAND },
    { city, account: 'consumption', nox: consumption / THOUSAND },
  ]);
  const width = 900;
  const margin = { left: 230, right: 56 };
  const greatest = Math.max(...totals.map(({ nox }) => nox), ...bars.map(({ to }) => to));
  const perThousand = greatest > 0 ? (width - margin.left - margin.right) / greatest : 0;
  const named = bars.filter(({ group, from, to }) => (to - from) * perThousand > group.length * 11 * LETTER + 8);
  const frame = {
    alt: `Production- and consumption-based NOx of each city, stacked by ${groups.length} groups of sectors; the numbers are in the next table`,
    width,
    height: 60 + 48 * cities.length,
    least: '38rem',
  };
  const groupOf = ({ group }: (typeof bars)[number]): number => groups.indexOf(group);
  return draw(frame, {
    marginLeft: margin.left,
    marginRight: margin.right,
    marginTop: 8,
    marginBottom: 44,
    x: {
      domain: [0, greatest > 0 ? greatest : 1],
      label: 'NOx, thousand t',
      labelAnchor: 'center',
      labelArrow: 'none',
      grid: true,
      ticks: 6,
    },
    y: { domain: ['production', 'consumption'], label: null, padding: 0.08 },
    fy: { domain: order, label: null, padding: 0.22 },
    marks: [
      Plot.axisFy({ anchor: 'left', dx: -92, textAnchor: 'end', fontSize: 14, fontWeight: 600 }),
      Plot.axisY({ anchor: 'left', tickSize: 0, fontSize: 12, fill: 'var(--quiet)' }),
      Plot.barX(bars, {
        x1: 'from',
        x2: 'to',
        y: 'account',
        fy: 'city',
        fill: { value: (bar: (typeof bars)[number]) => groupColour(groupOf(bar)), scale: null },
        stroke: 'var(--paper)',
        strokeWidth: 0.5,
        title: ({ city, account, group, from, to }: (typeof bars)[number]) =>
          `${city}, ${account}: ${group} ${fixed(to - from, 1)} thousand t`,
      }),
      Plot.text(named, {
        x: ({ from, to }: (typeof bars)[number]) => (from + to) / 2,
        y: 'account',
        fy: 'city',
        text: 'group',
        fontSize: 11,
        fill: { value: (bar: (typeof bars)[number]) => onGroupColour(groupOf(bar)), scale: null },
        pointerEvents: 'none',
      }),
      Plot.text(totals, {
        x: 'nox',
        y: 'account',
        fy: 'city',
        text: (d: (typeof totals)[number]) => fixed(d.nox, 1),
        dx: 5,
        textAnchor: 'start',
        fontSize: 12,
      }),
      Plot.ruleX([0], { stroke: 'var(--ink)' }),
    ],
  });
}

/** Where each part of a bar begins and ends, in the order of the groups; thousand t. */
function stacked(accounts: ReportData['accounts'], groups: readonly string[]) {
  const ends = new Map<string, number>();
  return [...accounts]
    .sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group))
    .map(({ nox, ...bar }) => {
      const name = `${bar.city}/${bar.account}`;
      const from = ends.get(name) ?? 0;
      const to = from + nox / THOUSAND;
      ends.set(name, to);
      return { ...bar, from, to };
    });
}

/** The cities where they lie; the area of a circle is the average emission intensity. */
export function intensityFigure({ cities }: ReportData): Markup | null {
  const shown = cities.filter(({ intensity }) => Number.isFinite(intensity));
  if (shown.length === 0) return null;
  const width = 540;
  const margin = { left: 48, right: 92, top: 8, bottom: 30 };
  const [west, east] = surroundings(shown.map(({ longitude }) => longitude));
  const [south, north] = surroundings(shown.map(({ latitude }) => latitude));
  const perDegree = (width - margin.left - margin.right) / ((east - west) * MAP_ASPECT);
  const largest = Math.max(...shown.map(({ intensity }) => intensity));
  const radius = (city: City): number => 30 * Math.sqrt(largest > 0 ? city.intensity / largest : 0);
  const height = margin.top + margin.bottom + (north - south) * perDegree;
  const size = 13;
  const label = ({ city, intensity }: City): string[] => [city, fixed(intensity, 2)];
  const labels = placeLabels(
    shown.map((city) => ({
      x: margin.left + (city.longitude - west) * MAP_ASPECT * perDegree,
      y: margin.top + (north - city.latitude) * perDegree,
      radius: radius(city),
      width: Math.max(...label(city).map(({ length }) => length)) * size * LETTER,
      height: 2 * size + 4,
    })),
    { left: margin.left, top: 0, right: width, bottom: height - margin.bottom },
  );
  const frame = {
    alt: 'Map of the cities; the area of each circle is its NOx per output, its colour whether it emits more than its consumption causes',
    width,
    least: '26rem',
    height,
  };
  const position = { x: 'longitude', y: 'latitude' } as const;
  const degrees = (letter: string) => ({
    tickFormat: (d: number) => `${fixed(d)}° ${letter}`,
    label: null,
    grid: true,
    tickSize: 0,
  });
  return draw(frame, {
    marginLeft: margin.left,
    marginRight: margin.right,
    marginTop: margin.top,
    marginBottom: margin.bottom,
    x: { domain: [west, east], ticks: whole(west, east), ...degrees('E') },
    y: { domain: [south, north], ticks: whole(south, north), ...degrees('N') },
    marks: [
      Plot.dot(shown, {
        ...position,
        r: { value: radius, scale: null },
        fill: ({ orientation }: City) => roleColour(orientation),
        stroke: 'var(--paper)',
      }),
      ...shown.map((city, i) =>
        Plot.text([city], {
          ...position,
          text: (shownCity: City) => label(shownCity).join('\n'),
          dx: labels[i]!.dx,
          dy: labels[i]!.dy,
          textAnchor: labels[i]!.anchor,
          fontSize: size,
          stroke: 'var(--paper)',
          strokeWidth: 3,
          fill: 'var(--ink)',
        }),
      ),
    ],
  });
}

const roleColour = (orientation: string): string =>
  orientation === 'production' ? ROLE_COLOURS.production : ROLE_COLOURS.consumer;

/** The range of coordinates, with room for circles. */
const surroundings = (degrees: readonly number[]): [number, number] => [
  Math.min(...degrees) - 0.5,
  Math.max(...degrees) + 0.5,
];

const whole = (low: number, high: number): number[] =>
  Array.from({ length: Math.max(0, Math.floor(high) - Math.ceil(low) + 1) }, (_, i) => Math.ceil(low) + i);

/** Shares of the flows between cities that run from high to low intensity, by what intensity is compared. */
export function efficiencyFigure({ efficiency }: ReportData): Markup | null {
  const shown = efficiency.filter(({ total }) => total > 0);
  if (shown.length === 0) return null;
  const parts = shown.flatMap(({ basis, inefficient, total }) => [
    { basis, kind: 'inefficient', from: 0, to: inefficient / total },
    { basis, kind: 'efficient', from: inefficient / total, to: 1 },
  ]);
  const inside = parts.filter(({ from, to }) => to - from > 0.08);
  const frame = {
    alt: `Inefficient share of flows: ${shown.map(({ basis, inefficient, total }) => `${basis} ${percent(inefficient / total, 0)}`).join(', ')}`,
    width: 470,
    height: 34 + 42 * shown.length,
  };
  return draw(frame, {
    marginLeft: 205,
    marginRight: 24,
    marginTop: 4,
    marginBottom: 30,
    x: { domain: [0, 1], label: null, tickFormat: (d: number) => percent(d, 0), ticks: 5, tickSize: 0 },
    y: { domain: shown.map(({ basis }) => basis), label: null, padding: 0.25, tickSize: 0 },
    color: { domain: ['inefficient', 'efficient'], range: ['var(--strong)', 'var(--weak)'] },
    marks: [
      Plot.barX(parts, { x1: 'from', x2: 'to', y: 'basis', fill: 'kind' }),
      Plot.text(inside, {
        x: (d: (typeof parts)[number]) => (d.from + d.to) / 2,
        y: 'basis',
        text: (d: (typeof parts)[number]) => percent(d.to - d.from, 0),
        fill: (d: (typeof parts)[number]) => (d.kind === 'inefficient' ? 'var(--paper)' : 'var(--ink)'),
        fontWeight: 600,
      }),
    ],
  });
}

interface ProvinceBar {
  readonly province: string;
  readonly nox: number;
}

/** Bars of the largest provinces, on a scale of `limit` t. */
export function provincesFigure(
  bars: readonly ProvinceBar[],
  limit: number,
  colour: string,
  alt: string,
): Markup | null {
  if (bars.length === 0) return null;
  const shown = bars.map(({ province, nox }) => ({ province, nox: nox / THOUSAND }));
  return draw(
    { alt, width: 440, height: 48 + 28 * shown.length },
    {
      marginLeft: 110,
      marginRight: 50,
      marginTop: 4,
      marginBottom: 44,
      x: {
        domain: [0, limit / THOUSAND],
        label: 'NOx, thousand t',
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        ticks: 5,
      },
      y: { domain: shown.map(({ province }) => province), label: null, tickSize: 0, padding: 0.2 },
      marks: [
        Plot.barX(shown, { x: 'nox', y: 'province', fill: colour }),
        Plot.text(shown, {
          x: 'nox',
          y: 'province',
          text: (d: ProvinceBar) => fixed(d.nox, 1),
          dx: 5,
          textAnchor: 'start',
        }),
        Plot.ruleX([0], { stroke: 'var(--ink)' }),
      ],
    },
  );
}
