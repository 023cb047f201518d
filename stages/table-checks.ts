import { EXPORT, type Balance, type MrioTable } from '../mrio/table.ts';
import { StageError, type StageContext } from '../runner/stage.ts';
import { readTable, type Axes } from './accounts.ts';
import { numberParameter } from './parameters.ts';
import { REGIONAL_ROWS, nameOf, placeOf, requireCells } from './table-rows.ts';

/** The parameter `balance_tolerance`: how far a row and a column of an account may differ, as a share. */
export const balanceTolerance = (context: StageContext, stage: string): number =>
  numberParameter(context, stage, 'balance_tolerance', {
    accepts: (value) => value >= 0,
    remedy: 'give a share of 0 or more, for example 1.0e-6',
  });

/** The parameter `stated_tolerance`: how far a total that a file states and the sum of its cells may differ, as a share. */
export const statedTolerance = (context: StageContext, stage: string): number =>
  numberParameter(context, stage, 'stated_tolerance', {
    accepts: (value) => value >= 0,
    remedy: 'give a share of 0 or more, for example 1.0e-6',
  });

/**
 * Makes an output table of an input that has every region and sector, and nothing else, and reads it.
 * @param blocks of which no cell may be negative, final demand and primary inputs summed over their categories
 */
export async function checkedTable(
  context: StageContext,
  input: string,
  output: string,
  axes: Axes,
  blocks: readonly Block[],
): Promise<MrioTable> {
  await requireRegions(context, input, axes);
  await requireSectors(context, input, axes);
  await requireCells(context, input, REGIONAL_ROWS);
  await context.database.run(`CREATE TABLE ${output} AS ${summed(input)}`);
  await requireNonNegative(context, input, output, blocks);
  return readTable(context, output, axes);
}

/**
 * The rows of an input table that `readTable` reads: categories of final demand and of primary inputs summed into their
 * blocks, exports kept apart.
 */
const summed = (input: string): string => `
  SELECT block, from_region, from_sector, to_region, to_sector, value
  FROM ${input} JOIN category USING (category) WHERE block = 'intermediate'
  UNION ALL
  SELECT
    if(category = '${EXPORT}', category, block) AS block, from_region, from_sector,
    if(category = '${EXPORT}', NULL, to_region) AS to_region, to_sector, sum(value ORDER BY category)
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
    ...(unknown.length > 0
      ? [`has rows for ${unknown.join(', ')}, which ${placeOf(context, 'region')} does not expect`]
      : []),
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
    ...(unknown.length > 0
      ? [`has sectors ${unknown.join(', ')}, which ${placeOf(context, 'sector')} does not have`]
      : []),
  ];
  throw new StageError(
    `${nameOf(context, input)} ${parts.join(' and ')}`,
    `aggregate the table to the sectors of ${placeOf(context, 'sector')}`,
  );
}

/**
 * What is negative in a block, in SQL, and how it is put right so that its accounts still balance. Categories are
 * summed already: that a category of final demand makes up for another is no fault.
 */
const NEGATIVE = [
  {
    block: 'intermediate',
    cell: "format('delivery from {}.{} to {}.{}', from_region, from_sector, to_region, to_sector)",
    remedy: 'correct it, or enter its amount as a delivery from the user to the producer',
  },
  {
    block: 'final_demand',
    cell: "format('final demand for {}.{} by {}', from_region, from_sector, to_region)",
    remedy: 'correct its categories, or enter what is drawn from stocks as a primary input of the producer',
  },
  {
    block: 'export',
    cell: "format('export of {}.{}', from_region, from_sector)",
    remedy: 'correct it, or enter its amount as a primary input of the producer',
  },
  {
    block: 'primary_input',
    cell: "format('primary input of {}.{}', to_region, to_sector)",
    remedy: 'correct its categories, or enter the subsidy that exceeds them as final demand for products of the sector',
  },
] as const;

type Block = (typeof NEGATIVE)[number]['block'];

/** All of them: ANAIS knows no negative cells. */
export const EVERY_BLOCK: readonly Block[] = NEGATIVE.map(({ block }) => block);

async function requireNonNegative(
  context: StageContext,
  input: string,
  table: string,
  blocks: readonly Block[],
): Promise<void> {
  for (const { block, cell, remedy } of NEGATIVE) {
    if (!blocks.includes(block)) continue;
    const { wrong } = await context.query(`
      SELECT ${cell} || ' is ' || value AS wrong FROM ${table}
      WHERE block = '${block}' AND value < 0 ORDER BY wrong`);
    if (wrong!.length === 0) continue;
    const count = wrong!.length === 1 ? '1 negative cell' : `${wrong!.length} negative cells`;
    throw new StageError(
      `${nameOf(context, input)} has ${count} of block ${block}: ${(wrong as string[]).slice(0, 3).join('; ')}`,
      remedy,
    );
  }
}

export interface NamedBalance {
  readonly name: string;
  readonly table: MrioTable;
  readonly result: Balance;
}

/** Writes the output table_balance: totals of every account of each table. */
export async function writeBalances(context: StageContext, balances: readonly NamedBalance[]): Promise<void> {
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
    row_total: Float64Array.from(rows, ({ rowTotal }) => rowTotal),
    column_total: Float64Array.from(rows, ({ columnTotal }) => columnTotal),
    relative_difference: Float64Array.from(rows, ({ difference }) => difference),
  });
}
