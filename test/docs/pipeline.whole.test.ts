import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project, type Project } from '../runner/project.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const text = readFileSync(`${ROOT}/docs/pipeline.md`, 'utf8');
/** Where the document has the project. */
const SHOWN_ROOT = '/home/you/bth-mrio';

/** What the document tells its reader to do: by the caption before a block, by its language, or by a sentence. */
type Step =
  | { readonly kind: 'file' | 'stage'; readonly path: string; readonly content: string }
  | { readonly kind: 'replace'; readonly path: string; readonly from: string; readonly to: string }
  | { readonly kind: 'console'; readonly shown: string };

const STEP = new RegExp(
  [
    /^(?<caption>File|Add to `stages` in) `(?<path>[^`]+)`:\n\n```\w+\n(?<content>[^]*?)^```$/,
    /^In `(?<edited>[^`]+)`, replace `(?<from>[^`]+)` by `(?<to>[^`]+)`\.$/,
    /^```console\n(?<shown>[^]*?)^```$/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gm',
);

const steps = Array.from(text.matchAll(STEP), ({ groups = {} }): Step => {
  const { caption, path, content, edited, from, to, shown } = groups;
  if (shown !== undefined) return { kind: 'console', shown };
  if (edited !== undefined) return { kind: 'replace', path: edited, from: from!, to: to! };
  return { kind: caption === 'File' ? 'file' : 'stage', path: path!, content: content! };
});

/** Stands in for npm, whose own lines the document leaves out. */
const NPM = `npm() { shift 2; [ "\${1-}" = -- ] && shift; '${process.execPath}' '${ROOT}/runner/start.cjs' "$@"; }`;

/** Runs the commands of a block as a reader would, and gives them back with what they print. */
function replay({ folder }: Project, shown: string): string {
  const commands = Array.from(shown.matchAll(/^\$ (.*)$/gm), ([, command]) => command!);
  let status = 0;
  return commands
    .map((command) => {
      const script = `exec 2>&1; ${NPM}; (exit ${status}); ${command}`;
      const { stdout, status: code } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
      status = code ?? 1;
      return `$ ${command}\n${stdout.replaceAll(realpathSync(folder), SHOWN_ROOT)}`;
    })
    .join('');
}

/** Times and hashes differ from run to run, processors from machine to machine. */
const masked = (output: string): string =>
  output
    .replace(/\b[\d,]+ kB\b/g, 'SIZE')
    .replace(/\b\d{8}T\d{6}Z-[0-9a-f]{6}\b/g, 'RUN')
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME')
    .replace(/\b\d+(\.\d+)? s\b/g, 'SECONDS')
    .replace(/\b\d+ threads\b/g, 'THREADS')
    .replace(/\b[0-9a-f]{8,64}\b/g, 'HASH');

function follow(step: Step, reader: Project): void {
  if (step.kind === 'file') reader.write({ [step.path]: step.content });
  // `stages` comes last in the example.
  if (step.kind === 'stage')
    reader.write({ [step.path]: reader.read(step.path) + step.content.replace(/^(?=.)/gm, '  ') });
  if (step.kind === 'replace') reader.edit(step.path, step.from, step.to);
  if (step.kind === 'console') expect(masked(replay(reader, step.shown))).toBe(masked(step.shown));
}

describe('docs/pipeline.md', () => {
  it('shows what a reader gets who follows it from top to bottom', () => {
    // Every block is a step, so none is left untried because its caption is not understood.
    expect(steps.filter(({ kind }) => kind !== 'replace')).toHaveLength(text.match(/^```\w+$/gm)!.length);
    const reader = project({});
    symlinkSync(`${ROOT}/runner`, reader.path('runner'));
    for (const step of steps) follow(step, reader);
  });
});
