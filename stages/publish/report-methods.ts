import type { Origin } from '../../runner/stage.ts';
import { STAND_IN, evidenceLabels } from './evidence.ts';
import { html, listed, nothing, table, type Markup, type TableBody } from './html.ts';
import type { ReportData } from './report-data.ts';
import { figure } from './report-figures.ts';
import type { NationalRow, StudyRow } from './report-methods-data.ts';
import { METHOD_LINES, errorFigure, methodLegend, type ErrorPoint } from './report-methods-figures.ts';
import { nationalVerdict, studyVerdict } from './report-methods-verdict.ts';
import { ABSENT, fixed, level, percentage } from './report-numbers.ts';
import type { Source } from './report-source.ts';

/** ANAIS and other methods on the same targets, where the true table is known. */
export function methodsSection({ methods }: ReportData, origins: readonly Origin[], source: Source): Markup {
  const { study, national } = methods;
  const isStandIn = evidenceLabels('validation_study', origins).includes(STAND_IN);
  return html`<p>
      How near to the truth is a table that ANAIS makes? That can be said only where the true table is known. Here ANAIS
      and its rivals get the same targets. RAS scales cells until all totals and balances are met, and knows no bands of
      coefficients; GRAS does so with negative cells too; weighted least squares keeps the sum of (x − x0)²/x0 least
      under all constraints of ANAIS. Then the totals themselves are made wrong.
    </p>
    ${studyPart(study, isStandIn, source)} ${nationalPart(national, source)}`;
}

const STUDY_MEASURES = [
  { measure: 'flows', of: ({ wape }: StudyRow) => wape },
  { measure: 'technical coefficients', of: ({ stpe }: StudyRow) => stpe },
  { measure: 'flows between cities', of: ({ cityFlows }: StudyRow) => cityFlows },
  { measure: 'footprints of cities', of: ({ footprints }: StudyRow) => footprints },
] as const;

function studyPart(study: readonly StudyRow[], isStandIn: boolean, source: Source): Markup {
  const points: ErrorPoint[] = STUDY_MEASURES.flatMap(({ measure, of }) =>
    study.map((row) => ({ measure, noise: row.noise, method: row.method, error: of(row), deviation: NaN })),
  );
  const warning = isStandIn
    ? html`<strong>The true table is a stand-in</strong>: this shows how methods fare in an economy that was made up,
        and how alike its two years are was made up as well.`
    : nothing;
  const words =
    study.length === 0
      ? html`<p>
          For the table of the study, nothing can be said: the true table is known only where the target is a stand-in.
        </p>`
      : html`<p>For the table of the study. ${warning} ${studyVerdict(study, STUDY_MEASURES)}</p>`;
  return html`${words}
  ${table({
    caption: html`<p>
        <strong>Table 7.</strong> Errors of each method in the cells that were to be estimated, against the hidden true
        table. Flows: sum of errors over sum of flows (WAPE). Technical coefficients: the same (STPE), the mean absolute
        deviation (MAD) and Theil’s U. Then what people use the table for: emissions embodied in flows between the
        cities, footprints of the cities, and the share of flows that is inefficient.
      </p>
      ${source('validation_study')}`,
    columns: [
      { head: 'Method', kind: 'text' },
      { head: 'Flows', unit: 'WAPE, %', kind: 'number' },
      { head: 'Coefficients', unit: 'STPE, %', kind: 'number' },
      { head: 'Coefficients', unit: 'MAD × 1 000', kind: 'number' },
      { head: 'Coefficients', unit: 'U', kind: 'number' },
      { head: 'Flows between cities', unit: 'WAPE, %', kind: 'number' },
      { head: 'Footprints', unit: 'WAPE, %', kind: 'number' },
      { head: 'Inefficient', unit: '%', kind: 'number' },
      { head: 'Remark', kind: 'text' },
    ],
    bodies: byNoise(study, (row) => [
      row.method,
      percentage(row.wape, 2),
      percentage(row.stpe, 2),
      fixed(1000 * row.mad, 4),
      fixed(row.theilU, 3),
      percentage(row.cityFlows, 2),
      percentage(row.footprints, 2),
      `${percentage(row.inefficient)} (true: ${percentage(row.trulyInefficient)})`,
      row.message === null ? '' : `no table: ${row.message}`,
    ]),
  })}
  ${figure({
    caption: html`<p>
        <strong>Figure 6.</strong> Error of each method against errors in the totals that it is given, in percent. The
        same errors for every method.
      </p>
      ${source('validation_study')}`,
    legend: methodLegend(points),
    drawing: errorFigure(points, `Errors of ${methodNames(points)} against the true table of the stand-in economy`),
  })}`;
}

