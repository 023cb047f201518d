import { columnSums, rowSums } from '../../mrio/table.ts';
import { StageError, type StageContext } from '../../runner/stage.ts';
import { readCategoryTable, type CategoryTable } from '../national-table.ts';

/** Row and column of a sector may differ by this share, as rounded figures do. */
const BALANCED = 1e-6;

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
      `add that year to ${context.places[source]!}, or set years of stage validation-national to two years that it has`,
    );
  });
  const single = [...base, ...later].find((sector) => base.includes(sector) !== later.includes(sector));
  if (single !== undefined) {
    throw new StageError(
      `${source} has sector ${single} in only one of the years ${years.join(' and ')}`,
      `bring both years of ${context.places[source]!} to one list of sectors`,
    );
  }
  const read = async (year: number): Promise<CategoryTable> => {
    const table = await readCategoryTable(context, source, base, year);
    requireBalance(context, source, year, table);
    return table;
  };
  return [await read(years[0]), await read(years[1])];
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
