import type { Origin } from '../../runner/stage.ts';
import { STAND_IN, evidenceLabels } from '../evidence.ts';
import { html, listed, nothing, table, type Markup, type TableBody } from './html.ts';
import type { ReportData } from './data.ts';
import { figure } from './figures.ts';
import type { NationalRow, StudyRow } from './methods-data.ts';
import { METHOD_LINES, errorFigure, methodLegend, type ErrorPoint } from './methods-figures.ts';
import { nationalVerdict, studyVerdict, type Compared, type MeasureOf } from './methods-verdict.ts';
import { heading } from './numbering.ts';
import { fixed, level, percentage } from './numbers.ts';
import type { Source } from './source.ts';
import type { Words } from './words.ts';

/** ANAIS and other methods on the same targets, where the true table is known. */
export function methodsSection({ methods, words }: ReportData, origins: readonly Origin[], source: Source): Markup {
  const { study, national } = methods;
  const isStandIn = evidenceLabels('validation_study', origins).includes(STAND_IN);
  return html`<p>
      How near to the truth is a table that ANAIS makes? That can be said only where the true table is known. Here ANAIS
      and its rivals get the same targets. RAS scales cells until all totals and balances are met, and knows no bands of
      coefficients; GRAS does so with negative cells too; weighted least squares keeps the sum of (x − x0)²/x0 least
      under all constraints of ANAIS. Then the totals themselves are made wrong.
    </p>
    ${study === null ? nothing : studyPart(study, words, isStandIn, source)}
    ${national === null ? nothing : nationalPart(national, study !== null, source)}`;
}

/** Scores, or why there are none. */
interface Scored extends Compared {
  readonly message: string | null;
}

/** A measure of the figure, and how it spreads over draws of errors; without draws it does not. */
interface Measure<Row> extends MeasureOf<Row> {
  readonly spread?: (row: Row) => number;
}

/** A column of scores in the table. */
interface ScoreColumn<Row> {
  readonly head: string;
  readonly unit: string;
  readonly cell: (row: Row) => string;
}

/** One comparison of methods: what its table and its figure show, with their captions and the artifact behind both. */
interface Comparison<Row> {
  readonly scores: readonly Row[];
  readonly columns: readonly ScoreColumn<Row>[];
  readonly measures: readonly Measure<Row>[];
  readonly tableCaption: Markup;
  readonly figureCaption: Markup;
  readonly source: Markup;
  /** What the errors are errors in, for those who do not see the figure. */
  readonly where: string;
}

/** The table of all scores and the figure of errors. */
function tableAndFigure<Row extends Scored>({ scores, columns, measures, source, ...texts }: Comparison<Row>): Markup {
  const points: ErrorPoint[] = measures.flatMap(({ measure, of, spread }) =>
    scores.map((row) => ({
      measure,
      noise: row.noise,
      method: row.method,
      error: of(row),
      deviation: spread?.(row) ?? NaN,
    })),
  );
  return html`${table({
    caption: html`${texts.tableCaption} ${source}`,
    columns: [
      { head: 'Method', kind: 'text' },
      ...columns.map(({ head, unit }) => ({ head, unit, kind: 'number' as const })),
      { head: 'Remark', kind: 'text' },
    ],
    bodies: byNoise(scores, (row) => [
      row.method,
      ...columns.map(({ cell }) => cell(row)),
      row.message === null ? '' : `no table: ${row.message}`,
    ]),
  })}
  ${figure({
    caption: html`${texts.figureCaption} ${source}`,
    legend: methodLegend(points),
    drawing: errorFigure(points, `Errors of ${methodNames(points)} ${texts.where}`),
  })}`;
}

const studyMeasures = ({ region }: Words): readonly Measure<StudyRow>[] => [
  { measure: 'flows', of: ({ wape }) => wape },
  { measure: 'technical coefficients', of: ({ stpe }) => stpe },
  { measure: `flows between ${region.many}`, of: ({ regionFlows }) => regionFlows },
  { measure: `footprints of ${region.many}`, of: ({ footprints }) => footprints },
];

const studyColumns = ({ region }: Words): readonly ScoreColumn<StudyRow>[] => [
  { head: 'Flows', unit: 'WAPE, %', cell: ({ wape }) => percentage(wape, 2) },
  { head: 'Coefficients', unit: 'STPE, %', cell: ({ stpe }) => percentage(stpe, 2) },
  { head: 'Coefficients', unit: 'MAD × 1 000', cell: ({ mad }) => fixed(1000 * mad, 4) },
  { head: 'Coefficients', unit: 'U', cell: ({ theilU }) => fixed(theilU, 3) },
  {
    head: `Flows between ${region.many}`,
    unit: 'WAPE, %',
    cell: ({ regionFlows }) => percentage(regionFlows, 2),
  },
  { head: 'Footprints', unit: 'WAPE, %', cell: ({ footprints }) => percentage(footprints, 2) },
  {
    head: 'Inefficient',
    unit: '%',
    cell: ({ inefficient, trulyInefficient }) => `${percentage(inefficient)} (true: ${percentage(trulyInefficient)})`,
  },
];

