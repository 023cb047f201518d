import { ModelError } from '../mrio/error.ts';
import { relativeDifference, type MrioTable } from '../mrio/table.ts';
import { asDeliveries } from './deliveries.ts';
import type { Concordance } from './concordance.ts';
import type { OpenTable } from './open-table.ts';
import { TableSums, type FileAccount, type ReadTable } from './table-sums.ts';

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

/**
 * Throws a ModelError that names the accounts whose rows or columns add up to something else than the file states.
 * @param tolerance of |sum - stated|, relative to the larger
 */
export function requireAsStated(accounts: readonly FileAccount[], tolerance: number, place: string): void {
  const compared = accounts.flatMap(({ label, ...totals }) => [
    { label, line: 'row', sum: totals.rowTotal, stated: totals.statedRow },
    { label, line: 'column', sum: totals.columnTotal, stated: totals.statedColumn },
  ]);
  const wrong = compared.flatMap(({ label, line, sum, stated }) => {
    if (stated === null) return [];
    const difference = relativeDifference(sum, stated);
    return difference <= tolerance ? [] : [{ label, line, sum, stated, difference }];
  });
  if (wrong.length === 0) return;
  const worst = wrong.toSorted((a, b) => b.difference - a.difference).slice(0, 5);
  const named = worst.map(
    ({ label: { region, sector }, line, sum, stated }) => `${line} of ${region} ${sector}: ${sum}, stated ${stated}`,
  );
  throw new ModelError(
    `${place}: ${wrong.length} of its totals are not what its cells add up to: ${named.join('; ')}`,
    'correct the cells or the totals, or widen stated_tolerance if the difference is one of rounding',
  );
}
