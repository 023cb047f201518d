import type { Origin } from '../../runner/stage.ts';
import { areFitted, standIns, userFiles } from '../evidence.ts';
import { html, nothing, type Markup } from './html.ts';

/**
 * Says in plain sight which inputs are stand-ins, or that none is where there are the user's own files.
 * @param arePrinted whether the page has printed figures, which stand-ins may be fitted to
 */
export function notice(origins: readonly Origin[], arePrinted: boolean): Markup {
  const { used } = standIns(origins);
  const files = userFiles(origins);
  const supplied = files.length === 0 ? nothing : html`<p>Supplied by the user: ${codes(files)}.</p>`;
  if (used.length === 0) {
    if (files.length === 0) return nothing;
    return html`<aside class="notice" aria-labelledby="inputs">
      <h2 id="inputs">No stand-ins</h2>
      <p>All that the results rest on is published facts or the user’s own data.</p>
      ${supplied}
    </aside>`;
  }
  const agreement = !(arePrinted && areFitted(used, origins))
    ? nothing
    : files.length === 0
      ? html`They were fitted to what the study prints, so that agreement with it is
          <strong>calibration, never evidence</strong>.`
      : html`They were fitted to what the study prints, but not to the user’s data: agreement is
          <strong>never evidence</strong>.`;
  return html`<aside class="notice" aria-labelledby="inputs">
    <h2 id="inputs">Made with stand-in data</h2>
    <p>
      Generated, because the real ones are not public: ${codes(used)} (<a href="#stand-ins">what they are</a>).
      ${agreement} The results show what the method makes of such inputs, not what happened.
    </p>
    ${supplied}
  </aside>`;
}

/** What each stand-in is, and what else was assumed or generated. */
export function standInList(origins: readonly Origin[]): Markup {
  const { used, others } = standIns(origins);
  if (used.length + others.length === 0) return nothing;
  const list = (heading: string, listed: readonly Origin[]): Markup =>
    listed.length === 0
      ? nothing
      : html`<p>${heading}</p>
          <ul>
            ${listed.map(({ artifact, description }) => html`<li>${description} <code>${artifact}</code></li>`)}
          </ul>`;
  const beside =
    used.length === 0 ? 'Generated, but nothing of the results rests on it:' : 'Assumed or generated beside them:';
  return html`<div id="stand-ins">${list('Stand-ins, generated at full size:', used)}${list(beside, others)}</div>`;
}

const codes = (origins: readonly Origin[]): Markup[] =>
  origins.map(({ artifact }, i) => html`${i === 0 ? '' : ', '}<code>${artifact}</code>`);
