/**
 * Nine colours that stay apart for colour-blind readers (P. Tol's muted scheme), light and dark; the same group has the
 * same colour in every figure. In a stack a light colour is always next to a dark one.
 */
export const GROUP_COLOURS = {
  light: ['#999933', '#332288', '#cc6677', '#882255', '#88ccee', '#117733', '#ddcc77', '#aa4499', '#44aa99'],
  dark: ['#b0b04a', '#5a50b8', '#e08592', '#96326a', '#9fd8f5', '#2a7d46', '#e8d98a', '#a84f98', '#6fd3c2'],
};

/** The colour of a group of sectors, by its place in the order of groups. */
export const groupColour = (index: number): string => `var(--group-${index % GROUP_COLOURS.light.length})`;

/** The colour of writing on it. */
export const onGroupColour = (index: number): string => `var(--on-group-${index % GROUP_COLOURS.light.length})`;

/** Relative luminance, and the contrast of two colours between 1 and 21, after WCAG 2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const WRITING = ['#ffffff', '#000000'] as const;
const writingOn = (colour: string): string =>
  contrast(colour, WRITING[0]) > contrast(colour, WRITING[1]) ? WRITING[0] : WRITING[1];

/** Colours of the two roles: emitting for others, and having others emit. */
export const ROLE_COLOURS = { production: 'var(--production)', consumer: 'var(--consumer)' };

const groups = (colours: readonly string[]): string =>
  colours.map((colour, index) => `--group-${index}: ${colour}; --on-group-${index}: ${writingOn(colour)};`).join(' ');

const DARK = `color-scheme: dark; --paper: #15171a; --ink: #e4e2dd; --quiet: #a3a19b; --rule: #3a3c40; --tint: #1d2024;
  --notice: #2b2416; --notice-rule: #d9a13b; --production: #e58a3c; --consumer: #5aa9e6; --strong: #c9c6bf; --weak: #4a4d52;
  ${groups(GROUP_COLOURS.dark)}`;

export const STYLE = `
:root { color-scheme: light; --paper: #fff; --ink: #1f2226; --quiet: #62666c; --rule: #d9d8d4; --tint: #f6f5f2;
  --notice: #fdf6e7; --notice-rule: #c98a1b; --production: #c8620a; --consumer: #1f6fb2; --strong: #4b4f55; --weak: #d4d3cf;
  ${groups(GROUP_COLOURS.light)} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, 'Times New Roman', serif; }
main, header, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 4rem; }
h1, h2 { font-weight: 600; line-height: 1.2; text-wrap: balance; }
h1 { font-size: clamp(1.8rem, 4.5vw, 2.6rem); margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.5rem; margin: 0 0 .6rem; }
p, ul { max-width: 44rem; margin: 0 0 1rem; }
section { margin: 4.5rem 0 0; }
.subtitle { color: var(--quiet); margin-bottom: 1.5rem; }
.answer { font-size: 1.25rem; line-height: 1.5; max-width: 46rem; margin-bottom: .7rem; }
.notice { background: var(--notice); border-left: 4px solid var(--notice-rule); padding: .9rem 1.4rem; margin: 0 0 1.8rem; max-width: 62rem; }
.notice h2 { font-size: 1.15rem; margin-bottom: .3rem; }
.notice p, .notice ul { font-size: 1rem; max-width: none; margin-bottom: .6rem; }
.notice p:last-child { margin-bottom: 0; }
.notice a { color: inherit; }
ul { padding-left: 1.2rem; }
table, figure, .legend, .source, code { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; font-size: .85em; }
.quiet, .unit, .source { color: var(--quiet); }
.source { font-size: .8rem; font-weight: 400; }
.scroll { overflow-x: auto; margin: 1.5rem 0; container-type: inline-size; }
table { border-collapse: collapse; font-size: .875rem; line-height: 1.4; font-variant-numeric: tabular-nums lining-nums; }
caption { caption-side: top; text-align: left; padding: 0 0 .7rem; }
caption p, figcaption p { margin: 0 0 .15rem; max-width: min(52rem, 100cqi); font-size: .9375rem; line-height: 1.45; }
th, td { padding: .38rem .55rem; vertical-align: top; text-align: left; font-weight: 400; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
thead th { vertical-align: bottom; font-weight: 600; border-bottom: 1px solid var(--ink); line-height: 1.25; }
thead .number, tfoot .number { white-space: normal; }
thead .number { max-width: 8.5rem; }
thead .unit { display: block; font-weight: 400; font-size: .78rem; white-space: nowrap; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
tbody + tbody tr:first-child > * { padding-top: 1.6rem; }
tr.group th { font-weight: 600; }
tr.group .quiet { font-weight: 400; }
tfoot tr:first-child > * { border-top: 1px solid var(--ink); padding-top: .6rem; }
.marked { font-weight: 600; }
.identifier { display: inline-block; color: var(--quiet); font-size: .8em; }
.whole { white-space: nowrap; }
.name { margin-right: .4rem; }
.aside { display: block; white-space: normal; color: var(--quiet); font-size: .9em; }
.notes { columns: 26rem 2; column-gap: 3.5rem; max-width: none; padding-left: 1.6rem; font: .85rem/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; color: var(--quiet); }
figure { margin: 1.5rem 0; }
figcaption { margin-bottom: .7rem; }
.drawing { overflow-x: auto; }
.drawing svg { display: block; width: 100%; height: auto; overflow: visible; color: var(--ink);
  font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
.drawing text { white-space: pre; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; padding: 0; margin: 0 0 .8rem; max-width: none; font-size: .85rem; }
.legend li { display: flex; align-items: center; gap: .4rem; }
.swatch { width: .85rem; height: .85rem; border-radius: 2px; flex: none; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 3.5rem; align-items: start; }
.contents { font-size: .95rem; margin: 2rem 0 0; }
.contents a { color: inherit; text-decoration-color: var(--rule); text-underline-offset: .2em; margin-right: 1.1rem; white-space: nowrap; }
footer { margin-top: 5rem; padding-top: 1.2rem; padding-bottom: 4rem; color: var(--quiet); font-size: .9rem; }
footer p { border-top: 1px solid var(--rule); padding-top: 1.2rem; max-width: none; }
@media (max-width: 40rem) {
  body { font-size: 1rem; }
  header { padding-top: 2.2rem; }
  main, header, footer { padding-left: 1.1rem; padding-right: 1.1rem; }
  .answer { font-size: 1.12rem; }
  section { margin-top: 3.2rem; }
  .drawing svg { min-width: var(--least, 0); }
  caption > p, caption > .source { position: sticky; left: 0; max-width: 100cqi; }
  tr > th:first-child:not([colspan]) { position: sticky; left: 0; background: var(--paper); max-width: 9.5rem; }
}
@media print {
  @page { margin: 16mm; }
  :root { color-scheme: light; }
  body { font-size: 10pt; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; }
  .contents { display: none; }
  .pair { grid-template-columns: 1fr 1fr; gap: 0 1.5rem; }
  .scroll, .drawing { overflow: visible; }
  table { font-size: 7.5pt; }
  th, td { padding: .2rem .4rem; }
  section { margin-top: 2rem; }
  h2, figcaption, caption { break-after: avoid; }
  tr, figure, .notice { break-inside: avoid; }
  .swatch, .notice, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
