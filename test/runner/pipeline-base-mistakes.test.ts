import { describe, expect, it } from 'vitest';
import { mistake, other, STUDY, WITH_ESTIMATES, wrong } from './based-study.ts';

describe('a mistake', () => {
  it('in what null leaves is shown where it is written', () => {
    expect(wrong(`stages: { estimates: { run: null } }`)).toMatch(/^other\.yaml:3:22: .*does not say what it runs\n/);
    expect(wrong(`sources: { region: { file: null } }\n${WITH_ESTIMATES}`)).toContain(
      '`sources.region.file` is missing',
    );
    expect(wrong(`stages: { page: { outputs: { page: null } } }`)).toContain('no output');
    expect(wrong('stages: { estimates: , totals: { outputs: { total: null } }, page: }')).toContain(
      'The stage `totals` of the base makes it, but not as it is here: declare it under its `outputs`.',
    );
  });

  it('in columns that leave out what the key of the base names is said once', () => {
    const files = {
      'pipeline.yaml': STUDY.replace(
        '{ columns: { codes: BIGINT } }',
        '{ columns: { a: BIGINT, b: BIGINT, c: BIGINT }, key: [a, b, c] }',
      ),
    };
    const on = (noted: string) =>
      mistake(
        `pipeline: other\nbase: pipeline.yaml\nstages: { estimates: , totals: { outputs: { noted: ${noted} } } }`,
        files,
      );
    expect(on('{ columns: { c: BIGINT } }').match(/other\.yaml:/g)).toHaveLength(1);
    expect(() => on('{ columns: { c: BIGINT }, key: [c] }')).toThrow('was accepted');
    expect(() => on('{ columns: { c: BIGINT }, key: null }')).toThrow('was accepted');
    expect(() => on('{ columns: { c: BIGINT, b: BIGINT, a: BIGINT, d: BIGINT } }')).toThrow('was accepted');
    expect(wrong(`sources: { region: { columns: { province: VARCHAR } } }\n${WITH_ESTIMATES}`)).toMatch(
      /^other\.yaml:3:22: `columns` here replaces those of the base: give all of them, or a `key`\n[^]*`code`\.$/,
    );
  });

  it('in what is merged is shown where it is nearest, with the base that says so', () => {
    expect(wrong('stages:\n  totals: { outputs: { total: { key: [code] } } }\n  estimates:\n')).toMatch(
      /^other\.yaml:4:39: the key names no column `code`\n/,
    );
    expect(wrong('stages:\n  estimates: { outputs: { estimate: { columns: { value: DOUBLE } } } }\n')).toMatch(
      /^other\.yaml:4:39: `columns` here replaces those of the base: give all of them, or a `key`\n.*\n.*\n {2}The key of the base names `code`\.$/,
    );
    expect(wrong('stages:\n  estimates:\n  totals: { parameters: { times: 0 } }\n')).toMatch(/^other\.yaml:5:34: .*1/);
    // A source that is not named here has no place but that of the base.
    expect(wrong('sources: { province: { columns: { n: VARCHAR } } }\nstages: { estimates: }')).toMatch(
      /^other\.yaml:2:1: `province` declares no column `name` \(so it is in the base `pipeline\.yaml`\)\n {2}2 \| base: /,
    );
  });

  it('of an input that nobody makes names the stage that does', () => {
    expect(wrong('stages:\n  page:\n')).toBe(
      [
        'other.yaml:4:3: no source or artifact is named `total` (so it is in the base `pipeline.yaml`)',
        '  4 |   page:',
        '        ^',
        '  The stage `totals` of the base makes it: name that stage under `stages:` here. Or name a file of your own for `total` under `sources:`.',
      ].join('\n'),
    );
    expect([
      ...other('sources: { total: { file: t.csv, columns: { value: DOUBLE } } }\nstages: { page: }').stages.keys(),
    ]).toEqual(['page']);
    // A file cannot be a matrix.
    const files = {
      'pipeline.yaml': STUDY.replace('stages/totals.sql', 'stages/totals.ts')
        .replace('noted: { columns: { codes: BIGINT } }', 'noted: { matrix: true }')
        .replace('inputs: [total]', 'inputs: [total, noted]'),
    };
    const own = 'stages: { page: { inputs: [total, noted] } }';
    const said = mistake(`pipeline: other\nbase: pipeline.yaml\n${own}`, files).split('\n\n');
    expect(said.map((one) => one.split('\n').at(-1)!.includes('Or name a file'))).toEqual([true, false]);
  });

  it('of several inputs that the base lists and that are not here is told once, with the list that would do', () => {
    const files = {
      'pipeline.yaml': STUDY.replace('inputs: [total]', 'inputs: [region, note, total, province, noted]'),
    };
    const based = 'pipeline: other\nbase: pipeline.yaml\n';
    expect(mistake(`${based}stages:\n  page:\n`, files)).toBe(
      [
        'other.yaml:4:3: stage `page` reads what is not here: note, total, noted (so it is in the base `pipeline.yaml`)',
        '  4 |   page:',
        '        ^',
        '  Give it `inputs:` of its own, with what there is here: `inputs: [region, province]`. Or name under `stages:` what makes the others: notes, totals.',
      ].join('\n'),
    );
    // A list of its own is gone through name by name.
    expect(mistake(`${based}stages: { page: { inputs: [note, total] } }`, files).match(/other\.yaml:/g)).toHaveLength(
      2,
    );
  });

  it('of a study that does not name its base is told first, without what follows from it', () => {
    const bare = 'stages:\n  estimates:\n  totals: { parameters: { times: 3 }, inptus: [a] }\n  page:\n';
    expect(mistake(`# Ours\npipeline: other\n${bare}`).split('\n\n')).toEqual([
      [
        'other.yaml:2:1: there is no `base`, and without one `estimates:`, `page:` cannot be without a value',
        '  2 | pipeline: other',
        '      ^',
        '  Name the pipeline file that they are taken from, such as `base: pipeline.yaml`, or say what each of them is.',
      ].join('\n'),
      expect.stringMatching(/^other\.yaml:5:39: unknown key `inptus`/),
    ]);
    expect(mistake(`pipeline: other\nstages: { a: , b: , c: , d: , e: }`)).toContain(
      '`a:`, `b:`, `c:` and 2 more cannot',
    );
    expect(mistake(`pipeline: other\nstages: { a: { inputs: [b] } }`)).not.toContain('base');
    expect(mistake(`pipeline: other\nstages: { a: , b: 1 }`)).toContain('`stages.b` has to be a map');
  });

  it('of a path says which folder is the project', () => {
    expect(mistake('pipeline: other\nbase: gone.yaml\nstages: { totals: }')).toMatch(
      /\n {2}Create it, or correct the path; it is relative to the project, which is \/project\.\n {2}A study has to lie inside the project of its base: /,
    );
    expect(mistake('pipeline: other\nbase: /elsewhere/pipeline.yaml\nstages: { totals: }')).toMatch(
      /leads outside the project\n[^]*forward slashes\. The project is \/project\.\n {2}A study has to lie inside/,
    );
    expect(wrong('sources: { region: { file: ../r.csv } }\nstages: { totals: }')).toMatch(
      / The project is \/project\.$/,
    );
    expect(wrong('stages: { totals: { run: missing.sql } }')).toContain('the project, which is /project.');
  });

  it.each([
    [
      'stages: { totls: }',
      'other.yaml:3:11: the base has no stage `totls`: give it `run` or `sh`, or correct the name',
      'totals',
    ],
    ['stages: { totls: { threads: 1 } }', 'other.yaml:3:11: the base has no stage `totls`', 'Did you mean `totals`?'],
    [
      'sources: { regoin: }\nstages: { totals: }',
      'other.yaml:3:12: the base has no source `regoin`: give it `file`, or correct the name',
      '`region`?',
    ],
    ['stages: { totals: { inptus: [a] } }', 'other.yaml:3:21: unknown key `inptus`', 'Did you mean `inputs`?'],
    ['stages: { totals: { ouputs: {} } }', 'unknown key `ouputs`', 'Did you mean `outputs`?'],
    ['stages: { totals: { run: missing.sql } }', 'there is no file `missing.sql`', 'Create it'],
    ['stages:', '`stages` has to be a map', 'docs/pipeline.md'],
    ['stages: { new: { run: a.sql } }', 'other.yaml:3:16: `stages.new.outputs` is missing', 'docs/pipeline.md'],
  ])('%s', (rest, what, remedy) => {
    const said = wrong(rest);
    expect(said).toContain(what);
    expect(said).toContain(remedy);
  });

  it.each([
    ['base: gone.yaml', 'other.yaml:2:7: there is no file `gone.yaml`'],
    ['base: ../pipeline.yaml', 'other.yaml:2:7: `base`: the path `../pipeline.yaml` leads outside the project'],
    ['base: /pipeline.yaml', 'leads outside the project'],
    ['base:', 'other.yaml:2:6: `base` has to be a text, such as `pipeline.yaml`'],
    ['bsae: pipeline.yaml', 'Did you mean `base`?'],
    ['base: other.yaml', 'pipeline files are based on each other: other.yaml -> other.yaml'],
  ])('%s', (base, what) => {
    const text = `pipeline: other\n${base}\nstages: { totals: }\n`;
    expect(mistake(text, { 'other.yaml': text })).toContain(what);
  });

  it('of the base itself is shown with its own place', () => {
    const files = { 'pipeline.yaml': STUDY.replace('[measured, region]', '[measured, regoin]') };
    expect(mistake('pipeline: other\nbase: pipeline.yaml\nstages: { estimates: }', files)).toMatch(
      /^other\.yaml:2:7: the base `pipeline\.yaml` is wrong\n.*\n.*\n {2}Correct it there:\n\npipeline\.yaml:\d+:24: no source or artifact is named `regoin`\n/,
    );
  });

  it('of a ring of bases is shown where it closes', () => {
    const files = {
      'a.yaml': 'pipeline: a\nbase: b.yaml\nstages: { totals: }\n',
      'b.yaml': 'pipeline: b\n# on and on\nbase: a.yaml\nstages: { totals: }\n',
    };
    expect(
      mistake('pipeline: other\nbase: a.yaml\nstages: { totals: }', files)
        .split('\n\n')
        .map((said) => said.split('\n')[0]),
    ).toEqual([
      'other.yaml:2:7: the base `a.yaml` is wrong',
      'a.yaml:2:7: the base `b.yaml` is wrong',
      'b.yaml:3:7: pipeline files are based on each other: a.yaml -> b.yaml -> a.yaml',
    ]);
  });
});
