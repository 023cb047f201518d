import { StageError, type StageContext } from '../runner/stage.ts';

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
 * @throws StageError where it has none of that year
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
  const { from, to, category, value } = await context.query(`
    SELECT from_sector AS from, to_sector AS to, category, value_10k_cny AS value
    FROM ${source} WHERE year = ${year} ORDER BY category, from_sector, to_sector`);
  const values = value as Float64Array;
  if (values.length === 0) {
    throw new StageError(`${source} has no rows for ${year}`, `add that year to ${context.places[source] ?? source}`);
  }
  (category as string[]).forEach((name, k) => {
    const row = sectors.indexOf((from as Float64Array)[k]!);
    const column = sectors.indexOf((to as Float64Array)[k]!);
    if (name === 'intermediate') table.intermediate[row * count + column] = values[k]!;
    else if (row >= 0) table.finalDemand[row * demandCategories.length + demandCategories.indexOf(name)] = values[k]!;
    else table.primaryInput[primaryCategories.indexOf(name) * count + column] = values[k]!;
  });
  return table;
}
