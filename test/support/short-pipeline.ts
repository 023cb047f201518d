import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sha256 } from '../../runner/hash.ts';
import { project, projectThatRan, type Project } from '../runner/project.ts';

const ROOT = join(import.meta.dirname, '../..');
const FAULTY_FILES = join(import.meta.dirname, 'faulty-files.cjs');

/** What can be published: what a word makes of everything. */
export type Word = 'alpha' | 'beta' | 'gamma';
/** One more than there are editions kept: in turn, each has to be built again. */
export const WORDS: readonly Word[] = ['alpha', 'beta', 'gamma'];

/** What is changed from run to run. */
export interface Turn {
  readonly word: Word;
  /** A parameter that changes nothing of what is made. */
  readonly round: number;
  /** Blank lines at the end of the source. */
  readonly blanks: number;
}

const filesOf = ({ word, round, blanks }: Turn): Record<string, string> => ({
  'pipeline.yaml': `pipeline: short
sources:
  region: { file: regions.csv, evidence: made up, columns: { code: VARCHAR, people: INTEGER }, key: [code] }
stages:
  make:
    sh: 'echo {parameters.round} && printf %s {parameters.word} > {outputs.one} && cat {outputs.one} {outputs.one} > {outputs.two}'
    inputs: [region]
    parameters: { word: ${word}, round: ${round} }
    outputs: { one: { file: one.txt }, two: { file: two.txt, publish_as: deep/two.txt } }
`,
  'regions.csv': `code,people\nA,1\nB,2\n${'\n'.repeat(blanks)}`,
});

/** What a run of the command line came to. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly err: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the command line in a folder, as `npm run pipeline` does; with an environment, its files may be faulty. */
export function startIn(folder: string, args: readonly string[], faults?: Readonly<Record<string, string>>): Started {
  const preload = faults === undefined ? [] : ['--require', FAULTY_FILES];
  const child = spawn(process.execPath, [...preload, join(ROOT, 'runner/start.cjs'), ...args], {
    cwd: folder,
    env: { ...process.env, ...faults },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (text) => (err += String(text)));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    // Not 'close': a stage whose runner was killed may hold the pipe for a moment.
    child.on('exit', (code, signal) => {
      setImmediate(() => {
        resolve({ code, signal, err });
      });
    });
  });
  return { process: child, ended };
}

/** What a stack trace looks like. */
export const STACK = /\n\s+at .*:\d+:\d+/;

/** A pipeline of one short stage in a folder of its own. */
export interface ShortPipeline {
  readonly folder: string;
  readonly project: Project;
  /** Changes the files. */
  readonly turn: (next: Partial<Turn>) => void;
  /** The turn it is now. */
  readonly now: () => Turn;
  readonly start: (args?: readonly string[], faults?: Readonly<Record<string, string>>) => Started;
  /** Runs, undisturbed. */
  readonly run: (args?: readonly string[]) => Promise<Ended>;
}

const firstTurn = (word: Word): Turn => ({ word, round: 0, blanks: 0 });

export const shortPipeline = (word: Word = 'alpha'): ShortPipeline =>
  shortPipelineIn(project(filesOf(firstTurn(word))), firstTurn(word));

/** One that has published its word. */
export const shortPipelineThatRan = async (word: Word): Promise<ShortPipeline> =>
  shortPipelineIn(await projectThatRan(filesOf(firstTurn(word))), firstTurn(word));

function shortPipelineIn(made: Project, turn: Turn): ShortPipeline {
  const start: ShortPipeline['start'] = (args = [], faults) => startIn(made.folder, args, faults);
  return {
    folder: made.folder,
    project: made,
    turn(next) {
      turn = { ...turn, ...next };
      made.write(filesOf(turn));
    },
    now: () => turn,
    start,
    run: (args) => start(args).ended,
  };
}

/** The manifest of what each word gives, made in fresh folders by runs that nobody disturbs. */
export async function undisturbed(): Promise<ReadonlyMap<Word, string>> {
  const manifests = new Map<Word, string>();
  for (const word of WORDS) {
    const { project: fresh } = await shortPipelineThatRan(word);
    manifests.set(word, fresh.read('data-out/manifest.json'));
  }
  return manifests;
}

/** All files below a folder, by paths relative to it; links are not followed. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
}

/** Says what is wrong with what is published: it has to be one whole edition. @returns the manifest */
export function wholeEdition(folder: string): { manifest: string; wrong: readonly string[] } {
  const edition = join(folder, 'data-out');
  const manifest = readFileSync(join(edition, 'manifest.json'), 'utf8');
  const { files } = JSON.parse(manifest) as { files: readonly { path: string; sha256: string }[] };
  const damaged = files.filter(({ path, sha256: hash }) => {
    const place = join(edition, path);
    return !existsSync(place) || sha256(readFileSync(place)) !== hash;
  });
  const expected = [...files.map(({ path }) => path), 'manifest.json'];
  const foreign = filesBelow(join(folder, readlinkSync(edition))).filter((file) => !expected.includes(file));
  return {
    manifest,
    wrong: [...damaged.map(({ path }) => `${path} is damaged`), ...foreign.map((file) => `${file} is no part of it`)],
  };
}

/** What may lie in a cache when nobody works with it. */
const KEPT = [
  /^objects\/[0-9a-f]{64}$/,
  /^receipts\/[0-9a-f]{64}\.json$/,
  /^latest\/[\w.]+$/,
  /^logs\/\w+\.\w+\/\d{8}T\d{6}Z-[0-9a-f]{6}\.log$/,
  /^runs\/\d{8}T\d{6}Z-[0-9a-f]{6}\.json$/,
  /^quarantine\/[0-9a-f]{64}\.[0-9a-f-]{36}$/,
  /^(?:memo|seal)\.json$/,
];
const IN_PROJECT = ['.cache', '.data-out', 'data-out', 'pipeline.yaml', 'regions.csv'];

/** Says what lies about after a run that nobody disturbed, and what is wrong in the store. */
export function leftOvers(folder: string): string[] {
  const cache = join(folder, '.cache');
  const files = filesBelow(cache);
  const current = readlinkSync(join(folder, 'data-out')).replace('.data-out/', '');
  const editions = readdirSync(join(folder, '.data-out'));
  const objects = existsSync(join(cache, 'objects')) ? readdirSync(join(cache, 'objects')) : [];
  return [
    ...readdirSync(folder).filter((entry) => !IN_PROJECT.includes(entry)),
    ...files.filter((file) => !KEPT.some((kept) => kept.test(file))).map((file) => `.cache/${file}`),
    // Folders that belong to one key or one process.
    ...['work', 'claims', 'users', 'clearing'].flatMap((name) => {
      const place = join(cache, name);
      return existsSync(place) ? readdirSync(place).map((entry) => `.cache/${name}/${entry}`) : [];
    }),
    ...editions.filter((name) => !/^[0-9a-f]{16}(-\d+)?$/.test(name)).map((name) => `.data-out/${name}`),
    ...(editions.length > 2 || !editions.includes(current) ? [`editions: ${editions.join(', ')}`] : []),
    ...objects
      .filter((name) => sha256(readFileSync(join(cache, 'objects', name))) !== name)
      .map((name) => `object ${name} is damaged`),
    ...objects
      .filter((name) => (lstatSync(join(cache, 'objects', name)).mode & 0o222) !== 0)
      .map((name) => `object ${name} can be written to`),
  ];
}
