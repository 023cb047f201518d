/**
 * An input-output table in somebody's file: what its rows and columns are, and then its values, in stripes, so that a
 * table larger than memory can be read into a smaller one. Every reader of a format gives one of these.
 *
 * Labels are as the file has them: what they mean in a study is for a concordance to say.
 */
export interface OpenTable {
  /** What was found, for people: `CEADs workbook, sheet "Table_2018"`. */
  readonly format: string;
  /** What else is in the file, and why it is no table or is not used, for people. */
  readonly besides?: readonly string[];
  /** Unit of the values as the file names it; null: it does not. */
  readonly unit: string | null;
  /** Where it names it: `MRIO2017.xlsx, sheet "Note", cell A2`. Left out: that is not known. */
  readonly unitPlace?: string;
  /** Where nothing is understood as a unit: a text that may name one, and where it stands. */
  readonly possibleUnit?: { readonly place: string; readonly text: string };
  readonly rows: readonly RowLabel[];
  readonly columns: readonly ColumnLabel[];
  /** Whether account x account holds deliveries Z, or coefficients A, which are to be multiplied by output. */
  readonly intermediate: 'deliveries' | 'coefficients';
  /** Whether primary inputs and stressors of accounts are totals, or per unit of output; left out: totals. */
  readonly extensions?: 'totals' | 'coefficients';
  /** Where a value stands, for errors: `sheet "Table_2018", cell D5`, `Z.txt, line 7, column 9`. Positions count from 0. */
  place(row: number, column: number): string;
  /**
   * Where the label stands that names the region of a row or column, or the row or column itself; null: none does.
   * Left out: labels have no places of their own.
   */
  labelPlace?(axis: 'row' | 'column', at: number, of: 'region' | 'name'): LabelPlace | null;
  /** What the program that shows the file calls a row or column: `17`, `AZZ`. Left out: they are counted from 1. */
  lineName?(axis: 'row' | 'column', at: number): string;
  /**
   * The name that stands at a column itself, where columns of accounts are labelled as their rows are; null: none does.
   * Left out: rows and columns have the same.
   */
  columnName?(at: number): string | null;
  /**
   * All values, each once, in any order of stripes. A cell that no stripe covers is 0.
   * Throws a ModelError, with the place, for a cell that is no number.
   */
  stripes(): AsyncIterable<Stripe>;
}

/** Where a label stands. */
export interface LabelPlace {
  /** `sheet "Table_2018", cell D5` */
  readonly place: string;
  /** The cell alone: `D5`. */
  readonly cell: string;
}

/** What stands for a unit or a compartment that is not known, in formats that need one. */
export const NOT_SAID = 'not said';

/** Values side by side in one row, or one below the other in one column. They may be overwritten by the next stripe. */
export interface Stripe {
  readonly axis: 'row' | 'column';
  /** The row (axis `row`) or the column (axis `column`) they are in, from 0. */
  readonly index: number;
  /** Where they start along it, from 0. */
  readonly start: number;
  readonly values: Float64Array;
}

/** A sector of a region: one row and one column of the table. */
export interface AccountLabel {
  readonly kind: 'account';
  readonly region: string;
  /** The sector as the file calls it: a name, or a code where it has nothing else. */
  readonly sector: string;
  /** Its code, if the file has one beside the name. */
  readonly code?: string;
}

/** What tells the accounts of a file apart: the region, and the code or, where there is none, the name of the sector. */
export const accountKey = ({ region, sector, code }: Omit<AccountLabel, 'kind' | 'code'> & { code?: string | null }) =>
  JSON.stringify([region, code ?? sector]);

/** Those among the labels of rows or columns that are accounts. */
export const accountsOf = <Label extends { readonly kind: string }>(
  labels: readonly Label[],
): Extract<Label, { kind: 'account' }>[] =>
  labels.filter((label): label is Extract<Label, { kind: 'account' }> => label.kind === 'account');

export type RowLabel =
  | AccountLabel
  /** Value added of any kind, or imports. */
  | { readonly kind: 'primary input'; readonly name: string; readonly imports: boolean }
  /** An emission, a resource, employment: not part of the balance. */
  | {
      readonly kind: 'stressor';
      readonly name: string;
      readonly compartment?: string;
      /** The account that it is in, where the file has several, such as satellites and impacts. */
      readonly extension?: string;
      readonly unit: string | null;
    }
  | StatedLabel;

export type ColumnLabel =
  | AccountLabel
  | { readonly kind: 'final demand'; readonly region: string; readonly category: string }
  | { readonly kind: 'export'; readonly name: string }
  /** Imports that the row's deliveries and final demand hold too: they are deducted to give its output. */
  | { readonly kind: 'imports'; readonly name: string }
  /** A statistical discrepancy that makes the row add up to its stated total. */
  | { readonly kind: 'discrepancy'; readonly name: string }
  | StatedLabel;

/** A total that the file states, to be held against the sum: it is not added to anything. */
export interface StatedLabel {
  readonly kind: 'stated';
  /**
   * Total of what: of intermediate deliveries or inputs, of some categories of final demand, of all final demand with or
   * without exports, of value added, or of the whole row or column.
   */
  readonly of: 'intermediate' | 'final demand' | 'final use' | 'value added' | 'all' | 'other';
  readonly name: string;
}
