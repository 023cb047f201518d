import { correlate } from '../mrio/correlation.ts';
import { stage, type StageContext } from '../runner/stage.ts';
import { numberParameter } from './parameters.ts';

/** A correlation printed as r is contradicted where the computed one does not round to it. */
const PRINTED_DIGITS = 3;

interface Factor {
  readonly name: string;
  readonly published: number;
  readonly values: readonly number[];
}

export default stage(async (context) => {
  const confidence = numberParameter(context, 'correlation', 'confidence', {
    accepts: (value) => value > 0 && value < 1,
    remedy: 'give a level between 0 and 1, for example 0.95',
  });
  const { printed, computed, factors } = await readSample(context);
  await writeCorrelations(context, 'correlation', factors, printed, confidence, printedNote);
  await writeCorrelations(context, 'correlation_computed', factors, computed, confidence, () => null);
});

interface Sample {
  /** Consumption-based emissions of each city, t, as printed and as computed. */
  readonly printed: readonly number[];
  readonly computed: readonly number[];
  readonly factors: readonly Factor[];
}

async function readSample(context: StageContext): Promise<Sample> {
  const rows = await context.query('SELECT * FROM city_factor JOIN city_balance USING (region) ORDER BY region');
  const numbers = (column: string): number[] => Array.from(rows[column] as Float64Array);
  const { factor, value } = await context.query(`
    SELECT regexp_replace(statistic, '^pearson_', '') AS factor, value
    FROM published WHERE measure = 'pearson' ORDER BY statistic`);
  return {
    printed: numbers('printed_consumption_t'),
    computed: numbers('consumption_t'),
    factors: (factor as string[]).map((name, k) => ({
      name,
      published: (value as Float64Array)[k]!,
      values: numbers(name),
    })),
  };
}

/** Says where the printed coefficient does not follow from the printed rows. */
function printedNote(published: number, r: number, p: number): string | null {
  if (r.toFixed(PRINTED_DIGITS) === published.toFixed(PRINTED_DIGITS)) return null;
  return `printed as ${published.toFixed(3)}, significant at 0.01; the printed rows give ${r.toFixed(3)}, p = ${p.toFixed(3)}`;
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
