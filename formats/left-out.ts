import { ModelError } from '../mrio/error.ts';
import { shortened } from './name-index.ts';
import type { OpenTable } from './open-table.ts';

/** A table that notes while it is read which of the rows and columns of no known meaning hold numbers. */
export interface NotedTable {
  readonly table: OpenTable;
  /** `column "Levies" (sheet "2017", cell AZZ3)`, once it is read. */
  readonly leftOut: () => string[];
}

const isLeftOut = (label: { readonly kind: string; readonly of?: string }): boolean =>
  label.kind === 'stated' && label.of === 'other';

/** The same table, which notes what is left out of it. */
export function noteLeftOut(open: OpenTable): NotedTable {
  const columns = open.columns.flatMap((label, at) => (isLeftOut(label) ? [at] : []));
  const found = { row: new Set<number>(), column: new Set<number>() };
  const isNumber = (value: number | undefined) => value !== undefined && value !== 0 && !Number.isNaN(value);
  const note = (row: number, column: number, value: number | undefined): void => {
    if (!isNumber(value)) return;
    const [rowKind, columnKind] = [open.rows[row]!, open.columns[column]!];
    if (isLeftOut(columnKind) && rowKind.kind === 'account') found.column.add(column);
    if (isLeftOut(rowKind) && columnKind.kind === 'account') found.row.add(row);
  };
  return {
    table: {
      ...open,
      async *stripes() {
        for await (const stripe of open.stripes()) {
          const { axis, index, start, values } = stripe;
          if (axis === 'row' && !isLeftOut(open.rows[index]!))
            for (const column of columns) note(index, column, values[column - start]);
          else if (axis === 'row') values.forEach((value, k) => { note(index, start + k, value); }); // prettier-ignore
          else values.forEach((value, k) => { note(start + k, index, value); }); // prettier-ignore
          yield stripe;
        }
      },
    },
    leftOut: () =>
      (['column', 'row'] as const).flatMap((axis) =>
        [...found[axis]].toSorted((a, b) => a - b).map((at) => leftOutName(open, axis, at)),
      ),
  };
}

/** `column "Levies" (cell AZZ3)`, or `column AZZ without a name`. */
export function leftOutName(open: OpenTable, axis: 'row' | 'column', at: number): string {
  const label = axis === 'row' ? open.rows[at]! : open.columns[at]!;
  const name = label.kind === 'stated' ? label.name : '';
  if (name === '') return `${axis} ${open.lineName?.(axis, at) ?? at + 1} without a name`;
  const found = open.labelPlace?.(axis, at, 'name') ?? null;
  return `${axis} "${name}"${found === null ? '' : ` (${found.place})`}`;
}

/**
 * Does what may find that a table does not balance, and if so says what of it was left out.
 * @throws ModelError as thrown, with the rows and columns that were left out as a likely cause
 */
export function besideLeftOut<Result>(leftOut: readonly string[], check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ModelError) || leftOut.length === 0) throw error;
    throw new ModelError(
      `${error.message}; left out, as their names are not known: ${shortened(leftOut, 5)}`,
      `if what is left out belongs to the balance, give it one of the names or codes that docs/data.md lists; otherwise ${error.remedy}`,
    );
  }
}
