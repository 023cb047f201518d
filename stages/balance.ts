import { sqlText } from '../formats/database.ts';
import { accountFindings, holds, modelFindings, tableFindings, type Finding } from '../mrio/certificate.ts';
import { leontiefInverse, technicalCoefficients } from '../mrio/leontief.ts';
import { accountLabels, grossOutput, type MrioTable } from '../mrio/table.ts';
import { stage, type StageContext } from '../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable, type Axes } from './accounts.ts';
import { RESULT_TABLE } from './result-table.ts';
import { balanceTolerance } from './table-checks.ts';
import { readEmissions, ofPollutant } from './pollutants.ts';

/** A certificate of every table: what its cells are, how far it balances, and what the model says of it. */
export default stage(async (context) => {
  const tolerance = balanceTolerance(context, 'balance');
  const axes = await readAxes(context);
  const { axes: provinceAxes } = await readProvinceAxes(context);
  const result = await readTable(context, RESULT_TABLE, axes);
  const found: Record<string, Finding[]> = {};
  for (const [name, of] of [
    ['reference_table', axes],
    ['target_table', provinceAxes],
  ] as const) {
    // A study of one table has neither.
    if (!(name in context.inputs)) continue;
    const table = await readTable(context, name, of);
    found[name] = [...tableFindings(table, tolerance), ...modelOf(table)];
  }
  found['mrio'] = [
    ...tableFindings(result, tolerance),
    ...(await modelOfResult(context, result)),
    ...(await accountsOfResult(context, result, axes)),
  ];
  await write(context, found);
});

function modelOf(table: MrioTable): Finding[] {
  const labels = accountLabels(table);
  const coefficients = technicalCoefficients(table.intermediate, grossOutput(table), labels);
  return modelFindings(coefficients, leontiefInverse(coefficients, labels), labels.length);
}

async function modelOfResult(context: StageContext, result: MrioTable): Promise<Finding[]> {
  const coefficients = await context.readMatrix('technical_coefficients');
  const leontief = await context.readMatrix('leontief_inverse');
  return modelFindings(coefficients.values, leontief.values, accountLabels(result).length);
}

/** Of each pollutant. Consumers come in the order of the regions, exports last. */
async function accountsOfResult(context: StageContext, result: MrioTable, axes: Axes): Promise<Finding[]> {
  const order = axes.regions.map(sqlText).join(', ');
  const findings: Finding[] = [];
  for (const { pollutant, values: emissions } of await readEmissions(context, axes)) {
    const { caused } = await context.query(`
      SELECT emission_t AS caused FROM ${ofPollutant('consumption', pollutant)}
      ORDER BY list_position([${order}], producer_region), producer_sector,
        coalesce(list_position([${order}], consumer_region), ${axes.regions.length + 1})`);
    const values = caused as Float64Array;
    const found = accountFindings(emissions, values, values.length / emissions.length, result);
    findings.push(...found.map((finding) => ({ ...finding, measure: `${pollutant}: ${finding.measure}` })));
  }
  return findings;
}

async function write(context: StageContext, found: Readonly<Record<string, readonly Finding[]>>): Promise<void> {
  const rows = Object.entries(found).flatMap(([table, findings]) => findings.map((finding) => ({ table, ...finding })));
  await context.writeTable('balance', {
    table: rows.map(({ table }) => table),
    measure: rows.map(({ measure }) => measure),
    value: Float64Array.from(rows, ({ value }) => value),
    unit: rows.map(({ unit }) => unit),
    most: Float64Array.from(rows, ({ limit }) => limit ?? NaN),
    verdict: rows.map((finding) => (finding.limit === null ? null : holds(finding) ? 'holds' : 'does not hold')),
    places: rows.map(({ where }) => (where.length === 0 ? null : where.join('; '))),
  });
}
