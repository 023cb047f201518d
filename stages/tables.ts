import { EXPORT, dimensions, requireBalanced, type Balance, type MrioTable } from '../mrio/table.ts';
import { stage, StageError, type StageContext } from '../runner/stage.ts';
import { readAxes, readProvinceAxes, readTable, type Axes } from './accounts.ts';

export default stage(async (context) => {
  const tolerance = context.parameters['balance_tolerance'];
  if (typeof tolerance !== 'number' || !(tolerance >= 0)) {
    throw new StageError(
      `parameter balance_tolerance of stage tables is ${JSON.stringify(tolerance)}`,
      'give a share of 0 or more, for example 1.0e-6',
    );
  }
  const { axes: provinceAxes } = await readProvinceAxes(context);
  const reference = await checkedTable(context, 'city_mrio_2012', await readAxes(context));
  const target = await checkedTable(context, 'provincial_mrio_2017', provinceAxes);
  const balances = [
    { name: 'reference_table', table: reference, result: requireBalanced(reference, tolerance, 'city_mrio_2012') },
    { name: 'target_table', table: target, result: requireBalanced(target, tolerance, 'provincial_mrio_2017') },
  ];
  for (const { name, table } of balances) await writeAccountTable(context, name, table);
  await writeBalances(context, balances);
});

/** Reads an input table after checking that it has every region and sector, and nothing else. */
async function checkedTable(context: StageContext, input: string, axes: Axes): Promise<MrioTable> {
  const file = context.inputs[input]!;
  await requireRegions(context, input, axes, file);
  await requireSectors(context, input, file);
  const relation = `(
    SELECT if(category = '${EXPORT}', 'export', block) AS block, from_region, from_sector, to_region, to_sector, value_10k_cny
    FROM ${input} JOIN category USING (category))`;
  return readTable(context, relation, axes);
}

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

/** One row of the layout that `readTable` reads; accounts by position, -1 for none. */
interface AccountRow {
  readonly block: string;
  readonly from: number;
  readonly to: number;
  /** Region of final demand, by position, -1 for none. */
  readonly consumer: number;
  readonly value: number;
}

/** The non-zero cells of a table. */
function accountRows(table: MrioTable): AccountRow[] {
  const { n, regionCount, finalDemandCount } = dimensions(table);
  const rows: AccountRow[] = [];
  table.intermediate.forEach((value, cell) => {
    if (value === 0) return;
    rows.push({ block: 'intermediate', from: Math.floor(cell / n), to: cell % n, consumer: -1, value });
  });
  table.finalDemand.forEach((value, cell) => {
    if (value === 0) return;
    const from = Math.floor(cell / finalDemandCount);
    const consumer = cell % finalDemandCount;
    if (consumer === regionCount) rows.push({ block: 'export', from, to: -1, consumer: -1, value });
    else rows.push({ block: 'final_demand', from, to: -1, consumer, value });
  });
  table.primaryInput.forEach((value, to) => {
    if (value !== 0) rows.push({ block: 'primary_input', from: -1, to, consumer: -1, value });
  });
  return rows;
}

async function writeAccountTable(context: StageContext, output: string, table: MrioTable): Promise<void> {
  const { sectorCount } = dimensions(table);
  const rows = accountRows(table);
  const regionOf = (account: number): string | null => table.regions[Math.floor(account / sectorCount)] ?? null;
  const sectorOf = (account: number): number => (account < 0 ? NaN : table.sectors[account % sectorCount]!);
  await context.writeTable(output, {
    block: rows.map(({ block }) => block),
    from_region: rows.map(({ from }) => regionOf(from)),
    from_sector: Float64Array.from(rows, ({ from }) => sectorOf(from)),
    to_region: rows.map(({ to, consumer }) => regionOf(to) ?? table.regions[consumer] ?? null),
    to_sector: Float64Array.from(rows, ({ to }) => sectorOf(to)),
    value_10k_cny: Float64Array.from(rows, ({ value }) => value),
  });
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
