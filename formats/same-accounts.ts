import { plainName } from './account-names.ts';
import type { Axis } from './axis-labels.ts';
import { type AccountLabel } from './open-table.ts';
import { UnclearAxis } from './unclear-axis.ts';

/** A row or column of a sector, and what errors say of it. */
interface Shown {
  readonly label: Pick<AccountLabel, 'region' | 'sector'> & { readonly code: string | null };
  readonly name: string | null;
  /** `"Tianjin 18 Coal mining" (C64)` */
  readonly shown: string;
  readonly cell: string;
  readonly regionCell: string | null;
}

const REMEDY = 'give rows and columns the same sectors of the same regions in the same order';

/**
 * Throws UnclearAxis where rows and columns are not of the same sectors of the same regions in the same order, by code or,
 * where an axis has none, by name; or where a name above is at the left that of another code.
 */
export function requireSameAccounts(rows: Axis, columns: Axis): void {
  const [down, across] = [shownAccounts(rows), shownAccounts(columns)];
  if (down.length !== across.length) throw unequal(down, across);
  const differs = down.findIndex((row, k) => keyOf(row) !== keyOf(across[k]!));
  if (differs !== -1) {
    const regionsDiffer = down[differs]!.label.region !== across[differs]!.label.region;
    const said = ({ shown, regionCell, cell }: Shown): string =>
      regionsDiffer && regionCell !== null ? shown.replace(`(${cell})`, `(${regionCell}, ${cell})`) : shown;
    throw new UnclearAxis(
      `${said(down[differs]!)} as row ${differs + 1} of its sectors and ${said(across[differs]!)} as that column`,
      REMEDY,
    );
  }
  requireSameNames(down, across);
}

const keyOf = ({ label: { region, code, sector } }: Shown): string => JSON.stringify([region, code ?? sector]);

function shownAccounts({ labels, nameAt, cellOf }: Axis): Shown[] {
  return labels.flatMap((label, at): Shown[] => {
    if (label.kind !== 'account') return [];
    const name = nameAt(at);
    const parts = new Set(
      [label.region, label.code, name ?? label.sector].filter((part) => part !== null && part !== ''),
    );
    const cell = cellOf('name', at) ?? '';
    return [{ label, name, cell, regionCell: cellOf('region', at), shown: `"${[...parts].join(' ')}" (${cell})` }];
  });
}

function unequal(down: readonly Shown[], across: readonly Shown[]): UnclearAxis {
  const lacking = (there: readonly Shown[], other: readonly Shown[], what: string): string[] => {
    const regions = new Set(there.map(({ label }) => label.region));
    const keys = new Set(there.map(keyOf));
    const missing = other.filter((one) => regions.has(one.label.region) && !keys.has(keyOf(one)));
    const without = other.filter(({ label }) => !regions.has(label.region));
    // Of the columns of a region the first.
    const names = [
      ...new Map(without.toReversed().map(({ label, cell }) => [label.region, `"${label.region}" (${cell})`])).values(),
    ];
    return [
      ...(names.length > 0 ? [`no ${what}s of ${names.slice(0, 3).join(', ')}`] : []),
      ...(missing.length > 0 ? [`no ${what} of ${missing[0]!.shown}`] : []),
    ];
  };
  const found = [...lacking(down, across, 'row'), ...lacking(across, down, 'column')];
  const counts = `${down.length} rows and ${across.length} columns of sectors`;
  return new UnclearAxis([counts, ...found].join('; '), REMEDY);
}

/** A name may be written otherwise above, or in another language; but not as that of another sector. */
function requireSameNames(down: readonly Shown[], across: readonly Shown[]): void {
  const keyed = ({ label }: Shown, name: string) => JSON.stringify([label.region, plainName(name)]);
  const rowOf = new Map(down.flatMap((row) => (row.name === null ? [] : [[keyed(row, row.name), row] as const])));
  for (const [k, column] of across.entries()) {
    if (column.name === null || column.label.code === null || down[k]!.name === null) continue;
    const other = rowOf.get(keyed(column, column.name));
    if (
      other === undefined ||
      keyOf(other) === keyOf(column) ||
      keyed(column, down[k]!.name) === keyed(column, column.name)
    )
      continue;
    throw new UnclearAxis(
      `${column.shown} above, and at the left that name with another code: ${other.shown}`,
      'give the sector one name and one code, the same above and at the left',
    );
  }
}
