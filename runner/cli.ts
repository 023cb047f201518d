import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { COMMANDS } from './commands.ts';
import {
  COMMON,
  DONE,
  MISTAKE,
  OPTIONS,
  PARSED,
  STAGE_FAILED,
  type Call,
  type Command,
  type Options,
} from './command.ts';
import { MistakeError } from './diagnostic.ts';
import { Interrupted } from './interrupted.ts';
import { suggest } from './nearest.ts';
import { placeOf } from './pipeline-place.ts';

/** Runs the command line; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { name, command, words, options } = readCommandLine(args);
    if (options.help === true) {
      const { help, helpFor } = await import('./help.ts');
      print(name === null ? help() : helpFor(name, command));
      return DONE;
    }
    const { answer } = await command.load();
    const { exitCode, lines, json } = await answer(callOf(words, options));
    if (options.json !== true) lines.forEach(print);
    else if (json !== undefined) print(JSON.stringify(json, null, 1));
    return exitCode;
  } catch (error) {
    const told = tell(error);
    if (told === null) throw error;
    process.stderr.write(`${told}\n`);
    if (error instanceof Interrupted) return error.exitCode;
    return error instanceof MistakeError ? MISTAKE : STAGE_FAILED;
  }
}

function callOf(words: readonly string[], options: Options): Call {
  const place = placeOf(options.file ?? 'pipeline.yaml');
  const cache = resolve(options.cache ?? join(place.root, '.cache'));
  return {
    words,
    options,
    place,
    cache,
    async inWorkshop(work) {
      // Loaded when needed: not for help, nor where there is nothing to do.
      const [{ interruptible }, { knownPipeline }, { openMemoOf, openWorkshop }] = await Promise.all([
        import('./interruption.ts'),
        import('./known-pipeline.ts'),
        import('./workshop.ts'),
      ]);
      const memo = openMemoOf(cache, options.paranoid);
      const pipeline = await knownPipeline(place, memo);
      const shared = options.shared === undefined ? null : await openShared(options.shared, options);
      return interruptible(async (interruption) =>
        work(await openWorkshop(pipeline, cache, interruption, memo, shared)),
      );
    },
  };
}

async function openShared(place: string, options: Options) {
  const readOnly = options['shared-read-only'] === true;
  if (/^\w+:\/\//.test(place)) return (await import('./s3-store.ts')).sharedBucket(place, readOnly);
  return (await import('./shared-store.ts')).sharedFolder(resolve(place), readOnly);
}

/** What a user is told of an error; null: it is a fault of the runner, and its stack trace is what helps. */
function tell(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof MistakeError || error instanceof Interrupted) return error.message;
  if ('remedy' in error && typeof error.remedy === 'string') return `${error.message}\n  ${error.remedy}`;
  // Refused by the operating system: disk full, no permission.
  if (!('syscall' in error)) return null;
  return `${error.message}\n  Look at the disk, the permissions and the path; data-out holds whole results, of this run or of before.`;
}

function readCommandLine(args: readonly string[]) {
  const { values, positionals } = parse(args);
  const options = values as Options;
  const [first = null, ...rest] = positionals;
  // `help` and `help COMMAND` are what one tries.
  const wantsHelp = first === 'help';
  const [name = null, ...words] = wantsHelp ? rest : positionals;
  const command = Object.hasOwn(COMMANDS, name ?? 'run') ? COMMANDS[name ?? 'run'] : undefined;
  if (command === undefined) {
    throw new MistakeError(`There is no command \`${name ?? ''}\`. ${suggest(name ?? '', Object.keys(COMMANDS))}`);
  }
  if (wantsHelp || options.help === true) return { name, command, words, options: { ...options, help: true } };
  requireFit(name ?? 'run', command, words, options);
  return { name, command, words, options };
}

function requireFit(name: string, command: Command, words: readonly string[], options: Options): void {
  const { least, most, are } = command.words;
  if (words.length < least || words.length > most) {
    throw new MistakeError(`\`${name}\` takes ${are}.\n  For example: ${command.example}`);
  }
  const allowed: readonly string[] = [...COMMON, ...command.options];
  const foreign = Object.keys(options).find((option) => !allowed.includes(option));
  if (foreign === undefined) return;
  const taking = Object.keys(COMMANDS).filter((other) => COMMANDS[other]!.options.includes(foreign as never));
  throw new MistakeError(
    `\`${name}\` does not take --${foreign}; ${taking.map((other) => `\`${other}\``).join(', ')} does.\n  See: npm run pipeline -- ${name} --help`,
  );
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: PARSED, allowPositionals: true });
  } catch (error) {
    const unknown = /'(--[^']*)'/.exec(error instanceof Error ? error.message : '')?.[1];
    const near =
      unknown === undefined
        ? ''
        : `${suggest(
            unknown,
            Object.keys(OPTIONS).map((option) => `--${option}`),
          )} `;
    throw new MistakeError(
      `${error instanceof Error ? error.message : String(error)}\n  ${near}See: npm run pipeline -- --help`,
    );
  }
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
