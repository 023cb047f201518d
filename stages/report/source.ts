import type { Origin } from '../../runner/stage.ts';
import { evidenceOf } from '../evidence.ts';
import { html, type Markup } from './html.ts';

/** Says which tables of the results database a figure shows, and on what kinds of knowledge they rest. */
export type Source = (...tables: string[]) => Markup;

export const sourceLine =
  (origins: readonly Origin[]): Source =>
  (...tables) => {
    const evidence = [...new Set(tables.map((name) => evidenceOf(name, origins)))].filter((label) => label !== '');
    const basis = evidence.length === 0 ? '' : ` · rests on ${evidence.join('; ')}`;
    return html`<div class="source">
      From ${tables.map((name, i) => html`${i === 0 ? '' : ', '}<code>${name}</code>`)}${basis}
    </div>`;
  };