function studyPart(study: readonly StudyRow[], words: Words, isStandIn: boolean, source: Source): Markup {
  const measures = studyMeasures(words);
  const { many } = words.region;
  const warning = isStandIn
    ? html`<strong>The true table is a stand-in</strong>: this shows how methods fare in an economy that was made up,
        and how alike its two years are was made up as well.`
    : nothing;
  const verdict =
    study.length === 0
      ? html`<p>
          For the table of the results, nothing can be said: the true table is known only where the target is a
          stand-in.
        </p>`
      : html`<p>For the table of the results. ${warning} ${studyVerdict(study, measures)}</p>`;
  return html`${verdict}
  ${tableAndFigure({
    scores: study,
    columns: studyColumns(words),
    measures,
    tableCaption: html`<p>
      ${heading('Table', 'methods')} Errors of each method in the cells that were to be estimated, against the hidden
      true table. Flows: sum of errors over sum of flows (WAPE). Technical coefficients: the same (STPE), the mean
      absolute deviation (MAD) and Theil’s U. Then what people use the table for: emissions embodied in flows between
      the ${many}, footprints of the ${many}, and the share of flows that is inefficient.
    </p>`,
    figureCaption: html`<p>
      ${heading('Figure', 'methods')} Error of each method against errors in the totals that it is given, in percent.
      The same errors for every method.
    </p>`,
    source: source('validation_study'),
    where: 'against the true table of the stand-in economy',
  })}`;
}

const NATIONAL_MEASURES: readonly Measure<NationalRow>[] = [
  { measure: 'intermediate deliveries', of: ({ wape }) => wape, spread: ({ wapeDeviation }) => wapeDeviation },
  { measure: 'technical coefficients', of: ({ stpe }) => stpe, spread: ({ stpeDeviation }) => stpeDeviation },
  { measure: 'the same, Theil’s U', of: ({ theilU }) => theilU, spread: ({ theilUDeviation }) => theilUDeviation },
];

/** Mean and standard deviation; the mean alone of one draw. */
const withSpread = (mean: number, deviation: number, shown: (value: number) => string): string =>
  Number.isFinite(mean) && Number.isFinite(deviation) ? `${shown(mean)} ± ${shown(deviation)}` : shown(mean);

const NATIONAL_COLUMNS: readonly ScoreColumn<NationalRow>[] = [
  {
    head: 'Deliveries',
    unit: 'WAPE, %',
    cell: ({ wape, wapeDeviation }) => withSpread(wape, wapeDeviation, percentage),
  },
  {
    head: 'Coefficients',
    unit: 'STPE, %',
    cell: ({ stpe, stpeDeviation }) => withSpread(stpe, stpeDeviation, percentage),
  },
  {
    head: 'Coefficients',
    unit: 'MAD × 1 000',
    cell: ({ mad, madDeviation }) => withSpread(mad, madDeviation, (value) => fixed(1000 * value, 2)),
  },
  {
    head: 'Coefficients',
    unit: 'U',
    cell: ({ theilU, theilUDeviation }) => withSpread(theilU, theilUDeviation, (value) => fixed(value, 3)),
  },
  { head: 'Tables found', unit: 'of draws', cell: ({ solved, draws }) => `${fixed(solved)} of ${fixed(draws)}` },
];

function nationalPart(national: readonly NationalRow[], isSecond: boolean, source: Source): Markup {
  const subject = isSecond ? 'The same' : 'Error of each method against errors in the totals that it is given,';
  return html`<p>
      For a real economy: its national table of the base year, updated to the totals of the later year, against the
      later year’s own table. Both are estimates from what the statistics office publishes.
      ${nationalVerdict(national, NATIONAL_MEASURES)}
    </p>
    ${tableAndFigure({
      scores: national,
      columns: NATIONAL_COLUMNS,
      measures: NATIONAL_MEASURES,
      tableCaption: html`<p>
        ${heading('Table', 'methods on the national table')} Errors of each method in intermediate deliveries of the
        national table, mean and standard deviation over draws of errors. GRAS updates the whole table and is given
        gross output and totals of categories; the others are given intermediate sales and inputs of each sector.
      </p>`,
      figureCaption: html`<p>
        ${heading('Figure', 'methods on the national table')} ${subject} for the national table: mean over draws, and
        one standard deviation to either side. Percent; U in the same scale, 0.1 being 10%.
      </p>`,
      source: source('validation_national'),
      where: 'in the national table',
    })}`;
}

const methodNames = (points: readonly ErrorPoint[]): string =>
  listed(METHOD_LINES.map(({ method }) => method).filter((name) => points.some(({ method }) => method === name)));

/** Rows under a heading for each level of noise, methods in their order. */
function byNoise<Row extends Compared>(given: readonly Row[], cells: (row: Row) => string[]): TableBody[] {
  const place = ({ method }: Row): number => METHOD_LINES.findIndex((line) => line.method === method);
  return [...new Set(given.map(({ noise }) => noise))].map((noise) => ({
    head: html`${noise === 0 ? 'Totals exact' : `Totals with errors of ${level(noise)}`}`,
    rows: given
      .filter((row) => row.noise === noise)
      .sort((a, b) => place(a) - place(b))
      .map(cells),
  }));
}
