import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../../runner/pipeline-place.ts';
import { unbrokenSeal } from '../../runner/unbroken-seal.ts';
import { CHAIN, project, projectThatRan, type Project } from './project.ts';

describe('a stage runs again', () => {
  it('for an edit three imports deep, and for nothing else in files that it reaches', async () => {
    const chain = await projectThatRan({
      ...CHAIN,
      'stages/helpers/scale.ts': `export { scale } from './deep/middle.ts';\n`,
      'stages/helpers/deep/middle.ts': `import { times } from '../deeper/end.ts';\nexport const scale = (count, factor) => times(count, factor);\n`,
      'stages/helpers/deeper/end.ts': `export const times = (a, b) => a * b;\nexport const unused = 1;\n`,
    });
    chain.edit('stages/helpers/deeper/end.ts', 'unused = 1', 'unused = 2');
    expect((await chain.run()).executed).toEqual([]);
    chain.edit('stages/helpers/deeper/end.ts', 'a * b', 'a * b + 1');
    expect(await chain.why('made')).toMatch(/code stages\/helpers\/deeper\/end\.ts: [0-9a-f]{8} -> [0-9a-f]{8}$/);
    expect((await chain.run()).executed).toEqual(['made', 'doubled', 'total']);
  });

  it('for a file that one of its imports means from now on', async () => {
    const chain = project({ ...CHAIN, 'stages/helpers/scale.js': CHAIN['stages/helpers/scale.ts']! });
    rmSync(chain.path('stages/helpers/scale.ts'));
    chain.edit('stages/made.ts', './helpers/scale.ts', './helpers/scale');
    await chain.run();
    chain.write({ 'stages/helpers/other.txt': 'no code' });
    expect((await chain.run()).executed).toEqual([]);
    chain.write({ 'stages/helpers/scale.ts': 'export const scale = (count, factor) => count * factor + 1;' });
    expect((await chain.run()).executed).toEqual(['made', 'doubled', 'total']);
  });

  it('for what package.json says that an import means', async () => {
    const meaning = (file: string) => JSON.stringify({ imports: { '#scale': file } });
    const chain = project({
      ...CHAIN,
      'package.json': meaning('./stages/helpers/scale.ts'),
      'stages/helpers/other.ts': 'export const scale = (count, factor) => count + factor;',
    });
    chain.edit('stages/made.ts', './helpers/scale.ts', '#scale');
    await chain.run();
    chain.write({ 'package.json': meaning('./stages/helpers/other.ts') });
    expect((await chain.run()).executed).toEqual(['made', 'doubled', 'total']);
  });
});

describe('nothing runs again', () => {
  it('in another checkout that shares the cache', async () => {
    const [one, other] = [project(CHAIN), project(CHAIN)];
    await one.run();
    const { executed } = await other.runWith({ cache: relative(other.folder, one.path('.cache')) });
    expect(executed).toEqual([]);
    expect(other.read('data-out/report.txt')).toBe('total 24\n');
  });

  it('for another environment, number of jobs or way of telling', async () => {
    const chain = await projectThatRan(CHAIN);
    const start = join(import.meta.dirname, '../../runner/start.cjs');
    const { stdout, status } = spawnSync(
      process.execPath,
      [start, 'run', '--json', '--jobs', '3', '--memory', '1 GiB'],
      {
        cwd: chain.folder,
        env: {
          ...process.env,
          LANG: 'zh_CN.UTF-8',
          TZ: 'Asia/Shanghai',
          ANYTHING: 'else',
          NODE_OPTIONS: '--max-old-space-size=700',
        },
        encoding: 'utf8',
      },
    );
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect([status, new Set(kinds)]).toEqual([0, new Set(['planned', 'cached', 'already-published'])]);
  });
});

/** Runs as a user does; returns what is said. */
function cli({ folder }: Project, ...args: string[]): string {
  const start = join(import.meta.dirname, '../../runner/start.cjs');
  return spawnSync(process.execPath, [start, ...args], { cwd: folder, encoding: 'utf8' }).stderr;
}

/** Says whether the seal still lets a run say at once that it has nothing to do. */
function sealOf(of: Project): () => boolean {
  const { runner } = JSON.parse(of.read('.cache/seal.json')) as { runner: string };
  return () => unbrokenSeal(of.path('.cache'), placeOf(of.path('pipeline.yaml')), runner) !== null;
}

const files = (of: Project, folder: string): string[] =>
  readdirSync(of.path(folder)).map((entry) => join(folder, entry));

