import { anais, type AnaisResult, type StepCertificate } from '../mrio/anais/anais.ts';
import { division } from '../mrio/anais/disaggregation.ts';
import { EXPORT, dimensions, grossOutput } from '../mrio/table.ts';
import { stage, StageError, type StageContext } from '../runner/stage.ts';
import {
  accountColumns,
  flowColumns,
  matrixPositions,
  readAxes,
  readProvinceAxes,
  readTable,
  type Axes,
} from './accounts.ts';
import { numberParameter } from './parameters.ts';

/** The only variants that are computed today. */
const VARIANT = { preset: 'as-described', consistency: 'totals', reference: 'shares' } as const;

const SHARE = {
  accepts: (value: number) => value >= 0 && value < 1,
  remedy: 'give a share of 0 or more and less than 1, for example 0.01',
};

export default stage(async (context) => {
  requireVariant(context.parameters);
  const axes = await readAxes(context);
  const { axes: provinceAxes, provinceOf } = await readProvinceAxes(context);
  const reference = await readTable(context, 'reference_table', axes);
  const target = await readTable(context, 'target_table', provinceAxes);
  const options = {
    slack: numberParameter(context, 'anais', 'slack', SHARE),
    bandWidening: numberParameter(context, 'anais', 'band_widening', SHARE),
    largestGap: numberParameter(context, 'anais', 'largest_gap', SHARE),
  };
  const known = division(reference, target, (region) => provinceOf.get(region));
  const result = await anais(known, options, (step, iteration) => {
    context.progress({ done: iteration, unit: 'iterations', note: `step ${step} of 2` });
  });
  await writeResult(context, axes, result);
  await writeCertificates(context, result.certificates);
});

function requireVariant(parameters: StageContext['parameters']): void {
  for (const [name, supported] of Object.entries(VARIANT)) {
    if (parameters[name] !== supported) {
      throw new StageError(
        `parameter ${name} of stage anais is ${JSON.stringify(parameters[name])}`,
        `set it to ${supported}, the variant that is computed`,
      );
    }
  }
}

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
    at: rows.map(({ at }) => at),
  });
}
