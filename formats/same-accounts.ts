import { plainName } from './account-names.ts';
import type { Axis, AxisLabel } from './axis-labels.ts';
import { accountKey } from './open-table.ts';
import { UnclearAxis } from './unclear-axis.ts';

/** A row or column of a sector, and what errors say of it. */
class Shown {
  readonly label: AccountLine;
  readonly key: string;
  readonly #axis: Axis;
  readonly #at: number;

  constructor(axis: Axis, at: number, label: AccountLine) {
    this.label = label;
    this.key = accountKey(label);
    this.#axis = axis;
    this.#at = at;
  }

  get name(): string | null {
    return this.#axis.nameAt(this.#at);
  }

  get cell(): string {
    return this.#axis.cellOf('name', this.#at) ?? '';
  }

  get regionCell(): string | null {
    return this.#axis.cellOf('region', this.#at);
  }

  /** `"Tianjin 18 Coal mining" (C64)` */
  get shown(): string {
    const { region, code, sector } = this.label;
    const parts = new Set([region, code, this.name ?? sector].filter((part) => part !== null && part !== ''));
    return `"${[...parts].join(' ')}" (${this.cell})`;
  }
}

type AccountLine = Extract<AxisLabel, { readonly kind: 'account' }>;

const REMEDY = 'give rows and columns the same sectors of the same regions in the same order';

/**
 * Throws UnclearAxis where rows and columns are not of the same sectors of the same regions in the same order, by code or,
 * where an axis has none, by name.
 * @returns names above that are at the left those of other codes, for people
 */
export function requireSameAccounts(rows: Axis, columns: Axis): string[] {
  const [down, across] = [shownAccounts(rows), shownAccounts(columns)];
  if (down.length !== across.length) throw unequal(down, across);
  const differs = down.findIndex(({ key }, k) => key !== across[k]!.key);
  if (differs !== -1) {
    const regionsDiffer = down[differs]!.label.region !== across[differs]!.label.region;
    const said = ({ shown, regionCell, cell }: Shown): string =>
      regionsDiffer && regionCell !== null ? shown.replace(`(${cell})`, `(${regionCell}, ${cell})`) : shown;
    throw new UnclearAxis(
      `${said(down[differs]!)} as row ${differs + 1} of its sectors and ${said(across[differs]!)} as that column`,
      REMEDY,
    );
  }
  return otherNames(down, across);
}

const shownAccounts = (axis: Axis): Shown[] =>
  axis.labels.flatMap((label, at) => (label.kind === 'account' ? [new Shown(axis, at, label)] : []));

function unequal(down: readonly Shown[], across: readonly Shown[]): UnclearAxis {
  const lacking = (there: readonly Shown[], other: readonly Shown[], what: string): string[] => {
    const regions = new Set(there.map(({ label }) => label.region));
    const keys = new Set(there.map(({ key }) => key));
    const missing = other.filter((one) => regions.has(one.label.region) && !keys.has(one.key));
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

/** A name may be written otherwise above, or in another language; that it is the name of another sector is told. */
function otherNames(down: readonly Shown[], across: readonly Shown[]): string[] {
  const keyed = ({ label: { region } }: Shown, name: string) => JSON.stringify([region, plainName(name)]);
  const rowOf = new Map(down.flatMap((row) => (row.name === null ? [] : [[keyed(row, row.name), row] as const])));
  return across.flatMap((column, k) => {
    const [above, left] = [column.name, down[k]!.name];
    if (above === null || left === null || keyed(column, above) === keyed(column, left)) return [];
    const other = rowOf.get(keyed(column, above));
    return other === undefined ? [] : [`${column.shown}, which is ${other.shown} at the left`];
  });
}