/** One stage, with a helper. */
const ONE: Readonly<Record<string, string>> = {
  'pipeline.yaml': `pipeline: one
sources:
  region:
    file: data-raw/regions.csv
    evidence: published fact
    columns: { code: VARCHAR, people: INTEGER }
stages:
  made:
    run: stages/made.ts
    inputs: [region]
    parameters: { times: 2 }
    outputs:
      report: { file: report.txt, publish_as: report.txt }
`,
  'data-raw/regions.csv': CHAIN['data-raw/regions.csv']!,
  'stages/made.ts': `import { writeFileSync } from 'node:fs';
import { scale } from './helpers/scale.ts';
export default async ({ query, outputs, parameters }) => {
  const { people } = await query('SELECT sum(people) AS people FROM region');
  writeFileSync(outputs.report, \`total \${scale(people[0], parameters.times)}\\n\`);
};
`,
  'stages/helpers/scale.ts': CHAIN['stages/helpers/scale.ts']!,
};

describe('the seal of a run with nothing to do', () => {
  // What is done to the project, and what the next run says of it.
  const CHANGES: readonly (readonly [string, (chain: Project) => void, RegExp])[] = [
    [
      'an edited source',
      (chain) => {
        chain.edit('data-raw/regions.csv', 'A,1', 'A,5');
      },
      /\+ made/,
    ],
    [
      'an edited helper',
      (chain) => {
        chain.edit('stages/helpers/scale.ts', 'factor;', 'factor + 1;');
      },
      /\+ made/,
    ],
    [
      'an edited pipeline file',
      (chain) => {
        chain.edit('pipeline.yaml', 'times: 2', 'times: 3');
      },
      /\+ made/,
    ],
    [
      'a touched file, in vain',
      (chain) => {
        utimesSync(chain.path('data-raw/regions.csv'), 1, 1);
      },
      /= made: up to date/,
    ],
    ['a file put in the place of another of the same size and time', replaceUnseen, /\+ made/],
    [
      'an object that is gone',
      (chain) => {
        rmSync(chain.path(files(chain, '.cache/objects')[0]!));
      },
      /\+ /,
    ],
    [
      'receipts that are gone',
      (chain) => {
        rmSync(chain.path('.cache/receipts'), { recursive: true });
      },
      /\+ made/,
    ],
    [
      'a result that was edited',
      (chain) => {
        writeFileSync(chain.path('data-out/report.txt'), 'x');
      },
      /\+ published/,
    ],
    [
      'a result that is gone',
      (chain) => {
        rmSync(chain.path('data-out/report.txt'));
      },
      /\+ published/,
    ],
    [
      'results that are gone',
      (chain) => {
        rmSync(chain.path('data-out'));
      },
      /\+ published/,
    ],
    [
      'a seal that is cut short',
      (chain) => {
        writeFileSync(chain.path('.cache/seal.json'), '{"ver');
      },
      /= made: up to date/,
    ],
  ];

  it('is broken by everything that a run would see', { timeout: 180_000 }, async () => {
    const projects = await Promise.all(CHANGES.map(() => projectThatRan(ONE)));
    await sleep(2100);
    for (const [index, [what, change, said]] of CHANGES.entries()) {
      const of = projects[index]!;
      expect(cli(of), what).toMatch(/= made: up to date[^]*is up to date\n$/);
      const holds = sealOf(of);
      expect(holds(), what).toBe(true);
      change(of);
      expect(holds(), what).toBe(false);
      expect(cli(of), what).toMatch(said);
      expect(of.read('data-out/report.txt')).toMatch(/^total \d+\n$/);
    }
  });

  it('is of one pipeline file, and not for a run of a part, another command or a doubtful one', async () => {
    const chain = project({ ...CHAIN, 'other.yaml': CHAIN['pipeline.yaml']!.replace('times: 2', 'times: 7') });
    cli(chain);
    await sleep(2100);
    cli(chain);
    expect(existsSync(chain.path('.cache/seal.json'))).toBe(true);
    expect(cli(chain, '--file', 'other.yaml')).toMatch(/\+ doubled/);
    expect(cli(chain, 'run', 'other')).toContain('data-out is left as it is');
    expect(cli(chain, '--jobs', 'x')).toContain('--jobs takes a number');
  });
});

/** Another content with the same size and modification time, as a restored backup may have it. */
function replaceUnseen(chain: Project): void {
  const file = chain.path('data-raw/regions.csv');
  const { atime, mtime } = statSync(file);
  writeFileSync(`${file}.new`, chain.read('data-raw/regions.csv').replace('A,1', 'A,8'));
  utimesSync(`${file}.new`, atime, mtime);
  renameSync(`${file}.new`, file);
}
