import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MistakeError } from '../../runner/diagnostic.ts';
import { basesOf, parsePipeline, readPipelineFile } from '../../runner/pipeline-file.ts';
import { placeOf } from '../../runner/pipeline-place.ts';
import type { Pipeline } from '../../runner/pipeline.ts';
import { onCommandLine } from './command-line.ts';
import { OTHER_STUDY as FILE, TWO_STUDIES as TWO } from './two-studies.ts';
import { project, type Project } from './project.ts';

/** A study of everything: a measured table that an estimate stands in for, a note that a stage reads if it is there. */
const STUDY = `pipeline: study
sources:
  region:
    file: data-raw/regions.csv
    evidence: published fact
    columns: { code: VARCHAR, province: { type: VARCHAR, references: province.name } }
    key: [code]
  province:
    file: data-raw/provinces.csv
    columns: { name: VARCHAR }
  measured:
    file: data-raw/measured.csv
    evidence: user's data
    otherwise: estimate
  unused:
    file: data-raw/unused.csv
stages:
  estimates:
    run: stages/estimates.sql
    inputs: [region]
    outputs:
      estimate:
        description: What was estimated
        columns: { code: { type: VARCHAR, references: region.code }, value: { type: DOUBLE, unit: t } }
        key: [code]
  notes:
    run: stages/notes.sql
    inputs: [region]
    outputs:
      note: { columns: { code: { type: VARCHAR, references: region.code }, said: VARCHAR }, key: [code] }
  totals:
    run: stages/totals.sql
    description: Sums
    inputs: [measured, region]
    optional_inputs: [note]
    parameters: { times: 2, shift: { by: 0, from: 0 } }
    parameter_types: { times: { type: number, min: 1 }, shift: any }
    threads: 1
    outputs:
      total: { description: All, columns: { value: DOUBLE }, publish_as: total.parquet }
      noted: { columns: { codes: BIGINT } }
  page:
    sh: cat {inputs.total} > {outputs.page}
    inputs: [total]
    outputs: { page: { file: page.txt } }
scenarios:
  more: { totals: { times: 3 } }
`;

/** Reads `other.yaml`, which is based on the study, out of files that are nowhere. */
function parse(text: string, files: Readonly<Record<string, string>> = {}): Pipeline {
  const all: Readonly<Record<string, string>> = { 'pipeline.yaml': STUDY, ...files };
  const place = (file: string) => ({ absolute: `/project/${file}`, file, root: '/project' });
  return parsePipeline(text, {
    ...place('other.yaml'),
    exists: (file) => !file.includes('missing'),
    readBase: (file) =>
      all[file] === undefined ? null : { ...place(file), folder: dirname(`/project/${file}`), text: all[file] },
  });
}

const other = (rest: string, head = 'pipeline: other\nbase: pipeline.yaml\n'): Pipeline => parse(`${head}${rest}`);

/** What is said of a text that is wrong. */
function mistake(text: string, files: Readonly<Record<string, string>> = {}): string {
  try {
    parse(text, files);
  } catch (error) {
    if (error instanceof MistakeError) return error.message;
    throw error;
  }
  throw new Error('the pipeline was accepted');
}

const wrong = (rest: string): string => mistake(`pipeline: other\nbase: pipeline.yaml\n${rest}`);

/** What is declared, without where it is written. */
const declared = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === 'at' || key === 'base' ? undefined : member)));

const study = parse(STUDY);
const WITH_ESTIMATES = 'stages: { estimates: , totals: }\n';

