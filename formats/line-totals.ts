import {
  accountKey,
  type AccountLabel,
  type ColumnLabel,
  type OpenTable,
  type RowLabel,
  type StatedLabel,
} from './open-table.ts';

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
  /** |sum - stated|, relative to the larger; of a part relative to the whole row or column where that is larger. */
  readonly difference: number;
  readonly place: string;
}

/** What the cells of a row or column that count in its total are. */
type Part = 'intermediate' | 'final demand' | 'export' | 'discrepancy' | 'imports' | 'value added';

/** All choices of some of so many parts, none at first. */
const choicesOf = (parts: readonly Part[]): Part[][] =>
  parts.reduce<Part[][]>((choices, part) => [...choices, ...choices.map((choice) => [...choice, part])], [[]]);

/**
 * What a total may be the sum of; of a whole row or column it is of all parts. Files differ in whether exports, imports and
 * discrepancies are in final use, and imports in intermediate inputs or in value added.
 */
const MEANINGS: Readonly<Record<'row' | 'column', Partial<Record<StatedLabel['of'], readonly (readonly Part[])[]>>>> = {
  row: {
    intermediate: [['intermediate']],
    'final use': choicesOf(['export', 'imports', 'discrepancy']).map((others) => ['final demand', ...others]),
  },
  column: {
    intermediate: [['intermediate'], ['intermediate', 'imports']],
    'value added': [['value added'], ['value added', 'imports']],
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
    // Imports are in the deliveries of a row.
    const counted = part === 'imports' && this.axis === 'row' ? -value : value;
    this.total[at]! += counted;
    this.#parts[part][at]! += counted;
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

  /** The totals that are stated of some lines, the accounts. */
  stated(accounts: readonly number[]): (at: number, place: (by: number) => string) => StatedTotal[] {
    const compared = [...this.#stated].map(([by, { label, values }]) => {
      const sum = this.#meant(label.of, values, accounts);
      return { by, label, values, sum };
    });
    return (at, place) =>
      compared.flatMap(({ by, label, values, sum }) => {
        const stated = values[at]!;
        if (Number.isNaN(stated)) return [];
        const difference = this.#difference(at, sum(at), stated);
        return [{ line: this.axis, name: label.name, stated, sum: sum(at), difference, place: place(by) }];
      });
  }

  #difference(at: number, sum: number, stated: number): number {
    const whole = Math.max(Math.abs(sum), Math.abs(stated), Math.abs(this.total[at]!));
    return sum === stated ? 0 : Math.abs(sum - stated) / whole;
  }

  /** Of what a total may be the sum of, that which is closest to what is stated of all accounts together. */
  #meant(of: StatedLabel['of'], stated: Float64Array, accounts: readonly number[]): (at: number) => number {
    const sums = (MEANINGS[this.axis][of] ?? []).map(
      (parts) =>
        (at: number): number =>
          parts.reduce((sum, part) => sum + this.#parts[part][at]!, 0),
    );
    const apart = (sum: (at: number) => number): number =>
      accounts.reduce(
        (all, at) => (Number.isNaN(stated[at]!) ? all : all + this.#difference(at, sum(at), stated[at]!)),
        0,
      );
    const [closest] = sums.map((sum) => ({ sum, apart: apart(sum) })).toSorted((a, b) => a.apart - b.apart);
    return closest?.sum ?? ((at) => this.total[at]!);
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
    const rowOf = new Map(rows.flatMap((row, i) => (row.kind === 'account' ? [[accountKey(row), i] as const] : [])));
    const statedOfRow = this.#rows.stated([...rowOf.values()]);
    const statedOfColumn = this.#columns.stated(columns.flatMap((column, j) => (column.kind === 'account' ? [j] : [])));
    return columns.flatMap((label, j): FileAccount[] => {
      if (label.kind !== 'account') return [];
      const i = rowOf.get(accountKey(label))!;
      return [
        {
          label,
          rowTotal: this.#rows.total[i]!,
          columnTotal: this.#columns.total[j]!,
          statedRow: this.#rows.whole(i),
          statedColumn: this.#columns.whole(j),
          stated: [
            ...statedOfRow(i, (column) => this.#open.place(i, column)),
            ...statedOfColumn(j, (row) => this.#open.place(row, j)),
          ],
        },
      ];
    });
  }
}

/** What messages call an account: `Hebei 16 Manufacture of special purpose machinery`. */
export const accountName = ({ region, sector, code }: AccountLabel): string =>
  [region, code, sector === code ? undefined : sector].filter((part) => Boolean(part)).join(' ');
