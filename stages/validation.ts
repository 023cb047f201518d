import { division, type Division } from '../mrio/anais/disaggregation.ts';
import type { MrioTable } from '../mrio/table.ts';
import { aggregateToTarget } from '../mrio/updating/aggregate.ts';
import { weightedAbsolutePercentageError } from '../mrio/updating/measures.ts';
import { stage, StageError, type Parameter, type StageContext } from '../runner/stage.ts';
import {
  RESULT_TABLE,
  TRUE_TABLE,
  readAccounts,
  readAxes,
  readProvinceAxes,
  readTable,
  type Axes,
} from './accounts.ts';
import { readAnaisOptions } from './anais-parameters.ts';
import { exportTreatment, numberParameter, seedParameter } from './parameters.ts';
import { readNationalTables } from './validation/national-tables.ts';
import { nationalScores, type NationalScore } from './validation/national.ts';
import { studyScores, type StudyScore } from './validation/study.ts';
import { summaries } from './validation/summaries.ts';

const NAME = 'validation';

/** A table whose sums by province differ from the target by more than this share is not the truth behind it. */
const SAME_TABLE = 1e-9;

export default stage(async (context) => {
  const options = {
    anais: readAnaisOptions({ parameters: mapParameter(context, 'anais') }, NAME),
    noise: noiseParameter(context),
    seed: seedParameter(context, NAME),
  };
  const axes = await readAxes(context);
  const known = await readDivision(context, axes);
  const truth = await readTruth(context, axes, known);
  const study = truth === null ? [] : await scoreStudy(context, axes, { truth, known }, options);
  await writeStudy(context, study);

  const years = yearsParameter(context);
  const [base, later] = await readNationalTables(context, years);
  const national = await nationalScores(
    base,
    later,
    {
      ...options,
      draws: numberParameter(context, NAME, 'national_draws', {
        accepts: (value) => Number.isInteger(value) && value >= 2,
        remedy: 'give a whole number of 2 or more, for example 20',
      }),
      band: numberParameter(context, NAME, 'national_band', {
        accepts: (value) => value >= 0,
        remedy: 'give a share of 0 or more, for example 1',
      }),
    },
    (done, total) => {
      context.progress({ done, total, unit: 'draws', note: 'national table' });
    },
  );
  await writeNational(context, national);
});

function mapParameter({ parameters }: StageContext, name: string): Readonly<Record<string, Parameter>> {
  const value = parameters[name];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, Parameter>>;
  }
  throw new StageError(
    `parameter ${name} of stage ${NAME} is ${JSON.stringify(value)}`,
    'give it the parameters of the stage anais: `anais: *anais`',
  );
}

/** Levels of noise; each once, in ascending order, the first of them 0. */
function noiseParameter({ parameters }: StageContext): number[] {
  const value = parameters['noise'];
  const levels = Array.isArray(value) ? (value as readonly Parameter[]) : [];
  const isGood = levels.every(
    (level, k) => typeof level === 'number' && (k === 0 ? level === 0 : level > Number(levels[k - 1])),
  );
  if (levels.length > 0 && isGood) return levels as number[];
  throw new StageError(
    `parameter noise of stage ${NAME} is ${JSON.stringify(value)}`,
    'give a list of shares in ascending order that begins with 0, for example [0, 0.01, 0.05, 0.1]',
  );
}

function yearsParameter({ parameters }: StageContext): [number, number] {
  const value = parameters['national_years'];
  const years = Array.isArray(value) ? (value as readonly Parameter[]) : [];
  if (years.length === 2 && years.every(Number.isInteger)) return years as [number, number];
  throw new StageError(
    `parameter national_years of stage ${NAME} is ${JSON.stringify(value)}`,
    'give two years of national_table, for example [2012, 2017]',
  );
}

async function readDivision(context: StageContext, axes: Axes): Promise<Division> {
  const { axes: provinceAxes, provinceOf } = await readProvinceAxes(context);
  const reference = await readTable(context, 'reference_table', axes);
  const target = await readTable(context, 'target_table', provinceAxes);
  return division(reference, target, (region) => provinceOf.get(region));
}

/** The hidden true table; null where there is none, or the target is a table of the user's own. */
async function readTruth(context: StageContext, axes: Axes, known: Division): Promise<MrioTable | null> {
  const { rows } = await context.query('SELECT count(*) AS rows FROM stand_in_true_mrio_2017');
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
  options: Parameters<typeof studyScores>[1],
): Promise<StudyScore[]> {
  const { code } = await context.query('SELECT code FROM region WHERE in_bth ORDER BY gb2260');
  const { nox_t: emissions } = await readAccounts(context, 'emission', ['nox_t'], axes);
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

async function writeNational(context: StageContext, scores: readonly NationalScore[]): Promise<void> {
  const rows = summaries(scores);
  const of = (number: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, number);
  await context.writeTable('validation_national', {
    noise: of(({ noise }) => noise),
    method: rows.map(({ method }) => method),
    draws: Int32Array.from(rows, ({ draws }) => draws),
    solved: Int32Array.from(rows, ({ solved }) => solved),
    message: rows.map(({ message }) => message),
    wape: of(({ wape }) => wape.mean),
    wape_deviation: of(({ wape }) => wape.deviation),
    stpe: of(({ stpe }) => stpe.mean),
    stpe_deviation: of(({ stpe }) => stpe.deviation),
    mad: of(({ mad }) => mad.mean),
    mad_deviation: of(({ mad }) => mad.deviation),
    theil_u: of(({ theilU }) => theilU.mean),
    theil_u_deviation: of(({ theilU }) => theilU.deviation),
  });
}
