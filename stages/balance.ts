import { accountFindings, holds, modelFindings, tableFindings, type Finding } from '../mrio/certificate.ts';
import { leontiefInverse, technicalCoefficients } from '../mrio/leontief.ts';
import { accountLabels, grossOutput, type MrioTable } from '../mrio/table.ts';
import { stage, type StageContext } from '../runner/stage.ts';
import { RESULT_TABLE, readAccounts, readAxes, readProvinceAxes, readTable, type Axes } from './accounts.ts';
import { numberParameter } from './parameters.ts';

/** A certificate of every table: what its cells are, how far it balances, and what the model says of it. */
export default stage(async (context) => {
  const tolerance = numberParameter(context, 'balance', 'balance_tolerance', {
    accepts: (value) => value >= 0,
    remedy: 'give a share of 0 or more, for example 1.0e-6',
  });
  const axes = await readAxes(context);
  const { axes: provinceAxes } = await readProvinceAxes(context);
  const given = async (relation: string, of: Axes) => {
    const table = await readTable(context, relation, of);
    return [...tableFindings(table, tolerance), ...modelOf(table)];
  };
  const result = await readTable(context, RESULT_TABLE, axes);
  await write(context, {
    reference_table: await given('reference_table', axes),
    target_table: await given('target_table', provinceAxes),
    mrio: [
      ...tableFindings(result, tolerance),
      ...(await modelOfResult(context, result)),
      ...(await accountsOfResult(context, result, axes)),
    ],
  });
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

/** Consumers come in the order of the regions, exports last. */
async function accountsOfResult(context: StageContext, result: MrioTable, axes: Axes): Promise<Finding[]> {
  const { nox_t: emissions } = await readAccounts(context, 'emission', ['nox_t'], axes);
  const order = axes.regions.map((code) => `'${code}'`).join(', ');
  const { caused } = await context.query(`
    SELECT nox_t AS caused FROM consumption
    ORDER BY list_position([${order}], producer_region), producer_sector,
      coalesce(list_position([${order}], consumer_region), ${axes.regions.length + 1})`);
  const values = caused as Float64Array;
  return accountFindings(emissions, values, values.length / emissions.length, result);
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
