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
    {
      name: 'reference_table',
      table: reference,
      result: requireBalanced(reference, tolerance, nameOf(context, 'city_mrio_2012')),
    },
    {
      name: 'target_table',
      table: target,
      result: requireBalanced(target, tolerance, nameOf(context, 'provincial_mrio_2017')),
    },
  ];
  for (const { name } of balances) await context.writeTable(name, `FROM ${name}`);
  await writeBalances(context, balances);
});

/** Makes an output table of an input that has every region and sector, and nothing else, and reads it. */
async function checkedTable(context: StageContext, input: string, output: string, axes: Axes): Promise<MrioTable> {
  await requireRegions(context, input, axes);
  await requireSectors(context, input, axes);
  await requireAccounts(context, input);
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

async function requireRegions(context: StageContext, input: string, axes: Axes): Promise<void> {
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
    `${nameOf(context, input)} ${parts.join(' and ')}`,
    `give it exactly these regions: ${axes.regions.join(', ')}`,
  );
}

async function requireSectors(context: StageContext, input: string, axes: Axes): Promise<void> {
  const { sector } = await context.query(`
    SELECT DISTINCT sector FROM (
      SELECT from_sector AS sector FROM ${input} UNION ALL SELECT to_sector FROM ${input})
    WHERE sector IS NOT NULL ORDER BY sector`);
  const found = Array.from(sector as Float64Array);
  const missing = axes.sectors.filter((id) => !found.includes(id));
  const unknown = found.filter((id) => !axes.sectors.includes(id));
  if (missing.length === 0 && unknown.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`has no rows for sectors ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`has sectors ${unknown.join(', ')}, which data-raw/sectors.csv does not have`] : []),
  ];
  throw new StageError(
    `${nameOf(context, input)} ${parts.join(' and ')}`,
    'aggregate the table to the sectors of data-raw/sectors.csv',
  );
}

/** What the rows of a block have to say of both sides of a delivery, in SQL and in words. */
const SIDES = [
  {
    rows: "block = 'intermediate'",
    sides: 'from_region IS NOT NULL AND from_sector IS NOT NULL AND to_region IS NOT NULL AND to_sector IS NOT NULL',
    needs: 'all of from_region, from_sector, to_region and to_sector',
  },
  {
    rows: `category = '${EXPORT}'`,
    sides: 'from_region IS NOT NULL AND from_sector IS NOT NULL AND to_sector IS NULL',
    needs: 'from_region and from_sector, and no to_sector',
  },
  {
    rows: `block = 'final_demand' AND category <> '${EXPORT}'`,
    sides: 'from_region IS NOT NULL AND from_sector IS NOT NULL AND to_region IS NOT NULL AND to_sector IS NULL',
    needs: 'from_region, from_sector and to_region, and no to_sector',
  },
  {
    rows: "block = 'primary_input'",
    sides: 'from_region IS NULL AND from_sector IS NULL AND to_region IS NOT NULL AND to_sector IS NOT NULL',
    needs: 'to_region and to_sector, and neither from_region nor from_sector',
  },
] as const;

/** Each row has the regions and sectors that its block needs: otherwise its value would belong to no cell. */
async function requireAccounts(context: StageContext, input: string): Promise<void> {
  for (const { rows, sides, needs } of SIDES) {
    const { wrong } = await context.query(`
      SELECT format('{} from {}.{} to {}.{}: {}', category, coalesce(from_region, '?'), coalesce(from_sector::VARCHAR, '?'),
        coalesce(to_region, '?'), coalesce(to_sector::VARCHAR, '?'), value_10k_cny) AS wrong
      FROM ${input} JOIN category USING (category) WHERE ${rows} AND NOT (${sides}) ORDER BY wrong`);
    if (wrong!.length === 0) continue;
    const shown = (wrong as string[]).slice(0, 3).join('; ');
    throw new StageError(
      `${nameOf(context, input)} has ${wrong!.length} rows that name too little or too much: ${shown}`,
      `where ${rows.replaceAll("'", '')}, a row needs ${needs}`,
    );
  }
}

/** An input and where it is from. */
const nameOf = (context: StageContext, input: string): string => `${input} (${context.places[input]!})`;

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
