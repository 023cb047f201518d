import { ModelError } from '../mrio/error.ts';
import { type MrioTable } from '../mrio/table.ts';
import { asDeliveries } from './deliveries.ts';
import type { Concordance } from './concordance.ts';
import { accountName, type FileAccount, type StatedTotal } from './line-totals.ts';
import type { AccountLabel, OpenTable } from './open-table.ts';
import { shownApart } from './shown-numbers.ts';
import { TableSums, type ReadTable } from './table-sums.ts';

/**
 * Reads a table and adds up what belongs to one region and sector of the study, stripe by stripe, so that no more of the
 * file is held than one.
 * @param progress told the share that is done, from 0 to 1
 */
export async function readTable(
  given: OpenTable,
  axes: Pick<MrioTable, 'regions' | 'sectors'>,
  concordance: Concordance,
  progress: (share: number) => void = () => undefined,
): Promise<ReadTable> {
  const open = await asDeliveries(given);
  const sums = new TableSums(open, axes, concordance);
  let done = 0;
  const all = open.rows.length * open.columns.length;
  for await (const { axis, index, start, values } of open.stripes()) {
    if (axis === 'row') for (let k = 0; k < values.length; k++) sums.add(index, start + k, values[k]!);
    else for (let k = 0; k < values.length; k++) sums.add(start + k, index, values[k]!);
    progress((done += values.length) / all);
  }
  // Where no stripe is there is nothing to do.
  progress(1);
  return sums.result();
}

/** A total that a file states, and what its cells add up to instead. */
export interface WrongTotal extends StatedTotal {
  readonly label: AccountLabel;
}

/** The totals that are further from the sum of their cells than the tolerance, the furthest first. */
export function wrongTotals(accounts: readonly FileAccount[], tolerance: number): WrongTotal[] {
  return accounts
    .flatMap(({ label, stated }) => stated.map((total) => ({ label, ...total })))
    .filter(({ difference }) => !(difference <= tolerance))
    .toSorted((a, b) => b.difference - a.difference);
}

/**
 * Throws a ModelError that names the totals of rows and columns that the file states and that its cells do not add up to.
 * @param tolerance of the difference of a StatedTotal
 */
export function requireAsStated(accounts: readonly FileAccount[], tolerance: number, place: string): void {
  const wrong = wrongTotals(accounts, tolerance);
  if (wrong.length === 0) return;
  const named = wrong.slice(0, 5).map(({ label, line, name, sum, stated, place: cell }) => {
    const [added, said] = shownApart(sum, stated);
    return `${line} of ${accountName(label)}: ${added}, stated ${said} as ${name} (${cell.replace(`${place}/`, '')})`;
  });
  const are = wrong.length === 1 ? '1 of its totals is' : `${wrong.length} of its totals are`;
  throw new ModelError(
    `${place}: ${are} not what its cells add up to: ${named.join('; ')}`,
    'correct the cells or the totals, or widen stated_tolerance if the difference is one of rounding',
  );
}
