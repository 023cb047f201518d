import type { StageContext } from '../../runner/stage.ts';
import { readMethods } from './report-methods-data.ts';
import { rows } from './report-rows.ts';

/** How many flows of each network are shown. */
const LARGEST_FLOWS = 5;

/** Everything that the report shows, read from the result tables. Cities are those of the agglomeration. */
export async function readReportData(context: StageContext) {
  return {
    ...(await readAccounts(context)),
    ...(await readFlows(context)),
    ...(await readCorrelations(context, factorHeadings(context))),
    ...(await readChecks(context)),
    counts: (await readCounts(context))[0]!,
    comparisons: await readComparisons(context),
    methods: await readMethods(context),
    ...(await readNames(context)),
  };
}

export type ReportData = Awaited<ReturnType<typeof readReportData>>;
export type City = ReportData['cities'][number];
export type Factor = ReportData['factors'][number];
export type Comparison = ReportData['comparisons'][number];

async function readAccounts(context: StageContext) {
  const cities = await rows(
    context,
    {
      code: 'text',
      city: 'text',
      longitude: 'number',
      latitude: 'number',
      production: 'number',
      consumption: 'number',
      netInflow: 'number',
      orientation: 'text',
      intensity: 'number',
    },
    `SELECT code, name AS city, longitude, latitude, production_t AS production, consumption_t AS consumption,
       net_inflow_t AS "netInflow", orientation, kg_per_10k_cny AS intensity
     FROM region
     JOIN city_balance ON city_balance.region = code
     LEFT JOIN intensity ON intensity.region = code AND intensity.sector IS NULL
     WHERE in_bth ORDER BY consumption_t DESC, code`,
  );
  const groups = await rows(
    context,
    { name: 'text' },
    'SELECT sector_group AS name FROM sector GROUP BY sector_group ORDER BY min(id)',
  );
  const accounts = await rows(
    context,
    { city: 'text', account: 'text', group: 'text', nox: 'number' },
    `WITH account AS (
       SELECT region, sector, 'production' AS account, production_t AS nox_t FROM sector_account
       UNION ALL SELECT consumer_region, product_sector, 'consumption', nox_t FROM footprint)
     SELECT region.name AS city, account, sector_group AS "group", sum(nox_t ORDER BY sector) AS nox
     FROM account JOIN region ON region = code JOIN sector ON sector = id
     WHERE in_bth GROUP BY region.name, code, account, sector_group ORDER BY code, account DESC, min(id)`,
  );
  const [origin] = await rows(
    context,
    { elsewhere: 'number' },
    `SELECT coalesce(sum(nox_t ORDER BY producer_region, producer_sector, consumer_region), 0) AS elsewhere
     FROM consumption
     WHERE consumer_region IN (SELECT code FROM region WHERE in_bth)
       AND producer_region NOT IN (SELECT code FROM region WHERE in_bth)`,
  );
  return { cities, groups: groups.map(({ name }) => name), accounts, consumedFromElsewhere: origin!.elsewhere };
}

async function readFlows(context: StageContext) {
  const efficiency = await rows(
    context,
    { basis: 'text', inefficient: 'number', total: 'number' },
    `SELECT basis, coalesce(sum(nox_t ORDER BY from_region, to_region) FILTER (NOT efficient), 0) AS inefficient,
       sum(nox_t ORDER BY from_region, to_region) AS total
     FROM flow_efficiency GROUP BY basis ORDER BY basis`,
  );
  const provinces = await rows(
    context,
    { province: 'text', supplied: 'number', consumed: 'number' },
    `SELECT name AS province, sum(supplied_t ORDER BY city) AS supplied, sum(consumed_t ORDER BY city) AS consumed
     FROM province_flow JOIN region ON code = province_flow.province GROUP BY name, code ORDER BY code`,
  );
  const networks = await rows(
    context,
    {
      network: 'text',
      fromCity: 'text',
      fromSector: 'text',
      toCity: 'text',
      toSector: 'text',
      nox: 'number',
      total: 'number',
    },
    `SELECT network, producer.name AS "fromCity", emitting.name AS "fromSector", consumer.name AS "toCity",
       "using".name AS "toSector", nox_t AS nox, total
     FROM (
       SELECT *,
         sum(nox_t ORDER BY from_region, from_sector, to_region, to_sector) OVER (PARTITION BY network) AS total,
         row_number() OVER (
           PARTITION BY network ORDER BY nox_t DESC, from_region, from_sector, to_region, to_sector) AS place
       FROM network_flow WHERE nox_t > 0) AS ranked
     JOIN region AS producer ON producer.code = from_region
     JOIN region AS consumer ON consumer.code = to_region
     JOIN sector AS emitting ON emitting.id = from_sector
     JOIN sector AS "using" ON "using".id = to_sector
     WHERE place <= ${LARGEST_FLOWS} ORDER BY network, place`,
  );
  return { efficiency, provinces, networks };
}

/** What the columns of Table 1 are called, and their units, in their order. */
function factorHeadings({ origins }: StageContext): ReadonlyMap<string, { label: string; unit: string }> {
  const columns = origins.find(({ artifact }) => artifact === 'city_factor')?.columns ?? {};
  return new Map(
    Object.entries(columns).map(([factor, { description, unit = '' }]) => [
      factor,
      { label: description ?? factor.replaceAll('_', ' '), unit },
    ]),
  );
}

