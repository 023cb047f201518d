import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lastLog } from '../../runner/stage-log.ts';
import { newRunId, readRunRecord, runIds } from '../../runner/run-record.ts';
import { project, projectThatRan } from './project.ts';

/** Shell stages that write a file each. */
const shell = (stages: Readonly<Record<string, string>>, more = '') => ({
  'pipeline.yaml': `pipeline: shell
stages:
${Object.entries(stages)
  .map(
    ([name, command]) =>
      `  ${name}:\n    sh: ${JSON.stringify(command)}\n    parameters: { place: PLACE }\n    outputs: { ${name}_file: { file: out.txt } }\n${more}`,
  )
  .join('')}`,
});

describe('a stage with a time limit', () => {
  it('is ended with all it started, fails, and says what to do', async () => {
    const of = project(shell({ slow: 'sleep 60; echo done > {outputs.slow_file}' }, '    timeout: 1 s\n'));
    const { outcome, message, remedy } = await of.run();
    expect(outcome).toEqual({ ok: false, stage: 'slow' });
    expect(message).toContain('It was ended, since it had not done so by itself within 1.0 s');
    expect(remedy).toContain('`timeout:`');
    expect(existsSync(of.path('data-out'))).toBe(false);
  });
});

describe('a stage with retries', () => {
  const FLAKY =
    'echo x >> {parameters.place}; test $(wc -l < {parameters.place}) -ge 3; cp {parameters.place} {outputs.flaky_file}';

  it('is tried again so often, and its log tells of each time', async () => {
    const of = project(shell({ flaky: FLAKY }, '    retries: 2\n'));
    of.edit('pipeline.yaml', 'PLACE', of.path('count'));
    const { outcome, events } = await of.run();
    expect(outcome).toEqual({ ok: true });
    expect(events.filter(({ kind }) => kind === 'retrying')).toMatchObject([{ left: 2 }, { left: 1 }]);
    expect(
      lastLog(of.path('.cache'), 'shell', 'flaky')!.lines.filter((line) => line.includes('retrying')),
    ).toHaveLength(2);
  });

  it('fails when they are used up', async () => {
    const of = project(shell({ flaky: FLAKY }, '    retries: 1\n'));
    of.edit('pipeline.yaml', 'PLACE', of.path('count'));
    expect((await of.run()).outcome).toEqual({ ok: false, stage: 'flaky' });
    expect(readFileSync(of.path('count'), 'utf8')).toBe('x\nx\n');
  });
});

it('limits, retries and memory do not make a stage run again', async () => {
  const of = await projectThatRan(shell({ one: 'echo 1 > {outputs.one_file}' }));
  of.edit('pipeline.yaml', '    outputs:', '    timeout: 5 min\n    retries: 3\n    memory: 1 GiB\n    outputs:');
  expect((await of.run()).executed).toEqual([]);
});

describe('independent stages', () => {
  // Each waits for the other to have begun: only side by side can they end.
  const MEET = (own: string, other: string) =>
    `touch {parameters.place}.${own}; for i in $(seq 200); do test -e {parameters.place}.${other} && break; sleep 0.05; done; test -e {parameters.place}.${other}; echo met > {outputs.${own}_file}`;
  const meeting = (more = '') => {
    const of = project(shell({ left: MEET('left', 'right'), right: MEET('right', 'left') }, more));
    of.write({ 'pipeline.yaml': of.read('pipeline.yaml').replaceAll('PLACE', of.path('met')) });
    return of;
  };

  it('run at the same time where there is room', async () => {
    const { outcome, executed } = await meeting().runWith({ budget: { slots: 2, memoryBytes: 1e9 } });
    expect(outcome).toEqual({ ok: true });
    expect(executed.toSorted()).toEqual(['left', 'right']);
  });

  it.each([
    ['threads', '    threads: 2\n'],
    ['memory', '    memory: 600 MB\n'],
  ])('wait for each other where their %s leave no room', async (_, more) => {
    const of = meeting(`${more}    timeout: 1 s\n`);
    const { outcome } = await of.runWith({ budget: { slots: 2, memoryBytes: 1e9 } });
    expect(outcome).toMatchObject({ ok: false });
  });
});

it('leaves a record of what it used and made, and none where there was nothing to do', async () => {
  const of = project(shell({ one: 'echo 1 > {outputs.one_file}' }));
  const cache = of.path('.cache');
  await of.run();
  const ids = runIds(cache);
  expect(ids).toHaveLength(1);
  const record = readRunRecord(cache, ids[0]!)!;
  expect(record).toMatchObject({ id: ids[0], pipeline: 'shell', outcome: 'done', targets: [] });
  expect(record.stages).toMatchObject({ one: { executed: true } });
  expect(record.artifacts).toMatchObject({ one_file: { stage: 'one', kind: 'file', bytes: 2, key: [] } });
  await of.run();
  expect(runIds(cache)).toEqual(ids);
});

it('has an id that sorts by time, be it within a second', () => {
  const moments = [0, 9, 10, 99, 100, 255, 256, 999, 1000].map((ms) =>
    newRunId(new Date(Date.UTC(2026, 0, 5, 9) + ms)),
  );
  expect(moments.toSorted()).toEqual(moments);
});
