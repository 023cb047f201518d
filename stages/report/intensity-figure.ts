import * as Plot from '@observablehq/plot';
import { barsFigure } from './bar-figures.ts';
import type { ReportData } from './data.ts';
import type { Emissions, Region } from './emissions-data.ts';
import { demand } from './exports.ts';
import { draw, textWidth } from './figures.ts';
import type { Markup } from './html.ts';
import { placeLabels } from './labels.ts';
import { fixed, intensityText } from './numbers.ts';
import { ROLE_COLOURS } from './style.ts';
import type { Words } from './words.ts';

/** The map in pixels: how wide it is without its margins, and how high at most. */
const WIDTH = 400;
const MOST_HEIGHT = 620;
const MARGIN = { left: 48, right: 92, top: 8, bottom: 30 };

/** The regions where they lie; the area of a circle is the average emission intensity. */
export function intensityMap(emissions: Emissions, words: Words): Markup | null {
  const { pollutant, regions } = emissions;
  const shown = withIntensity(regions);
  if (shown.length === 0) return null;
  const { west, east, south, north, perLongitude, perLatitude } = extentOf(shown);
  const largest = Math.max(...shown.map(({ intensity }) => intensity));
  const radius = (region: Region): number => 30 * Math.sqrt(largest > 0 ? region.intensity / largest : 0);
  const width = MARGIN.left + WIDTH + MARGIN.right;
  const height = MARGIN.top + MARGIN.bottom + (north - south) * perLatitude;
  const size = 13;
  const label = ({ region, intensity }: Region): string[] => [region, intensityText(intensity)];
  const labels = placeLabels(
    shown.map((region) => ({
      x: MARGIN.left + (region.longitude - west) * perLongitude,
      y: MARGIN.top + (north - region.latitude) * perLatitude,
      radius: radius(region),
      width: textWidth(label(region), size),
      height: 2 * size + 4,
    })),
    { left: MARGIN.left, top: 0, right: width, bottom: height - MARGIN.bottom },
  );
  const frame = {
    alt: `Map of the ${words.region.many}; the area of each circle is its ${pollutant} per output, its colour whether it emits more than its ${demand(emissions)} causes`,
    width,
    least: '26rem',
    height,
  };
  const position = { x: 'longitude', y: 'latitude' } as const;
  const degrees = (above: string, below: string) => ({
    tickFormat: (d: number) => (d === 0 ? '0°' : `${fixed(Math.abs(d))}° ${d < 0 ? below : above}`),
    label: null,
    grid: true,
    tickSize: 0,
  });
  return draw(frame, {
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { domain: [west, east], ticks: whole(west, east), ...degrees('E', 'W') },
    y: { domain: [south, north], ticks: whole(south, north), ...degrees('N', 'S') },
    marks: [
      Plot.dot(shown, {
        ...position,
        r: { value: radius, scale: null },
        fill: ({ orientation }: Region) => roleColour(orientation),
        stroke: 'var(--paper)',
      }),
      ...shown.map((region, i) =>
        Plot.text([region], {
          ...position,
          text: (shownRegion: Region) => label(shownRegion).join('\n'),
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

/** The same as bars, where it is not known where the regions lie; the largest first. */
export function intensityBars(emissions: Emissions, { words, intensityUnit }: ReportData): Markup | null {
  const { pollutant, regions } = emissions;
  const bars = withIntensity(regions)
    .map(({ region, intensity, orientation }) => ({
      label: region,
      amount: intensity,
      colour: roleColour(orientation),
    }))
    .sort((a, b) => b.amount - a.amount);
  return barsFigure(bars, {
    alt: `${pollutant} per output of each ${words.region.one}, and whether it emits more than its ${demand(emissions)} causes`,
    limit: Math.max(0, ...bars.map(({ amount }) => amount)),
    axis: `${pollutant} per output${intensityUnit === null ? '' : `, ${intensityUnit}`}`,
    number: intensityText,
  });
}

const withIntensity = (regions: readonly Region[]): Region[] =>
  regions.filter(({ intensity }) => Number.isFinite(intensity));

const roleColour = (orientation: string): string =>
  orientation === 'production' ? ROLE_COLOURS.production : ROLE_COLOURS.consumer;

/**
 * What the map shows, in degrees, and how many pixels a degree takes. At the mean latitude of the regions, both have
 * one scale: there a degree of longitude is shorter than one of latitude by the cosine.
 */
export function extentOf(regions: readonly Pick<Region, 'longitude' | 'latitude'>[]) {
  const longitudes = regions.map(({ longitude }) => longitude);
  const latitudes = regions.map(({ latitude }) => latitude);
  // Room for circles, on all sides.
  const room = Math.max(0.5, span(longitudes) / 12, span(latitudes) / 12);
  const [west, east] = [Math.min(...longitudes) - room, Math.max(...longitudes) + room];
  const [south, north] = [Math.min(...latitudes) - room, Math.max(...latitudes) + room];
  const mean = latitudes.reduce((sum, latitude) => sum + latitude, 0) / latitudes.length;
  const aspect = Math.cos((mean * Math.PI) / 180);
  const perLatitude = Math.min(WIDTH / ((east - west) * aspect), MOST_HEIGHT / (north - south));
  const perLongitude = perLatitude * aspect;
  // Where the height decides, there is room at both sides.
  const beside = (WIDTH / perLongitude - (east - west)) / 2;
  return { west: west - beside, east: east + beside, south, north, perLongitude, perLatitude };
}

const span = (degrees: readonly number[]): number => Math.max(...degrees) - Math.min(...degrees);

/** Whole degrees in a range, ten at most. */
function whole(low: number, high: number): number[] {
  const step = [1, 2, 5, 10, 20, 30].find((degrees) => (high - low) / degrees < 10) ?? 60;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, i) => (first + i) * step);
}
