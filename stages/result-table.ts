import { EXPORT, dimensions, grossOutput, type MrioTable } from '../mrio/table.ts';
import type { StageContext } from '../runner/stage.ts';
import { accountColumns, flowColumns, matrixPositions, type Axes } from './accounts.ts';

/** Final demand of the table that the model is computed from, in the rows that `readTable` reads. */
export const RESULT_FINAL_DEMAND = `
  SELECT if(to_region = '${EXPORT}', 'export', 'final_demand') AS block,
    from_region, from_sector, to_region, NULL AS to_sector, value
  FROM final_demand`;

/** The table that the model is computed from, in the rows that `readTable` reads. */
export const RESULT_TABLE = `(
  SELECT 'intermediate' AS block, from_region, from_sector, to_region, to_sector, value FROM mrio
  UNION ALL
  ${RESULT_FINAL_DEMAND}
  UNION ALL
  SELECT 'primary_input', NULL, NULL, region, sector, value FROM primary_input
)`;

/**
 * Writes the table that the model is computed from: the outputs mrio, final_demand, primary_input and gross_output.
 */
export async function writeResultTable(context: StageContext, axes: Axes, table: MrioTable): Promise<void> {
  const { n, finalDemandCount } = dimensions(axes);
  await context.writeTable('mrio', { ...flowColumns(axes), value: table.intermediate });
  const { row, column } = matrixPositions(n, finalDemandCount);
  const from = accountColumns(axes, row);
  await context.writeTable('final_demand', {
    from_region: from.region,
    from_sector: from.sector,
    to_region: { labels: [...axes.regions, EXPORT], indices: column },
    value: table.finalDemand,
  });
  const accounts = accountColumns(axes, matrixPositions(n, 1).row);
  await context.writeTable('primary_input', { ...accounts, value: table.primaryInput });
  await context.writeTable('gross_output', { ...accounts, value: grossOutput(table) });
}
