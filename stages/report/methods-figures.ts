import * as Plot from '@observablehq/plot';
import type { Markup } from './html.ts';
import { draw } from './figures.ts';
import { general, percent } from './numbers.ts';

/** The error of a method at a level of noise, by one measure; and its spread, where there are many draws. */
export interface ErrorPoint {
  readonly measure: string;
  readonly noise: number;
  readonly method: string;
  readonly error: number;
  readonly deviation: number;
}

/** Methods in one order everywhere. Lines that lie on one another are told apart by their dashes. */
export const METHOD_LINES = [
  { method: 'ANAIS', colour: 'var(--production)', dash: 'none' },
  { method: 'RAS', colour: 'var(--consumer)', dash: 'none' },
  { method: 'GRAS', colour: 'var(--group-5)', dash: 'none' },
  { method: 'weighted least squares', colour: 'var(--group-3)', dash: '5 4' },
] as const;

/** The legend of the methods that are drawn. */
export const methodLegend = (points: readonly ErrorPoint[]): { colour: string; label: string }[] =>
  METHOD_LINES.filter(({ method }) => points.some((point) => point.method === method)).map(
    ({ method, colour, dash }) => ({
      colour,
      label: dash === 'none' ? method : `${method}, dashed`,
    }),
  );

/** Small multiples: one field a measure, all on one scale from 0; error against noise, one line a method. */
export function errorFigure(given: readonly ErrorPoint[], alt: string): Markup | null {
  const points = given.filter(({ error }) => Number.isFinite(error));
  if (points.length === 0) return null;
  const measures = [...new Set(points.map(({ measure }) => measure))];
  const levels = [...new Set(points.map(({ noise }) => noise))].sort((a, b) => a - b);
  const spread = points.filter(({ deviation }) => deviation > 0);
  const position = { x: 'noise', y: 'error', fx: 'measure' } as const;
  const shown = METHOD_LINES.map((line) => ({
    ...line,
    points: points.filter(({ method }) => method === line.method).sort((a, b) => a.noise - b.noise),
  })).filter((line) => line.points.length > 0);
  return draw(
    { alt, width: 900, least: '40rem', height: 300 },
    {
      marginLeft: 52,
      marginRight: 16,
      marginTop: 34,
      marginBottom: 48,
      fx: { domain: measures, label: null, padding: 0.12, tickSize: 0 },
      x: {
        domain: [0, Math.max(...levels, 0.01)],
        ticks: levels,
        tickFormat: (noise: number) => general(100 * noise),
        label: 'errors in the totals, %',
        labelAnchor: 'center',
        labelArrow: 'none',
      },
      y: {
        domain: [0, 1.05 * Math.max(...points.map(({ error, deviation }) => error + (deviation > 0 ? deviation : 0)))],
        tickFormat: (share: number) => percent(share, 0),
        label: null,
        grid: true,
        ticks: 5,
        tickSize: 0,
      },
      marks: [
        Plot.ruleY([0], { stroke: 'var(--ink)' }),
        ...shown.flatMap(({ method, colour, dash, points: line }) => [
          Plot.ruleX(
            spread.filter((point) => point.method === method),
            {
              x: 'noise',
              fx: 'measure',
              y1: ({ error, deviation }: ErrorPoint) => Math.max(0, error - deviation),
              y2: ({ error, deviation }: ErrorPoint) => error + deviation,
              stroke: colour,
              strokeOpacity: 0.45,
            },
          ),
          Plot.line(line, { ...position, stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
          Plot.dot(line, { ...position, fill: colour, r: 3 }),
        ]),
      ],
    },
  );
}
