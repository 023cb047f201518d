import { join, resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { MistakeError } from './diagnostic.ts';
import { Interrupted, interruptible } from './interruption.ts';
import { suggest } from './nearest.ts';
import type { Screen } from './progress-log.ts';
import type { Workshop } from './workshop.ts';

/** Exit codes. */
const DONE = 0;
const STAGE_FAILED = 1;
const MISTAKE = 2;

const OPTIONS = {
  file: { type: 'string', default: 'pipeline.yaml' },
  cache: { type: 'string' },
  paranoid: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

interface Command {
  /** What follows its name on the command line. */
  readonly takes: string;
  readonly does: string;
  readonly example: string;
  /** How many stages it takes. */
  readonly stages: { readonly least: number; readonly most: number };
  run(workshop: Workshop, stages: readonly string[]): Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    takes: '[STAGE...]',
    does: 'Runs what has changed and publishes to data-out. With stages: only those and what they need.',
    example: 'npm run pipeline -- run emissions',
    stages: { least: 0, most: Infinity },
    async run(workshop, stages) {
      const [{ runPipeline }, { progressLog }] = await Promise.all([import('./run.ts'), import('./progress-log.ts')]);
      const log = progressLog(await openScreen(), () => performance.now());
      try {
        return (await runPipeline(workshop, stages, log.listen)).ok ? DONE : STAGE_FAILED;
      } finally {
        log.stop();
      }
    },
  },
  status: {
    takes: '',
    does: 'Says for each stage whether it is up to date, and if not, why.',
    example: 'npm run pipeline -- status',
    stages: { least: 0, most: 0 },
    async run(workshop) {
      const { survey } = await import('./survey.ts');
      const standings = await survey(workshop);
      const width = Math.max(...standings.map(({ stage }) => stage.length));
      for (const { stage, state, reason } of standings) {
        print(
          `${{ cached: '=', runs: '>', waits: '?' }[state]} ${stage.padEnd(width)}  ${state === 'runs' ? `will run: ${reason}` : reason}`,
        );
      }
      return DONE;
    },
  },
  why: {
    takes: 'STAGE',
    does: 'Says what changed since the stage ran: parameter, input, code, package, declared output; old -> new.',
    example: 'npm run pipeline -- why correlation',
    stages: { least: 1, most: 1 },
    async run(workshop, [stage = '']) {
      const { why } = await import('./why.ts');
      (await why(workshop, stage)).forEach(print);
      return DONE;
    },
  },
};

/** Runs the command line; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { name, command, stages, options } = readCommandLine(args);
    if (options.help) {
      print(name === null ? help() : helpFor(name, command));
      return DONE;
    }
    // Loaded when needed, so that help comes at once.
    const [{ placeOf }, { knownPipeline }, { openMemoOf, openWorkshop }] = await Promise.all([
      import('./pipeline-place.ts'),
      import('./known-pipeline.ts'),
      import('./workshop.ts'),
    ]);
    const place = placeOf(options.file);
    const cache = resolve(options.cache ?? join(place.root, '.cache'));
    const memo = openMemoOf(cache, options.paranoid);
    const pipeline = await knownPipeline(place, memo);
    return await interruptible(async (interruption) =>
      command.run(await openWorkshop(pipeline, cache, interruption, memo), stages),
    );
  } catch (error) {
    const told = tell(error);
    if (told === null) throw error;
    complain(told);
    if (error instanceof Interrupted) return error.exitCode;
    return error instanceof MistakeError ? MISTAKE : STAGE_FAILED;
  }
}

/** What a user is told of an error; null: it is a fault of the runner, and its stack trace is what helps. */
function tell(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof MistakeError || error instanceof Interrupted) return error.message;
  if ('remedy' in error && typeof error.remedy === 'string') return `${error.message}\n  ${error.remedy}`;
  // Refused by the operating system: disk full, no permission.
  if (!('syscall' in error)) return null;
  return `${error.message}\n  Look at the disk, the permissions and the path; what was published is as it was.`;
}

function readCommandLine(args: readonly string[]) {
  const { values: options, positionals } = parse(args);
  const [first = null, ...rest] = positionals;
  // `help` and `help COMMAND` are what one tries.
  const [name = null, ...stages] = first === 'help' ? rest : positionals;
  if (first === 'help') options.help = true;
  const command = Object.hasOwn(COMMANDS, name ?? 'run') ? COMMANDS[name ?? 'run'] : undefined;
  if (command === undefined) {
    throw new MistakeError(`There is no command \`${name ?? ''}\`. ${suggest(name ?? '', Object.keys(COMMANDS))}`);
  }
  const { least, most } = command.stages;
  if (!options.help && (stages.length < least || stages.length > most)) {
    throw new MistakeError(
      `\`${name ?? 'run'}\` takes ${most === 0 ? 'no stage' : 'one stage'}.\n  For example: ${command.example}`,
    );
  }
  return { name, command, stages, options };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new MistakeError(
      `${error instanceof Error ? error.message : String(error)}\n  See: npm run pipeline -- --help`,
    );
  }
}

const help = (): string =>
  [
    'npm run pipeline [-- COMMAND] [OPTIONS]',
    '',
    ...Object.entries(COMMANDS).map(([name, { takes, does }]) => `  ${`${name} ${takes}`.padEnd(18)} ${does}`),
    '',
    ...OPTION_HELP,
    '',
    'Without a command: run. Exit codes: 0 done, 1 a stage failed, 2 the pipeline file or the command line is wrong,',
    '128 and more: interrupted by a signal.',
  ].join('\n');

const helpFor = (name: string, { takes, does, example }: Command): string =>
  [
    `npm run pipeline -- ${name} ${takes}`.trimEnd(),
    '',
    `  ${does}`,
    '',
    ...OPTION_HELP,
    '',
    `Example: ${example}`,
  ].join('\n');

const OPTION_HELP = [
  '  --file FILE        the pipeline file (default: pipeline.yaml)',
  '  --cache FOLDER     where outputs are kept (default: .cache in the project)',
  '  --paranoid         reads every file again, also those whose size and times are as they were',
  '  -h, --help         this text, or that of a command',
];

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const complain = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Progress goes to stderr, so that stdout is free for what is asked for. */
async function openScreen(): Promise<Screen> {
  const terminal = process.stderr.isTTY;
  const colours = terminal && !process.env['NO_COLOR'];
  if (!terminal) return { line: complain, colours };
  const { logUpdateStderr } = await import('log-update');
  return {
    line: complain,
    live: (lines) => {
      if (lines.length === 0) logUpdateStderr.clear();
      else logUpdateStderr(lines.join('\n'));
    },
    colours,
  };
}
