import { closeSync, lstatSync, openSync, readSync, renameSync } from 'node:fs';
import type { JobOutput, StageJob } from './job.ts';
import type { Command } from './shell-command.ts';
import { loadSource } from './source-table.ts';
import { quoted, text } from './sql.ts';
import { StageError, type StageContext } from './stage.ts';

/** How many of the last lines of a failed command's error output are shown. */
const LAST_LINES = 15;

/**
 * Runs a shell command with bash, its placeholders filled in as one literal word each.
 * A text parameter is that text, any other its JSON. Tables that it writes are checked and stored like any other.
 * @param files absolute path of each of the project's files that it names
 */
export async function runShellStage(
  context: StageContext,
  job: Pick<StageJob, 'parameters' | 'inputs' | 'outputs' | 'scratch'>,
  { command, files }: { command: Command; files: Readonly<Record<string, string>> },
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
    if (output.kind === 'table') await storeTable(context, output);
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

/** The command wrote its own file at the path of the table: it is put beside it, read, and the table takes its place. */
async function storeTable(
  { database, writeTable }: StageContext,
  output: Extract<JobOutput, { kind: 'table' }>,
): Promise<void> {
  const { name, path, columns } = output;
  const csv = !isParquet(path);
  const written = csv ? `${path}.csv` : `${path}.written`;
  renameSync(path, written);
  if (!csv) {
    await writeTable(name, `FROM read_parquet(${text(written)})`);
    return;
  }
  const loaded = `${name} as written`;
  const source = { name, table: output, givenBy: 'stage', path: written, file: `${name} (CSV)`, output: path } as const;
  await loadSource(database, source, loaded);
  await writeTable(name, `SELECT ${columns.map((column) => quoted(column.name)).join(', ')} FROM ${quoted(loaded)}`);
}

const PARQUET = 'PAR1';

function isParquet(path: string): boolean {
  const start = Buffer.alloc(PARQUET.length);
  const file = openSync(path, 'r');
  readSync(file, start);
  closeSync(file);
  return start.toString('latin1') === PARQUET;
}
