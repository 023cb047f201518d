import { anais, type AnaisResult, type StepCertificate } from '../mrio/anais/anais.ts';
import { AnaisConflict } from '../mrio/anais/anais-conflict.ts';
import { division } from '../mrio/anais/disaggregation.ts';
import type { ShadowPrice } from '../mrio/anais/shadow-prices.ts';
import { EXPORT, dimensions, grossOutput } from '../mrio/table.ts';
import { stage, type StageContext } from '../runner/stage.ts';
import {
  accountColumns,
  flowColumns,
  matrixPositions,
  readAxes,
  readProvinceAxes,
  readTable,
  type Axes,
} from './accounts.ts';
import { UNITS, writeConflicts } from './anais-conflicts.ts';
import { readAnaisOptions } from './anais-parameters.ts';

export default stage(async (context) => {
  const options = readAnaisOptions(context, 'anais');
  const axes = await readAxes(context);
  const { axes: provinceAxes, provinceOf } = await readProvinceAxes(context);
  const reference = await readTable(context, 'reference_table', axes);
  const target = await readTable(context, 'target_table', provinceAxes);
  const known = division(reference, target, (region) => provinceOf.get(region));
  const estimate = anais(known, options, (step, iteration, gap) => {
    const proven = gap === null || gap >= 1 ? '' : `, gap ${gap.toExponential(0)}`;
    context.progress({ done: iteration, unit: 'iterations', note: `step ${step} of 2${proven}` });
  });
  const result = await estimate.catch(async (error: unknown) => {
    if (error instanceof AnaisConflict) await writeConflicts(context, error.conflicts);
    throw error;
  });
  await writeResult(context, axes, result);
  await writeCertificates(context, result.certificates);
  await writeShadowPrices(context, result.shadowPrices);
  await writeConflicts(context, []);
});

async function writeResult(context: StageContext, axes: Axes, { table }: AnaisResult): Promise<void> {
  const { n, finalDemandCount } = dimensions(axes);
  await context.writeTable('mrio', { ...flowColumns(axes), value_10k_cny: table.intermediate });
  const { row, column } = matrixPositions(n, finalDemandCount);
  const from = accountColumns(axes, row);
  await context.writeTable('final_demand', {
    from_region: from.region,
    from_sector: from.sector,
    to_region: { labels: [...axes.regions, EXPORT], indices: column },
    value_10k_cny: table.finalDemand,
  });
  const accounts = accountColumns(axes, matrixPositions(n, 1).row);
  await context.writeTable('primary_input', { ...accounts, value_10k_cny: table.primaryInput });
  await context.writeTable('gross_output', { ...accounts, value_10k_cny: grossOutput(table) });
}

async function writeCertificates(context: StageContext, steps: readonly StepCertificate[]): Promise<void> {
  await context.writeTable('anais_certificate', {
    step: Uint8Array.from(steps, ({ step }) => step),
    objective: steps.map(({ objective }) => objective),
    primal: Float64Array.from(steps, ({ primal }) => primal),
    dual_bound: Float64Array.from(steps, ({ dualBound }) => dualBound),
    relative_gap: Float64Array.from(steps, ({ relativeGap }) => relativeGap),
    max_relative_residual: Float64Array.from(steps, ({ residuals }) =>
      Math.max(...residuals.map(({ maxRelativeResidual }) => maxRelativeResidual)),
    ),
    solver: steps.map(({ solver }) => solver),
    solver_status: steps.map(({ solverStatus }) => solverStatus),
    iterations: Int32Array.from(steps, ({ iterations }) => iterations),
  });
  const rows = steps.flatMap(({ step, residuals }) => residuals.map((residual) => ({ step, ...residual })));
  await context.writeTable('anais_residual', {
    step: Uint8Array.from(rows, ({ step }) => step),
    family: rows.map(({ family }) => family),
    rows: Int32Array.from(rows, (row) => row.rows),
    max_relative_residual: Float64Array.from(rows, ({ maxRelativeResidual }) => maxRelativeResidual),
    before_repair: Float64Array.from(rows, ({ beforeRepair }) => beforeRepair),
    at: rows.map(({ at }) => at),
  });
}

async function writeShadowPrices(context: StageContext, rows: readonly ShadowPrice[]): Promise<void> {
  await context.writeTable('shadow_price', {
    step: Uint8Array.from(rows, ({ step }) => step),
    family: rows.map(({ family }) => family),
    from_region: rows.map(({ place }) => place.from.region),
    from_sector: Float64Array.from(rows, ({ place }) => place.from.sector ?? NaN),
    to_region: rows.map(({ place }) => place.to?.region ?? null),
    to_sector: Float64Array.from(rows, ({ place }) => place.to?.sector ?? NaN),
    unit: rows.map(({ measure }) => UNITS[measure]),
    datum: Float64Array.from(rows, ({ datum }) => datum),
    price: Float64Array.from(rows, ({ price }) => price),
    effect_of_percent: Float64Array.from(rows, ({ effectOfPercent }) => effectOfPercent),
  });
}
