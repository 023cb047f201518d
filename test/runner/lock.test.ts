import { existsSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../runner/events.ts';
import { sha256 } from '../../runner/hash.ts';
import { lockedObjects, lockText, parseLock } from '../../runner/lock.ts';
import { placeOf } from '../../runner/pipeline-place.ts';
import { onCommandLine, SMALL } from './command-line.ts';
import { project, projectThatRan, type Project } from './project.ts';

const HASHES = { one: sha256('one'), two: sha256('two') };

/** A project that was run and locked. */
async function locked(): Promise<Project> {
  const small = await projectThatRan(SMALL);
  expect((await onCommandLine(small, 'lock')).code).toBe(0);
  return small;
}

interface LockFile {
  artifacts: Record<string, { stage: string; sha256: string }>;
}
const artifactsOf = (small: Project) => (JSON.parse(small.read('pipeline.lock')) as LockFile).artifacts;

describe('a lock', () => {
  it('has one line for each artifact, in order', () => {
    const lock = { b: { stage: 'two', sha256: HASHES.two }, 'a@x': { stage: 'one@x', sha256: HASHES.one } };
    const text = lockText(lock);
    expect(text.split('\n').slice(3, 5)).toEqual([
      `  "a@x": {"stage":"one@x","sha256":"${HASHES.one}"},`,
      `  "b": {"stage":"two","sha256":"${HASHES.two}"}`,
    ]);
    expect(parseLock(text, 'pipeline.lock')).toEqual(lock);
    expect(parseLock(lockText({}), 'pipeline.lock')).toEqual({});
  });

  it.each([
    ['{', 'is no JSON'],
    ['<<<<<<< HEAD', 'is no JSON'],
    ['null', 'is not of version 1'],
    ['{"version": 2, "artifacts": {}}', 'is not of version 1'],
    ['{"version": 1}', 'has no `artifacts`'],
    ['{"version": 1, "artifacts": {"a": {"stage": "s", "sha256": "12"}}}', 'says of a neither stage nor sha256'],
  ])('that is %s is refused', (text, message) => {
    expect(() => parseLock(text, 'pipeline.lock')).toThrow(`pipeline.lock: ${message}`);
    expect(() => parseLock(text, 'pipeline.lock')).toThrow('npm run pipeline -- lock');
  });
});

describe('the command lock', () => {
  it('writes what a run of everything would use', async () => {
    const small = await projectThatRan(SMALL);
    const first = await onCommandLine(small, 'lock');
    expect([first.code, first.out]).toEqual([0, expect.stringMatching(/^wrote .*pipeline\.lock: 2 artifacts\n$/)]);
    expect(artifactsOf(small)).toEqual({
      number: { stage: 'numbers', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
      report: { stage: 'words', sha256: sha256('total 24\n') },
    });
    expect(lockedObjects(placeOf(small.path('pipeline.yaml')))).toContain(sha256('total 24\n'));
    expect((await onCommandLine(small, 'lock')).out).toMatch(/pipeline\.lock says so already: 2 artifacts\n$/);
    small.edit('pipeline.yaml', 'total: 24', 'total: 36');
    await small.run();
    const again = await onCommandLine(small, 'lock', '--json');
    expect(JSON.parse(again.out)).toMatchObject({
      ...{ written: true, artifacts: 2, changed: ['report'], added: [], removed: [] },
    });
  });

  it('writes nothing if something has to run', async () => {
    const small = project(SMALL);
    const never = await onCommandLine(small, 'lock');
    expect([never.code, never.err]).toEqual([
      2,
      'Nothing is locked: numbers, words are not up to date.\n  Run everything first: npm run pipeline\n',
    ]);
    await small.run('numbers');
    expect((await onCommandLine(small, 'lock')).err).toContain('Nothing is locked: words is not up to date.');
    expect(existsSync(small.path('pipeline.lock'))).toBe(false);
  });

  it('has the name of the pipeline file, and artifacts of scenarios', async () => {
    const small = project(SMALL);
    small.write({ 'study.yaml': `${SMALL['pipeline.yaml']!}scenarios:\n  more: { words: { total: 36 } }\n` });
    const file = ['--file', small.path('study.yaml')];
    expect((await onCommandLine(small, ...file)).code).toBe(0);
    expect((await onCommandLine(small, 'lock', ...file)).code).toBe(0);
    const { artifacts } = JSON.parse(small.read('study.lock')) as LockFile;
    expect(Object.keys(artifacts)).toEqual(['number', 'report', 'report@more']);
    expect(artifacts['report@more']).toEqual({ stage: 'words@more', sha256: sha256('total 36\n') });
    expect((await onCommandLine(small, 'run', '--locked', ...file)).code).toBe(0);
    expect(existsSync(small.path('pipeline.lock'))).toBe(false);
    // The store knows what the locked objects of a scenario are.
    small.edit('study.yaml', 'total: 36', 'total: 48');
    expect((await onCommandLine(small, 'run', '--locked', ...file)).err).toContain(
      'file report@more (stage words@more): other bytes, 9 bytes both, from line 1 on\n    "total 36" -> "total 48"\n',
    );
  });
});

describe('a locked run', () => {
  it('publishes what is as locked', async () => {
    const small = await locked();
    rmSync(small.path('.cache'), { recursive: true });
    rmSync(small.path('data-out'));
    const { code, err } = await onCommandLine(small, 'run', '--locked');
    expect([code, err]).toEqual([0, expect.stringContaining('published 2 files')]);
  });

  it('publishes nothing that differs, and shows what does', async () => {
    const small = await locked();
    const edition = small.edition();
    small.edit('pipeline.yaml', 'times: 2', 'times: 3');
    const { code, err } = await onCommandLine(small, 'run', '--locked');
    expect(code).toBe(3);
    expect(err.slice(err.indexOf('x nothing'))).toMatch(
      /^x nothing is published: results are not as locked\n {2}\S*pipeline\.lock -> this run\n {2}table number \(stage numbers\): 1 of 2 columns differ, in 3 of 3 rows\n {4}value {2}3 cells, largest difference 6 t at code C: 12\.0 -> 18\.0 \(0\.333 relative\)\n {2}1 artifact is the same\n.*pipeline -- lock\n$/,
    );
    expect(small.edition()).toBe(edition);
    // All was made: nothing runs again, neither for the next locked run nor to publish it.
    const again = await onCommandLine(small, 'run', '--locked', '--json');
    const events = again.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    expect(again.code).toBe(3);
    expect(events.map(({ kind }) => kind)).toEqual(['planned', 'cached', 'cached', 'differs-from-lock']);
    expect(events.at(-1)).toMatchObject({ difference: { differs: true, same: 1, changed: [{ artifact: 'number' }] } });
    expect((await onCommandLine(small, 'run')).err).toMatch(/= numbers: up to date\n[^]*published 2 files/);
    expect((await onCommandLine(small, 'diff', 'lock', 'last')).code).toBe(3);
    expect((await onCommandLine(small, 'lock')).code).toBe(0);
    expect((await onCommandLine(small, 'run', '--locked')).code).toBe(0);
    expect((await onCommandLine(small, 'diff', 'lock', 'last')).code).toBe(0);
  });

  it('says that only hashes are known where the locked object is gone', async () => {
    const small = await locked();
    rmSync(small.path('.cache'), { recursive: true });
    small.edit('pipeline.yaml', 'times: 2', 'times: 3');
    const { code, err } = await onCommandLine(small, 'run', '--locked');
    expect(code).toBe(3);
    expect(err).toMatch(
      /number \(stage numbers\): other bytes, of which the cache has only hashes: [0-9a-f]{8} -> [0-9a-f]{8}\n/,
    );
  });

  it('publishes nothing where an artifact is new, or gone', async () => {
    const small = await locked();
    const edition = small.edition();
    small.write({ 'pipeline.lock': small.read('pipeline.lock').replace('"report"', '"letter"') });
    const { code, err } = await onCommandLine(small, 'run', '--locked');
    expect(code).toBe(3);
    expect(err).toMatch(
      /letter \(stage words\): only in \S*pipeline\.lock\n {2}report \(stage words\): only in this run\n/,
    );
    expect(small.edition()).toBe(edition);
  });

  it('of some stages is held against what it makes only', async () => {
    const small = await locked();
    small.edit('pipeline.yaml', 'total: 24', 'total: 36');
    expect((await onCommandLine(small, 'run', 'numbers', '--locked')).code).toBe(0);
    expect((await onCommandLine(small, 'run', 'words', '--locked')).code).toBe(3);
  });

  it('runs nothing where there is no lock, or one that is broken', async () => {
    const small = project(SMALL);
    const none = await onCommandLine(small, 'run', '--locked');
    expect([none.code, none.err]).toEqual([
      2,
      expect.stringMatching(/pipeline\.lock: is not there\n.*pipeline -- lock\n$/),
    ]);
    small.write({ 'pipeline.lock': '<<<<<<< HEAD\n' });
    const broken = await onCommandLine(small, 'run', '--locked');
    expect([broken.code, broken.err]).toEqual([2, expect.stringContaining('pipeline.lock: is no JSON')]);
    expect((await onCommandLine(small, 'diff', 'lock', 'last')).code).toBe(2);
    expect(existsSync(small.path('data-out'))).toBe(false);
    // A new one takes the place of one that is broken.
    await small.run();
    expect((await onCommandLine(small, 'lock')).code).toBe(0);
    expect((await onCommandLine(small, 'run', '--locked')).code).toBe(0);
  });

  it('fails as any other where a stage fails', async () => {
    const small = await locked();
    small.edit('stages/numbers.sql', 'SELECT code', 'SELECT nothing');
    expect((await onCommandLine(small, 'run', '--locked')).code).toBe(1);
  });
});
