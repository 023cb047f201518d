import { besideLeftOut } from '../formats/left-out.ts';
import { requireBalanced } from '../mrio/table.ts';
import { stage } from '../runner/stage.ts';
import { readAxes, readProvinceAxes } from './accounts.ts';
import { optionalText, requiredText } from './parameters.ts';
import { EVERY_BLOCK, balanceTolerance, checkedTable, statedTolerance, writeBalances } from './table-checks.ts';
import { nameOf } from './table-rows.ts';
import { importUserTable } from './user-table.ts';

export default stage(async (context) => {
  const tolerance = balanceTolerance(context, 'tables');
  const axes = await readAxes(context);
  const { axes: provinceAxes } = await readProvinceAxes(context);
  const text = (name: string) => optionalText(context, 'tables', name);
  const reading = {
    unit: requiredText(context, 'tables', 'unit'),
    statedTolerance: statedTolerance(context, 'tables'),
  };
  const { leftOut: leftOutOfReference } = await importUserTable(context, 'reference_mrio', axes, {
    level: 'region',
    sectorList: text('reference_sector_list'),
    sheet: text('reference_sheet'),
    ...reading,
  });
  const { leftOut: leftOutOfTarget } = await importUserTable(context, 'target_mrio', provinceAxes, {
    level: 'province',
    sectorList: text('target_sector_list'),
    sheet: text('target_sheet'),
    ...reading,
  });
  const reference = await checkedTable(context, 'reference_mrio', 'reference_table', axes, EVERY_BLOCK);
  const target = await checkedTable(context, 'target_mrio', 'target_table', provinceAxes, EVERY_BLOCK);
  const balances = [
    {
      name: 'reference_table',
      table: reference,
      result: besideLeftOut(leftOutOfReference, () =>
        requireBalanced(reference, tolerance, nameOf(context, 'reference_mrio')),
      ),
    },
    {
      name: 'target_table',
      table: target,
      result: besideLeftOut(leftOutOfTarget, () => requireBalanced(target, tolerance, nameOf(context, 'target_mrio'))),
    },
  ];
  for (const { name } of balances) await context.writeTable(name, `FROM ${name}`);
  await writeBalances(context, balances);
});
