import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');

interface Workflow {
  readonly jobs: { readonly results: { readonly steps: readonly { readonly run?: string }[] } };
}

const workflow = parse(readFileSync(`${ROOT}/.github/workflows/pipeline.yml`, 'utf8')) as Workflow;
const commands = workflow.jobs.results.steps.flatMap(({ run }) => run ?? []);

describe('the workflow of continuous integration', () => {
  it('installs, then says what will run, runs it and makes room', () => {
    expect(commands[0]).toBe('npm ci');
    expect(commands.slice(1).map((command) => command.split(' ').slice(0, 5).join(' '))).toEqual([
      'npm run pipeline -- status',
      'npm run pipeline -- run',
      'npm run pipeline -- gc',
    ]);
  });

  it.each(commands.slice(1))('has a command that succeeds on the full study, as it is locked: %s', (command) => {
    // Nothing is to be removed here.
    const asked = command.includes(' gc ') ? `${command} --dry-run` : command;
    const { status, stderr } = spawnSync('sh', ['-c', asked], { cwd: ROOT, encoding: 'utf8' });
    expect(stderr).not.toMatch(/failed|differ/);
    expect(status).toBe(0);
  });
});
