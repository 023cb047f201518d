import { mkdirSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { stageLogs } from '../../runner/stage-log.ts';
import { project } from './project.ts';

it('a log that cannot be written ends the run in its course, not when a stage prints or reports', () => {
  const logs = project({});
  const listen = stageLogs(logs.folder, 'run');
  const outputs = {};
  const finished = { kind: 'finished', stage: 'made', key: '', seconds: 1, outputs, unchanged: false } as never;
  listen({ kind: 'started', stage: 'made', reason: 'never ran here' });
  rmSync(logs.path('logs/made/run.log'));
  mkdirSync(logs.path('logs/made/run.log'));
  listen({ kind: 'output', stage: 'made', line: 'hello' });
  listen({ kind: 'progress', stage: 'made', progress: { done: 1 } });
  listen({ kind: 'output', stage: 'made', line: 'hello' });
  expect(() => {
    listen(finished);
  }).toThrow('EISDIR');
});
