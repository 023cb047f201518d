import { EXPORT, requireBalanced, type Balance, type MrioTable } from '../mrio/table.ts';
import { stage, StageError, type StageContext } from '../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable, type Axes } from './accounts.ts';
import { numberParameter } from './parameters.ts';

export default stage(async (context) => {
  const tolerance = numberParameter(context, 'tables', 'balance_tolerance', {
    accepts: (value) => value >= 0,
    remedy: 'give a share of 0 or more, for example 1.0e-6',
  });
  const { axes: provinceAxes } = await readProvinceAxes(context);
  const reference = await checkedTable(context, 'city_mrio_2012', 'reference_table', await readAxes(context));
  const target = await checkedTable(context, 'provincial_mrio_2017', 'target_table', provinceAxes);
  const balances = [
    { name: 'reference_table', table: reference, result: requireBalanced(reference, tolerance, 'city_mrio_2012') },
    { name: 'target_table', table: target, result: requireBalanced(target, tolerance, 'provincial_mrio_2017') },
  ];
  for (const { name } of balances) await context.writeTable(name, `FROM ${name}`);
  await writeBalances(context, balances);
});

/** Makes an output table of an input that has every region and sector, and nothing else, and reads it. */
async function checkedTable(context: StageContext, input: string, output: string, axes: Axes): Promise<MrioTable> {
  const file = context.inputs[input]!;
  await requireRegions(context, input, axes, file);
  await requireSectors(context, input, file);
  await context.database.run(`CREATE TABLE ${output} AS ${blocks(input)}`);
  return readTable(context, output, axes);
}

/**
 * The rows of an input table that `readTable` reads: categories of final demand and of primary inputs summed into their
 * blocks, exports kept apart.
 */
const blocks = (input: string): string => `
  SELECT block, from_region, from_sector, to_region, to_sector, value_10k_cny
  FROM ${input} JOIN category USING (category) WHERE block = 'intermediate'
  UNION ALL
  SELECT
    if(category = '${EXPORT}', category, block) AS block, from_region, from_sector,
    if(category = '${EXPORT}', NULL, to_region) AS to_region, to_sector, sum(value_10k_cny ORDER BY category)
  FROM ${input} JOIN category USING (category) WHERE block <> 'intermediate'
  GROUP BY ALL`;

async function requireRegions(context: StageContext, input: string, axes: Axes, file: string): Promise<void> {
  const { region } = await context.query(`
    SELECT DISTINCT region FROM (
      SELECT from_region AS region FROM ${input} UNION ALL SELECT to_region FROM ${input})
    WHERE region IS NOT NULL ORDER BY region`);
  const found = region as string[];
  const missing = axes.regions.filter((code) => !found.includes(code));
  const unknown = found.filter((code) => !axes.regions.includes(code));
  if (missing.length === 0 && unknown.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`has no rows for ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`has rows for ${unknown.join(', ')}, which data-raw/regions.csv does not expect`] : []),
  ];
  throw new StageError(
    `${input} (${file}) ${parts.join(' and ')}`,
    `give it exactly these regions: ${axes.regions.join(', ')}`,
  );
}

async function requireSectors(context: StageContext, input: string, file: string): Promise<void> {
  const { sector } = await context.query(`
    SELECT DISTINCT sector FROM (
      SELECT from_sector AS sector FROM ${input} UNION ALL SELECT to_sector FROM ${input})
    WHERE sector IS NOT NULL AND sector NOT IN (SELECT id FROM sector) ORDER BY sector`);
  if (sector!.length === 0) return;
  throw new StageError(
    `${input} (${file}) has sectors ${Array.from(sector as Float64Array).join(', ')}, which data-raw/sectors.csv does not have`,
    'aggregate the table to the sectors of data-raw/sectors.csv',
  );
}

interface NamedBalance {
  readonly name: string;
  readonly table: MrioTable;
  readonly result: Balance;
}

async function writeBalances(context: StageContext, balances: readonly NamedBalance[]): Promise<void> {
  const rows = balances.flatMap(({ name, table, result }) =>
    Array.from(result.rowTotal, (rowTotal, k) => ({
      name,
      region: table.regions[Math.floor(k / table.sectors.length)]!,
      sector: table.sectors[k % table.sectors.length]!,
      rowTotal,
      columnTotal: result.columnTotal[k]!,
      difference: result.relativeDifference[k]!,
    })),
  );
  await context.writeTable('table_balance', {
    table: rows.map(({ name }) => name),
    region: rows.map(({ region }) => region),
    sector: Uint8Array.from(rows, ({ sector }) => sector),
    row_total_10k_cny: Float64Array.from(rows, ({ rowTotal }) => rowTotal),
    column_total_10k_cny: Float64Array.from(rows, ({ columnTotal }) => columnTotal),
    relative_difference: Float64Array.from(rows, ({ difference }) => difference),
  });
}
