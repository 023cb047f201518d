import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { ANSWERS, answerSchema } from '../../runner/answer-schemas.ts';
import { COMMANDS } from '../../runner/commands.ts';
import { editorSchema } from '../../runner/editor-schema.ts';
import { onCommandLine } from './command-line.ts';
import { CHAIN, project, type Project } from './project.ts';

/** What a command prints. */
const printed = async (chain: Project, ...args: string[]): Promise<string> => (await onCommandLine(chain, ...args)).out;

/** What a validator says of an answer; empty: nothing. */
function complaints(command: string, answer: unknown): string[] {
  // The form of a time is not checked: it is the pattern beside it that is.
  const isValid = new Ajv({ allErrors: true, validateFormats: false }).compile(answerSchema(command)!);
  isValid(answer);
  return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

const ask = async (chain: Project, ...args: string[]): Promise<string[]> => {
  const answer: unknown = JSON.parse(await printed(chain, ...args, '--json'));
  return complaints(args[0]!, answer);
};

describe('answers in JSON are as their schemas say', () => {
  it('before, after and between runs', async () => {
    const chain = project(CHAIN);
    const all = async () => {
      expect(await ask(chain, 'status')).toEqual([]);
      expect(await ask(chain, 'run', '--dry-run')).toEqual([]);
      for (const stage of ['made', 'total']) expect(await ask(chain, 'why', stage)).toEqual([]);
    };
    const run = async (...targets: string[]) => {
      const lines = (await printed(chain, 'run', ...targets, '--json')).trimEnd().split('\n');
      const events = lines.map((line) => JSON.parse(line) as { kind: string });
      for (const event of events) expect({ event, wrong: complaints('run', event) }).toEqual({ event, wrong: [] });
      return new Set(events.map(({ kind }) => kind));
    };
    await all();
    expect(await run('made')).toContain('not-published');
    const kinds = await run();
    for (const kind of ['planned', 'cached', 'started', 'progress', 'finished', 'published'])
      expect(kinds).toContain(kind);
    expect(await run()).toContain('already-published');
    await all();
    for (const command of ['log made', 'graph', 'lock', 'lock', 'verify', 'verify --rerun other', 'gc --dry-run', 'gc'])
      expect({ command, wrong: await ask(chain, ...command.split(' ')) }).toEqual({ command, wrong: [] });
    chain.edit('pipeline.yaml', 'factor: 2', 'factor: 3');
    await all();
    expect(await run('--locked')).toContain('differs-from-lock');
    expect(await ask(chain, 'diff', 'lock', 'last')).toEqual([]);
    expect(await ask(chain, 'diff', 'last~2', 'last')).toEqual([]);
    expect(await ask(chain, 'runs')).toEqual([]);
    chain.write({ 'stages/total.ts': 'export default async () => { console.log("here"); throw new Error("no"); };' });
    const failed = await run();
    for (const kind of ['failed', 'output']) expect(failed).toContain(kind);
  });

  it('and nothing else', () => {
    expect(complaints('status', {})).not.toEqual([]);
    expect(complaints('status', { stages: [{ stage: 'made', state: 'maybe', reason: '', seconds: 1 }] })).not.toEqual(
      [],
    );
    expect(complaints('run', { kind: 'unheard' })).not.toEqual([]);
    expect(complaints('run', { kind: 'cached', stage: 'made', key: 'short' })).not.toEqual([]);
  });
});

describe('the command `schema`', () => {
  it('prints the schema of the pipeline file, or of an answer', async () => {
    const chain = project(CHAIN);
    expect(JSON.parse(await printed(chain, 'schema'))).toEqual(editorSchema());
    expect(JSON.parse(await printed(chain, 'schema', 'why'))).toEqual(answerSchema('why'));
    expect(JSON.parse(await printed(chain, 'schema', 'why', '--json'))).toEqual(answerSchema('why'));
    for (const command of Object.keys(ANSWERS)) expect(Object.keys(COMMANDS)).toContain(command);
  });

  it('names the nearest command that has an answer', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, '../../runner/start.cjs'), 'schema', 'stauts'],
      { encoding: 'utf8' },
    );
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining('Did you mean `status`?')]);
  });
});
