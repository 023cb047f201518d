import { z } from 'zod';
import type { ListedRun } from './commands/runs.ts';
import type { Crate } from './crate.ts';
import type { DataPackage, LeftOut } from './data-package.ts';
import type { JsonSchema } from './editor-schema.ts';
import { artifactDifference, runsDifference } from './difference-schema.ts';
import type { RunEvent } from './events.ts';
import type { Change } from './explain.ts';
import type { Garbage } from './garbage.ts';
import type { Picture } from './graph-picture.ts';
import type { FilesChange } from './inputs-from.ts';
import type { Failure } from './job.ts';
import type { NotRemade, Remade } from './rerun.ts';
import type { Progress } from './stage.ts';
import type { StoredOutput } from './store.ts';
import type { Standing } from './survey.ts';
import type { Wrong } from './verify.ts';
import type { Explanation } from './why.ts';

/** What commands answer with `--json`. A key that a type of the answer has and its schema lacks does not compile. */

type Keys<T> = { readonly [Key in keyof T]-?: z.ZodType };

const name = z.string();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const seconds = z.number().min(0);
const count = z.int().min(0);
const stageId = name.describe('Name of the stage; in a scenario STAGE@SCENARIO.');
const time = z.iso.datetime();

const standing = {
  stage: stageId.describe('Name of a stage (in a scenario STAGE@SCENARIO), or of a source that has to be read.'),
  state: z
    .enum(['cached', 'runs', 'waits'])
    .describe('waits: an input is made by a stage that has to run, and may or may not come out as it was.'),
  reason: z.string(),
  seconds: seconds.nullable().describe('How long it took the last time; null: it has never run here.'),
} satisfies Keys<Standing>;

const status = z.strictObject({ stages: z.array(z.strictObject(standing)) });

const change = {
  what: z.string().describe('parameter year, input emission, package highs, ...'),
  before: z.string().nullable(),
  after: z.string().nullable(),
  files: z
    .strictObject({
      new: z.array(name),
      changed: z.array(name),
      gone: z.array(name),
    } satisfies Keys<FilesChange>)
    .optional()
    .describe('Of a folder: which of its files, where that is known of both.'),
} satisfies Keys<Change>;

const why = z.strictObject({
  stage: stageId,
  state: z
    .enum(['cached', 'runs', 'waits', 'superseded'])
    .describe('superseded: files that are there take the place of what it makes.'),
  waits_for: z.array(name).describe('Inputs, or files of sources, that have to be made or read first.'),
  changes: z.array(z.strictObject(change)).describe('What changed since the run that it is compared with.'),
  since: time.nullable().describe('When the run began that it is compared with; null: there is none.'),
  seconds: seconds.nullable().describe('How long the stage took the last time.'),
} satisfies Keys<Explanation['json']>);

const log = z.strictObject({
  stage: stageId,
  run: name.describe('The run that the log is of.'),
  lines: z.array(z.string()),
});

const listedRun = {
  id: name,
  names: z.array(name).describe('What diff may call it: last, last~1, complete, complete~1, ...'),
  pipeline: name,
  started_at: time,
  seconds,
  complete: z.boolean().describe('Whether it was of everything, and made all of it.'),
  outcome: z.enum(['done', 'failed', 'interrupted']),
  targets: z.array(name).describe('Stages that were asked for; empty: everything.'),
  executed: z.array(stageId),
} satisfies Keys<ListedRun>;

const runs = z.strictObject({ runs: z.array(z.strictObject(listedRun)).describe('Newest first.') });

const stored = {
  sha256: hash,
  bytes: count,
  rows: count.nullable().describe('Rows of a table, and of a matrix; null for files.'),
} satisfies Keys<StoredOutput>;

const failures = z.array(
  z.strictObject({
    message: z.string(),
    remedy: z.string().nullable().describe('What to do about it; null: it is a fault in the code.'),
    stack: z.string().nullable(),
  } satisfies Keys<Failure>),
);

const progress = {
  done: z.number().optional(),
  total: z.number().optional(),
  unit: z.string().optional().describe('What is counted: rows, iterations.'),
  note: z.string().optional(),
} satisfies Keys<Progress>;

const crate = z.strictObject({
  folder: z.string().describe('Absolute path of the archive.'),
  files: count.describe('Without ro-crate-metadata.json.'),
  bytes: count,
  run: name.nullable().describe('The run that was archived; null: it left no record.'),
} satisfies Keys<Crate>);

const dataPackage = z.strictObject({
  folder: z.string().describe('Absolute path of the package.'),
  tables: z.array(name).describe('Of scenarios NAME@SCENARIO.'),
  rows: count,
  bytes: count.describe('Of the files of the tables.'),
  left_out: z
    .array(z.strictObject({ artifact: name, kind: z.enum(['matrix', 'file']) } satisfies Keys<LeftOut>))
    .describe('Results that are no tables; empty where tables were named.'),
  held_back: z.array(name).describe("Sources that are user's data; empty where tables were named."),
} satisfies Keys<DataPackage>);

const lock = z.strictObject({
  file: name.describe('The lock file, as the user would write it.'),
  written: z.boolean().describe('False: it said so already.'),
  artifacts: count,
  changed: z.array(name),
  added: z.array(name),
  removed: z.array(name),
});

