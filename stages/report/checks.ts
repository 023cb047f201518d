import type { Origin } from '../../runner/stage.ts';
import { evidenceOf, standIns } from '../evidence.ts';
import { html, listed, nothing, table, type Markup } from './html.ts';
import type { ReportData } from './data.ts';
import { standInList } from './notice.ts';
import { heading } from './numbering.ts';
import { fixed, general, percent, scientific, tonnes } from './numbers.ts';
import type { Source } from './source.ts';

type Present<Name extends keyof ReportData> = NonNullable<ReportData[Name]>;

/** Enough to see the gap between a value and its bound. */
const CERTIFICATE_DIGITS = 7;

/** How near to its best value the linear programme was solved, and the largest violations of its constraints. */
export const certificateTables = ({ certificates, residuals }: ReportData, source: Source): Markup =>
  html`${certificates === null ? nothing : certificateTable(certificates, source('anais_certificate'))}
  ${residuals === null ? nothing : residualTable(residuals, source('anais_residual'))}`;

const certificateTable = (certificates: Present<'certificates'>, source: Markup): Markup =>
  table({
    caption: html`<p>
        ${heading('Table', 'certificate')} The certificate of the linear programme. No table that meets the constraints
        has a value below the dual bound; the gap is how far ours may be from the best. It may be a hair below zero,
        where the table violates a constraint by a rounding error and is therefore better than any exact one. None of
        this says how near the table is to the true one.
      </p>
      ${source}`,
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

const residualTable = (residuals: Present<'residuals'>, source: Markup): Markup =>
  table({
    caption: html`<p>
        ${heading('Table', 'residuals')} Largest violation by family of constraints, relative to the terms of the
        constraint: as the solver left it, and after it was moved to exact balance.
      </p>
      ${source}`,
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

/** How many records were read and counted, why the others were not, and how far the tables balance. */
export function countTables(data: ReportData, origins: readonly Origin[], source: Source): Markup {
  const { records, balances } = data;
  const lines = records === null ? nothing : recordsTable(records, source);
  const balance = balances === null ? nothing : balanceTable(balances, data, origins, source('balance'));
  return html`<div class="pair">${lines}${balance}</div>`;
}

function recordsTable({ counted, emissions, rejects }: Present<'records'>, source: Source): Markup {
  const read = rejects.reduce((sum, { lines }) => sum + lines, counted);
  const share = (lines: number): string => percent(lines / read, 2);
  const sums = emissions.map(({ pollutant, t }) => `${tonnes(t)} of ${pollutant}`);
  return table({
    caption: html`<p>
        ${heading('Table', 'records')} Lines of the enterprise file.
        ${sums.length === 0 ? '' : `Counted records add up to ${listed(sums)}.`}
      </p>
      ${source('enterprise', ...(sums.length === 0 ? [] : ['enterprise_emission']), 'enterprise_reject_summary')}`,
    columns: [
      { head: 'Lines', kind: 'text' },
      { head: 'Number', kind: 'number' },
      { head: 'Share', kind: 'number' },
    ],
    bodies: [
      {
        rows: [
          ['counted', fixed(counted), share(counted)],
          ...rejects.map(({ reason, column, lines }) => [
            html`not counted: ${reason}${column === null ? nothing : html` <code>${column}</code>`}`,
            fixed(lines),
            share(lines),
          ]),
        ],
      },
    ],
    footer: [['read', fixed(read), share(read)]],
  });
}

/** Headings of tables that are looked at. */
const TABLES = new Map([
  ['reference_table', 'Reference'],
  ['target_table', 'Target'],
  ['mrio', 'Result'],
]);

/** A measure a line, a table a column, where the table has it. */
function balanceTable(
  balances: Present<'balances'>,
  { emissions }: ReportData,
  origins: readonly Origin[],
  source: Markup,
): Markup {
  const tables = [...new Set(balances.map((line) => line.table))];
  const head = (name: string): string => TABLES.get(name) ?? name;
  const about = tables.flatMap((name) => {
    const description = origins.find(({ artifact }) => artifact === name)?.description ?? '';
    return description === '' ? [] : [html` ${head(name)}: ${description}.`];
  });
  const measures = measuresOf(
    balances,
    emissions.map(({ pollutant }) => pollutant),
  );
  return table({
    caption: html`<p>
        ${heading('Table', 'balance')} A certificate of each input-output table. Residuals are relative to the total of
        the account, differences to all emissions.${about}
      </p>
      ${source}`,
    columns: [
      { head: 'What is looked at', kind: 'text' },
      ...tables.map((name) => ({ head: head(name), kind: 'number' as const })),
      { head: 'At most', kind: 'number' },
      { head: '', kind: 'text' },
    ],
    bodies: [
      {
        rows: measures.map(({ shown, measure }) => {
          const lines = balances.filter((line) => line.measure === measure);
          const values = tables.map((name) => lines.find((line) => line.table === name)?.value ?? NaN);
          const most = lines.find((line) => !Number.isNaN(line.most))?.most ?? NaN;
          return [shown, ...[...values, most].map(measured), verdictOf(lines)];
        }),
      },
    ],
  });
}

/** Measures by name: first those of tables, then those of each pollutant. Of a single one, it need not be said which. */
function measuresOf(balances: Present<'balances'>, pollutants: readonly string[]) {
  const measures = [...new Set(balances.map(({ measure }) => measure))].map((measure) => {
    const pollutant = pollutants.find((name) => measure.startsWith(`${name}: `)) ?? '';
    if (pollutant === '' || pollutants.length > 1) return { measure, pollutant, shown: measure };
    return { measure, pollutant: '', shown: measure.slice(pollutant.length + 2) };
  });
  const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return measures.sort((a, b) => compared(a.pollutant, b.pollutant) || compared(a.shown, b.shown));
}

function verdictOf(lines: Present<'balances'>): string {
  const failed = lines.filter(({ verdict }) => verdict === 'does not hold');
  if (failed.length === 0) return lines.some(({ verdict }) => verdict !== null) ? 'holds' : '';
  const places = failed.map((line) => (line.places === null ? line.table : `${line.table}: ${line.places}`));
  return `does not hold. ${places.join('; ')}`;
}

/** A count as it is, any other number by its size; nothing where there is none. */
function measured(value: number): string {
  if (Number.isNaN(value)) return '';
  return Number.isInteger(value) && Math.abs(value) < 1e9 ? fixed(value) : general(value, 4);
}

/** Hashes are shown as far as they tell one from another; the database has them whole. */
const HASH_LENGTH = 12;

/** Where each number comes from. */
export function provenanceTable(origins: readonly Origin[], source: Markup): Markup {
  const { used, others } = standIns(origins);
  const short = (hash: string | null): Markup => html`<code>${(hash ?? '').slice(0, HASH_LENGTH)}</code>`;
  return html`${standInList(origins)}
  ${table({
    caption: html`<p>
        ${heading('Table', 'provenance')} Everything that the results were made from, nearest last. Without a stage of
        its own it is a file${others.length + used.length === 0 ? '' : ', or what stands in its place'}. Hashes are
        shortened.
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