async function readCorrelations(context: StageContext, headings: ReturnType<typeof factorHeadings>) {
  const correlations = await rows(
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
    `SELECT printed.factor, printed.r, printed.p_two_sided AS p, printed.ci_low AS low, printed.ci_high AS high,
       printed.confidence, printed.r_published AS published, printed.note, computed.r AS "rComputed",
       computed.ci_low AS "lowComputed", computed.ci_high AS "highComputed",
       computed.confidence AS "confidenceComputed"
     FROM correlation AS printed LEFT JOIN correlation_computed AS computed USING (factor) ORDER BY factor`,
  );
  const factorRows = await rows(
    context,
    { city: 'text', factor: 'text', value: 'number' },
    `SELECT name AS city, factor, value
     FROM (UNPIVOT (SELECT region, COLUMNS(* EXCLUDE (region))::DOUBLE FROM city_factor) ON COLUMNS(* EXCLUDE (region)) INTO NAME factor VALUE value)
     JOIN region ON region = code WHERE factor IN (SELECT factor FROM correlation) ORDER BY gb2260, factor`,
  );
  const factorCities = await rows(
    context,
    { city: 'text', printed: 'number', computed: 'number' },
    `SELECT name AS city, printed_consumption_t AS printed, consumption_t AS computed
     FROM city_factor JOIN region ON city_factor.region = code
     LEFT JOIN city_balance ON city_balance.region = code ORDER BY gb2260`,
  );
  const order = [...headings.keys()];
  const factors = correlations
    .map((correlation) => ({
      ...correlation,
      ...(headings.get(correlation.factor) ?? { label: correlation.factor, unit: '' }),
    }))
    .sort((a, b) => order.indexOf(a.factor) - order.indexOf(b.factor));
  return { factors, factorRows, factorCities };
}

async function readChecks(context: StageContext) {
  const certificates = await rows(
    context,
    {
      step: 'number',
      objective: 'text',
      primal: 'number',
      bound: 'number',
      gap: 'number',
      residual: 'number',
      solver: 'text',
      status: 'text',
      iterations: 'number',
    },
    `SELECT step, objective, primal, dual_bound AS bound, relative_gap AS gap, max_relative_residual AS residual, solver,
       solver_status AS status, iterations
     FROM anais_certificate ORDER BY step`,
  );
  const residuals = await rows(
    context,
    { step: 'number', family: 'text', rows: 'number', before: 'number', residual: 'number', at: 'text or null' },
    `SELECT step, family, "rows", before_repair AS before, max_relative_residual AS residual, "at"
     FROM anais_residual ORDER BY step, family`,
  );
  const balances = await rows(
    context,
    {
      ...{ measure: 'text', reference: 'number', target: 'number', result: 'number', most: 'number' },
      ...{ verdict: 'text or null', places: 'text or null' },
    },
    // In the order in which the tables list their measures: those of the result come last.
    `WITH listed AS (SELECT *, row_number() OVER () AS line FROM balance)
     SELECT measure, any_value(value) FILTER ("table" = 'reference_table') AS reference,
       any_value(value) FILTER ("table" = 'target_table') AS target, any_value(value) FILTER ("table" = 'mrio') AS result,
       any_value(most) AS most, max(verdict) AS verdict,
       string_agg(format('{}: {}', "table", places), '; ' ORDER BY line) FILTER (verdict = 'does not hold') AS places
     FROM listed GROUP BY measure ORDER BY measure`,
  );
  return { certificates, residuals, balances };
}

async function readCounts(context: StageContext) {
  const reasons = await rows(
    context,
    { reason: 'text', records: 'number' },
    'SELECT reason, count(*) AS records FROM enterprise_reject GROUP BY reason ORDER BY records DESC, reason',
  );
  const counts = await rows(
    context,
    { regions: 'number', sectors: 'number', enterprises: 'number', rejects: 'number', nox: 'number' },
    `SELECT (SELECT count(*) FROM region) AS regions, (SELECT count(*) FROM sector) AS sectors,
       (SELECT count(*) FROM enterprise) AS enterprises, (SELECT count(*) FROM enterprise_reject) AS rejects,
       (SELECT coalesce(sum(nox_kg), 0) FROM enterprise) / 1000 AS nox`,
  );
  return counts.map((count) => ({ ...count, reasons }));
}

const readComparisons = (context: StageContext) =>
  rows(
    context,
    {
      statistic: 'text',
      measure: 'text or null',
      kind: 'text or null',
      place: 'text or null',
      fromRegions: 'text or null',
      fromSectors: 'text or null',
      toRegions: 'text or null',
      toSectors: 'text or null',
      printed: 'number',
      ours: 'number',
      unit: 'text',
      difference: 'number',
      evidence: 'text',
      note: 'text or null',
    },
    `SELECT comparison.statistic, measure, kind, place, from_regions AS "fromRegions", from_sectors AS "fromSectors",
       to_regions AS "toRegions", to_sectors AS "toSectors", comparison.published AS printed, ours, comparison.unit,
       relative_difference AS difference, evidence, comparison.note
     FROM comparison LEFT JOIN published USING (statistic) ORDER BY evidence, place, statistic`,
  );

async function readNames(context: StageContext) {
  const regions = await rows(context, { code: 'text', name: 'text' }, 'SELECT code, name FROM region');
  const sectors = await rows(context, { code: 'text', name: 'text' }, 'SELECT id::VARCHAR AS code, name FROM sector');
  const byCode = (known: typeof regions) => new Map(known.map(({ code, name }) => [code, name]));
  return { regionNames: byCode(regions), sectorNames: byCode(sectors) };
}
