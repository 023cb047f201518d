import type { StageContext } from '../../runner/stage.ts';
import { hasInputs, rows } from '../rows.ts';

/** The printed factors and how consumption-based emissions go with them; null without their tables. */
export async function readFactors(context: StageContext) {
  const tables = ['city_factor', 'correlation', 'correlation_computed', 'correlation_sample'];
  if (!hasInputs(context, ...tables)) return null;
  const headings = factorHeadings(context);
  const correlations = await readCorrelations(context);
  const order = [...headings.keys()];
  const factors = correlations
    .map((correlation) => ({
      ...correlation,
      ...(headings.get(correlation.factor) ?? { label: correlation.factor, unit: '' }),
    }))
    .sort((a, b) => order.indexOf(a.factor) - order.indexOf(b.factor));
  return { factors, values: await readValues(context), consumption: await readConsumption(context) };
}

export type FactorData = NonNullable<Awaited<ReturnType<typeof readFactors>>>;
export type Factor = FactorData['factors'][number];

/** What the columns of the factors are called, and their units, in their order. */
function factorHeadings({ origins }: StageContext): ReadonlyMap<string, { label: string; unit: string }> {
  const columns = origins.find(({ artifact }) => artifact === 'city_factor')?.columns ?? {};
  return new Map(
    Object.entries(columns).map(([factor, { description, unit = '' }]) => [
      factor,
      { label: description ?? factor.replaceAll('_', ' '), unit },
    ]),
  );
}

const readCorrelations = (context: StageContext) =>
  rows(
    context,
    {
      factor: 'text',
      r: 'number',
      p: 'number',
      low: 'number',
      high: 'number',
      confidence: 'number',
      published: 'number',
      note: 'text or null',
      rComputed: 'number',
      lowComputed: 'number',
      highComputed: 'number',
      confidenceComputed: 'number',
    },
    `SELECT computed.factor, printed.r, printed.p_two_sided AS p, printed.ci_low AS low, printed.ci_high AS high,
       printed.confidence, computed.r_published AS published, printed.note, computed.r AS "rComputed",
       computed.ci_low AS "lowComputed", computed.ci_high AS "highComputed",
       computed.confidence AS "confidenceComputed"
     FROM correlation_computed AS computed LEFT JOIN correlation AS printed USING (factor) ORDER BY factor`,
  );

const readValues = (context: StageContext) =>
  rows(
    context,
    { region: 'text', factor: 'text', value: 'number' },
    `SELECT name AS region, factor, value
     FROM (UNPIVOT (SELECT region AS code, COLUMNS(* EXCLUDE (region))::DOUBLE FROM city_factor)
       ON COLUMNS(* EXCLUDE (code)) INTO NAME factor VALUE value)
     JOIN region USING (code) WHERE factor IN (SELECT factor FROM correlation_computed) ORDER BY region.id, region.code, factor`,
  );

/** Consumption-based emissions as printed, NaN where they are not, and as computed, t. */
const readConsumption = (context: StageContext) =>
  rows(
    context,
    { region: 'text', printed: 'number', computed: 'number' },
    `SELECT name AS region, printed_t AS printed, computed_t AS computed
     FROM correlation_sample JOIN region ON correlation_sample.region = code ORDER BY region.id, region.code`,
  );
