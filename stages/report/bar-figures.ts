import * as Plot from '@observablehq/plot';
import type { Emissions } from './emissions-data.ts';
import { draw, textWidth } from './figures.ts';
import type { Markup } from './html.ts';
import { percent } from './numbers.ts';

/** Room for names at the left of bars. */
const namesMargin = (names: readonly string[], least: number): number => Math.max(least, 12 + textWidth(names, 13));

/** Shares of the flows between regions that run from high to low intensity, by what intensity is compared. */
export function efficiencyFigure(of: string, efficiency: NonNullable<Emissions['efficiency']>): Markup | null {
  const shown = efficiency.filter(({ total }) => total > 0);
  if (shown.length === 0) return null;
  const parts = shown.flatMap(({ basis, inefficient, total }) => [
    { basis, kind: 'inefficient', from: 0, to: inefficient / total },
    { basis, kind: 'efficient', from: inefficient / total, to: 1 },
  ]);
  const inside = parts.filter(({ from, to }) => to - from > 0.08);
  const bases = shown.map(({ basis }) => basis);
  const frame = {
    alt: `Inefficient share of ${of}: ${shown.map(({ basis, inefficient, total }) => `${basis} ${percent(inefficient / total, 0)}`).join(', ')}`,
    width: 470,
    height: 34 + 42 * shown.length,
  };
  return draw(frame, {
    marginLeft: namesMargin(bases, 205),
    marginRight: 24,
    marginTop: 4,
    marginBottom: 30,
    x: { domain: [0, 1], label: null, tickFormat: (d: number) => percent(d, 0), ticks: 5, tickSize: 0 },
    y: { domain: bases, label: null, padding: 0.25, tickSize: 0 },
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

interface Bar {
  readonly label: string;
  readonly amount: number;
  readonly colour: string;
}

interface Scale {
  readonly alt: string;
  /** The amount at the end of the scale. */
  readonly limit: number;
  /** What is measured, and its unit. */
  readonly axis: string;
  readonly number: (amount: number) => string;
}

/** Named bars, the first at the top, each with its number. */
export function barsFigure(bars: readonly Bar[], { alt, limit, axis, number }: Scale): Markup | null {
  if (bars.length === 0) return null;
  const names = bars.map(({ label }) => label);
  return draw(
    { alt, width: 440, height: 48 + 28 * bars.length },
    {
      marginLeft: namesMargin(names, 110),
      marginRight: 50,
      marginTop: 4,
      marginBottom: 44,
      x: {
        domain: [0, limit > 0 ? limit : 1],
        label: axis,
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        ticks: 5,
      },
      y: { domain: names, label: null, tickSize: 0, padding: 0.2 },
      marks: [
        Plot.barX(bars, { x: 'amount', y: 'label', fill: { value: 'colour', scale: null } }),
        Plot.text(bars, {
          x: 'amount',
          y: 'label',
          text: (bar: Bar) => number(bar.amount),
          dx: 5,
          textAnchor: 'start',
        }),
        Plot.ruleX([0], { stroke: 'var(--ink)' }),
      ],
    },
  );
}
