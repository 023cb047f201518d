import * as Plot from '@observablehq/plot';
import type { ReportData } from './data.ts';
import type { Emissions } from './emissions-data.ts';
import { draw, textWidth } from './figures.ts';
import type { Markup } from './html.ts';
import { fixed, type MassScale } from './numbers.ts';
import { groupColour, onGroupColour } from './style.ts';

/** Room for the names of the two accounts, beside that for the names of regions. */
const ACCOUNTS = 92;

/** Two bars a region, each stacked by groups of sectors. A group is named where its name has room. */
export function accountsFigure(
  { pollutant, regions, accounts }: Emissions,
  { groups, words }: ReportData,
  scale: MassScale,
): Markup | null {
  if (regions.length === 0) return null;
  const order = regions.map(({ region }) => region);
  const bars = stacked(accounts, groups, scale);
  const totals = regions.flatMap(({ region, production, consumption }) => [
    { region, account: 'production', amount: production / scale.t },
    { region, account: 'consumption', amount: consumption / scale.t },
  ]);
  const width = 900;
  const margin = { left: Math.max(230, ACCOUNTS + 12 + textWidth(order, 14)), right: 56 };
  const greatest = Math.max(...totals.map(({ amount }) => amount), ...bars.map(({ to }) => to));
  // Stocks that are drawn on can make a footprint fall below 0.
  const least = Math.min(0, ...bars.flatMap(({ from, to }) => [from, to]));
  const perUnit = greatest > least ? (width - margin.left - margin.right) / (greatest - least) : 0;
  const named = bars.filter(({ group, from, to }) => (to - from) * perUnit > textWidth([group], 11) + 8);
  const frame = {
    alt: `Production- and consumption-based ${pollutant} of each ${words.region.one}, stacked by ${groups.length} groups of sectors; the numbers are in the next table`,
    width,
    height: 60 + 48 * regions.length,
    least: '38rem',
  };
  const groupOf = ({ group }: (typeof bars)[number]): number => groups.indexOf(group);
  return draw(frame, {
    marginLeft: margin.left,
    marginRight: margin.right,
    marginTop: 8,
    marginBottom: 44,
    x: {
      domain: [least, greatest > least ? greatest : 1],
      label: `${pollutant}, ${scale.unit}`,
      labelAnchor: 'center',
      labelArrow: 'none',
      grid: true,
      ticks: 6,
    },
    y: { domain: ['production', 'consumption'], label: null, padding: 0.08 },
    fy: { domain: order, label: null, padding: 0.22 },
    marks: [
      Plot.axisFy({ anchor: 'left', dx: -ACCOUNTS, textAnchor: 'end', fontSize: 14, fontWeight: 600 }),
      Plot.axisY({ anchor: 'left', tickSize: 0, fontSize: 12, fill: 'var(--quiet)' }),
      Plot.barX(bars, {
        x1: 'from',
        x2: 'to',
        y: 'account',
        fy: 'region',
        fill: { value: (bar: (typeof bars)[number]) => groupColour(groupOf(bar)), scale: null },
        stroke: 'var(--paper)',
        strokeWidth: 0.5,
        title: ({ region, account, group, from, to }: (typeof bars)[number]) =>
          `${region}, ${account}: ${group} ${fixed(to - from, 1)} ${scale.unit}`,
      }),
      Plot.text(named, {
        x: ({ from, to }: (typeof bars)[number]) => (from + to) / 2,
        y: 'account',
        fy: 'region',
        text: 'group',
        fontSize: 11,
        fill: { value: (bar: (typeof bars)[number]) => onGroupColour(groupOf(bar)), scale: null },
        pointerEvents: 'none',
      }),
      Plot.text(totals, {
        x: 'amount',
        y: 'account',
        fy: 'region',
        text: (d: (typeof totals)[number]) => fixed(d.amount, 1),
        dx: 5,
        textAnchor: 'start',
        fontSize: 12,
      }),
      Plot.ruleX([0], { stroke: 'var(--ink)' }),
    ],
  });
}

/** Where each part of a bar begins and ends, in the order of the groups. */
function stacked(accounts: Emissions['accounts'], groups: readonly string[], scale: MassScale) {
  const ends = new Map<string, number>();
  return [...accounts]
    .sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group))
    .map(({ emission, ...bar }) => {
      const name = `${bar.region}/${bar.account}`;
      const from = ends.get(name) ?? 0;
      const to = from + emission / scale.t;
      ends.set(name, to);
      return { ...bar, from, to };
    });
}
