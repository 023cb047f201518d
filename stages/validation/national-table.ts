import { columnSums, rowSums } from '../../mrio/table.ts';
import { StageError, type StageContext } from '../../runner/stage.ts';

/** Row and column of a sector may differ by this share, as rounded figures do. */
const BALANCED = 1e-6;

/** A national table with its categories. */
export interface CategoryTable {
  readonly sectors: readonly number[];
  /** Categories of final demand, exports included, and of primary input. */
  readonly demandCategories: readonly string[];
  readonly primaryCategories: readonly string[];
  /** S x S, row-major. */
  readonly intermediate: Float64Array;
  /** S x categories. */
  readonly finalDemand: Float64Array;
  /** Categories x S. */
  readonly primaryInput: Float64Array;
}

/**
 * Reads the national tables of two years: the user's own where there are any.
 * @throws StageError where there is none of a year, a sector is in one of them only, or rows and columns do not balance
 */
export async function readNationalTables(
  context: StageContext,
  years: readonly [number, number],
): Promise<[CategoryTable, CategoryTable]> {
  const { rows } = await context.query('SELECT count(*) AS rows FROM nbs_table');
  const source = Number(rows![0]) > 0 ? 'nbs_table' : 'national_table';
  const sectorsOf = async (year: number): Promise<number[]> => {
    const { sector } = await context.query(`
      SELECT DISTINCT unnest([from_sector, to_sector]) AS sector FROM ${source} WHERE year = ${year}
      ORDER BY sector NULLS LAST`);
    return Array.from(sector as Float64Array).filter((one) => !Number.isNaN(one));
  };
  const [base, later] = [await sectorsOf(years[0]), await sectorsOf(years[1])];
  [base, later].forEach((sectors, k) => {
    if (sectors.length > 0) return;
    throw new StageError(
      `${source} has no rows for ${years[k]!}`,
      `add that year to ${context.places[source]!}, or set national_years of stage validation to two years that it has`,
    );
  });
  const single = [...base, ...later].find((sector) => base.includes(sector) !== later.includes(sector));
  if (single !== undefined) {
    throw new StageError(
      `${source} has sector ${single} in only one of the years ${years.join(' and ')}`,
      `bring both years of ${context.places[source]!} to one list of sectors`,
    );
  }
  return [
    await readCategoryTable(context, source, base, years[0]),
    await readCategoryTable(context, source, base, years[1]),
  ];
}

async function readCategoryTable(
  context: StageContext,
  source: string,
  sectors: readonly number[],
  year: number,
): Promise<CategoryTable> {
  const categoriesOf = async (block: string): Promise<string[]> => {
    const { category } = await context.query(
      `SELECT category FROM category WHERE block = '${block}' ORDER BY category`,
    );
    return category as string[];
  };
  const demandCategories = await categoriesOf('final_demand');
  const primaryCategories = await categoriesOf('primary_input');
  const count = sectors.length;
  const table: CategoryTable = {
    sectors,
    demandCategories,
    primaryCategories,
    intermediate: new Float64Array(count * count),
    finalDemand: new Float64Array(count * demandCategories.length),
    primaryInput: new Float64Array(primaryCategories.length * count),
  };
  const { from, to, category, value } = await context.query(`
    SELECT from_sector AS from, to_sector AS to, category, value_10k_cny AS value
    FROM ${source} WHERE year = ${year} ORDER BY category, from_sector, to_sector`);
  const values = value as Float64Array;
  (category as string[]).forEach((name, k) => {
    const row = sectors.indexOf((from as Float64Array)[k]!);
    const column = sectors.indexOf((to as Float64Array)[k]!);
    if (name === 'intermediate') table.intermediate[row * count + column] = values[k]!;
    else if (row >= 0) table.finalDemand[row * demandCategories.length + demandCategories.indexOf(name)] = values[k]!;
    else table.primaryInput[primaryCategories.indexOf(name) * count + column] = values[k]!;
  });
  requireBalance(context, source, year, table);
  return table;
}

/** @throws StageError naming the sector whose row and column differ most, if by more than rounding */
function requireBalance(context: StageContext, source: string, year: number, table: CategoryTable): void {
  const { sectors, intermediate, finalDemand, primaryInput } = table;
  const count = sectors.length;
  const rows = rowSums(intermediate, count, count);
  const columns = columnSums(intermediate, count, count);
  const sold = rowSums(finalDemand, count, table.demandCategories.length);
  const added = columnSums(primaryInput, table.primaryCategories.length, count);
  const difference = rows.map((used, i) => {
    const [sales, costs] = [used + sold[i]!, columns[i]! + added[i]!];
    return sales === costs ? 0 : Math.abs(sales - costs) / Math.max(Math.abs(sales), Math.abs(costs));
  });
  const worst = difference.indexOf(Math.max(...difference));
  if (difference[worst]! <= BALANCED) return;
  throw new StageError(
    `sector ${sectors[worst]!} of ${source} sells ${rows[worst]! + sold[worst]!} in ${year} and takes in ${columns[worst]! + added[worst]!}`,
    `correct ${context.places[source]!}: deliveries and final demand have to add up to inputs and primary inputs`,
  );
}
