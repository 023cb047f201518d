/** What differs between two versions of an artifact. All of it is plain data, for machines too. */

/** An artifact as a store holds it. */
export interface StoredArtifact {
  readonly kind: 'table' | 'matrix' | 'file';
  /** Absolute path of its bytes. */
  readonly path: string;
  readonly sha256: string;
  /** Columns by which rows of a table are told apart; empty: it has none. */
  readonly key: readonly string[];
}

/** Where a cell is: values of the key by column, the number of a row, or the labels of a matrix. */
export type Place = Readonly<Record<string, string | null>>;

/** Values are texts, so that nothing is lost of what no number of JSON can hold. */
export interface Cell {
  readonly at: Place;
  readonly before: string | null;
  readonly after: string | null;
}

/** A cell with a finite number before and after. */
export interface NumberCell extends Cell {
  /** |after - before| */
  readonly absolute: number;
  /** |after - before| / max(|before|, |after|): from 0 to 2, whichever of the two comes first. */
  readonly relative: number;
  /** How many doubles it is from one to the other; null: they are no doubles. */
  readonly ulps: number | null;
}

export interface CellDifferences {
  /** Cells with another value. NaN is the same as NaN, NULL as NULL. */
  readonly cells: number;
  /** Cells with the same number in other bits: 0 and -0. They are not among `cells`. */
  readonly cells_in_bits_only: number;
  /** Those of `cells` that cannot be subtracted: texts, NULL, NaN, infinities. */
  readonly cells_without_number: number;
  /** Of several alike the first. */
  readonly largest_absolute: NumberCell | null;
  readonly largest_relative: NumberCell | null;
  /** The first cell that cannot be subtracted. */
  readonly first_without_number: Cell | null;
}

/** How many there are, and the first few. */
export interface Some<T> {
  readonly count: number;
  readonly first: readonly T[];
}

export interface ColumnDifference extends CellDifferences {
  readonly column: string;
  readonly unit: string | null;
}

export interface TableDifference {
  readonly kind: 'table';
  /** Columns by which rows were paired; empty: by their number. */
  readonly paired_by: readonly string[];
  /** `differing`: rows that are there before and after, with other values or bits. */
  readonly rows: { readonly before: number; readonly after: number; readonly differing: number };
  readonly rows_only_before: Some<Place>;
  readonly rows_only_after: Some<Place>;
  readonly columns_only_before: readonly string[];
  readonly columns_only_after: readonly string[];
  readonly columns_reordered: boolean;
  readonly columns_retyped: readonly { readonly column: string; readonly before: string; readonly after: string }[];
  /** How many columns are there before and after. */
  readonly columns_compared: number;
  readonly columns: readonly ColumnDifference[];
  /** Names of what is said about the table in its file, where that differs. */
  readonly about: readonly string[];
}

export interface MatrixDifference extends CellDifferences {
  readonly kind: 'matrix';
  readonly unit: string | null;
  readonly rows_only_before: Some<string>;
  readonly rows_only_after: Some<string>;
  readonly columns_only_before: Some<string>;
  readonly columns_only_after: Some<string>;
  /** Whether labels that are there before and after are in another order. */
  readonly reordered: boolean;
  readonly cells_compared: number;
  readonly about: readonly string[];
}

export interface FileDifference {
  readonly kind: 'file';
  readonly bytes: { readonly before: number; readonly after: number };
  /** The first line that differs, counted from 1, where both are texts below 1 MB. Null: it has no such line. */
  readonly first_line: {
    readonly number: number;
    readonly before: string | null;
    readonly after: string | null;
  } | null;
}

/** It was a table, say, and is a file. */
export interface KindDifference {
  readonly kind: 'kind';
  readonly before: StoredArtifact['kind'];
  readonly after: StoredArtifact['kind'];
}

export type ArtifactDifference = TableDifference | MatrixDifference | FileDifference | KindDifference;

/** Compares two versions by content. Packages that read them are loaded when they are needed. */
export async function compareArtifacts(before: StoredArtifact, after: StoredArtifact): Promise<ArtifactDifference> {
  if (before.kind !== after.kind) return { kind: 'kind', before: before.kind, after: after.kind };
  switch (after.kind) {
    case 'table':
      return (await import('./difference-tables.ts')).compareTables(before, after);
    case 'matrix':
      return (await import('./difference-matrices.ts')).compareMatrices(before.path, after.path);
    case 'file':
      return (await import('./difference-files.ts')).compareFiles(before.path, after.path);
  }
}
