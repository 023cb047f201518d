import { EXPORT } from '../mrio/table.ts';
import { StageError, type StageContext } from '../runner/stage.ts';

/** How the rows of an input-output table say which cell they mean. */
export interface RowLayout {
  readonly columns: readonly string[];
  /** SQL: what an error calls a row. */
  readonly label: string;
}

/** Rows of a table of regions. */
export const REGIONAL_ROWS: RowLayout = {
  columns: ['from_region', 'from_sector', 'to_region', 'to_sector'],
  label: `format('{} from {}.{} to {}.{}: {}', category, coalesce(from_region, '?'), coalesce(from_sector::VARCHAR, '?'),
    coalesce(to_region, '?'), coalesce(to_sector::VARCHAR, '?'), value)`,
};

/** Rows of national tables, by year. */
export const NATIONAL_ROWS: RowLayout = {
  columns: ['from_sector', 'to_sector'],
  label: `format('{} {} from {} to {}: {}', year, category, coalesce('sector ' || from_sector, 'no sector'),
    coalesce('sector ' || to_sector, 'no sector'), value)`,
};

/** Columns that the rows of a block have to fill, and columns that they have to leave empty. */
const BLOCKS = [
  {
    rows: "block = 'intermediate'",
    filled: ['from_region', 'from_sector', 'to_region', 'to_sector'],
    empty: [],
  },
  { rows: `category = '${EXPORT}'`, filled: ['from_region', 'from_sector'], empty: ['to_sector'] },
  {
    rows: `block = 'final_demand' AND category <> '${EXPORT}'`,
    filled: ['from_region', 'from_sector', 'to_region'],
    empty: ['to_sector'],
  },
  { rows: "block = 'primary_input'", filled: ['to_region', 'to_sector'], empty: ['from_region', 'from_sector'] },
] as const;

/** Where an input is from: the file of this study. */
export const placeOf = (context: StageContext, input: string): string => context.places[input] ?? input;

/** An input and where it is from. */
export const nameOf = (context: StageContext, input: string): string => `${input} (${placeOf(context, input)})`;

/**
 * Each row has the regions and sectors that its block needs: otherwise its value would belong to no cell.
 * @param rowsRead SQL: the rows of the input that are looked at
 */
export async function requireCells(
  context: StageContext,
  input: string,
  layout: RowLayout,
  rowsRead = 'true',
): Promise<void> {
  for (const { rows, ...sides } of BLOCKS) {
    const filled = sides.filled.filter((column) => layout.columns.includes(column));
    const empty = sides.empty.filter((column) => layout.columns.includes(column));
    const meets = [...filled.map((column) => `${column} IS NOT NULL`), ...empty.map((column) => `${column} IS NULL`)];
    await requireNoRows(context, input, layout, {
      where: `(${rowsRead}) AND ${rows} AND NOT (${meets.join(' AND ')})`,
      fault: 'of no cell',
      remedy: `where ${rows.replaceAll("'", '')}, a row needs ${neededColumns(filled, empty)}`,
    });
  }
}

function neededColumns(filled: readonly string[], empty: readonly string[]): string {
  const needed = [filled.slice(0, -1).join(', '), filled.at(-1)!].filter((words) => words !== '').join(' and ');
  if (empty.length === 0) return needed;
  return `${needed}, and ${empty.length === 1 ? 'no' : 'neither'} ${empty.join(' nor ')}`;
}

/** Rows that must not be there. */
interface Fault {
  /** SQL on the columns of the table, and the `block` of its category. */
  readonly where: string;
  readonly fault: string;
  readonly remedy: string;
}

/** @throws StageError with the first rows of an input that are wrong */
export async function requireNoRows(
  context: StageContext,
  input: string,
  { label }: RowLayout,
  { where, fault, remedy }: Fault,
): Promise<void> {
  const { wrong } = await context.query(
    `SELECT ${label} AS wrong FROM ${input} JOIN category USING (category) WHERE ${where} ORDER BY wrong`,
  );
  if (wrong!.length === 0) return;
  const shown = (wrong as string[]).slice(0, 3).join('; ');
  const count = wrong!.length === 1 ? '1 row' : `${wrong!.length} rows`;
  throw new StageError(`${nameOf(context, input)} has ${count} ${fault}: ${shown}`, remedy);
}
