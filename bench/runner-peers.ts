import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A pipeline is a chain of stages; each reads files of its own and what the stage before it made. */
const STAGES = 10;
const FILES = 100;

const numbered = (count: number, name: (number: string) => string): string[] =>
  Array.from({ length: count }, (_, at) => name(`${at + 1}`.padStart(3, '0')));
export const stages = numbered(STAGES, (number) => `s${number}`);
const filesOf = (stage: string): string[] => numbered(FILES, (number) => `data/${stage}/f${number}.txt`);
const artifactOf = (stage: string): string => `made/${stage}.txt`;
/** Every stage that runs leaves its name here. */
export const RAN = 'ran.log';

export const LAYOUT = `${STAGES} stages in a chain, ${STAGES * FILES} files`;

/** A stage drops comments, so that a file can change and what is made of it does not. */
const work = (stage: string, inputs: string, output: string, ran: string): string =>
  `grep -hv '^#' ${inputs} > ${output} && echo ${stage} >> ${ran}`;

/** A program that makes the pipeline. */
export interface Peer {
  readonly name: string;
  /** Null: it is not installed. */
  readonly version: string | null;
  readonly install: string;
  readonly command: readonly string[];
  /** What it has to be told, by path in the project. */
  files(folder: string): Record<string, string>;
}

const RUNNER = resolve(import.meta.dirname, '..');
const BINARIES = join(RUNNER, 'node_modules', '.bin');
export const start = [process.execPath, join(RUNNER, 'runner', 'start.cjs')];

/** What all are run with: nothing of the npm that runs the bench, and no look for a newer one. */
export const environment = {
  PATH: `${BINARIES}:${process.env['PATH'] ?? ''}`,
  HOME: process.env['HOME'] ?? '/',
  npm_config_update_notifier: 'false',
};

/** As a user starts it. */
export const OURS = 'npm run pipeline';

/** This runner first. */
export const peers = (): Peer[] => [
  {
    name: OURS,
    version: '',
    install: '',
    command: ['npm', 'run', 'pipeline'],
    files: (folder) => ({ 'package.json': scripts({ pipeline: start.join(' ') }), 'pipeline.yaml': pipeline(folder) }),
  },
  {
    name: 'make',
    version: versionOf('make'),
    install: 'apt-get install make',
    command: ['make'],
    files: () => ({ Makefile: makefile() }),
  },
  {
    name: 'Snakemake',
    version: versionOf('snakemake'),
    install: 'apt-get install snakemake',
    command: ['snakemake', '--cores', 'all'],
    files: () => ({ Snakefile: snakefile() }),
  },
  {
    name: 'wireit',
    version: versionOfPackage('wireit'),
    install: 'npm ci',
    command: ['npm', 'run', stages.at(-1)!],
    files: () => ({ 'package.json': wireit() }),
  },
];

function versionOf(program: string): string | null {
  const { status, stdout } = spawnSync(program, ['--version'], { env: environment, encoding: 'utf8' });
  return status === 0 ? (/\d+(\.\d+)+/.exec(stdout)?.[0] ?? '') : null;
}

function versionOfPackage(name: string): string | null {
  try {
    const about = readFileSync(join(RUNNER, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(about) as { version: string }).version;
  } catch {
    return null;
  }
}

/** Writes the pipeline for one of them: all get the same files and do the same work. */
export function writeProject(folder: string, peer: Peer): void {
  const sources = stages.flatMap((stage) =>
    filesOf(stage).map((file, at) => [file, `# ${stage}\n${at + 1}\n`] as const),
  );
  for (const [file, text] of [...sources, ...Object.entries(peer.files(folder))]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  mkdirSync(join(folder, dirname(artifactOf(''))), { recursive: true });
}

/** The file that is changed and touched: of the first stage, so that all others may follow. */
export const CHANGED = filesOf(stages[0]!)[0]!;

const before = (stage: string): string | undefined => stages[stages.indexOf(stage) - 1];
/** With `empty`, what npm itself costs. */
export const scripts = (of: Record<string, string>, more: object = {}): string =>
  JSON.stringify({ private: true, scripts: { empty: 'true', ...of }, ...more }, null, 1);

function pipeline(folder: string): string {
  const nameOf = (stage: string, at: number) => `${stage}_f${at + 1}`;
  const told = stages.map((stage) => {
    const previous = before(stage);
    const inputs = [...filesOf(stage).map((_, at) => nameOf(stage, at)), ...(previous ? [`made_${previous}`] : [])];
    const words = inputs.map((input) => `{inputs.${input}}`).join(' ');
    return [
      `  ${stage}:`,
      `    sh: ${work(stage, words, `{outputs.made_${stage}}`, join(folder, RAN))}`,
      `    inputs: [${inputs.join(', ')}]`,
      `    outputs: { made_${stage}: { file: ${stage}.txt } }`,
    ].join('\n');
  });
  const sources = stages.flatMap((stage) =>
    filesOf(stage).map((file, at) => `  ${nameOf(stage, at)}: { file: ${file}, evidence: stand-in }`),
  );
  return ['pipeline: timed', 'sources:', ...sources, 'stages:', ...told, ''].join('\n');
}

function makefile(): string {
  const rules = stages.map((stage) => {
    const previous = before(stage);
    const inputs = [`$(wildcard data/${stage}/*.txt)`, ...(previous ? [artifactOf(previous)] : [])];
    return `${artifactOf(stage)}: ${inputs.join(' ')}\n\t${work(stage, '$^', '$@', RAN)}\n`;
  });
  return [`all: ${artifactOf(stages.at(-1)!)}\n`, ...rules].join('\n');
}

function snakefile(): string {
  const rules = stages.map((stage) => {
    const previous = before(stage);
    const inputs = [`sorted(glob("data/${stage}/*.txt"))`, ...(previous ? [`"${artifactOf(previous)}"`] : [])];
    const shell = JSON.stringify(work(stage, '{input}', '{output}', RAN));
    return `rule ${stage}:\n    input: ${inputs.join(', ')}\n    output: "${artifactOf(stage)}"\n    shell: ${shell}\n`;
  });
  return ['from glob import glob', `rule all:\n    input: "${artifactOf(stages.at(-1)!)}"\n`, ...rules].join('\n');
}

/** `cascade: false` with the artifact among the files: a stage then follows what the one before made, not that it ran. */
function wireit(): string {
  const told = stages.map((stage) => {
    const previous = before(stage);
    const files = [`data/${stage}/*.txt`, ...(previous ? [artifactOf(previous)] : [])];
    const dependencies = previous ? [{ script: previous, cascade: false }] : [];
    const command = work(stage, files.join(' '), artifactOf(stage), RAN);
    return [stage, { command, files, output: [artifactOf(stage)], dependencies }] as const;
  });
  return scripts(Object.fromEntries(stages.map((stage) => [stage, 'wireit'])), { wireit: Object.fromEntries(told) });
}
