import { mkdirSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lastLog, stageLogs } from '../../runner/stage-log.ts';
import { project } from './project.ts';

it('a log that cannot be written ends the run in its course, not when a stage prints or reports', () => {
  const logs = project({});
  const listen = stageLogs(logs.folder, 'study', 'run');
  const outputs = {};
  const finished = { kind: 'finished', stage: 'made', key: '', seconds: 1, outputs, unchanged: false } as never;
  listen({ kind: 'started', stage: 'made', reason: 'never ran here' });
  rmSync(logs.path('logs/study.made/run.log'));
  mkdirSync(logs.path('logs/study.made/run.log'));
  listen({ kind: 'output', stage: 'made', line: 'hello' });
  listen({ kind: 'progress', stage: 'made', progress: { done: 1 } });
  listen({ kind: 'output', stage: 'made', line: 'hello' });
  expect(() => {
    listen(finished);
  }).toThrow('EISDIR');
});

it('the last log of a stage is that of its own pipeline: another may have a stage of the same name', () => {
  const logs = project({});
  for (const [pipeline, run] of [
    ['study', '1'],
    ['other', '2'],
  ] as const) {
    stageLogs(logs.folder, pipeline, run)({ kind: 'started', stage: 'made', reason: `never ran in ${pipeline}` });
  }
  expect(lastLog(logs.folder, 'study', 'made')).toMatchObject({
    run: '1',
    lines: [expect.stringContaining('never ran in study')],
  });
  expect(lastLog(logs.folder, 'third', 'made')).toBeNull();
});
