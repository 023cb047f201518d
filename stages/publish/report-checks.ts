import type { Origin } from '../../runner/stage.ts';
import { html, table, type Markup } from './html.ts';
import type { ReportData } from './report-data.ts';
import { standInList } from './report-notice.ts';
import { evidenceOf } from './evidence.ts';
import type { Source } from './report-source.ts';
import { fixed, general, percent, scientific, tonnes } from './report-numbers.ts';

/** Enough to see the gap between a value and its bound. */
const CERTIFICATE_DIGITS = 7;

/** How near to its best value the linear programme was solved, and the largest violations of its constraints. */
export function certificateTables({ certificates, residuals }: ReportData, source: Source): Markup {
  const certificate = table({
    caption: html`<p>
        <strong>Table 5.</strong> The certificate of the linear programme. No table that meets the constraints has a
        value below the dual bound; the gap is how far ours may be from the best. It may be a hair below zero, where the
        table violates a constraint by a rounding error and is therefore better than any exact one. None of this says
        how near the table is to the true one.
      </p>
      ${source('anais_certificate')}`,
    columns: [
      { head: 'Step', kind: 'text' },
      { head: 'Value', kind: 'number' },
      { head: 'Dual bound', kind: 'number' },
      { head: 'Relative gap', kind: 'number' },
      { head: 'Largest relative residual', kind: 'number' },
      { head: 'Iterations', kind: 'number' },
      { head: 'Solver', kind: 'text' },
      { head: 'Status', kind: 'text' },
    ],
    bodies: [
      {
        rows: certificates.map(({ step, objective, primal, bound, gap, residual, iterations, solver, status }) => [
          `${step}. ${objective}`,
          general(primal, CERTIFICATE_DIGITS),
          general(bound, CERTIFICATE_DIGITS),
          scientific(gap),
          scientific(residual),
          fixed(iterations),
          solver,
          status,
        ]),
      },
    ],
  });
  const violations = table({
    caption: html`<p>
        <strong>Table 6.</strong> Largest violation by family of constraints, relative to the terms of the constraint:
        as the solver left it, and after it was moved to exact balance.
      </p>
      ${source('anais_residual')}`,
    columns: [
      { head: 'Step', kind: 'text' },
      { head: 'Constraints', kind: 'text' },
      { head: 'Number', kind: 'number' },
      { head: 'Solved', kind: 'number' },
      { head: 'Balanced', kind: 'number' },
      { head: 'Where', kind: 'text' },
    ],
    bodies: [
      {
        rows: residuals.map(({ step, family, rows, before, residual, at }) => [
          fixed(step),
          family,
          fixed(rows),
          scientific(before),
          scientific(residual),
          at ?? '',
        ]),
      },
    ],
  });
  return html`${certificate}${violations}`;
}

/** How many records were read and counted, why the others were not, and how far the tables balance. */
export function countTables({ counts, balances }: ReportData, source: Source): Markup {
  const { enterprises, rejects, reasons, nox } = counts;
  const read = enterprises + rejects;
  const share = (records: number): string => percent(records / read, 2);
  const records = table({
    caption: html`<p>
        <strong>Table 9.</strong> Lines of the enterprise file. Counted records add up to ${tonnes(nox)} of NOx.
      </p>
      ${source('enterprise', 'enterprise_reject')}`,
    columns: [
      { head: 'Lines', kind: 'text' },
      { head: 'Number', kind: 'number' },
      { head: 'Share', kind: 'number' },
    ],
    bodies: [
      {
        rows: [
          ['counted', fixed(enterprises), share(enterprises)],
          ...reasons.map(({ reason, records: rejected }) => [
            `not counted: ${reason}`,
            fixed(rejected),
            share(rejected),
          ]),
        ],
      },
    ],
    footer: [['read', fixed(read), share(read)]],
  });
  const balance = table({
    caption: html`<p>
        <strong>Table 10.</strong> A certificate of each input-output table: that of 2012, that of the provinces, and
        the one that ANAIS made. Residuals are relative to the total of the account, differences to all emissions.
      </p>
      ${source('balance', 'table_balance')}`,
    columns: [
      { head: 'What is looked at', kind: 'text' },
      { head: '2012', kind: 'number' },
      { head: 'Provinces', kind: 'number' },
      { head: 'Result', kind: 'number' },
      { head: 'At most', kind: 'number' },
      { head: '', kind: 'text' },
    ],
    bodies: [
      {
        rows: balances.map(({ measure, reference, target, result, most, verdict, places }) => [
          measure,
          ...[reference, target, result, most].map((value) => (Number.isNaN(value) ? '' : measured(value))),
          places === null ? (verdict ?? '') : `does not hold. ${places}`,
        ]),
      },
    ],
  });
  return html`<div class="pair">${records}${balance}</div>`;
}

/** A count as it is, any other number by its size. */
const measured = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e9 ? fixed(value) : general(value, 4);

/** Hashes are shown as far as they tell one from another; the database has them whole. */
const HASH_LENGTH = 12;

/** Where each number comes from. */
export function provenanceTable(origins: readonly Origin[], source: Markup): Markup {
  const short = (hash: string | null): Markup => html`<code>${(hash ?? '').slice(0, HASH_LENGTH)}</code>`;
  return html`${standInList(origins)}
  ${table({
    caption: html`<p>
        <strong>Table 11.</strong> Everything that the results were made from, nearest last. Without a stage of its own
        it is a file, or what stands in its place. Hashes are shortened.
      </p>
      ${source}`,
    columns: [
      { head: 'Artifact', kind: 'text' },
      { head: 'What it is', kind: 'text' },
      { head: 'Evidence', kind: 'text' },
      { head: 'Stage', kind: 'text' },
      { head: 'SHA-256', kind: 'text' },
    ],
    bodies: [
      {
        rows: origins.map(({ artifact, description, stage, sha256 }) => [
          html`<code>${artifact}</code>`,
          description,
          evidenceOf(artifact, origins),
          stage ?? '',
          short(sha256),
        ]),
      },
    ],
  })}`;
}
