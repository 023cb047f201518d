import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, nothing, type Markup } from './html.ts';

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

/** About how much room the widest of some texts takes, in pixels. */
export const textWidth = (texts: readonly string[], size: number): number =>
  Math.max(0, ...texts.map(({ length }) => length)) * size * LETTER;
