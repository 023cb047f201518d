import type { StageContext } from '../../runner/stage.ts';
import { hasInputs, rows } from '../rows.ts';

/** What is certified of the linear programme and of each table, and what was read; null without the table. */
export async function readChecks(context: StageContext) {
  return {
    certificates: hasInputs(context, 'anais_certificate') ? await readCertificates(context) : null,
    residuals: hasInputs(context, 'anais_residual') ? await readResiduals(context) : null,
    balances: hasInputs(context, 'balance') ? await readBalances(context) : null,
    records: hasInputs(context, 'enterprise', 'enterprise_reject_summary') ? await readRecords(context) : null,
  };
}

const readCertificates = (context: StageContext) =>
  rows(
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

const readResiduals = (context: StageContext) =>
  rows(
    context,
    { step: 'number', family: 'text', rows: 'number', before: 'number', residual: 'number', at: 'text or null' },
    `SELECT step, family, "rows", before_repair AS before, max_relative_residual AS residual, "at"
     FROM anais_residual ORDER BY step, family`,
  );

const readBalances = (context: StageContext) =>
  rows(
    context,
    {
      ...{ table: 'text', measure: 'text', value: 'number', most: 'number' },
      ...{ verdict: 'text or null', places: 'text or null' },
    },
    // The result comes last.
    `SELECT "table", measure, value, most, verdict, places FROM balance ORDER BY "table" = 'mrio', "table", measure`,
  );

/**
 * Lines of the files of enterprises: counted, with what they add up to, and not counted, by reason. Null where there are
 * none: then the study has no such files.
 */
async function readRecords(context: StageContext) {
  const [count] = await rows(context, { counted: 'number' }, 'SELECT count(*) AS counted FROM enterprise');
  const rejects = await readRejects(context);
  if (count!.counted === 0 && rejects.length === 0) return null;
  const emissions = hasInputs(context, 'enterprise_emission') ? await readEnterpriseEmissions(context) : [];
  return { counted: count!.counted, emissions, rejects };
}

const readEnterpriseEmissions = (context: StageContext) =>
  rows(
    context,
    { pollutant: 'text', t: 'number' },
    'SELECT pollutant, sum(emission_kg) / 1000 AS t FROM enterprise_emission GROUP BY pollutant ORDER BY pollutant',
  );

const readRejects = (context: StageContext) =>
  rows(
    context,
    { reason: 'text', column: 'text or null', lines: 'number' },
    `SELECT reason, column_name AS "column", lines FROM enterprise_reject_summary
     ORDER BY lines DESC, reason, column_name`,
  );