describe('what a pipeline takes from its base', () => {
  it('stages that are named, without a value as they are there, and no scenarios', () => {
    const { name, stages, scenarios } = other('stages:\n  totals:\n  estimates: {}\n');
    expect([name, ...stages.keys()]).toEqual(['other', 'totals', 'estimates']);
    for (const stage of stages.keys()) expect(declared(stages.get(stage))).toEqual(declared(study.stages.get(stage)));
    expect([scenarios.size, study.scenarios.size]).toEqual([0, 1]);
    expect([...other(`${WITH_ESTIMATES}scenarios: { own: { totals: { times: 5 } } }`).scenarios.keys()]).toEqual([
      'own',
    ]);
  });

  it('sources that its stages need, and those that these refer to', () => {
    expect([...other('stages: { estimates: }').sources.keys()]).toEqual(['region', 'province']);
    expect([...other(WITH_ESTIMATES).sources.keys()]).toEqual(['region', 'province', 'measured']);
    expect([...other(`sources: { unused: }\n${WITH_ESTIMATES}`).sources.keys()]).toEqual([
      'unused',
      ...['region', 'province', 'measured'],
    ]);
  });

  it('no source in whose place a stage here makes an artifact of that name', () => {
    const made = other(`stages:
  provinces: { run: stages/provinces.sql, outputs: { region: { columns: { code: VARCHAR } } } }
  estimates:
`);
    expect([...made.sources.keys()]).toEqual([]);
    expect(made.stages.get('estimates')!.inputs).toEqual(['region']);
  });

  it('what a source does not say here', () => {
    const { sources } = other(`sources: { region: { file: data-raw/others.csv, key: [province] } }\n${WITH_ESTIMATES}`);
    expect(sources.get('region')).toMatchObject({
      file: 'data-raw/others.csv',
      evidence: 'published fact',
      base: null,
      table: { key: ['province'], columns: [{ name: 'code' }, { name: 'province' }] },
    });
    expect(sources.get('province')).toMatchObject({ file: 'data-raw/provinces.csv', base: 'pipeline.yaml' });
    expect(other(`sources: { region: { evidence: a guess } }\n${WITH_ESTIMATES}`).sources.get('region')).toMatchObject({
      evidence: 'a guess',
      base: 'pipeline.yaml',
    });
  });

  it('a stand-in only if a stage here makes it; the file is held to the same columns', () => {
    expect(declared(other(WITH_ESTIMATES).sources.get('measured'))).toEqual(declared(study.sources.get('measured')));
    const alone = other('stages: { totals: }').sources.get('measured');
    expect(alone).toMatchObject({ otherwise: null, evidence: "user's data", description: 'What was estimated' });
    expect(alone!.table).toEqual(study.sources.get('measured')!.table);
    const named = other('sources: { measured: { file: a.csv } }\nstages: { totals: }').sources.get('measured');
    expect(named).toMatchObject({ file: 'a.csv', otherwise: null, table: alone!.table });
    const own = other('sources: { measured: { columns: { value: DOUBLE } } }\nstages: { totals: }').sources.get(
      'measured',
    );
    expect(own!.table).toMatchObject({ columns: [{ name: 'value' }], key: [] });
    // A folder was never held to columns.
    expect(other('sources: { measured: { file: a/ } }\nstages: { totals: }').sources.get('measured')!.table).toBe(null);
  });

  it('a stand-in that is named here, which somebody has to make', () => {
    const own = 'sources: { measured: { otherwise: note } }\n';
    expect(other(`${own}stages: { totals: , notes: }`).sources.get('measured')!.otherwise).toBe('note');
    expect(wrong(`${own}stages: { totals: }`)).toMatch(
      /^other\.yaml:3:35: no stage makes `note`\n[^]*The stage `notes` of the base makes it: name that stage under `stages:` here\.$/,
    );
  });

  it('fields of a stage but for those that are said here; parameters, their types and outputs by name', () => {
    const { stages } = other(`stages:
  estimates:
  totals:
    inputs: [measured]
    optional_inputs: []
    parameters: { shift: { by: 1 }, unit: t }
    parameter_types: { unit: text }
    outputs:
      total: { description: Half }
      noted: { file: noted.txt }
      more: { columns: { value: DOUBLE } }
    run: stages/totals.ts
`);
    expect(stages.get('totals')).toMatchObject({
      run: 'stages/totals.ts',
      description: 'Sums',
      inputs: ['measured'],
      optionalInputs: [],
      parameters: { times: 2, shift: { by: 1 }, unit: 't' },
      parameterTypes: { times: { kind: 'number', min: 1 }, shift: { kind: 'any' }, unit: { kind: 'text' } },
      threads: 1,
      outputs: [
        { name: 'total', kind: 'table', description: 'Half', publishAs: 'total.parquet', columns: [{ name: 'value' }] },
        { name: 'noted', kind: 'file', file: 'noted.txt' },
        { name: 'more', kind: 'table', publishAs: 'totals/more.parquet' },
      ],
    });
  });

  it('the work of a stage, be it of another kind', () => {
    const changed = other(`stages:
  estimates: { sh: 'cp {inputs.region} {outputs.estimate}' }
  totals:
  page: { run: stages/page.ts }
`).stages;
    expect(changed.get('estimates')).toMatchObject({ language: 'shell', inputs: ['region'] });
    expect(changed.get('page')).toMatchObject({ language: 'typescript', run: 'stages/page.ts', inputs: ['total'] });
    expect(wrong('stages: { totals: { run: a.sql, sh: b } }')).toContain('it cannot have both `run` and `sh`');
  });

  it('the columns of an optional input that nobody here makes: it is absent', () => {
    const { stages, elsewhere } = other(WITH_ESTIMATES);
    expect(stages.get('totals')!.optionalInputs).toEqual(['note']);
    expect(elsewhere.get('note')).toMatchObject({ columns: [{ name: 'code' }, { name: 'said' }], key: ['code'] });
    expect(other('stages: { estimates: , totals: , notes: }').elsewhere.size).toBe(0);
    const own = other(`sources: { note: { file: n.csv, columns: { said: VARCHAR } } }\n${WITH_ESTIMATES}`);
    expect([own.elsewhere.size, own.sources.has('note')]).toEqual([0, true]);
    // As an input it would have to be there.
    expect(wrong('stages: { estimates: , totals: { inputs: [note], optional_inputs: [] } }')).toContain(
      'no source or artifact is named `note`',
    );
  });

  it('what its base takes from another', () => {
    const files = {
      'middle.yaml': `pipeline: middle
base: pipeline.yaml
sources: { region: { file: data-raw/middle.csv } }
stages: { totals: { parameters: { times: 4 } } }
`,
    };
    const last = parse('pipeline: last\nbase: middle.yaml\nstages: { totals: { parameters: { shift: 1 } } }', files);
    expect(last.stages.get('totals')).toMatchObject({ run: 'stages/totals.sql', parameters: { times: 4, shift: 1 } });
    expect(last.sources.get('region')).toMatchObject({ file: 'data-raw/middle.csv', base: 'middle.yaml' });
    expect(last.elsewhere.has('note')).toBe(true);
    expect(last.bases).toEqual(['/project/middle.yaml', '/project/pipeline.yaml']);
    const further = parse('pipeline: last\nbase: middle.yaml\nstages: { estimates: , totals: }', files);
    expect(further.stages.get('estimates')).toMatchObject({ run: 'stages/estimates.sql', inputs: ['region'] });
    // The stand-in that the middle one leaves out is there again.
    expect(further.sources.get('measured')).toMatchObject({ otherwise: 'estimate' });
    expect(last.sources.get('measured')).toMatchObject({ otherwise: null });
    expect(mistake('pipeline: last\nbase: middle.yaml\nstages: { estimate: }', files)).toContain(
      'the base has no stage `estimate`, and here is not said `run` or `sh`',
    );
  });

  it('a source that is an optional input only where it is named', () => {
    const files = {
      'base.yaml': STUDY.replace('optional_inputs: [note]', 'optional_inputs: [note, province]').replace(
        ', columns: { code: VARCHAR, province: { type: VARCHAR, references: province.name } }',
        '',
      ),
    };
    const on = (said: string) => parse(`pipeline: last\nbase: base.yaml\n${said}`, files);
    const without = on('sources: { region: { columns: { code: VARCHAR } } }\nstages: { estimates: , totals: }');
    expect(without.sources.has('province')).toBe(false);
    expect(without.elsewhere.get('province')).toMatchObject({ columns: [{ name: 'name' }] });
    const named = on(
      'sources: { region: { columns: { code: VARCHAR } }, province: }\nstages: { estimates: , totals: }',
    );
    expect(named.sources.get('province')).toMatchObject({ file: 'data-raw/provinces.csv' });
  });

  it('units, by name', () => {
    const files = {
      'base.yaml': `units: { mass: t, money: CNY }\n${STUDY.replace('{ type: DOUBLE, unit: t }', "{ type: DOUBLE, unit: '{mass} per {money}' }")}`,
    };
    const unitIn = (said: string): unknown => {
      const [, value] = parse(said, files).stages.get('estimates')!.outputs.flatMap((output) =>
        output.kind === 'table' ? output.columns : [],
      );
      return value!.unit;
    };
    expect(unitIn(files['base.yaml'])).toBe('t per CNY');
    expect(unitIn('pipeline: last\nbase: base.yaml\nstages: { estimates: }')).toBe('t per CNY');
    expect(unitIn('pipeline: last\nbase: base.yaml\nunits: { money: EUR }\nstages: { estimates: }')).toBe('t per EUR');
  });

  it('all of a study that names all its stages, and of any part that can stand alone each stage as it is', () => {
    const real = readPipelineFile(join(import.meta.dirname, '../../pipeline.yaml'));
    const part = (names: readonly string[]) =>
      parse(`pipeline: part\nbase: real.yaml\nstages: { ${names.map((name) => `${name}: `).join(', ')} }`, {
        'real.yaml': real.text,
      });
    const whole = part([...real.stages.keys()]);
    expect(declared([...whole.stages])).toEqual(declared([...real.stages]));
    for (const [name, source] of whole.sources) expect(declared(source)).toEqual(declared(real.sources.get(name)));
    let read = 0;
    fc.assert(
      fc.property(fc.subarray([...real.stages.keys()], { minLength: 1 }), (names) => {
        try {
          const { stages, sources } = part(names);
          for (const [name, stage] of stages) expect(declared(stage)).toEqual(declared(real.stages.get(name)));
          for (const [name, { table }] of sources) expect(table).toEqual(real.sources.get(name)!.table);
          read++;
        } catch (error) {
          if (!(error instanceof MistakeError)) throw error;
          // Never a mistake of what is merged: only what nobody makes.
          for (const said of error.message.split('\n\n'))
            expect(said).toMatch(/^other\.yaml:3:\d+: no source or artifact is named `\w+` \(so it is in the base/);
        }
      }),
      { numRuns: 8, examples: [[['emissions']], [[...real.stages.keys()]]] },
    );
    expect(read).toBeGreaterThan(0);
  });
});

describe('a mistake', () => {
  it('in what is merged is shown where it is nearest, with the base that says so', () => {
    expect(wrong('stages:\n  totals: { outputs: { total: { key: [code] } } }\n  estimates:\n')).toMatch(
      /^other\.yaml:4:39: the key names no column `code`\n/,
    );
    expect(wrong('stages:\n  estimates: { outputs: { estimate: { columns: { value: DOUBLE } } } }\n')).toMatch(
      /^other\.yaml:4:27: the key names no column `code` \(so it is in the base `pipeline\.yaml`\)\n/,
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
    const said = mistake('pipeline: other\nbase: pipeline.yaml\nstages: { page: }', files).split('\n\n');
    expect(said.map((one) => one.split('\n').at(-1)!.includes('Or name a file'))).toEqual([true, false]);
  });

  it.each([
    [
      'stages: { totls: }',
      'other.yaml:3:11: the base has no stage `totls`, and here is not said `run` or `sh`',
      'totals',
    ],
    ['stages: { totls: { threads: 1 } }', 'other.yaml:3:11: the base has no stage `totls`', 'Did you mean `totals`?'],
    ['sources: { regoin: }\nstages: { totals: }', 'other.yaml:3:12: the base has no source `regoin`, and', '`region`?'],
    ['stages: { totals: { inptus: [a] } }', 'other.yaml:3:21: unknown key `inptus`', 'Did you mean `inputs`?'],
    ['stages: { totals: { ouputs: {} } }', 'unknown key `ouputs`', 'Did you mean `outputs`?'],
    ['stages: { totals: { outputs: { total: } } }', 'has to be a map', 'such as'],
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

const runTwo = (of: Project) => of.runWith({ file: FILE });

describe('another study in a project', () => {
  it('has its results beside its file, and shares what is the same with the study that it is based on', async () => {
    const both = project(TWO);
    await both.run();
    const manifest = both.read('data-out/manifest.json');
    const { executed, events } = await runTwo(both);
    expect(executed).toEqual(['first', 'second']);
    expect(events.at(-1)).toMatchObject({ kind: 'published', folder: both.path('examples/two/data-out'), files: 2 });
    expect(both.read('examples/two/data-out/total.txt')).toBe('two two 2');
    expect([both.read('data-out/total.txt'), both.read('data-out/manifest.json')]).toEqual(['one one 2', manifest]);
    expect(existsSync(both.path('examples/two/.cache'))).toBe(false);

    const verify = () => onCommandLine(both, 'verify', '--file', both.path(FILE));
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('2 published files read') as string });
    both.write({ 'examples/two/data-out/total.txt': 'edited' });
    expect(await verify()).toMatchObject({
      code: 3,
      out: expect.stringContaining('total.txt: it was edited') as string,
    });

    // With the word of the study nothing is left to do.
    both.write({ 'examples/two/word.txt': both.read('data-raw/word.txt') });
    both.edit(FILE, '  second:\n', '  second:\n  third:\n');
    expect((await runTwo(both)).executed).toEqual([]);
    expect((await both.run()).events.at(-1)).toMatchObject({ kind: 'already-published' });
  });

  it('in the folder of another one replaces its results as a whole', async () => {
    const both = project({ ...TWO, 'second.yaml': TWO[FILE]!.replace('  second:\n', '') });
    await both.run();
    expect((await both.runWith({ file: 'second.yaml' })).executed).toEqual(['first']);
    expect([both.read('data-out/copy.txt'), existsSync(both.path('data-out/total.txt'))]).toEqual(['two ', false]);
    expect((await both.run()).executed).toEqual([]);
    expect([both.read('data-out/copy.txt'), both.read('data-out/total.txt')]).toEqual(['one ', 'one one 2']);
  });

  it('runs again for an edit of the base, and only what that concerns', async () => {
    const both = project(TWO);
    await runTwo(both);
    both.edit('pipeline.yaml', 'times: 2', 'times: 5');
    expect((await runTwo(both)).executed).toEqual(['second']);
    both.edit(FILE, '  second:\n', '  second: { parameters: { times: 7 } }\n');
    expect((await runTwo(both)).executed).toEqual(['second']);
    both.edit('pipeline.yaml', 'times: 5', 'times: 6');
    expect((await runTwo(both)).executed).toEqual([]);
  });

  it('says of a file that is not there who names it', async () => {
    const both = project(TWO);
    both.edit(FILE, '  first:\n', '');
    await expect(runTwo(both)).rejects.toThrow(
      /two\/pipeline\.yaml:2:1: the file `data-raw\/measured\.txt` of source `measured` is not there; the base `.*pipeline\.yaml` names it\n[^]*name another file here: `measured: \{ file: \.\.\. \}` under `sources:`/,
    );
    both.write({ 'data-raw/measured.txt': '4 ' });
    expect((await runTwo(both)).executed).toEqual(['second']);
    both.edit(FILE, 'word.txt', 'gone.txt');
    await expect(runTwo(both)).rejects.toThrow(/two\/pipeline\.yaml:4:3: .*gone\.txt` of source `word` is not there\n/);
  });

  it('sees an optional table that only its base makes without rows', async () => {
    const alone = project({
      'pipeline.yaml': STUDY,
      'other.yaml': `pipeline: other
base: pipeline.yaml
sources: { measured: { file: m.csv, columns: { code: VARCHAR, value: DOUBLE } } }
stages:
  totals: { inputs: [measured], outputs: { noted: { publish_as: noted.csv } } }
`,
      'm.csv': 'code,value\nC,4\n',
      'stages/estimates.sql': '',
      'stages/notes.sql': '',
      'stages/totals.sql': `CREATE TABLE total AS SELECT getvariable('times') * sum(value ORDER BY code) AS value FROM measured;
CREATE TABLE noted AS SELECT count(said) AS codes FROM note
WHERE CASE WHEN (SELECT count(*) FROM note) = 0 THEN true ELSE error('there are notes') END;
`,
    });
    const { executed, message } = await alone.runWith({ file: 'other.yaml' });
    expect([message, executed]).toEqual(['', ['totals']]);
  });

  it('is of the project that its base is of', () => {
    const both = project({ ...TWO, 'inner/package.json': '{}', 'inner/pipeline.yaml': STUDY });
    both.edit(FILE, 'base: pipeline.yaml', 'base: inner/pipeline.yaml');
    expect(() => readPipelineFile(both.path(FILE))).toThrow(
      /two\/pipeline\.yaml:2:7: the base `inner\/pipeline\.yaml` belongs to another project/,
    );
  });

  it('knows the files of its bases, also while one is wrong', () => {
    const both = project(TWO);
    const bases = () => basesOf(placeOf(both.path(FILE))).map((file) => file.slice(both.folder.length + 1));
    expect(bases()).toEqual(['pipeline.yaml']);
    both.edit('pipeline.yaml', 'inputs: [total]', 'inputs: [total');
    expect(bases()).toEqual(['pipeline.yaml']);
    both.edit(FILE, 'base: pipeline.yaml', 'base: gone.yaml');
    expect(bases()).toEqual(['gone.yaml']);
    both.edit(FILE, 'base: gone.yaml', `base: ${FILE}`);
    expect(bases()).toEqual([]);
  });
});