const NATIONAL_MEASURES = [
  {
    measure: 'intermediate deliveries',
    of: ({ wape }: NationalRow) => wape,
    spread: ({ wapeDeviation }: NationalRow) => wapeDeviation,
  },
  {
    measure: 'technical coefficients',
    of: ({ stpe }: NationalRow) => stpe,
    spread: ({ stpeDeviation }: NationalRow) => stpeDeviation,
  },
  {
    measure: 'the same, Theil’s U',
    of: ({ theilU }: NationalRow) => theilU,
    spread: ({ theilUDeviation }: NationalRow) => theilUDeviation,
  },
] as const;

function nationalPart(national: readonly NationalRow[], source: Source): Markup {
  const points: ErrorPoint[] = NATIONAL_MEASURES.flatMap(({ measure, of, spread }) =>
    national.map((row) => ({ measure, noise: row.noise, method: row.method, error: of(row), deviation: spread(row) })),
  );
  const percents = (mean: number, deviation: number): string =>
    withSpread(percentage(mean), Number.isFinite(deviation) ? percentage(deviation) : null);
  return html`<p>
      For a real economy: China’s national table of the base year, updated to the totals of the later year, against the
      later year’s own table. Both are estimates from what the statistics office publishes.
      ${nationalVerdict(national, NATIONAL_MEASURES)}
    </p>
    ${table({
      caption: html`<p>
          <strong>Table 8.</strong> Errors of each method in intermediate deliveries of the national table, mean and
          standard deviation over draws of errors. GRAS updates the whole table and is given gross output and totals of
          categories; the others are given intermediate sales and inputs of each sector.
        </p>
        ${source('validation_national')}`,
      columns: [
        { head: 'Method', kind: 'text' },
        { head: 'Deliveries', unit: 'WAPE, %', kind: 'number' },
        { head: 'Coefficients', unit: 'STPE, %', kind: 'number' },
        { head: 'Coefficients', unit: 'MAD × 1 000', kind: 'number' },
        { head: 'Coefficients', unit: 'U', kind: 'number' },
        { head: 'Tables found', unit: 'of draws', kind: 'number' },
        { head: 'Remark', kind: 'text' },
      ],
      bodies: byNoise(national, (row) => [
        row.method,
        percents(row.wape, row.wapeDeviation),
        percents(row.stpe, row.stpeDeviation),
        withSpread(
          fixed(1000 * row.mad, 2),
          Number.isFinite(row.madDeviation) ? fixed(1000 * row.madDeviation, 2) : null,
        ),
        withSpread(fixed(row.theilU, 3), Number.isFinite(row.theilUDeviation) ? fixed(row.theilUDeviation, 3) : null),
        `${fixed(row.solved)} of ${fixed(row.draws)}`,
        row.message === null ? '' : `no table: ${row.message}`,
      ]),
    })}
    ${figure({
      caption: html`<p>
          <strong>Figure 7.</strong> The same for the national table: mean over draws, and one standard deviation to
          either side. Percent; U in the same scale, 0.1 being 10%.
        </p>
        ${source('validation_national')}`,
      legend: methodLegend(points),
      drawing: errorFigure(points, `Errors of ${methodNames(points)} in the national table`),
    })}`;
}

const withSpread = (mean: string, deviation: string | null): string =>
  deviation === null || mean === ABSENT ? mean : `${mean} ± ${deviation}`;

const methodNames = (points: readonly ErrorPoint[]): string =>
  listed(METHOD_LINES.map(({ method }) => method).filter((name) => points.some(({ method }) => method === name)));

/** Rows under a heading for each level of noise, methods in their order. */
function byNoise<Row extends { readonly noise: number; readonly method: string }>(
  given: readonly Row[],
  cells: (row: Row) => string[],
): TableBody[] {
  const place = ({ method }: Row): number => METHOD_LINES.findIndex((line) => line.method === method);
  return [...new Set(given.map(({ noise }) => noise))].map((noise) => ({
    head: html`${noise === 0 ? 'Totals exact' : `Totals with errors of ${level(noise)}`}`,
    rows: given
      .filter((row) => row.noise === noise)
      .sort((a, b) => place(a) - place(b))
      .map(cells),
  }));
}
