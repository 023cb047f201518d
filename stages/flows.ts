import { embodiedFlows, finalDemandFlows } from '../mrio/leontief.ts';
import { dimensions, rowSums } from '../mrio/table.ts';
import { stage } from '../runner/stage.ts';
import { RESULT_FINAL_DEMAND, flowColumns, readAxes, readTable } from './accounts.ts';

export default stage(async (context) => {
  const axes = await readAxes(context);
  const { n, finalDemandCount } = dimensions(axes);
  const demand = (await readTable(context, `(${RESULT_FINAL_DEMAND})`, axes)).finalDemand;
  const leontief = (await context.readMatrix('leontief_inverse')).values;
  const account = await context.query(`
    SELECT direct_t_per_10k_cny AS intensity, gross_output_10k_cny AS output
    FROM sector_account JOIN region ON region.code = sector_account.region ORDER BY gb2260, sector`);
  const { intensity, output } = account as Record<'intensity' | 'output', Float64Array>;

  await context.writeTable('flow', {
    ...flowColumns(axes),
    nox_t: embodiedFlows(intensity, leontief, output),
  });
  await context.writeTable('final_demand_flow', {
    ...flowColumns(axes),
    nox_t: finalDemandFlows(intensity, leontief, rowSums(demand, n, finalDemandCount)),
  });
});
