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
import { accountColumns, matrixPositions, readAxes, readTable, type Axes } from './accounts.ts';
import { RESULT_TABLE } from './result-table.ts';
import { exportTreatment } from './parameters.ts';
import { readEmissions, rowsByPollutant } from './pollutants.ts';

export default stage(async (context) => {
  const axes = await readAxes(context);
  const labels = accountLabels(axes);
  const table = await readTable(context, RESULT_TABLE, axes);
  const demand = demandByConsumer(table, exportTreatment(context, 'leontief'));

  const output = grossOutput(table);
  const coefficients = technicalCoefficients(table.intermediate, output, labels);
  const leontief = leontiefInverse(coefficients, labels);
  const accounts = (await readEmissions(context, axes)).map(({ pollutant, values }): Account => {
    const intensity = directIntensity(values, output, labels);
    return { pollutant, emissions: values, intensity, multiplier: multipliers(intensity, leontief) };
  });

  const square = { rowLabels: labels, columnLabels: labels };
  await context.writeMatrix('technical_coefficients', { ...square, values: coefficients });
  await context.writeMatrix('leontief_inverse', { ...square, values: leontief });
  await writeConsumption(context, axes, demand, accounts, leontief);
  await writeFootprint(context, axes, demand, accounts);
  const account = accountColumns(axes, matrixPositions(labels.length, 1).row);
  await context.writeTable(
    'sector_account',
    rowsByPollutant(accounts, ({ emissions, intensity, multiplier }) => ({
      ...account,
      gross_output: output,
      production_t: emissions,
      direct_intensity: intensity,
      multiplier,
    })),
  );
});

/** A pollutant: direct emissions, t; e and e'L, t per unit of value; each by account. */
interface Account {
  readonly pollutant: string;
  readonly emissions: Float64Array;
  readonly intensity: Float64Array;
  readonly multiplier: Float64Array;
}

async function writeConsumption(
  context: StageContext,
  axes: Axes,
  { consumers, values }: ConsumerDemand,
  accounts: readonly Account[],
  leontief: Float64Array,
): Promise<void> {
  const { row, column } = matrixPositions(dimensions(axes).n, consumers.length);
  const producer = accountColumns(axes, row);
  await context.writeTable(
    'consumption',
    rowsByPollutant(accounts, ({ intensity }) => ({
      producer_region: producer.region,
      producer_sector: producer.sector,
      consumer_region: { labels: consumers, indices: column },
      emission_t: consumptionBased(intensity, leontief, values, consumers.length),
    })),
  );
}

async function writeFootprint(
  context: StageContext,
  axes: Axes,
  { consumers, values }: ConsumerDemand,
  accounts: readonly Account[],
): Promise<void> {
  const { row, column } = matrixPositions(consumers.length, axes.sectors.length);
  await context.writeTable(
    'footprint',
    rowsByPollutant(accounts, ({ multiplier }) => ({
      consumer_region: { labels: consumers, indices: row },
      product_sector: Uint8Array.from(column, (i) => axes.sectors[i]!),
      emission_t: footprintByProduct(multiplier, values, consumers.length, axes.sectors.length),
    })),
  );
}
