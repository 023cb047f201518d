import { anais, type AnaisOptions, type StepCertificate } from '../mrio/anais/anais.ts';
import { AnaisConflict } from '../mrio/anais/anais-conflict.ts';
import { division, regionsByMargins, type Division } from '../mrio/anais/disaggregation.ts';
import { marginsOf, updateByMargins } from '../mrio/anais/margins.ts';
import type { ShadowPrice } from '../mrio/anais/shadow-prices.ts';
import type { MrioTable } from '../mrio/table.ts';
import { stage, type StageContext } from '../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable } from './accounts.ts';
import { MEASURES, writeConflicts } from './anais-conflicts.ts';
import { readAnaisOptions, targetKnown, type TargetKnown } from './anais-parameters.ts';
import { writeResultTable } from './result-table.ts';

export default stage(async (context) => {
  const axes = await readAxes(context);
  const { axes: provinceAxes, provinceOf } = await readProvinceAxes(context);
  const reference = await readTable(context, 'reference_table', axes);
  const target = await readTable(context, 'target_table', provinceAxes);
  const { known, options } = update(readAnaisOptions(context, 'anais'), targetKnown(context, 'anais'), {
    reference,
    target,
    parentOf: (region) => provinceOf.get(region),
  });
  const estimate = anais(known, options, (step, iteration, gap) => {
    const proven = gap === null || gap >= 1 ? '' : `, gap ${gap.toExponential(0)}`;
    context.progress({ done: iteration, unit: 'iterations', note: `step ${step} of 2${proven}` });
  });
  const result = await estimate.catch(async (error: unknown) => {
    if (error instanceof AnaisConflict) await writeConflicts(context, error.conflicts);
    throw error;
  });
  await writeResultTable(context, axes, withKnownDemand(result.table, target, known));
  await writeCertificates(context, result.certificates);
  await writeShadowPrices(context, result.shadowPrices);
  await writeConflicts(context, []);
});

interface Tables {
  readonly reference: MrioTable;
  readonly target: MrioTable;
  readonly parentOf: (region: string) => string | undefined;
}

/** What is known, and the options that fit it: by margins, the bands are those of the base year. */
function update(
  options: AnaisOptions,
  known: TargetKnown,
  { reference, target, parentOf }: Tables,
): { readonly known: Division; readonly options: AnaisOptions } {
  if (known === 'blocks') return { known: division(reference, target, parentOf), options };
  const { known: byMargins, band } = updateByMargins(reference, marginsOf(target), options.bandWidening);
  return { known: byMargins, options: { ...options, band } };
}

/** By margins, ANAIS sees the sum of final demand; the target says who buys it, and what is exported. */
const withKnownDemand = (estimate: MrioTable, target: MrioTable, known: Division): MrioTable =>
  regionsByMargins(known).length === 0 ? estimate : { ...estimate, finalDemand: target.finalDemand };

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
    measure: rows.map(({ measure }) => MEASURES[measure]),
    datum: Float64Array.from(rows, ({ datum }) => datum),
    price: Float64Array.from(rows, ({ price }) => price),
    effect_of_percent: Float64Array.from(rows, ({ effectOfPercent }) => effectOfPercent),
  });
}
