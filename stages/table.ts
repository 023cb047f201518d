import { besideLeftOut } from '../formats/left-out.ts';
import type { Stressor } from '../formats/table-sums.ts';
import { requireBalanced } from '../mrio/table.ts';
import { stage, type StageContext } from '../runner/stage.ts';
import { accountColumns, matrixPositions, readAxes, type Axes } from './accounts.ts';
import { optionalText, requiredText } from './parameters.ts';
import { writeResultTable } from './result-table.ts';
import { balanceTolerance, checkedTable, statedTolerance, writeBalances } from './table-checks.ts';
import { nameOf } from './table-rows.ts';
import { importUserTable } from './user-table.ts';

/**
 * A table that is taken as it is: checked and balanced, not estimated. Final demand may be negative in a cell, where stocks
 * are drawn on, and so may exports and primary inputs; deliveries may not.
 */
export default stage(async (context) => {
  const tolerance = balanceTolerance(context, 'table');
  const axes = await readAxes(context);
  const { stressors, leftOut } = await importUserTable(context, 'given_mrio', axes, {
    level: 'region',
    sectorList: optionalText(context, 'table', 'sector_list'),
    sheet: optionalText(context, 'table', 'sheet'),
    unit: requiredText(context, 'table', 'unit'),
    statedTolerance: statedTolerance(context, 'table'),
  });
  const table = await checkedTable(context, 'given_mrio', 'given_table', axes, ['intermediate']);
  const result = besideLeftOut(leftOut, () => requireBalanced(table, tolerance, nameOf(context, 'given_mrio')));
  await writeResultTable(context, axes, table);
  await writeBalances(context, [{ name: 'mrio', table, result }]);
  await writeStressors(context, axes, stressors);
});

async function writeStressors(
  context: StageContext,
  axes: Axes,
  stressors: ReadonlyMap<string, Stressor>,
): Promise<void> {
  const names = [...stressors.keys()];
  const found = [...stressors.values()];
  const columns = (width: number) => {
    const { row, column } = matrixPositions(names.length, width);
    const units = Array.from(row, (s) => found[s]!.unit);
    return { row, column, named: { stressor: { labels: names, indices: row }, unit: units } };
  };
  const ofAccounts = columns(axes.regions.length * axes.sectors.length);
  await context.writeTable('stressor', {
    ...ofAccounts.named,
    ...accountColumns(axes, ofAccounts.column),
    amount: Float64Array.from(ofAccounts.column, (k, cell) => found[ofAccounts.row[cell]!]!.accounts[k]!),
  });
  const ofDemand = columns(axes.regions.length);
  await context.writeTable('final_demand_stressor', {
    ...ofDemand.named,
    region: { labels: axes.regions, indices: ofDemand.column },
    amount: Float64Array.from(ofDemand.column, (r, cell) => found[ofDemand.row[cell]!]!.finalDemand[r]!),
  });
}
