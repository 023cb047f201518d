import { embodiedFlows, finalDemandFlows } from '../mrio/leontief.ts';
import { dimensions, rowSums } from '../mrio/table.ts';
import { stage } from '../runner/stage.ts';
import { RESULT_FINAL_DEMAND, flowColumns, readAccounts, readAxes, readTable } from './accounts.ts';

export default stage(async (context) => {
  const axes = await readAxes(context);
  const { n, finalDemandCount } = dimensions(axes);
  const demand = (await readTable(context, `(${RESULT_FINAL_DEMAND})`, axes)).finalDemand;
  const leontief = (await context.readMatrix('leontief_inverse')).values;
  const { direct_t_per_10k_cny: intensity, gross_output_10k_cny: output } = await readAccounts(
    context,
    'sector_account',
    ['direct_t_per_10k_cny', 'gross_output_10k_cny'],
    axes,
  );

  await context.writeTable('flow', {
    ...flowColumns(axes),
    nox_t: embodiedFlows(intensity, leontief, output),
  });
  const { to_region: product_region, to_sector: product_sector, ...from } = flowColumns(axes);
  await context.writeTable('final_demand_flow', {
    ...from,
    product_region,
    product_sector,
    nox_t: finalDemandFlows(intensity, leontief, rowSums(demand, n, finalDemandCount)),
  });
});
