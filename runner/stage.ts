import type { DuckDBConnection } from '@duckdb/node-api';

/** For remedies: what a name may mean that is not known. */
export { nearest, suggest } from './nearest.ts';

/** A value of a stage's `parameters` in pipeline.yaml. */
export type Parameter =
  string | number | boolean | null | readonly Parameter[] | { readonly [name: string]: Parameter };

/** A text column held as indices into a list of labels: cheap where a million rows share 41 region codes. */
export interface LabelColumn {
  readonly labels: readonly string[];
  readonly indices: Uint8Array | Uint16Array | Int32Array;
}

export type NumberColumn = Float64Array | Int32Array | Uint8Array | Uint16Array;

/** One column of a table to be written. All columns of a table have the same length. */
export type Column = NumberColumn | readonly string[] | readonly (string | null)[] | LabelColumn;

/** A dense matrix with named axes; `values` is row-major, rowLabels.length x columnLabels.length. */
export interface Matrix {
  readonly rowLabels: readonly string[];
  readonly columnLabels: readonly string[];
  readonly values: Float64Array;
}

/** What is known of one artifact that the stage's inputs were made from, for a provenance table. */
export interface Origin {
  /** Name of the source or artifact. */
  readonly artifact: string;
  /** The stage that made it; null for a file. */
  readonly stage: string | null;
  readonly sha256: string;
  /** The label that pipeline.yaml gives it (`evidence:`), or null: then it is whatever its inputs are. */
  readonly evidence: string | null;
  /** Names of the artifacts it was made from directly. */
  readonly inputs: readonly string[];
  /** Declared meaning, and unit and meaning by column, as pipeline.yaml has them. */
  readonly description: string;
  readonly columns: Readonly<
    Record<string, { readonly type: string; readonly unit?: string; readonly description?: string }>
  >;
}

/** How far a stage is: shown live, never stored. */
export interface Progress {
  readonly done?: number;
  readonly total?: number;
  /** What is counted: `rows`, `iterations`. */
  readonly unit?: string;
  readonly note?: string;
}

/**
 * All that a stage sees of the runner.
 *
 * Every table input (Parquet, or CSV source) is a view of its own name in `database`.
 */
export interface StageContext {
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Absolute path of each input. */
  readonly inputs: Readonly<Record<string, string>>;
  /**
   * What an error calls each input: a source by its file as the pipeline file names it (`data-raw/sales.csv`), all else
   * `artifact NAME of stage STAGE`. For messages only: it is not in the cache key, so it must not get into an output.
   */
  readonly places: Readonly<Record<string, string>>;
  /** Absolute path to write each output to that is a plain file (`file:`). */
  readonly outputs: Readonly<Record<string, string>>;
  /** Every artifact upstream, nearest last; empty unless the stage declares `provenance: true`. */
  readonly origins: readonly Origin[];
  readonly database: DuckDBConnection;
  /** Rows of a query as typed columns: numbers as Float64Array (NULL: NaN), all else as strings (NULL: null). */
  readonly query: (sql: string) => Promise<Record<string, Float64Array | (string | null)[]>>;
  readonly readMatrix: (input: string) => Promise<Matrix>;
  /**
   * Write a declared table output, from columns or from a SELECT; it is checked, sorted by its key, and stored.
   * NaN in a Float64Array stands for NULL in a column that may be NULL, as in what `query` returns.
   */
  readonly writeTable: (output: string, rows: Readonly<Record<string, Column>> | string) => Promise<void>;
  /** Makes a table of the database from columns, for queries of the stage. */
  readonly createTable: (name: string, columns: Readonly<Record<string, Column>>) => Promise<void>;
  readonly writeMatrix: (output: string, matrix: Matrix) => Promise<void>;
  readonly progress: (update: Progress) => void;
  /** Says a line in the log of the run: what its users have to know although the stage goes on, such as what it left out. */
  readonly tell: (line: string) => void;
}

export type Stage = (context: StageContext) => Promise<void>;

/** Marks a module's default export as a stage. */
export const stage = (run: Stage): Stage => run;

/**
 * An error the reader can act on: what is wrong and where, and what to do about it.
 * The runner prints it without a stack trace.
 */
export class StageError extends Error {
  override readonly name = 'StageError';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
