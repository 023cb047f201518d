import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { CHAIN, project } from './project.ts';

const START = join(import.meta.dirname, '../../runner/start.cjs');

it('watch runs again when a file changes, goes on after mistakes, and ends with Ctrl-C', async () => {
  const chain = project(CHAIN);
  const watching = spawn(process.execPath, [START, 'watch', 'doubled'], {
    cwd: chain.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void watching.kill('SIGKILL'));
  const lines = createInterface({ input: watching.stderr })[Symbol.asyncIterator]();
  const until = async (pattern: RegExp): Promise<string[]> => {
    const seen: string[] = [];
    for (;;) {
      const next = await lines.next();
      if (next.done === true) throw new Error(`ended without ${pattern.source}:\n${seen.join('\n')}`);
      seen.push(next.value);
      if (pattern.test(next.value)) return seen;
    }
  };
  await until(/waits for a change/);
  chain.edit('stages/helpers/scale.ts', 'count * factor', 'count * factor + 1');
  expect((await until(/waits for a change/)).join('\n')).toMatch(/scale\.ts changed\n[^]*\+ made: [^]*\+ doubled: /);
  const good = chain.read('pipeline.yaml');
  chain.write({ 'pipeline.yaml': good.replace('inputs: [amount]', 'inputs: [amunt]') });
  expect((await until(/waits for a change/)).join('\n')).toContain('no source or artifact is named `amunt`');
  // It waits: it does not look at the same mistake again and again.
  const next = until(/changed$/);
  expect(await Promise.race([next, sleep(700, 'nothing')])).toBe('nothing');
  chain.write({ 'pipeline.yaml': good.replace('times: 2', 'times: 3') });
  await next;
  expect((await until(/waits for a change/)).join('\n')).toMatch(/> doubled: parameter times: 2 -> 3\n\+ doubled/);
  watching.kill('SIGINT');
  expect(await once(watching, 'exit')).toEqual([null, 'SIGINT']);
});
