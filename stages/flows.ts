import { embodiedFlows, finalDemandFlows } from '../mrio/leontief.ts';
import { dimensions, rowSums } from '../mrio/table.ts';
import { stage } from '../runner/stage.ts';
import { flowColumns, readAxes, readTable } from './accounts.ts';
import { RESULT_FINAL_DEMAND } from './result-table.ts';
import { readPollutantAccounts, readPollutants, rowsByPollutant } from './pollutants.ts';

export default stage(async (context) => {
  const axes = await readAxes(context);
  const { n, finalDemandCount } = dimensions(axes);
  const demand = (await readTable(context, `(${RESULT_FINAL_DEMAND})`, axes)).finalDemand;
  const leontief = (await context.readMatrix('leontief_inverse')).values;
  const accounts: Account[] = [];
  for (const pollutant of await readPollutants(context, 'sector_account')) {
    const names = ['direct_intensity', 'gross_output'] as const;
    const columns = await readPollutantAccounts(context, 'sector_account', pollutant, names, axes);
    accounts.push({ pollutant, intensity: columns.direct_intensity, output: columns.gross_output });
  }

  const { to_region, to_sector, ...from } = flowColumns(axes);
  await context.writeTable(
    'flow',
    rowsByPollutant(accounts, ({ intensity, output }) => ({
      ...from,
      to_region,
      to_sector,
      emission_t: embodiedFlows(intensity, leontief, output),
    })),
  );
  const finalDemand = rowSums(demand, n, finalDemandCount);
  await context.writeTable(
    'final_demand_flow',
    rowsByPollutant(accounts, ({ intensity }) => ({
      ...from,
      product_region: to_region,
      product_sector: to_sector,
      emission_t: finalDemandFlows(intensity, leontief, finalDemand),
    })),
  );
});

interface Account {
  readonly pollutant: string;
  /** e, t per unit of value. */
  readonly intensity: Float64Array;
  /** w, in the unit of value. */
  readonly output: Float64Array;
}
