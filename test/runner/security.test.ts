import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MistakeError } from '../../runner/diagnostic.ts';
import { parsePipeline } from '../../runner/pipeline-file.ts';
import { CHAIN, project, type Project } from './project.ts';

const GOOD = CHAIN['pipeline.yaml']!;

/** What is said of a text; empty: it is read. */
function mistake(text: string): string {
  try {
    parsePipeline(text, { absolute: '/pipeline.yaml', file: 'pipeline.yaml', root: '/nowhere', exists: () => true });
    return '';
  } catch (error) {
    if (error instanceof MistakeError) return error.message;
    throw error;
  }
}

function changed(from: string, to: string): string {
  const parts = GOOD.split(from);
  if (parts.length !== 2) throw new Error(`the good pipeline has \`${from}\` ${parts.length - 1} times`);
  return parts.join(to);
}

/** A folder outside of every project, with a file in it that is nobody's business. */
function elsewhere(): { readonly folder: string; readonly file: string; readonly untouched: () => boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = join(folder, 'mine.txt');
  writeFileSync(file, 'mine');
  const before = statSync(file);
  return {
    folder,
    file,
    untouched: () => {
      const now = statSync(file);
      return (
        readFileSync(file, 'utf8') === 'mine' &&
        now.mode === before.mode &&
        now.ino === before.ino &&
        readdirSync(folder).length === 1
      );
    },
  };
}

describe('YAML makes plain values only', () => {
  it.each([
    '!!js/function "function () {}"',
    '!!js/regexp /x/',
    '!!python/object/apply:os.system [ls]',
    '!!binary R0lGODlhDAAMAIQAAP',
    '!!set { a, b }',
    '!!omap [a: 1]',
    '!!timestamp 2001-12-14',
    '!<tag:example.org,2002:x> 1',
    '!mine 1',
  ])('a parameter %s is refused', (value) => {
    expect(mistake(changed('times: 2', `times: ${value}`))).toMatch(/^pipeline\.yaml:23:\d+: Unresolved tag/);
  });

  it('in the same way where a file asks for YAML 1.1', () => {
    expect(mistake(`%YAML 1.1\n---\n${changed('times: 2', 'times: !!binary aa')}`)).toContain('Unresolved tag');
    expect(mistake(`%YAML 1.1\n---\n${changed('times: 2', '<<: { times: 2 }')}`)).toContain('`<<` is not allowed');
  });

  it('and no merging of maps', () => {
    expect(mistake(changed('inputs: [amount]', '<<: { inputs: [amount] }'))).toContain('unknown key `<<`');
    expect(mistake(changed('times: 2', '<<: { times: 2 }'))).toContain('`<<` is not allowed');
  });

  const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '"\\u005f_proto__"'];
  it.each([
    ['of a stage', '  total:\n', (name: string) => `  ${name}:\n`],
    ['of a source', '  region:\n', (name: string) => `  ${name}:\n`],
    ['of an artifact', 'report: { file', (name: string) => `${name}: { file`],
    ['of a column', 'columns: { people:', (name: string) => `columns: { ${name}:`],
    [
      'of a key of a column',
      '{ type: DOUBLE, unit: t }',
      (name: string) => `{ type: DOUBLE, ${name}: { polluted: 1 } }`,
    ],
    ['of a parameter', 'times: 2', (name: string) => `times: 2, ${name}: { polluted: 1 }`],
    ['in a parameter', 'times: 2', (name: string) => `times: [{ a: { ${name}: { polluted: 1 } } }]`],
    ['of the type of a parameter', 'times: 2 }', (name: string) => `times: 2 }\n    parameter_types: { ${name}: any }`],
    ['at the top', 'pipeline: chain', (name: string) => `pipeline: chain\n${name}: { polluted: 1 }`],
    ['of a scenario', 'pipeline: chain', (name: string) => `pipeline: chain\nscenarios: { ${name}: {} }`],
    [
      'of a stage of a scenario',
      'pipeline: chain',
      (name: string) => `pipeline: chain\nscenarios: { a: { ${name}: {} } }`,
    ],
  ])('no name that every object has: %s', (_, from, to) => {
    for (const name of NAMES) {
      const said = mistake(changed(from, to(name)));
      expect(said).toMatch(/^pipeline\.yaml:\d+:\d+: `\w+` cannot be a name here: it is reserved\n/);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    }
  });

  it('shows what a file says, and lets no terminal obey it', () => {
    const said = mistake(changed('  total:\n', '  "a\\e[2J\\nb":\n'));
    expect(said).toContain('the stage name `a\\u{1b}[2J\\u{a}b` is not allowed\n');
    expect(said).toContain('Use lower-case letters');
    expect(mistake(`pipeline: "\u001b[2J"`)).not.toContain('\u001b');
  });

  it('whose texts are texts', () => {
    expect(mistake(changed('times: 2', 'times: "a\\0b"'))).toMatch(/^pipeline\.yaml:23:26: a text cannot hold a NUL/);
    expect(mistake(changed('times: 2', 'times: "\\uD800"'))).toContain('half a character');
  });
});

