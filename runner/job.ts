import type { ColumnDeclaration, Output, TableDeclaration } from './pipeline.ts';
import type { Command } from './shell-command.ts';
import type { Origin, Parameter, Progress } from './stage.ts';

/** What is handed to a worker process, and what it answers. All of it is plain data. */

export interface JobInput {
  readonly name: string;
  /** Tables are Parquet files and become views. */
  readonly kind: 'table' | 'matrix' | 'file' | 'folder';
  readonly path: string;
  /** What errors call it. */
  readonly place: string;
  /** Columns of a table that is not there: the worker writes the file, without rows. */
  readonly absent?: readonly ColumnDeclaration[];
}

/** A declared output, and the absolute path it is to be written to. */
export type JobOutput = Output & { readonly path: string };

export interface StageJob {
  readonly kind: 'stage';
  readonly stage: string;
  readonly code:
    | { readonly bundle: string }
    | { readonly sql: string; readonly file: string }
    /** With the absolute path of each of the project's files that the command names. */
    | { readonly command: Command; readonly files: Readonly<Record<string, string>> };
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly inputs: readonly JobInput[];
  readonly outputs: readonly JobOutput[];
  readonly origins: readonly Origin[];
  readonly threads: number | null;
  /** A folder of its own, for whatever does not fit in memory. */
  readonly scratch: string;
}

/** Reads files from outside into checked tables. */
export interface SourcesJob {
  readonly kind: 'sources';
  readonly sources: readonly JobSource[];
  /** Tables that are ready and that sources refer to. */
  readonly tables: readonly Pick<JobInput, 'name' | 'path' | 'place'>[];
  readonly scratch: string;
}

export interface JobSource {
  readonly name: string;
  readonly table: TableDeclaration;
  /** Whose fault it is if something is wrong with it: a user cannot be asked to change what is declared. */
  readonly givenBy: 'user' | 'stage';
  /** Absolute path of the file, and the path to be named in errors. */
  readonly path: string;
  readonly file: string;
  /** Absolute path of the Parquet file to write. */
  readonly output: string;
}

/** Adds what is known of how a database was made to a copy of it. */
export interface ReceiptsJob {
  readonly kind: 'receipts';
  /** Absolute path of the database, and of the copy to be made. */
  readonly database: string;
  readonly output: string;
  readonly receipts: readonly ReceiptRows[];
  readonly scratch: string;
}

/** What the tables `receipt` and `lineage` say of one receipt, by column; what is left out is NULL. */
export interface ReceiptRows {
  readonly receipt: Readonly<Record<string, string | number | readonly string[]>>;
  readonly lineage: readonly Readonly<Record<string, string | number>>[];
}

export type Job = StageJob | SourcesJob | ReceiptsJob;

/** What went wrong; with a remedy it is the user's to act on, and `stack` is not shown. */
export interface Failure {
  readonly message: string;
  readonly remedy: string | null;
  readonly stack: string | null;
}

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | {
      readonly kind: 'done';
      /** Rows of each table written. */
      readonly rows: Readonly<Record<string, number>>;
      /** Sources that were refused. */
      readonly refused: Readonly<Record<string, Failure>>;
      readonly peakMemoryBytes: number;
    }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** Rows of each table that was written before. */
      readonly written: Readonly<Record<string, number>>;
    };
