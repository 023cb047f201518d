import type { Command } from './command.ts';

const RUNNING = ['jobs', 'memory', 'shared', 'shared-read-only', 'openlineage'] as const;
const none = { least: 0, most: 0, are: 'no stage' };
const oneStage = { least: 1, most: 1, are: 'one stage' };

export const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    takes: '[STAGE...]',
    does: 'Runs what has changed and publishes to data-out. With stages: only those and what they need.',
    example: 'npm run pipeline -- run emissions',
    words: { least: 0, most: Infinity, are: 'stages' },
    options: ['dry-run', 'locked', ...RUNNING],
    load: () => import('./commands/run.ts'),
  },
  status: {
    takes: '',
    does: 'Says for each stage whether it is up to date, and if not, why, and how long it took the last time.',
    example: 'npm run pipeline -- status',
    words: none,
    options: [],
    load: () => import('./commands/status.ts'),
  },
  why: {
    takes: 'STAGE',
    does: 'Says what changed since the stage ran: parameter, input, code, package, declared output; old -> new.',
    example: 'npm run pipeline -- why correlation',
    words: oneStage,
    options: [],
    load: () => import('./commands/why.ts'),
  },
  log: {
    takes: 'STAGE',
    does: 'Shows what the stage said when it last ran.',
    example: 'npm run pipeline -- log anais',
    words: oneStage,
    options: [],
    load: () => import('./commands/log.ts'),
  },
  graph: {
    takes: '',
    does: 'Draws the stages and what they pass on, coloured by what a run would do: as Mermaid text, or as SVG.',
    example: 'npm run pipeline -- graph --svg > graph.svg',
    words: none,
    options: ['svg'],
    load: () => import('./commands/graph.ts'),
  },
  watch: {
    takes: '[STAGE...]',
    does: 'Runs, and again whenever a file changes that something depends on, until Ctrl-C.',
    example: 'npm run pipeline -- watch emissions',
    words: { least: 0, most: Infinity, are: 'stages' },
    options: [...RUNNING],
    load: () => import('./commands/watch.ts'),
  },
  diff: {
    takes: 'RUN RUN',
    does: 'Compares what two runs made: artifacts, columns, cells. `last`, `last~1`, an id, or `lock` for the lock file.',
    example: 'npm run pipeline -- diff last~1 last',
    words: { least: 2, most: 2, are: 'two runs' },
    options: [],
    load: () => import('./commands/diff.ts'),
  },
  lock: {
    takes: '',
    does: 'Writes the hashes of all artifacts to the lock file beside the pipeline file, for `run --locked`.',
    example: 'npm run pipeline -- lock',
    words: none,
    options: [],
    load: () => import('./commands/lock.ts'),
  },
  verify: {
    takes: '[STAGE...]',
    does: 'Reads all that is stored and published, and compares it with its hashes. --rerun: executes stages again too.',
    example: 'npm run pipeline -- verify --rerun emissions',
    words: { least: 0, most: Infinity, are: 'stages' },
    options: ['rerun'],
    load: () => import('./commands/verify.ts'),
  },
  gc: {
    takes: '',
    does: 'Removes from the cache what no kept run and no lock file needs.',
    example: "npm run pipeline -- gc --keep-runs 5 --max-size '20 GB'",
    words: none,
    options: ['keep-runs', 'max-size', 'dry-run'],
    load: () => import('./commands/gc.ts'),
  },
  crate: {
    takes: 'FOLDER',
    does: 'Archives the last complete run with its results, sources and code as an RO-Crate, in a new folder.',
    example: 'npm run pipeline -- crate ../crate',
    words: { least: 1, most: 1, are: 'one folder' },
    options: [],
    load: () => import('./commands/crate.ts'),
  },
  schema: {
    takes: '[COMMAND]',
    does: 'Prints the JSON Schema of pipeline.yaml, for editors; with a command, that of its answer with --json.',
    example: 'npm run --silent pipeline -- schema status',
    words: { least: 0, most: 1, are: 'at most one command' },
    options: [],
    load: () => import('./commands/schema.ts'),
  },
};