describe('a path that leads outside is refused', () => {
  const shell = GOOD.replace('run: stages/total.ts', 'sh: cp {file:PATH} {outputs.report}');
  it.each([
    ['file of a source', (path: string) => changed('data-raw/regions.csv', path)],
    ['run', (path: string) => changed('stages/doubled.sql', path)],
    ['publish_as', (path: string) => changed('publish_as: report.txt', `publish_as: ${path}`)],
    ['file of an output', (path: string) => changed('file: report.txt', `file: ${path}`)],
    [
      '{file:PATH}',
      (path: string) =>
        shell
          .replace('sh: cp {file:PATH} {', `sh: "cp {file:${path.slice(1, -1)}} {`)
          .replace('{outputs.report}', '{outputs.report}"'),
    ],
  ])('%s', (what, pipelineOf) => {
    const paths = ['..', '../a.sql', 'a/../../a.sql', '/etc/a.sql', 'a\\\\b.sql', '..\\\\a.sql', 'C:/a.sql', 'C:a.sql'];
    const odd = ['.', './a.sql', 'a//a.sql', 'a/', '//host/a.sql', 'a\\0.sql', 'a\\nb.sql'];
    for (const path of [...paths, ...odd]) {
      const said = mistake(pipelineOf(`"${path}"`));
      // A line break ends what stands in braces: it is the shell's.
      if (path === 'a\\nb.sql' && said === '') continue;
      expect([path, said]).toEqual([path, expect.stringMatching(/^pipeline\.yaml:\d+:\d+: /)]);
      // A source may be a folder, but no table then.
      const isFolder = what === 'file of a source' && path === 'a/';
      if (!/\\[0n]/.test(path) && !isFolder)
        expect([path, said]).toEqual([path, expect.stringContaining('leads outside')]);
    }
  });
});

/** One stage of this code. */
const single = (code: string): Project =>
  project({
    'pipeline.yaml':
      'pipeline: single\nstages: { one: { run: stages/one.ts, outputs: { report: { file: a.txt } } } }\n',
    'stages/one.ts': code,
  });

const small = (): Project =>
  single(`import { writeFileSync } from 'node:fs';
export default async ({ outputs }) => writeFileSync(outputs.report, 'made');`);

describe('links that the user has put', () => {
  it('a source may be a link to a file elsewhere, and is followed where that changes', async () => {
    const other = elsewhere();
    const chain = project(CHAIN);
    rmSync(chain.path('data-raw/regions.csv'));
    writeFileSync(other.file, 'code,people\nA,1\n');
    symlinkSync(other.file, chain.path('data-raw/regions.csv'));
    expect((await chain.run('other')).executed).toEqual(['other']);
    writeFileSync(other.file, 'code,people\nA,2\n');
    expect((await chain.run('other')).executed).toEqual(['other']);
    expect(readdirSync(other.folder)).toEqual(['mine.txt']);
  });

  it('the cache may be a link', async () => {
    const other = elsewhere();
    const chain = small();
    rmSync(chain.path('.cache'), { recursive: true });
    symlinkSync(other.folder, chain.path('.cache'));
    expect((await chain.run()).outcome).toEqual({ ok: true });
    expect(chain.read('data-out/one/a.txt')).toBe('made');
    expect(readFileSync(other.file, 'utf8')).toBe('mine');
  });

  it('the folder of editions may not: what is in it would be removed', async () => {
    const other = elsewhere();
    const chain = small();
    symlinkSync(other.folder, chain.path('.data-out'));
    await expect(chain.run()).rejects.toThrow(/\.data-out is a link\.\n {2}Move it away/);
    expect(other.untouched()).toBe(true);
  });

  it('what is no edition stays where editions are kept', async () => {
    const chain = small();
    chain.write({ '.data-out/mine.txt': 'mine' });
    await chain.run();
    expect(chain.read('.data-out/mine.txt')).toBe('mine');
  });

  it('an edition that became a link is made again, and what it leads to is left', async () => {
    const other = elsewhere();
    const chain = small();
    await chain.run();
    const edition = chain.path(chain.edition());
    const moved = join(other.folder, 'edition');
    renameSync(edition, moved);
    symlinkSync(moved, edition);
    await chain.run();
    expect(lstatSync(chain.path(chain.edition())).isDirectory()).toBe(true);
    expect(chain.read('data-out/one/a.txt')).toBe('made');
    expect(readFileSync(join(moved, 'one/a.txt'), 'utf8')).toBe('made');
  });

  it('objects and receipts that became links are made again, and what they lead to is left', async () => {
    const other = elsewhere();
    const chain = small();
    await chain.run();
    for (const folder of ['objects', 'receipts', 'latest']) {
      for (const entry of readdirSync(chain.path(`.cache/${folder}`))) {
        rmSync(chain.path(`.cache/${folder}/${entry}`), { force: true });
        symlinkSync(other.file, chain.path(`.cache/${folder}/${entry}`));
      }
    }
    expect((await chain.run()).outcome).toEqual({ ok: true });
    expect(chain.read('data-out/one/a.txt')).toBe('made');
    expect(other.untouched()).toBe(true);
  });
});

