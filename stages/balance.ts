import { sqlText } from '../formats/database.ts';
import { accountFindings, holds, modelFindings, tableFindings, type Finding } from '../mrio/certificate.ts';
import { ModelError } from '../mrio/error.ts';
import { directIntensity, leontiefInverse, technicalCoefficients } from '../mrio/leontief.ts';
import { EXPORT, accountLabels, demandByConsumer, grossOutput, type MrioTable } from '../mrio/table.ts';
import { tradeAccounts } from '../mrio/trade-accounts.ts';
import { stage, StageError, type Matrix, type StageContext } from '../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable } from './accounts.ts';
import { RESULT_TABLE } from './result-table.ts';
import { readEmissions, ofPollutant } from './pollutants.ts';
import { balanceTolerance } from './table-checks.ts';
import { nameOf } from './table-rows.ts';

/**
 * A certificate of every table: what its cells are, how far it balances, and what the model says of it.
 * @throws StageError where a table has no quantity model; the certificate is written before
 */
export default stage(async (context) => {
  const tolerance = balanceTolerance(context, 'balance');
  const axes = await readAxes(context);
  const { axes: provinceAxes } = await readProvinceAxes(context);
  const result = await readTable(context, RESULT_TABLE, axes);
  const found: Record<string, Finding[]> = {};
  const failures: StageError[] = [];
  for (const [name, of] of [
    ['reference_table', axes],
    ['target_table', provinceAxes],
  ] as const) {
    // A study of one table has neither.
    if (!(name in context.inputs)) continue;
    const table = await readTable(context, name, of);
    const { findings, failure } = modelOf(table);
    found[name] = [...tableFindings(table, tolerance), ...findings];
    if (failure !== null) failures.push(new StageError(`${nameOf(context, name)}: ${failure.message}`, failure.remedy));
  }
  const leontief = await context.readMatrix('leontief_inverse');
  found['mrio'] = [
    ...tableFindings(result, tolerance),
    ...(await modelOfResult(context, result, leontief)),
    ...(await accountsOfResult(context, result, leontief)),
  ];
  await write(context, found);
  if (failures.length > 0) throw failures[0]!;
});

/** As far as the table has a quantity model, and why it has none. */
function modelOf(table: MrioTable): { findings: Finding[]; failure: ModelError | null } {
  const labels = accountLabels(table);
  let coefficients: Float64Array | null = null;
  try {
    coefficients = technicalCoefficients(table.intermediate, grossOutput(table), labels);
    const leontief = leontiefInverse(coefficients, labels);
    return { findings: modelFindings(coefficients, leontief, labels.length), failure: null };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return {
      findings: coefficients === null ? [] : modelFindings(coefficients, null, labels.length),
      failure: error,
    };
  }
}

async function modelOfResult(context: StageContext, result: MrioTable, leontief: Matrix): Promise<Finding[]> {
  const coefficients = await context.readMatrix('technical_coefficients');
  return modelFindings(coefficients.values, leontief.values, accountLabels(result).length);
}

/** Of each pollutant: C and footprints as they are written, and accounts of trade, from e, L and Y. */
async function accountsOfResult(context: StageContext, result: MrioTable, leontief: Matrix): Promise<Finding[]> {
  const consumers = await readConsumers(context, result);
  const order = consumers.map(sqlText).join(', ');
  const { values: demand } = demandByConsumer(result, consumers.includes(EXPORT) ? 'separate' : 'with-region');
  const output = grossOutput(result);
  const findings: Finding[] = [];
  for (const { pollutant, values: emissions } of await readEmissions(context, result)) {
    const { caused } = await context.query(`
      SELECT emission_t AS caused FROM ${ofPollutant('consumption', pollutant)}
      ORDER BY list_position([${order}], producer_region), producer_sector, list_position([${order}], consumer_region)`);
    const { footprint } = await context.query(`
      SELECT emission_t AS footprint FROM ${ofPollutant('footprint', pollutant)}
      ORDER BY list_position([${order}], consumer_region), product_sector`);
    const intensity = directIntensity(emissions, output, accountLabels(result));
    const traced = {
      emissions,
      caused: caused as Float64Array,
      footprint: footprint as Float64Array,
      trade: tradeAccounts(intensity, leontief.values, demand, result.regions.length, consumers.length),
    };
    const found = accountFindings(traced, consumers, result);
    findings.push(...found.map((finding) => ({ ...finding, measure: `${pollutant}: ${finding.measure}` })));
  }
  return findings;
}

/** The regions, in order, and the exports where they are kept apart. */
async function readConsumers(context: StageContext, { regions }: MrioTable): Promise<string[]> {
  const { others } = await context.query(
    `SELECT count(*) AS others FROM footprint WHERE consumer_region = ${sqlText(EXPORT)}`,
  );
  return others![0] === 0 ? [...regions] : [...regions, EXPORT];
}

async function write(context: StageContext, found: Readonly<Record<string, readonly Finding[]>>): Promise<void> {
  const rows = Object.entries(found).flatMap(([table, findings]) => findings.map((finding) => ({ table, ...finding })));
  await context.writeTable('balance', {
    table: rows.map(({ table }) => table),
    measure: rows.map(({ measure }) => measure),
    value: Float64Array.from(rows, ({ value }) => (Number.isFinite(value) ? value : NaN)),
    unit: rows.map(({ unit }) => unit),
    most: Float64Array.from(rows, ({ limit }) => limit ?? NaN),
    verdict: rows.map((finding) => (finding.limit === null ? null : holds(finding) ? 'holds' : 'does not hold')),
    places: rows.map(({ where }) => (where.length === 0 ? null : where.join('; '))),
  });
}
