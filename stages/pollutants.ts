import { sqlText } from '../formats/database.ts';
import { StageError, type Column, type NumberColumn, type StageContext } from '../runner/stage.ts';
import { readAccounts, type Axes } from './accounts.ts';
import { nameOf } from './table-rows.ts';

/** Direct emissions of a pollutant. */
export interface Emissions {
  readonly pollutant: string;
  /** t, by account. */
  readonly values: Float64Array;
}

/** The pollutants of a table, by name. */
export async function readPollutants(context: StageContext, relation: string): Promise<string[]> {
  const { pollutant } = await context.query(`SELECT DISTINCT pollutant FROM ${relation} ORDER BY pollutant`);
  return pollutant as string[];
}

/** SQL: the rows of one pollutant. */
export const ofPollutant = (relation: string, pollutant: string): string =>
  `(FROM ${relation} WHERE pollutant = ${sqlText(pollutant)})`;

/**
 * Columns of numbers of one pollutant, in the order of the table's accounts.
 * @param input a table with the columns pollutant, region and sector
 * @throws StageError where an account has no row, or more than one
 */
export const readPollutantAccounts = <const Name extends string>(
  context: StageContext,
  input: string,
  pollutant: string,
  names: readonly Name[],
  axes: Axes,
): Promise<Record<Name, Float64Array>> =>
  readAccounts(context, ofPollutant(input, pollutant), names, axes, `${pollutant} in ${nameOf(context, input)}`);

/**
 * The direct emissions of each pollutant.
 * @throws StageError where there are none, or an account has none, or more than one, of a pollutant
 */
export async function readEmissions(context: StageContext, axes: Axes): Promise<Emissions[]> {
  const pollutants = await readPollutants(context, 'emission');
  if (pollutants.length === 0) {
    throw new StageError(
      `${nameOf(context, 'emission')} has no rows`,
      'give it the emissions of at least one pollutant, by region and sector',
    );
  }
  const emissions: Emissions[] = [];
  for (const pollutant of pollutants) {
    const { emission_t } = await readPollutantAccounts(context, 'emission', pollutant, ['emission_t'], axes);
    emissions.push({ pollutant, values: emission_t });
  }
  return emissions;
}

/** Columns of numbers, and of labels: what has many rows. */
type Columns = Readonly<Record<string, Exclude<Column, readonly (string | null)[]>>>;

/**
 * The rows of every pollutant, one after the other, with the column `pollutant`.
 * @param columnsOf the rows of a pollutant: the same columns for each; label columns with the same labels
 */
export function rowsByPollutant<Part extends { readonly pollutant: string }>(
  parts: readonly Part[],
  columnsOf: (part: Part) => Columns,
): Record<string, Column> {
  const tables = parts.map(columnsOf);
  const lengths = tables.map((columns) => lengthOf(Object.values(columns)[0]!));
  const pollutant = {
    labels: parts.map((part) => part.pollutant),
    indices: concatenated(lengths.map((length, p) => new Int32Array(length).fill(p))),
  };
  const names = Object.keys(tables[0] ?? {});
  const joined = names.map((name) => [name, concatenatedColumn(tables.map((columns) => columns[name]!))] as const);
  return { pollutant, ...Object.fromEntries(joined) };
}

const lengthOf = (column: Columns[string]): number => ('labels' in column ? column.indices.length : column.length);

function concatenatedColumn(parts: readonly Columns[string][]): Column {
  const first = parts[0]!;
  if (!('labels' in first)) return concatenated(parts as readonly NumberColumn[]);
  return { labels: first.labels, indices: concatenated((parts as (typeof first)[]).map(({ indices }) => indices)) };
}

function concatenated<Values extends NumberColumn>(parts: readonly Values[]): Values {
  const first = parts[0];
  if (parts.length === 1 && first !== undefined) return first;
  if (first === undefined) throw new Error('there is nothing to concatenate');
  const whole = new (first.constructor as new (length: number) => Values)(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
