import { stage, StageError, type Parameter, type StageContext } from '../runner/stage.ts';
import { numberParameter } from './parameters.ts';
import { readNationalTables } from './validation/national-tables.ts';
import { nationalScores, type NationalScore } from './validation/national.ts';
import { readComparisonOptions } from './validation/parameters.ts';
import { summaries } from './validation/summaries.ts';

const NAME = 'validation-national';

export default stage(async (context) => {
  const options = {
    ...readComparisonOptions(context, NAME),
    draws: numberParameter(context, NAME, 'draws', {
      accepts: (value) => Number.isInteger(value) && value >= 2,
      remedy: 'give a whole number of 2 or more, for example 20',
    }),
    band: numberParameter(context, NAME, 'band', {
      accepts: (value) => value >= 0,
      remedy: 'give a share of 0 or more, for example 1',
    }),
  };
  const [base, later] = await readNationalTables(context, yearsParameter(context));
  const scores = await nationalScores(base, later, options, (done, total) => {
    context.progress({ done, total, unit: 'draws' });
  });
  await writeNational(context, scores);
});

function yearsParameter({ parameters }: StageContext): [number, number] {
  const value = parameters['years'];
  const years = Array.isArray(value) ? (value as readonly Parameter[]) : [];
  if (years.length === 2 && years.every(Number.isInteger)) return years as [number, number];
  throw new StageError(
    `parameter years of stage ${NAME} is ${JSON.stringify(value)}`,
    'give two years of national_table, for example [2012, 2017]',
  );
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
