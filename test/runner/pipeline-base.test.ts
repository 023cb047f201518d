import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MistakeError } from '../../runner/diagnostic.ts';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import { mistake, other, parse, STUDY, WITH_ESTIMATES, wrong } from './based-study.ts';

/** What is declared, without where it is written. */
const declared = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === 'at' || key === 'base' ? undefined : member)));

const study = parse(STUDY);

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
    const { sources } = other(
      `sources: { region: { file: data-raw/others.csv, evidence: by hand, key: [province] } }\n${WITH_ESTIMATES}`,
    );
    expect(sources.get('region')).toMatchObject({
      file: 'data-raw/others.csv',
      evidence: 'by hand',
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
    const named = other('sources: { measured: { file: a.csv, evidence: by hand } }\nstages: { totals: }').sources.get(
      'measured',
    );
    expect(named).toMatchObject({ file: 'a.csv', otherwise: null, table: alone!.table });
    const own = other('sources: { measured: { columns: { value: DOUBLE } } }\nstages: { totals: }').sources.get(
      'measured',
    );
    expect(own!.table).toMatchObject({ columns: [{ name: 'value' }], key: [] });
    // A folder was never held to columns.
    expect(
      other('sources: { measured: { file: a/, evidence: by hand } }\nstages: { totals: }').sources.get('measured')!
        .table,
    ).toBe(null);
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
    const { stages, absentTables } = other(WITH_ESTIMATES);
    expect(stages.get('totals')!.optionalInputs).toEqual(['note']);
    expect(absentTables.get('note')).toMatchObject({ columns: [{ name: 'code' }, { name: 'said' }], key: ['code'] });
    expect(other('stages: { estimates: , totals: , notes: }').absentTables.size).toBe(0);
    const own = other(`sources: { note: { file: n.csv, columns: { said: VARCHAR } } }\n${WITH_ESTIMATES}`);
    expect([own.absentTables.size, own.sources.has('note')]).toEqual([0, true]);
    // As an input it would have to be there.
    expect(wrong('stages: { estimates: , totals: { inputs: [note], optional_inputs: [] } }')).toContain(
      'no source or artifact is named `note`',
    );
  });

  it('what its base takes from another', () => {
    const files = {
      'middle.yaml': `pipeline: middle
base: pipeline.yaml
sources: { region: { file: data-raw/middle.csv, evidence: by hand } }
stages: { totals: { parameters: { times: 4 } } }
`,
    };
    const last = parse('pipeline: last\nbase: middle.yaml\nstages: { totals: { parameters: { shift: 1 } } }', files);
    expect(last.stages.get('totals')).toMatchObject({ run: 'stages/totals.sql', parameters: { times: 4, shift: 1 } });
    expect(last.sources.get('region')).toMatchObject({ file: 'data-raw/middle.csv', base: 'middle.yaml' });
    expect(last.absentTables.has('note')).toBe(true);
    expect(last.bases).toEqual(['/project/middle.yaml', '/project/pipeline.yaml']);
    const further = parse('pipeline: last\nbase: middle.yaml\nstages: { estimates: , totals: }', files);
    expect(further.stages.get('estimates')).toMatchObject({ run: 'stages/estimates.sql', inputs: ['region'] });
    // The stand-in that the middle one leaves out is there again.
    expect(further.sources.get('measured')).toMatchObject({ otherwise: 'estimate' });
    expect(last.sources.get('measured')).toMatchObject({ otherwise: null });
    expect(mistake('pipeline: last\nbase: middle.yaml\nstages: { estimate: }', files)).toContain(
      'the base has no stage `estimate`: give it `run` or `sh`, or correct the name',
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
    expect(without.absentTables.get('province')).toMatchObject({ columns: [{ name: 'name' }] });
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
      const [, value] = parse(said, files)
        .stages.get('estimates')!
        .outputs.flatMap((output) => (output.kind === 'table' ? output.columns : []));
      return value!.unit;
    };
    expect(unitIn(files['base.yaml'])).toBe('t per CNY');
    expect(unitIn('pipeline: last\nbase: base.yaml\nstages: { estimates: }')).toBe('t per CNY');
    expect(unitIn('pipeline: last\nbase: base.yaml\nunits: { money: EUR }\nstages: { estimates: }')).toBe('t per EUR');
  });

  it('units in the texts of parameters, at any depth and in scenarios, before their types are checked', () => {
    const files = {
      'base.yaml': `units: { money: CNY }
${STUDY.replace(
  'parameters: { times: 2, shift: { by: 0, from: 0 } }',
  "parameters: { times: 2, unit: '{money}', shift: { by: ['in {money} of {year}', { of: 't/{money}' }, 1], money: '{ money}' } }",
)
  .replace('shift: any }', 'shift: any, unit: { one_of: [CNY, EUR] } }')
  .replace('{ times: 3 }', "{ times: 3, shift: ['{money}'] }")}`,
    };
    const read = (said: string) => parse(said, files);
    const inEur = 'pipeline: last\nbase: base.yaml\nunits: { money: EUR }\nstages: { estimates: , totals: }\n';
    for (const [text, money] of [
      [files['base.yaml'], 'CNY'],
      [`${inEur}scenarios: { more: { totals: { shift: ['{money}'] } } }`, 'EUR'],
    ] as const) {
      const { stages, scenarios } = read(text);
      expect(stages.get('totals')!.parameters).toEqual({
        times: 2,
        unit: money,
        shift: { by: [`in ${money} of {year}`, { of: `t/${money}` }, 1], money: '{ money}' },
      });
      expect(scenarios.get('more')!['totals']!['shift']).toEqual([money]);
    }
    expect(mistake(inEur.replace('EUR', 'USD'), files)).toContain(
      'the parameter `unit` has to be `CNY` or `EUR`, not "USD"',
    );
  });

  it('neither evidence nor description of a source that has another file here', () => {
    const files = {
      'pipeline.yaml': STUDY.replace(
        '    evidence: published fact\n',
        '    evidence: published fact\n    description: Regions of 2012\n',
      ),
    };
    const on = (region: string) =>
      parse(
        `pipeline: other\nbase: pipeline.yaml\nsources: { region: { ${region} } }\n${WITH_ESTIMATES}`,
        files,
      ).sources.get('region');
    expect(on('file: r.csv, evidence: by hand')).toMatchObject({ evidence: 'by hand', description: '' });
    expect(on('file: r.csv, evidence: null')).toMatchObject({ evidence: null, description: '' });
    expect(on('file: data-raw/regions.csv')).toMatchObject({
      evidence: 'published fact',
      description: 'Regions of 2012',
    });
    expect(on('key: [province]')).toMatchObject({ evidence: 'published fact', description: 'Regions of 2012' });
    // Where the base says nothing, nothing has to be said here.
    expect(other(`sources: { province: { file: p.csv } }\n${WITH_ESTIMATES}`).sources.get('province')!.evidence).toBe(
      null,
    );
    expect(wrong(`sources: { region: { file: r.csv, description: Mine } }\n${WITH_ESTIMATES}`)).toBe(
      [
        'other.yaml:3:12: `region` has another file than in the base: say its `evidence`',
        '  3 | sources: { region: { file: r.csv, description: Mine } }',
        '                 ^',
        '  What the base says is said of its own file. For no label write `evidence: null`.',
      ].join('\n'),
    );
  });

  it('no field that is null here, nor an output that is; a parameter has the value null', () => {
    const { stages, sources } = other(`sources:
  region: { evidence: null, key: null, columns: { code: VARCHAR } }
  measured: { otherwise: null }
stages:
  estimates: { outputs: { estimate: { key: null, description: null } } }
  totals:
    description: null
    optional_inputs: null
    parameters: { shift: null }
    threads: null
    outputs: { noted: null, total: { publish_as: null } }
`);
    expect(sources.get('region')).toMatchObject({ file: 'data-raw/regions.csv', evidence: null, table: { key: [] } });
    expect(sources.get('measured')).toMatchObject({ file: 'data-raw/measured.csv', otherwise: null, table: null });
    expect(stages.get('estimates')!.outputs).toMatchObject([{ name: 'estimate', key: [], description: '' }]);
    expect(stages.get('totals')).toMatchObject({
      run: 'stages/totals.sql',
      description: '',
      inputs: ['measured', 'region'],
      optionalInputs: [],
      parameters: { times: 2, shift: null },
      threads: null,
      outputs: [{ name: 'total', publishAs: 'totals/total.parquet', description: 'All' }],
    });
    expect(
      other('stages: { estimates: , totals: { parameters: null, parameter_types: null } }').stages.get('totals')!
        .parameters,
    ).toEqual({});
    // What was taken away is gone for a file that is based on that one.
    const files = {
      'middle.yaml':
        'pipeline: middle\nbase: pipeline.yaml\nstages: { estimates: , totals: { outputs: { noted: null } } }',
    };
    expect(
      parse('pipeline: last\nbase: middle.yaml\nstages: { estimates: , totals: }', files).stages.get('totals')!.outputs,
    ).toHaveLength(1);
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
            expect(said).toMatch(
              /^other\.yaml:3:\d+: (no source or artifact is named `\w+`|stage `\S+` reads what is not here: [\w, ]+) \(so it is in the base/,
            );
        }
      }),
      { numRuns: 8, examples: [[['emissions']], [[...real.stages.keys()]]] },
    );
    expect(read).toBeGreaterThan(0);
  });
});