const verify = z.union([
  z.strictObject({
    receipts: count,
    objects: count,
    published_files: count,
    wrong: z.array(z.strictObject({ what: name, problem: name, remedy: name } satisfies Keys<Wrong>)),
  }),
  z
    .strictObject({ artifacts: z.array(z.strictObject(remade())), failed: z.array(z.strictObject(notRemade())) })
    .describe('With --rerun.'),
]);

function remade() {
  const difference = artifactDifference.nullable().describe('Null: the same bytes.');
  return { stage: stageId, artifact: name, threads: count, difference } satisfies Keys<Remade>;
}

function notRemade() {
  return { stage: stageId, threads: count, failures } satisfies Keys<NotRemade>;
}

const gc = z.strictObject({
  dry_run: z.boolean(),
  removed: z.strictObject({ files: z.array(name).describe('Paths in the cache.'), bytes: count }),
  kept: z.strictObject({ runs: count, objects: count, bytes: count } satisfies Keys<Garbage['kept']>),
});

const graph = z.strictObject({
  nodes: z.array(
    z.strictObject({
      id: stageId.describe('A stage, or a source.'),
      shape: z.enum(['stage', 'source']),
      state: z.enum(['cached', 'runs', 'waits', 'source']),
      title: z.string(),
    } satisfies Keys<Picture['nodes'][number]>),
  ),
  edges: z.array(
    z.strictObject({ from: name, to: name, artifacts: z.array(name) } satisfies Keys<Picture['edges'][number]>),
  ),
} satisfies Keys<Picture>);

const EVENTS = {
  planned: {
    stages: z.array(stageId),
    seconds: z.record(name, seconds).describe('How long each took the last time, where it has run before.'),
    replaced: z.record(name, name).describe('Sources whose file is absent, and the artifact in its place.'),
  },
  'sources-started': { sources: z.array(name) },
  'sources-finished': { sources: z.array(name), seconds },
  cached: { stage: stageId, key: hash },
  borrowed: { stage: stageId, key: hash, from: z.string().describe('The shared store that had it.') },
  'not-shared': { store: z.string(), problem: z.string() },
  waiting: { stage: stageId, holder: z.string() },
  started: { stage: stageId, reason: z.string() },
  progress: { stage: stageId, progress: z.strictObject(progress) },
  output: { stage: stageId, line: z.string().describe("A line that the stage's code printed.") },
  finished: {
    stage: stageId,
    key: hash,
    seconds,
    outputs: z.record(name, z.strictObject(stored)),
    unchanged: z.boolean().describe('Whether all outputs are the ones of the previous run.'),
  },
  retrying: { stage: stageId, left: count, failures },
  failed: { stage: stageId, failures },
  damaged: { stage: stageId, artifact: name, object: hash },
  published: {
    folder: z.string(),
    files: count,
    movedAside: z.string().nullable().describe('Where a folder went that was in the way.'),
  },
  'already-published': { folder: z.string() },
  'differs-from-lock': { difference: runsDifference },
  'not-published': {
    waitsFor: z.array(stageId).describe('Stages that a run of everything would execute, or may have to.'),
    artifacts: z.record(name, z.looseObject({ kind: z.enum(['table', 'matrix', 'file']), path: z.string() })),
  },
} satisfies { readonly [Kind in RunEvent['kind']]: Keys<Omit<Extract<RunEvent, { kind: Kind }>, 'kind'>> };

const event = z.union(
  Object.entries(EVENTS).map(([kind, fields]) => z.strictObject({ kind: z.literal(kind), ...fields })),
);

/** An answer and what it is made of. */
interface AnswerSchema {
  readonly schema: z.ZodType;
  readonly is: string;
}

/** What each command answers with `--json`, by its name. A new command adds its own here. */
export const ANSWERS: Readonly<Record<string, AnswerSchema>> = {
  run: {
    schema: z.union([event, status]),
    is: 'Each line of `run --json`, an event; with --dry-run the one answer, as that of status.',
  },
  status: { schema: status, is: 'The answer of `status --json`.' },
  why: { schema: why, is: 'The answer of `why STAGE --json`.' },
  log: { schema: log, is: 'The answer of `log STAGE --json`.' },
  runs: { schema: runs, is: 'The answer of `runs --json`.' },
  diff: { schema: runsDifference, is: 'The answer of `diff [RUN RUN] --json`.' },
  lock: { schema: lock, is: 'The answer of `lock --json`.' },
  verify: { schema: verify, is: 'The answer of `verify --json`.' },
  gc: { schema: gc, is: 'The answer of `gc --json`.' },
  graph: { schema: graph, is: 'The answer of `graph --json`.' },
  crate: { schema: crate, is: 'The answer of `crate FOLDER --json`.' },
  package: { schema: dataPackage, is: 'The answer of `package FOLDER --json`.' },
};

/** The JSON Schema of a command's answer; null: it has none. */
export function answerSchema(command: string): JsonSchema | null {
  const answer = Object.hasOwn(ANSWERS, command) ? ANSWERS[command] : undefined;
  if (answer === undefined) return null;
  return z.toJSONSchema(answer.schema.describe(answer.is), { target: 'draft-07', io: 'input' });
}
