import { division, type Division } from '../mrio/anais/disaggregation.ts';
import type { MrioTable } from '../mrio/table.ts';
import { aggregateToTarget } from '../mrio/updating/aggregate.ts';
import { weightedAbsolutePercentageError } from '../mrio/updating/measures.ts';
import { stage, type StageContext } from '../runner/stage.ts';
import { TRUE_TABLE, readAxes, readProvinceAxes, readTable, type Axes } from './accounts.ts';
import { RESULT_TABLE } from './result-table.ts';
import { exportTreatment, requiredText } from './parameters.ts';
import { readPollutantAccounts } from './pollutants.ts';
import { readComparisonOptions, type ComparisonOptions } from './validation/parameters.ts';
import { studyScores, type StudyScore } from './validation/study.ts';

const NAME = 'validation-study';

/** A table whose sums by province differ from the target by more than this share is not the truth behind it. */
const SAME_TABLE = 1e-9;

export default stage(async (context) => {
  const options = readComparisonOptions(context, NAME);
  const axes = await readAxes(context);
  const known = await readDivision(context, axes);
  const truth = await readTruth(context, axes, known);
  await writeStudy(context, truth === null ? [] : await scoreStudy(context, axes, { truth, known }, options));
});

async function readDivision(context: StageContext, axes: Axes): Promise<Division> {
  const { axes: provinceAxes, provinceOf } = await readProvinceAxes(context);
  const reference = await readTable(context, 'reference_table', axes);
  const target = await readTable(context, 'target_table', provinceAxes);
  return division(reference, target, (region) => provinceOf.get(region));
}

/** The hidden true table; null where there is none, or the target is a table of the user's own. */
async function readTruth(context: StageContext, axes: Axes, known: Division): Promise<MrioTable | null> {
  const { rows } = await context.query('SELECT count(*) AS rows FROM stand_in_true_mrio');
  if (rows![0] === 0) return null;
  const truth = await readTable(context, TRUE_TABLE, axes);
  const added = aggregateToTarget(truth, known);
  const difference = (['intermediate', 'finalDemand', 'primaryInput'] as const).map((block) =>
    weightedAbsolutePercentageError(added[block], known.target[block]),
  );
  return Math.max(...difference) <= SAME_TABLE ? truth : null;
}

async function scoreStudy(
  context: StageContext,
  axes: Axes,
  tables: { readonly truth: MrioTable; readonly known: Division },
  options: ComparisonOptions,
): Promise<StudyScore[]> {
  const { code } = await context.query('SELECT code FROM region WHERE in_focus ORDER BY region.id, region.code');
  const pollutant = requiredText(context, NAME, 'pollutant');
  const { emission_t: emissions } = await readPollutantAccounts(context, 'emission', pollutant, ['emission_t'], axes);
  const setting = {
    emissions,
    cities: (code as string[]).map((city) => axes.regions.indexOf(city)),
    exports: exportTreatment(context, NAME),
  };
  const result = await readTable(context, RESULT_TABLE, axes);
  return studyScores({ ...tables, result, setting }, options, (done, total, note) => {
    context.progress({ done, total, unit: 'tables', note });
  });
}

async function writeStudy(context: StageContext, scores: readonly StudyScore[]): Promise<void> {
  const numbers = (of: (score: NonNullable<StudyScore['scores']>) => number): Float64Array =>
    Float64Array.from(scores, (score) => (score.scores === null ? NaN : of(score.scores)));
  await context.writeTable('validation_study', {
    noise: Float64Array.from(scores, ({ noise }) => noise),
    method: scores.map(({ method }) => method),
    status: scores.map(({ scores: found }) => (found === null ? 'no table' : 'solved')),
    message: scores.map(({ message }) => message),
    wape: numbers(({ wape }) => wape),
    stpe: numbers(({ stpe }) => stpe),
    mad: numbers(({ mad }) => mad),
    theil_u: numbers(({ theilU }) => theilU),
    footprint_wape: numbers(({ footprintWape }) => footprintWape),
    city_flow_wape: numbers(({ flowWape }) => flowWape),
    inefficient_share: numbers(({ inefficientShare }) => inefficientShare),
    true_inefficient_share: Float64Array.from(scores, ({ trueInefficientShare }) => trueInefficientShare),
  });
}