const DIAGNOSING = `pipeline: failing
stages:
  failing: { run: stages/failing.ts, outputs: { why: { columns: { reason: VARCHAR }, diagnosis: true } } }
`;

describe('a stage', () => {
  it('that leaves a folder for a file is refused', async () => {
    const code = `import { mkdirSync } from 'node:fs';
export default async ({ outputs }) => mkdirSync(outputs.report);`;
    expect((await single(code).run()).message).toContain('The output report is not a plain file');
  });

  it('that puts a link in the place of its folder gets nothing from there', async () => {
    const other = elsewhere();
    const code = `import { rmdirSync, symlinkSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
export default async ({ outputs }) => {
  rmdirSync(dirname(outputs.report));
  symlinkSync(${JSON.stringify(other.folder)}, dirname(outputs.report));
};`;
    renameSync(other.file, join(other.folder, 'a.txt'));
    expect((await single(code).run()).message).toBe("The output report is not a plain file of the stage's own");
    expect(readdirSync(other.folder)).toEqual(['a.txt']);
  });

  it('that gives another name of a file of yours leaves that writable, and apart from what is stored', async () => {
    const one = single(`import { linkSync } from 'node:fs';
export default async ({ outputs }) => linkSync(PLACE, outputs.report);`);
    one.write({ 'mine.txt': 'mine' });
    one.edit('stages/one.ts', 'PLACE', JSON.stringify(one.path('mine.txt')));
    const before = statSync(one.path('mine.txt')).mode;
    expect((await one.run()).message).toBe('');
    expect(statSync(one.path('mine.txt')).mode).toBe(before);
    one.write({ 'mine.txt': 'edited' });
    expect(one.read('data-out/one/a.txt')).toBe('mine');
    expect((await one.run()).executed).toEqual([]);
  });

  it('that fails empties no folder to which a link leads', async () => {
    const other = elsewhere();
    const failing = project({
      'pipeline.yaml': DIAGNOSING,
      'stages/failing.ts': `export default async ({ writeTable }) => {
  await writeTable('why', { reason: ['so'] });
  throw new Error('no');
};`,
    });
    mkdirSync(failing.path('.cache/failed'), { recursive: true });
    symlinkSync(other.folder, failing.path('.cache/failed/failing.failing'));
    expect((await failing.run()).message).toContain('.cache/failed/failing.failing/why.parquet');
    expect(existsSync(failing.path('.cache/failed/failing.failing/why.parquet'))).toBe(true);
    expect(other.untouched()).toBe(true);
  });
});

describe('texts of a pipeline file are data', () => {
  const texts = fc.sample(
    fc.string({
      unit: fc.constantFrom(
        ...Array.from(`'";\\$()\`{}*?~!#&|<> \n\t-%@=[]^é𝒳`),
        '$(touch polluted)',
        "'; DROP TABLE x; --",
        '\r',
      ),
      maxLength: 12,
    }),
    { numRuns: 100, seed: 1 },
  );
  const given = [...new Set(['-n', '--help', '-rf /', ...texts])];

  it('to a shell', async () => {
    const parameters = Object.fromEntries(given.map((text, index) => [`p${index}`, text]));
    const words = Object.keys(parameters).map((name) => `{parameters.${name}}`);
    const all = project({
      'pipeline.yaml': JSON.stringify({
        pipeline: 'words',
        stages: {
          all: {
            sh: `printf '%s\\0' ${words.join(' ')} > {outputs.all}; ls -A >> {outputs.all}`,
            parameters,
            outputs: { all: { file: 'all.txt' } },
          },
        },
      }),
    });
    expect((await all.run()).message).toBe('');
    expect(all.read('data-out/all/all.txt')).toBe([...given, ''].join('\0'));
  });

  it('to SQL, whose own words may be names', async () => {
    const sql = project({
      'pipeline.yaml': JSON.stringify({
        pipeline: 'sql',
        stages: {
          select: {
            run: 'stages/select.sql',
            parameters: { table: given, where: { order: 'it\'s; "so"' } },
            outputs: { order: { columns: { group: 'VARCHAR', from: 'VARCHAR' }, key: ['group', 'from'] } },
          },
          shown: { run: 'stages/shown.ts', inputs: ['order'], outputs: { report: { file: 'report.json' } } },
        },
      }),
      'stages/select.sql': `CREATE TABLE "order" AS
SELECT unnest(getvariable('table')) AS "group", getvariable('where')['order'] AS "from";`,
      'stages/shown.ts': `import { writeFileSync } from 'node:fs';
export default async ({ query, outputs }) => writeFileSync(outputs.report, JSON.stringify(await query('FROM "order"')));`,
    });
    expect((await sql.run()).message).toBe('');
    const { group, from } = JSON.parse(sql.read('data-out/shown/report.json')) as Record<string, string[]>;
    expect(group!.toSorted()).toEqual(given.toSorted());
    expect(new Set(from)).toEqual(new Set(['it\'s; "so"']));
  });
});
