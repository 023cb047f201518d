import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { placeOf } from '../../runner/pipeline-place.ts';
import { unbrokenSeal } from '../../runner/unbroken-seal.ts';
import { onCommandLine } from './command-line.ts';
import { brokenRules, readCrate } from './crate-rules.ts';
import { project, type Project } from './project.ts';
import { OTHER_STUDY, TWO_STUDIES } from './two-studies.ts';

const START = join(import.meta.dirname, '../../runner/start.cjs');

/** Runs the other study as a user does; returns what is said. */
const cli = ({ folder }: Project): string =>
  spawnSync(process.execPath, [START, '--file', OTHER_STUDY], { cwd: folder, encoding: 'utf8' }).stderr;

it('a run with nothing to do notices an edit of the base', async () => {
  const both = project(TWO_STUDIES);
  expect(cli(both)).toMatch(/\+ second: [^]*published 2 files in .*examples\/two\/data-out\n$/);
  await sleep(2100);
  expect(cli(both)).toMatch(/= second: up to date[^]*examples\/two\/data-out is up to date\n$/);
  const { runner } = JSON.parse(both.read('.cache/seal.json')) as { runner: string };
  const holds = () => unbrokenSeal(both.path('.cache'), placeOf(both.path(OTHER_STUDY)), runner) !== null;
  expect(holds()).toBe(true);
  both.edit('pipeline.yaml', 'times: 2', 'times: 5');
  expect(holds()).toBe(false);
  expect(cli(both)).toContain('> second: parameter times: 2 -> 5');
  expect(both.read('examples/two/data-out/total.txt')).toBe('two two 5');
  // One that it has read before, and that is wrong by now.
  both.edit('pipeline.yaml', 'inputs: [total]', 'inputs: [totl]');
  expect(cli(both)).toMatch(/two\/pipeline\.yaml:2:7: the base `pipeline\.yaml` is wrong\n[^]*\n\npipeline\.yaml:\d+:/);
});

it('watch runs again for an edit of the base, also if it was wrong from the beginning', async () => {
  const both = project(TWO_STUDIES);
  both.edit('pipeline.yaml', 'inputs: [total]', 'inputs: [totl]');
  const watching = spawn(process.execPath, [START, 'watch', '--file', OTHER_STUDY], {
    cwd: both.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void watching.kill('SIGKILL'));
  const lines = createInterface({ input: watching.stderr })[Symbol.asyncIterator]();
  const untilItWaits = async (): Promise<string> => {
    let seen = '';
    for (;;) {
      const next = await lines.next();
      if (next.done === true) throw new Error(`it ended:\n${seen}`);
      seen += `${next.value}\n`;
      if (next.value.includes('waits for a change')) return seen;
    }
  };
  expect(await untilItWaits()).toContain('the base `pipeline.yaml` is wrong');
  both.edit('pipeline.yaml', 'inputs: [totl]', 'inputs: [total]');
  expect(await untilItWaits()).toMatch(/\/pipeline\.yaml changed\n[^]*\+ second/);
  both.edit('pipeline.yaml', 'times: 2', 'times: 5');
  expect(await untilItWaits()).toMatch(/\/pipeline\.yaml changed\n[^]*> second: parameter times: 2 -> 5/);
  watching.kill('SIGINT');
  await once(watching, 'exit');
});

it('a crate has the base too, names it, and can be run again', async () => {
  const both = project(TWO_STUDIES);
  const call = (of: string, ...args: string[]) =>
    onCommandLine(both, ...args, '--file', both.path(`${of}${OTHER_STUDY}`));
  expect((await call('')).code).toBe(0);
  expect(await call('', 'crate', both.path('crate'))).toMatchObject({ code: 0, err: '' });
  const crate = readCrate(both.path('crate'));
  expect(brokenRules(crate)).toEqual([]);
  expect(crate.byId.get('./')).toMatchObject({ mainEntity: { '@id': OTHER_STUDY } });
  expect(crate.byId.get(OTHER_STUDY)).toMatchObject({ isBasedOn: { '@id': 'pipeline.yaml' } });
  expect(crate.byId.get('pipeline.yaml')).toMatchObject({ '@type': 'File' });
  for (const file of ['pipeline.yaml', 'package.json', 'examples/two/word.txt', 'examples/two/data-out/total.txt'])
    expect(existsSync(both.path(`crate/${file}`)), file).toBe(true);
  expect(existsSync(both.path('crate/data-raw/word.txt'))).toBe(false);
  const again = await call('crate/');
  expect([again.code, again.err]).toEqual([0, expect.stringContaining('published 2 files')]);
  expect(both.read('crate/examples/two/data-out.before-1/total.txt')).toBe('two two 2');
  expect(both.read('crate/examples/two/data-out/total.txt')).toBe('two two 2');
});
