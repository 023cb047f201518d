import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { onCommandLine } from './command-line.ts';
import { CHAIN, project, type Project } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Runs the command line in a folder, as `npm run pipeline` does. */
function cli({ folder }: Project, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'runner/start.cjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

/** What a stack trace looks like. */
const STACK = /\n\s+at .*:\d+:\d+/;

describe('the command line', () => {
  it('runs, says what is up to date, and why', async () => {
    const chain = project(CHAIN);
    const first = cli(chain);
    expect(first.code).toBe(0);
    expect(first.err).toMatch(
      /\+ sources: 1 read and checked in [\d.]+ s\n> made: never ran in chain\n(> other: never ran in chain\n|\+ other.*\n)*\+ made: amount \(3 rows\) in/,
    );
    expect(first.err).toMatch(/published 4 files in .*data-out\n$/);
    expect(first.err).not.toContain('\u001b');
    const status = await onCommandLine(chain, 'status');
    expect(status.code).toBe(0);
    expect(status.out).toMatch(/^= made +up to date\n= doubled +up to date\n/);
    chain.edit('pipeline.yaml', 'times: 2', 'times: 3');
    expect((await onCommandLine(chain, 'status')).out).toMatch(
      /> doubled {2}will run: parameter times: 2 -> 3 \([\d.]+ s the last time\)\n\? total {4}waits for double_amount/,
    );
    expect((await onCommandLine(chain, 'why', 'doubled')).out).toMatch(
      /doubled will run, because since .*:\n {2}parameter times: 2 -> 3\n$/,
    );
    expect((await onCommandLine(chain, 'why', 'total')).out).toContain('total waits for double_amount');
  });

  it('loads no package where there is nothing to do, and no more than one file of its own', async () => {
    const chain = project(CHAIN);
    expect(cli(chain).code).toBe(0);
    // Nothing is known of files that are younger than two seconds: the first run after those takes a look at all.
    await sleep(2100);
    expect(cli(chain).code).toBe(0);
    const coverage = chain.path('coverage');
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'runner/start.cjs')], {
      cwd: chain.folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
    });
    expect([status, stderr]).toEqual([0, expect.stringMatching(/= total: up to date\n.*data-out is up to date\n$/s)]);
    const [report] = readdirSync(coverage);
    const { result } = JSON.parse(readFileSync(join(coverage, report!), 'utf8')) as { result: { url: string }[] };
    const loaded = result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    expect(loaded).toEqual([
      expect.stringMatching(/runner\/start\.cjs$/),
      expect.stringMatching(/\.cache\/bth-mrio\/runner\/[0-9a-f]{16}\/up-to-date\.cjs$/),
    ]);
  });

  it('reads every file again if it is paranoid', async () => {
    const chain = project(CHAIN);
    expect((await onCommandLine(chain)).code).toBe(0);
    // Another file system may give a changed file the size, the times and the number that it had.
    const file = chain.path('data-raw/regions.csv');
    chain.edit('data-raw/regions.csv', 'A,1', 'A,7');
    const { size, mtimeNs, ctimeNs, ino } = statSync(file, { bigint: true });
    const memo = JSON.parse(chain.read('.cache/memo.json')) as {
      hashes: Record<string, { stamp: string; hash: string }>;
    };
    memo.hashes[file] = {
      stamp: `${size}:${mtimeNs}:${ctimeNs}:${ino}`,
      hash: createHash('sha256').update(CHAIN['data-raw/regions.csv']!).digest('hex'),
    };
    chain.write({ '.cache/memo.json': JSON.stringify(memo) });
    expect((await onCommandLine(chain, 'status')).out).toMatch(/^= made +up to date\n/);
    expect((await onCommandLine(chain, 'status', '--paranoid')).out).toContain(
      '> region   will run: data-raw/regions.csv changed',
    );
    expect((await onCommandLine(chain, '--paranoid')).err).toContain('+ made: amount (3 rows)');
    expect((await onCommandLine(chain, '--paranoid')).err).not.toContain('+ made');
  });

  it('ends with 1 if a stage fails, with its message and no stack for a StageError', () => {
    const chain = project({ ...CHAIN, 'data-raw/regions.csv': 'code,people\nA,-1\n' });
    const { code, err } = cli(chain, 'run', 'made');
    expect(code).toBe(1);
    expect(err).toContain('x sources failed\n  data-raw/regions.csv: column people is below the minimum 0 in 1 row\n');
    expect(err).not.toMatch(STACK);
  });

  it.each([
    [['status', 'extra'], '`status` takes no stage'],
    [['why'], '`why` takes one stage'],
    [['stauts'], 'There is no command `stauts`. Did you mean `status`?'],
    [['why', 'doubld'], 'There is no stage `doubld`. Did you mean `doubled`?'],
    [['--cahce', 'x'], "Unknown option '--cahce'"],
    [['--file', '/nothing.yaml'], 'nothing.yaml: cannot be read'],
  ])('ends with 2 for %j, without a stack', async (args, message) => {
    const { code, err, out } = await onCommandLine(project(CHAIN), ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toMatch(STACK);
  });

  it('ends with 2 for a wrong pipeline file', () => {
    const { code, err } = cli(project({ 'pipeline.yaml': 'pipeline: x\nstagse: {}\n' }));
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('pipeline.yaml:2:1: unknown key `stagse`\n  2 | stagse: {}\n      ^\n'),
    ]);
    expect(err).not.toMatch(STACK);
  });

  it('shows where code is wrong that nothing has run yet', async () => {
    const chain = project({ ...CHAIN, 'stages/made.ts': 'export default async () => {\n  const = 1;\n};' });
    const { code, err } = await onCommandLine(chain, 'run', 'made');
    expect(code).toBe(1);
    expect(err).toMatch(/x made failed\n {2}stages\/made\.ts:2:9: /);
    const status = await onCommandLine(chain, 'status');
    expect([status.code, status.err]).toEqual([
      1,
      expect.stringMatching(/^stages\/made\.ts:2:9: [^]*Correct the code there\.\n$/),
    ]);
  });

  it('says what the system refuses, without a stack', async () => {
    const { code, err } = await onCommandLine(project(CHAIN), 'run', '--cache', '/dev/null/cache');
    expect(code).toBe(1);
    expect(err).toContain('ENOTDIR');
    expect(err).not.toMatch(STACK);
  });

  it('has help for each command, with an example', async () => {
    const chain = project(CHAIN);
    expect((await onCommandLine(chain, '--help')).out).toMatch(
      /run \[STAGE\.\.\.\][^]*status[^]*why STAGE[^]*Exit codes/,
    );
    expect((await onCommandLine(chain, 'help')).out).toBe((await onCommandLine(chain, '--help')).out);
    expect((await onCommandLine(chain, 'help', 'why')).out).toBe((await onCommandLine(chain, 'why', '--help')).out);
    expect((await onCommandLine(chain, 'why', '--help')).out).toContain('Example: npm run pipeline -- why correlation');
  });

  it('keeps the cache where it is told to', async () => {
    const chain = project(CHAIN);
    expect((await onCommandLine(chain, 'run', 'other', '--cache', chain.path('store'))).code).toBe(0);
    expect(existsSync(chain.path('.cache/receipts'))).toBe(false);
    expect(chain.read('store/memo.json')).not.toBe('');
  });
});
