import { ModelError } from './error.ts';

/**
 * Sums rows and columns of a matrix into groups: G_r M G_c', where G has a one in row g and column i if i is of group g.
 * @param values M, row-major
 * @param rows the group of each row
 * @param columns the group of each column
 * @returns groups of rows x groups of columns, row-major
 * @throws ModelError where M has another shape
 */
export function aggregate(values: Float64Array, rows: Grouping, columns: Grouping): Float64Array {
  const width = columns.groups.length;
  if (values.length !== rows.groups.length * width) {
    throw new ModelError(
      `a matrix of ${values.length} values is to be summed by ${rows.groups.length} rows and ${width} columns`,
      'give the group of each row and of each column',
    );
  }
  const sums = new Float64Array(rows.count * columns.count);
  for (const [k, value] of values.entries()) {
    sums[rows.groups[Math.floor(k / width)]! * columns.count + columns.groups[k % width]!]! += value;
  }
  return sums;
}

/** Which group each of some rows or columns is in, by its position from 0. */
export interface Grouping {
  readonly groups: readonly number[];
  /** How many groups there are. */
  readonly count: number;
}

/**
 * Groups by their position from 0.
 * @throws ModelError where a group is no position, or has nobody in it
 */
export function grouping(groups: readonly number[]): Grouping {
  const wrong = groups.find((group) => !Number.isInteger(group) || group < 0);
  if (wrong !== undefined) throw new ModelError(`${wrong} is no group`, 'count groups from 0');
  const count = Math.max(-1, ...groups) + 1;
  const present = new Set(groups);
  const empty = Array.from({ length: count }, (_, group) => group).find((group) => !present.has(group));
  if (empty !== undefined) throw new ModelError(`nothing is in group ${empty}`, 'number groups without gaps');
  return { groups, count };
}

/** Nothing is summed: each of n is a group of its own. */
export const ungrouped = (n: number): Grouping => ({ groups: Array.from({ length: n }, (_, i) => i), count: n });

/**
 * Groups of accounts or of final demand, ordered region by region, from groups of regions and of what each region has:
 * sectors or categories.
 */
export const groupedPairs = (regions: Grouping, others: Grouping): Grouping => ({
  groups: regions.groups.flatMap((region) => others.groups.map((other) => region * others.count + other)),
  count: regions.count * others.count,
});
