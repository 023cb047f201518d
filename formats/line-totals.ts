import { relativeDifference } from '../mrio/table.ts';
import type { AccountLabel, ColumnLabel, OpenTable, RowLabel, StatedLabel } from './open-table.ts';

/** Totals of an account as the file has it, before anything is aggregated. */
export interface FileAccount {
  readonly label: AccountLabel;
  /** Deliveries, final demand, exports and the statistical discrepancy. */
  readonly rowTotal: number;
  /** Deliveries taken in, value added and imports. */
  readonly columnTotal: number;
  /** What the file itself says they are; null: nothing. */
  readonly statedRow: number | null;
  readonly statedColumn: number | null;
  /** All totals that the file states of it, of the whole row and column and of parts of them. */
  readonly stated: readonly StatedTotal[];
}

/** A total that a file states of an account, and what its cells add up to. */
export interface StatedTotal {
  readonly line: 'row' | 'column';
  /** What it is called: `Gross output`. */
  readonly name: string;
  readonly stated: number;
  readonly sum: number;
  readonly place: string;
}

/** What the cells of a row or column that count in its total are. */
type Part = 'intermediate' | 'final demand' | 'export' | 'discrepancy' | 'imports' | 'value added';

/**
 * What a total may be the sum of; of a whole row or column it is of all parts. Files differ in whether exports and
 * discrepancies are in final use, and imports in intermediate inputs.
 */
const MEANINGS: Readonly<Record<'row' | 'column', Partial<Record<StatedLabel['of'], readonly (readonly Part[])[]>>>> = {
  row: {
    intermediate: [['intermediate']],
    'final use': [['final demand', 'export'], ['final demand'], ['final demand', 'export', 'discrepancy']],
  },
  column: {
    intermediate: [['intermediate', 'imports'], ['intermediate']],
    'value added': [['value added']],
  },
};

/** The totals among labels that are compared with sums: of parts of a row or column only where there is one of its kind. */
export function comparedTotals(axis: 'row' | 'column', labels: readonly (RowLabel | ColumnLabel)[]): StatedLabel[] {
  const stated = labels.filter((label): label is StatedLabel => label.kind === 'stated');
  return stated.filter(
    ({ of }) =>
      of === 'all' || (MEANINGS[axis][of] !== undefined && stated.filter((other) => other.of === of).length === 1),
  );
}

/** Rows or columns, and what is stated of each of them in lines of the other direction. */
class Lines {
  readonly axis: 'row' | 'column';
  readonly total: Float64Array;
  readonly #parts: Readonly<Record<Part, Float64Array>>;
  /** By the position of the line that states them; NaN: nothing. */
  readonly #stated: ReadonlyMap<number, { readonly label: StatedLabel; readonly values: Float64Array }>;

  constructor(axis: 'row' | 'column', length: number, across: readonly (RowLabel | ColumnLabel)[]) {
    this.axis = axis;
    this.total = new Float64Array(length);
    this.#parts = {
      intermediate: new Float64Array(length),
      'final demand': new Float64Array(length),
      export: new Float64Array(length),
      discrepancy: new Float64Array(length),
      imports: new Float64Array(length),
      'value added': new Float64Array(length),
    };
    const compared = comparedTotals(axis, across);
    this.#stated = new Map(
      across.flatMap((label, at) =>
        label.kind === 'stated' && compared.includes(label)
          ? [[at, { label, values: new Float64Array(length).fill(NaN) }] as const]
          : [],
      ),
    );
  }

  add(at: number, part: Part, value: number): void {
    this.total[at]! += part === 'imports' && this.axis === 'row' ? -value : value;
    this.#parts[part][at]! += value;
  }

  state(at: number, by: number, value: number): void {
    const stated = this.#stated.get(by);
    if (stated !== undefined) stated.values[at] = value;
  }

  /** What is stated of the whole line; null: nothing. */
  whole(at: number): number | null {
    const values = [...this.#stated.values()].filter(({ label }) => label.of === 'all').map((of) => of.values[at]!);
    return values.findLast((value) => !Number.isNaN(value)) ?? null;
  }

  stated(at: number, place: (by: number) => string): StatedTotal[] {
    return [...this.#stated].flatMap(([by, { label, values }]) => {
      const stated = values[at]!;
      if (Number.isNaN(stated)) return [];
      return [{ line: this.axis, name: label.name, stated, sum: this.#meant(at, label.of, stated), place: place(by) }];
    });
  }

  /** Of what a total may be the sum of, that which is closest to it. */
  #meant(at: number, of: StatedLabel['of'], stated: number): number {
    const meanings = MEANINGS[this.axis][of];
    if (meanings === undefined) return this.total[at]!;
    const sums = meanings.map((parts) => parts.reduce((sum, part) => sum + this.#parts[part][at]!, 0));
    return sums.reduce((best, sum) =>
      relativeDifference(sum, stated) < relativeDifference(best, stated) ? sum : best,
    );
  }
}

/** Sums of the rows and columns of a file's own accounts, and the totals that it states of them. */
export class LineTotals {
  readonly #open: OpenTable;
  readonly #rows: Lines;
  readonly #columns: Lines;
  /** Of each row: whether a primary input is of imports. */
  readonly #isImport: readonly boolean[];

  constructor(open: OpenTable) {
    this.#open = open;
    this.#rows = new Lines('row', open.rows.length, open.columns);
    this.#columns = new Lines('column', open.columns.length, open.rows);
    this.#isImport = open.rows.map((row) => row.kind === 'primary input' && row.imports);
  }

  /** Adds a cell in the row of an account. */
  addDelivery(i: number, j: number, column: ColumnLabel['kind'], value: number): void {
    if (column === 'stated') this.#rows.state(i, j, value);
    else if (column === 'account') {
      this.#rows.add(i, 'intermediate', value);
      this.#columns.add(j, 'intermediate', value);
    } else this.#rows.add(i, column, value);
  }

  /** Adds a cell of a primary input in the column of an account. */
  addPrimaryInput(i: number, j: number, value: number): void {
    this.#columns.add(j, this.#isImport[i]! ? 'imports' : 'value added', value);
  }

  /** Notes what row i states of the column of an account. */
  state(i: number, j: number, value: number): void {
    this.#columns.state(j, i, value);
  }

  accounts(): FileAccount[] {
    const { rows, columns } = this.#open;
    const rowOf = new Map(rows.flatMap((row, i) => (row.kind === 'account' ? [[keyOf(row), i] as const] : [])));
    return columns.flatMap((label, j): FileAccount[] => {
      if (label.kind !== 'account') return [];
      const i = rowOf.get(keyOf(label))!;
      return [
        {
          label,
          rowTotal: this.#rows.total[i]!,
          columnTotal: this.#columns.total[j]!,
          statedRow: this.#rows.whole(i),
          statedColumn: this.#columns.whole(j),
          stated: [
            ...this.#rows.stated(i, (column) => this.#open.place(i, column)),
            ...this.#columns.stated(j, (row) => this.#open.place(row, j)),
          ],
        },
      ];
    });
  }
}

/** What messages call an account: `Hebei 16 Manufacture of special purpose machinery`. */
export const accountName = ({ region, sector, code }: AccountLabel): string =>
  [region, code, sector === code ? undefined : sector].filter((part) => Boolean(part)).join(' ');

const keyOf = ({ region, sector, code }: AccountLabel): string => JSON.stringify([region, code ?? sector]);
