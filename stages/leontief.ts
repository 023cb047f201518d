import {
  consumptionBased,
  directIntensity,
  footprintByProduct,
  leontiefInverse,
  multipliers,
  technicalCoefficients,
} from '../mrio/leontief.ts';
import { accountLabels, demandByConsumer, dimensions, grossOutput, type ConsumerDemand } from '../mrio/table.ts';
import { stage, type StageContext } from '../runner/stage.ts';
import {
  RESULT_TABLE,
  accountColumns,
  matrixPositions,
  readAccounts,
  readAxes,
  readTable,
  type Axes,
} from './accounts.ts';
import { exportTreatment } from './parameters.ts';

export default stage(async (context) => {
  const axes = await readAxes(context);
  const labels = accountLabels(axes);
  const table = await readTable(context, RESULT_TABLE, axes);
  const demand = demandByConsumer(table, exportTreatment(context, 'leontief'));
  const { nox_t: emissions } = await readAccounts(context, 'emission', ['nox_t'], axes);

  const output = grossOutput(table);
  const coefficients = technicalCoefficients(table.intermediate, output, labels);
  const leontief = leontiefInverse(coefficients, labels);
  const intensity = directIntensity(emissions, output, labels);
  const multiplier = multipliers(intensity, leontief);

  const square = { rowLabels: labels, columnLabels: labels };
  await context.writeMatrix('technical_coefficients', { ...square, values: coefficients });
  await context.writeMatrix('leontief_inverse', { ...square, values: leontief });
  await writeConsumption(context, axes, demand, intensity, leontief);
  await writeFootprint(context, axes, demand, multiplier);
  await context.writeTable('sector_account', {
    ...accountColumns(axes, matrixPositions(labels.length, 1).row),
    gross_output_10k_cny: output,
    production_t: emissions,
    direct_t_per_10k_cny: intensity,
    multiplier_t_per_10k_cny: multiplier,
  });
});

async function writeConsumption(
  context: StageContext,
  axes: Axes,
  { consumers, values }: ConsumerDemand,
  intensity: Float64Array,
  leontief: Float64Array,
): Promise<void> {
  const { row, column } = matrixPositions(dimensions(axes).n, consumers.length);
  const producer = accountColumns(axes, row);
  await context.writeTable('consumption', {
    producer_region: producer.region,
    producer_sector: producer.sector,
    consumer_region: { labels: consumers, indices: column },
    nox_t: consumptionBased(intensity, leontief, values, consumers.length),
  });
}

async function writeFootprint(
  context: StageContext,
  axes: Axes,
  { consumers, values }: ConsumerDemand,
  multiplier: Float64Array,
): Promise<void> {
  const { row, column } = matrixPositions(consumers.length, axes.sectors.length);
  await context.writeTable('footprint', {
    consumer_region: { labels: consumers, indices: row },
    product_sector: Uint8Array.from(column, (i) => axes.sectors[i]!),
    nox_t: footprintByProduct(multiplier, values, consumers.length, axes.sectors.length),
  });
}
