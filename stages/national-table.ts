import { StageError, type StageContext } from '../runner/stage.ts';
import { NATIONAL_ROWS, nameOf, placeOf, requireCells, requireNoRows } from './table-rows.ts';

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
 * Reads the table of a year.
 * @param source a table in the layout of `national_table`
 * @param sectors all its sectors, in order
 * @throws StageError where it has none of that year, or a row that no cell of the table is meant by
 */
export async function readCategoryTable(
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
  await requireRows(context, source, sectors, year);
  const { from, to, category, block, value } = await context.query(`
    SELECT from_sector AS from, to_sector AS to, category, block, value
    FROM ${source} JOIN category USING (category) WHERE year = ${year} ORDER BY category, from_sector, to_sector`);
  const values = value as Float64Array;
  (block as string[]).forEach((name, k) => {
    const row = sectors.indexOf((from as Float64Array)[k]!);
    const column = sectors.indexOf((to as Float64Array)[k]!);
    const of = (categories: readonly string[]): number => categories.indexOf((category as string[])[k]!);
    if (name === 'intermediate') table.intermediate[row * count + column] = values[k]!;
    else if (name === 'final_demand') {
      table.finalDemand[row * demandCategories.length + of(demandCategories)] = values[k]!;
    } else table.primaryInput[of(primaryCategories) * count + column] = values[k]!;
  });
  return table;
}

/** There are rows of the year, and each is of a block, with the sectors that its block needs, all of them known. */
async function requireRows(
  context: StageContext,
  source: string,
  sectors: readonly number[],
  year: number,
): Promise<void> {
  const { rows } = await context.query(`SELECT count(*) AS rows FROM ${source} WHERE year = ${year}`);
  if (rows![0] === 0) {
    throw new StageError(
      `${nameOf(context, source)} has no rows for ${year}`,
      `add that year to ${placeOf(context, source)}`,
    );
  }
  await requireCells(context, source, NATIONAL_ROWS, `year = ${year}`);
  const known = sectors.join(', ');
  await requireNoRows(context, source, NATIONAL_ROWS, {
    where: `year = ${year} AND (from_sector NOT IN (${known}) OR to_sector NOT IN (${known}))`,
    fault: `of a sector that ${placeOf(context, 'sector')} does not have`,
    remedy: `aggregate the table to the sectors of ${placeOf(context, 'sector')}`,
  });
}
