import { lstatSync } from 'node:fs';
import type { JobOutput, StageJob } from './job.ts';
import type { Command } from './shell-command.ts';
import { StageError } from './stage.ts';

/** How many of the last lines of a failed command's error output are shown. */
const LAST_LINES = 15;

/**
 * Runs a shell command with bash, its placeholders filled in as one literal word each.
 * A text parameter is that text, any other its JSON. Tables that it writes are checked and stored like any other.
 * @param files absolute path of each of the project's files that it names
 * @param storeTable checks and stores a table that it wrote
 */
export async function runShellStage(
  job: Pick<StageJob, 'parameters' | 'inputs' | 'outputs' | 'scratch'>,
  { command, files }: { command: Command; files: Readonly<Record<string, string>> },
  storeTable: (output: Extract<JobOutput, { kind: 'table' }>) => Promise<void>,
): Promise<void> {
  const values = new Map<string, string>([
    ...job.inputs.map(({ name, path }) => [`inputs.${name}`, path] as const),
    ...job.outputs.map(({ name, path }) => [`outputs.${name}`, path] as const),
    ...Object.entries(files).map(([name, path]) => [`file:${name}`, path] as const),
    ...Object.entries(job.parameters).map(
      ([name, value]) => [`parameters.${name}`, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  ]);
  const words = command.placeholders.map((name) => values.get(name)!);
  await execute(command, words, job.scratch);
  for (const output of job.outputs) {
    requireFile(output);
    if (output.kind === 'table') await storeTable(output);
  }
}

async function execute({ text: written, pieces }: Command, words: readonly string[], folder: string): Promise<void> {
  const { $, useBash } = await import('zx/core');
  useBash();
  const shell = $({ cwd: folder, nothrow: true, quiet: true, stdio: ['ignore', 'inherit', 'pipe'] });
  const running = shell(Object.assign([...pieces], { raw: pieces }), ...words);
  running.stderr.pipe(process.stderr, { end: false });
  const { exitCode, signal, stderr } = await running;
  if (exitCode === 0) return;
  const how = signal === null ? `exit code ${String(exitCode)}` : `signal ${signal}`;
  const lines = stderr.trimEnd().split('\n').slice(-LAST_LINES);
  const shown = [written.trimEnd(), ...(stderr.trim() === '' ? [] : ['', ...lines])].flatMap((part) =>
    part.split('\n'),
  );
  throw new StageError(
    `The command failed (${how})\n${shown.map((line) => `    ${line}`.trimEnd()).join('\n')}`,
    'Correct the command, or what it runs. It starts in an empty folder and sees only what its placeholders name.',
  );
}

function requireFile({ name, path }: JobOutput): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) return;
  throw new StageError(
    `The command wrote no plain file for the output ${name}`,
    `Write one file to {outputs.${name}}, or remove it from the pipeline file.`,
  );
}
