import { embodiedFlows, finalDemandFlows } from '../mrio/leontief.ts';
import { dimensions, grossOutput, rowSums } from '../mrio/table.ts';
import { stage } from '../runner/stage.ts';
import { RESULT_TABLE, flowColumns, readAxes, readTable } from './accounts.ts';

export default stage(async (context) => {
  const axes = await readAxes(context);
  const { n, finalDemandCount } = dimensions(axes);
  const table = await readTable(context, RESULT_TABLE, axes);
  const leontief = (await context.readMatrix('leontief_inverse')).values;
  const { intensity } = await context.query(`
    SELECT direct_t_per_10k_cny AS intensity
    FROM sector_account JOIN region ON region.code = sector_account.region ORDER BY gb2260, sector`);
  const direct = intensity as Float64Array;
  const finalDemand = rowSums(table.finalDemand, n, finalDemandCount);

  await context.writeTable('flow', {
    ...flowColumns(axes),
    nox_t: embodiedFlows(direct, leontief, grossOutput(table)),
  });
  await context.writeTable('final_demand_flow', {
    ...flowColumns(axes),
    nox_t: finalDemandFlows(direct, leontief, finalDemand),
  });
});
