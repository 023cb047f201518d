import { correlate } from '../mrio/correlation.ts';
import { stage, StageError, type StageContext } from '../runner/stage.ts';
import { numberParameter, optionalText, requiredText, textList } from './parameters.ts';
import { readPollutants, ofPollutant } from './pollutants.ts';
import { columnsOf } from './rows.ts';
import { nameOf } from './table-rows.ts';

/** A correlation printed as r is contradicted where the computed one does not round to it. */
const PRINTED_DIGITS = 3;

/** For a confidence interval by Fisher's transformation: its width goes with 1 / (n - 3). */
const FEWEST_REGIONS = 4;

interface Factor {
  readonly name: string;
  /** NaN: none is printed. */
  readonly published: number;
  readonly values: readonly number[];
}

export default stage(async (context) => {
  const confidence = numberParameter(context, 'correlation', 'confidence', {
    accepts: (value) => value > 0 && value < 1,
    remedy: 'give a level between 0 and 1, for example 0.95',
  });
  const { regions, printed, computed, factors } = await readSample(context);
  await context.writeTable('correlation_sample', {
    region: regions,
    printed_t: Float64Array.from(regions, (_, k) => printed?.[k] ?? NaN),
    computed_t: Float64Array.from(computed),
  });
  await writeCorrelations(
    context,
    'correlation',
    printed === null ? [] : factors,
    printed ?? [],
    confidence,
    printedNote,
  );
  await writeCorrelations(context, 'correlation_computed', factors, computed, confidence, () => null);
});

interface Sample {
  readonly regions: readonly string[];
  /** Consumption-based emissions of each region that has factors, t, as printed, if they are, and as computed. */
  readonly printed: readonly number[] | null;
  readonly computed: readonly number[];
  readonly factors: readonly Factor[];
}

async function readSample(context: StageContext): Promise<Sample> {
  const pollutant = await studiedPollutant(context);
  const rows = await context.query(`
    SELECT * FROM city_factor JOIN ${ofPollutant('region_balance', pollutant)} USING (region) ORDER BY region`);
  const regions = rows['region'] as string[];
  if (regions.length < FEWEST_REGIONS) {
    throw new StageError(
      `${nameOf(context, 'city_factor')} has factors of ${regions.length} regions; a correlation needs ${FEWEST_REGIONS}`,
      'give the factors of more regions of the study, or leave the stage correlation out',
    );
  }
  const given = [...(await columnsOf(context, 'city_factor'))];
  const numbers = (column: string): number[] => {
    const values = rows[column];
    if (values instanceof Float64Array) return Array.from(values);
    const columns = given.filter((name) => rows[name] instanceof Float64Array);
    throw new StageError(
      `${nameOf(context, 'city_factor')} has no column ${column} of numbers`,
      `name its columns in the parameters factors and printed of stage correlation: ${columns.join(', ')}; for factors of your own name a file and its columns at the source city_factor`,
    );
  };
  const printed = optionalText(context, 'correlation', 'printed');
  const published = await readPublished(context);
  return {
    regions,
    printed: printed === null ? null : numbers(printed),
    computed: numbers('consumption_t'),
    factors: textList(context, 'correlation', 'factors').map((name) => ({
      name,
      published: published.get(name) ?? NaN,
      values: numbers(name),
    })),
  };
}

/** The pollutant of the parameter, which has to be one of the study. */
async function studiedPollutant(context: StageContext): Promise<string> {
  const pollutant = requiredText(context, 'correlation', 'pollutant');
  const known = await readPollutants(context, 'region_balance');
  if (known.includes(pollutant)) return pollutant;
  throw new StageError(
    `parameter pollutant of stage correlation is ${pollutant}, which is not studied`,
    `set it to one of ${known.join(', ')}`,
  );
}

/** The printed coefficient of each factor that has one. */
async function readPublished(context: StageContext): Promise<ReadonlyMap<string, number>> {
  const { factor, value } = await context.query(`
    SELECT regexp_replace(statistic, '^pearson_', '') AS factor, value
    FROM published WHERE measure = 'pearson' ORDER BY statistic`);
  return new Map((factor as string[]).map((name, k) => [name, (value as Float64Array)[k]!]));
}

/** Says where the printed coefficient does not follow from the printed rows. */
function printedNote(published: number, r: number, p: number): string | null {
  if (Number.isNaN(published) || r.toFixed(PRINTED_DIGITS) === published.toFixed(PRINTED_DIGITS)) return null;
  return `printed as ${published.toFixed(3)}; the printed rows give ${r.toFixed(3)}, p = ${p.toFixed(3)}`;
}

async function writeCorrelations(
  context: StageContext,
  output: string,
  factors: readonly Factor[],
  emissions: readonly number[],
  confidence: number,
  note: (published: number, r: number, p: number) => string | null,
): Promise<void> {
  const results = factors.map(({ values }) => correlate(values, emissions, confidence));
  await context.writeTable(output, {
    factor: factors.map(({ name }) => name),
    r: Float64Array.from(results, ({ r }) => r),
    p_two_sided: Float64Array.from(results, ({ p }) => p),
    ci_low: Float64Array.from(results, ({ low }) => low),
    ci_high: Float64Array.from(results, ({ high }) => high),
    confidence: Float64Array.from(results, () => confidence),
    n: Int32Array.from(results, ({ n }) => n),
    r_published: Float64Array.from(factors, ({ published }) => published),
    note: factors.map(({ published }, k) => note(published, results[k]!.r, results[k]!.p)),
  });
}
