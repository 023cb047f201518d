import type { ParseArgsConfig } from 'node:util';
import type { PipelinePlace } from './pipeline-place.ts';
import type { Workshop } from './workshop.ts';

/** Exit codes. */
export const DONE = 0;
export const STAGE_FAILED = 1;
export const MISTAKE = 2;
export const DIFFERS = 3;

interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for its value in help. */
  readonly value?: string;
  readonly does: string;
}

/** Every option of every command. */
export const OPTIONS = {
  file: { type: 'string', value: 'FILE', does: 'the pipeline file (default: pipeline.yaml)' },
  cache: { type: 'string', value: 'FOLDER', does: 'where outputs are kept (default: .cache in the project)' },
  paranoid: { type: 'boolean', does: 'reads every file again, also those whose size and times are as they were' },
  json: { type: 'boolean', does: 'answers in JSON; `schema COMMAND` describes it' },
  help: { type: 'boolean', short: 'h', does: 'this text, or that of a command' },
  'dry-run': { type: 'boolean', does: 'says what it would do, and does nothing' },
  locked: { type: 'boolean', does: 'publishes nothing that is not what the lock file says; see `lock`' },
  svg: { type: 'boolean', does: 'as SVG, not as Mermaid text' },
  gzip: { type: 'boolean', does: 'compresses each table: NAME.csv.gz' },
  rerun: { type: 'boolean', does: 'executes stages again, with other numbers of threads, and compares what they make' },
  'keep-runs': { type: 'string', value: 'N', does: 'keeps what the last N runs used (default: 10)' },
  'max-size': {
    type: 'string',
    value: 'SIZE',
    does: 'of those, the oldest go until what is stored is no larger; never the last complete run',
  },
  shared: {
    type: 'string',
    value: 'STORE',
    does: 'a folder or s3://BUCKET/PREFIX that others use too: what is there is not made again',
  },
  'shared-read-only': { type: 'boolean', does: 'nothing is written to the shared store' },
  openlineage: {
    type: 'string',
    value: 'FILE',
    does: 'appends what is executed to a file, as OpenLineage events, one a line',
  },
  jobs: { type: 'string', value: 'N', does: 'how many stages may run at once (default: one a processor)' },
  memory: {
    type: 'string',
    value: 'SIZE',
    does: 'what they may take together, such as 8 GiB (default: 80% of what there is)',
  },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;
/** Options that every command takes. */
export const COMMON: readonly OptionName[] = ['file', 'cache', 'paranoid', 'json', 'help'];

export type Options = {
  readonly [Name in OptionName]?: (typeof OPTIONS)[Name]['type'] extends 'string' ? string : boolean;
};

export const PARSED = Object.fromEntries(
  Object.entries(OPTIONS as Readonly<Record<string, Option>>).map(([name, { type, short }]) => [
    name,
    { type, ...(short === undefined ? {} : { short }) },
  ]),
) satisfies NonNullable<ParseArgsConfig['options']>;

/** A command as it was called. */
export interface Call {
  readonly words: readonly string[];
  readonly options: Options;
  readonly place: PipelinePlace;
  /** Absolute path of the folder that outputs are kept in. */
  readonly cache: string;
  /** Does work with the pipeline and its store; the work ends when the process is told to. */
  readonly inWorkshop: <T>(work: (workshop: Workshop) => Promise<T>) => Promise<T>;
}

/** What a command says on stdout. */
export interface Answer {
  readonly exitCode: number;
  readonly lines: readonly string[];
  /** The same for machines; undefined: nothing. */
  readonly json?: unknown;
}

/** A command by what it is for; what it does is loaded when it is called. */
export interface Command {
  /** What follows its name on the command line. */
  readonly takes: string;
  readonly does: string;
  readonly example: string;
  /** How many words may follow it, and what they are. */
  readonly words: { readonly least: number; readonly most: number; readonly are: string };
  readonly options: readonly OptionName[];
  load(): Promise<{ readonly answer: (call: Call) => Promise<Answer> }>;
}
