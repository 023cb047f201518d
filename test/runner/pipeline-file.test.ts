import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MistakeError } from '../../runner/diagnostic.ts';
import { parsePipeline } from '../../runner/pipeline-file.ts';
import { CHAIN } from './project.ts';

const GOOD = CHAIN['pipeline.yaml']!;
const parse = (text: string) =>
  parsePipeline(text, {
    absolute: '/pipeline.yaml',
    file: 'pipeline.yaml',
    root: '/nowhere',
    exists: (file) => file !== 'stages/missing.ts',
  });

/** What is said of a text that is wrong. */
function mistake(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof MistakeError) return error.message;
    throw error;
  }
  throw new Error('the pipeline was accepted');
}

/** What is said when one text in the good pipeline is replaced. */
function changed(from: string, to: string): string {
  const parts = GOOD.split(from);
  if (parts.length !== 2) throw new Error(`the good pipeline has \`${from}\` ${parts.length - 1} times`);
  return mistake(parts.join(to));
}

describe('a right pipeline file', () => {
  it('is read with defaults filled in', () => {
    const { sources, stages } = parse(GOOD);
    expect(sources.get('region')).toMatchObject({ otherwise: null, at: { line: 3, column: 3 } });
    expect(stages.get('doubled')).toMatchObject({
      language: 'sql',
      threads: null,
      provenance: false,
      describedInputs: false,
      parameters: { times: 2 },
    });
    expect(stages.get('doubled')!.outputs[0]).toEqual({
      name: 'double_amount',
      kind: 'table',
      diagnosis: false,
      description: '',
      evidence: null,
      columns: [
        { name: 'code', type: 'VARCHAR', nullable: false },
        { name: 'value', type: 'DOUBLE', nullable: false },
      ],
      key: ['code'],
      publishAs: 'doubled/double_amount.parquet',
      at: { line: 25, column: 7 },
    });
    expect(stages.get('total')!.outputs[0]).toMatchObject({
      kind: 'file',
      file: 'report.txt',
      publishAs: 'report.txt',
    });
  });

  it('may name units, and use their names in braces', () => {
    const people = (unit: string) => GOOD.replace('people: BIGINT', `people: { type: BIGINT, unit: '${unit}' }`);
    const { stages } = parse(`units: { money: million EUR, mass: t }\n${people('{mass}/{money}')}`);
    expect(stages.get('other')!.outputs[0]).toMatchObject({ columns: [{ unit: 't/million EUR' }] });
  });

  it('may write decimals with a space and types in small letters', () => {
    const { stages } = parse(GOOD.replace('people: BIGINT', "people: 'decimal(18, 3)'"));
    expect(stages.get('other')!.outputs[0]).toMatchObject({ columns: [{ type: 'DECIMAL(18,3)' }] });
  });
});

describe('a wrong pipeline file is refused with place and remedy', () => {
  it('broken YAML', () => {
    const message = changed('columns: { code: VARCHAR, value: DOUBLE }', 'columns: { code: VARCHAR, value: DOUBLE');
    expect(message).toMatch(/^pipeline\.yaml:\d+:\d+: /);
    expect(message).toContain('must be sufficiently indented and end with a }');
    expect(message).toMatch(/\n +\^\n/);
  });

  it('an unknown key, with the nearest one', () => {
    expect(changed('    inputs: [amount]', '    inptus: [amount]')).toBe(
      [
        'pipeline.yaml:22:5: unknown key `inptus`',
        '  22 |     inptus: [amount]',
        '           ^',
        '  Did you mean `inputs`?',
      ].join('\n'),
    );
  });

  it.each([
    [
      'an unknown input',
      '[amount]',
      '[amuont]',
      ['pipeline.yaml:22:14: no source or artifact is named `amuont`', 'Did you mean `amount`?'],
    ],
    [
      'an optional input that is no table',
      'inputs: [amount]',
      'inputs: [amount]\n    optional_inputs: [report]',
      ['pipeline.yaml:23:23: `report` is no table with declared columns', 'move it to `inputs`'],
    ],
    [
      'an optional input that is an input too',
      'inputs: [amount]',
      'inputs: [amount]\n    optional_inputs: [amount]',
      ['`amount` is listed twice'],
    ],
    ['a missing run file', 'stages/total.ts', 'stages/missing.ts', ['there is no file `stages/missing.ts`']],
    ['a path with ..', 'data-raw/regions.csv', '../regions.csv', ['pipeline.yaml:4:11', 'leads outside the project']],
    ['an absolute path', 'stages/made.ts', '/etc/made.ts', ['leads outside the project']],
    ['a path out of data-out', 'publish_as: report.txt', 'publish_as: a/../../x', ['leads outside the project']],
    ['an unknown type', 'people: BIGINT', 'people: BIGNIT', ['unknown column type `BIGNIT`', 'Did you mean `BIGINT`?']],
    ['a wrong value', 'min: 0', 'min: none', ['`sources.region.columns.people.min` has to be a number']],
    ['a wrong parameter name', '{ times: 2 }', "{ 'a b': 2 }", ['`a b` is not allowed']],
    [
      'a dangling reference',
      'references: region.code',
      'references: regions.code',
      ['names no table at hand', 'Did you mean `region`?'],
    ],
    [
      'a reference to no column',
      'references: region.code',
      'references: region.cod',
      ['declares no column `cod`', 'Did you mean `code`?'],
    ],
    [
      'a unit of no name',
      'columns: { people: BIGINT }',
      "columns: { people: { type: BIGINT, unit: '1/{money}' } }",
      ['no unit is named `money`', 'Say it under `units:`, as in `units: { money: million EUR }`.'],
    ],
    ['a key of no column', '    key: [code]\nstages', '    key: [cade]\nstages', ['the key names no column `cade`']],
    [
      'a name used twice',
      'people: { columns',
      'amount: { columns',
      ['pipeline.yaml:35:7: `amount` is already the name of an output of stage `made`'],
    ],
    [
      'a place used twice',
      'publish_as: report.txt',
      'publish_as: other/people.parquet',
      ['data-out/other/people.parquet is already the place of `report`'],
    ],
    ['a place below a file', 'publish_as: report.txt', 'publish_as: other/people.parquet/x', ['already the place']],
    [
      'a file written by SQL',
      'people: { columns: { people: BIGINT } }',
      'people: { file: x.txt }',
      ['an SQL stage writes tables'],
    ],
    [
      'two kinds at once',
      '{ file: report.txt, publish_as: report.txt }',
      '{ file: report.txt, matrix: true }',
      ['cannot be a matrix and a file at once'],
    ],
    ['no kind', '{ file: report.txt, publish_as: report.txt }', '{ description: x }', ['it does not say what it is']],
    ['a stage that is no code', 'stages/total.ts', 'stages/total.py', ['a stage is a .ts or .sql file']],
    ['a custom tag', 'factor: 2', 'factor: !!js/function 2', ['pipeline.yaml:13:27']],
    [
      'a key twice',
      '    parameters: { times: 2 }',
      '    parameters: { times: 2 }\n    parameters: { times: 3 }',
      ['unique'],
    ],
    ['a wrong stage name', '  total:\n', '  ../total:\n', ['the stage name `../total` is not allowed']],
    ['a parameter named like an input', '{ times: 2 }', '{ amount: 2 }', ['`amount` is also the name of a parameter']],
    [
      'a stand-in that nobody makes',
      'evidence: published fact',
      'otherwise: amuont',
      ['no stage makes `amuont`', 'Did you mean `amount`?'],
    ],
  ])('%s', (_, from, to, parts) => {
    const message = changed(from, to);
    for (const part of parts) expect(message).toContain(part);
    expect(message).toMatch(/^pipeline\.yaml:\d+:\d+: /);
  });

  it('a cycle, with all its stages and inputs', () => {
    const message = changed(
      'inputs: [region]\n    parameters: { factor',
      'inputs: [region, report]\n    parameters: { factor',
    );
    expect(message).toContain('stages wait for each other: made -> total -> doubled -> made');
    expect(message).toContain('`report` of made, `double_amount` of total, `amount` of doubled');
  });

  it('tables without descriptions that a stage asks for, with the key to add', () => {
    const asking = GOOD.replace(
      'run: stages/other.sql\n',
      'run: stages/other.sql\n    described_inputs: true\n',
    ).replace('[region]\n    outputs:\n      people', '[region, amount, double_amount]\n    outputs:\n      people');
    const needs = ', which stage `other` needs (`described_inputs`)';
    const said = mistake(asking).split('\n\n');
    expect(said.map((one) => one.split('\n')[0])).toEqual([
      `pipeline.yaml:3:3: no description of 1 column (people) of \`region\`${needs}`,
      `pipeline.yaml:15:7: no description of 2 columns (code, value) of \`amount\`${needs}`,
      `pipeline.yaml:25:7: no description of \`double_amount\` and 2 columns (code, value) of it${needs}`,
    ]);
    expect(said[2]).toContain(
      'Add `description:` at `stages.doubled.outputs.double_amount`. For a column write `code: {',
    );
    expect(() => mistake(asking.replace('described_inputs: true', 'described_inputs: false'))).toThrow('was accepted');
  });

  it('all mistakes at once, in the order of the file', () => {
    const text = GOOD.replace('[amount]', '[amuont]').replace('[double_amount]', '[doubled_amount]');
    expect(mistake(text).match(/pipeline\.yaml:\d+/g)).toEqual(['pipeline.yaml:22', 'pipeline.yaml:28']);
  });

  it('wrong keys, wrong values and missing files of stages at once', () => {
    const text = GOOD.replace('inputs: [amount]', 'inptus: [amount]')
      .replace('parameters: { times: 2 }', 'parameters: 2')
      .replace('stages/total.ts', 'stages/missing.ts');
    const message = mistake(text);
    expect(message.match(/pipeline\.yaml:\d+/g)).toEqual(['pipeline.yaml:22', 'pipeline.yaml:23', 'pipeline.yaml:27']);
    expect(message).toContain('there is no file `stages/missing.ts`');
  });

  it('a slip of syntax without what follows from it', () => {
    const message = changed('key: [code]\nstages', 'key: [code\nstages');
    expect(message.match(/^pipeline\.yaml:\d+/gm)).toHaveLength(1);
  });

  it('every key that comes twice', () => {
    const text = GOOD.replace('parameters: { times: 2 }', 'parameters: { times: 2, times: 3 }').replace(
      'publish_as: report.txt',
      'publish_as: report.txt, publish_as: x.txt',
    );
    expect(mistake(text).match(/^pipeline\.yaml:\d+/gm)).toHaveLength(2);
  });

  it.each([
    ['', 'the pipeline file is empty'],
    ['# nothing yet', 'the pipeline file is empty'],
    ['[]', 'the pipeline file has to be a map'],
    ['pipeline: x', '`stages` is missing: it has to be a map, such as `{ totals: { run: stages/totals.sql, ... } }`'],
    ['pipeline: 3\nstages: {}', '`pipeline` has to be a text'],
  ])('the file %j: %s', (text, message) => {
    expect(mistake(text)).toMatch(/^pipeline\.yaml:1:\d+: /);
    expect(mistake(text)).toContain(message);
  });

  it.each([
    [
      'parameters: { times: 2 }',
      'parameters: 2',
      '`stages.doubled.parameters` has to be a map, such as `{ confidence: 0.95 }`',
    ],
    ['inputs: [amount]', 'inputs: amount', '`stages.doubled.inputs` has to be a list, such as `[sale, shop]`'],
    ['inputs: [amount]', 'inputs: [3]', '`stages.doubled.inputs.0` has to be a text'],
    ['stages/total.ts', '{}', '`stages.total.run` has to be a text, such as `stages/totals.sql`'],
    ['columns: { people: BIGINT }', 'columns: 3', '`stages.other.outputs.people.columns` has to be a map, such as'],
    [
      'people: BIGINT',
      'people: 3',
      'has to be a type, such as `VARCHAR`, or a map, such as `{ type: DOUBLE, unit: CNY }`',
    ],
    ['people: BIGINT', 'people: { type: BIGINT, nullable: maybe }', '.nullable` has to be `true` or `false`'],
    ['people: BIGINT', 'key: []', '`stages.other.outputs.people.columns.key` has to be a type'],
    ['parameters: { times: 2 }', 'threads: 0', '`stages.doubled.threads` has to be at least 1'],
    ['parameters: { times: 2 }', 'threads: 1.5', '`stages.doubled.threads` has to be a whole number, such as `4`'],
    ['evidence: published fact', 'evidence: ""', '`sources.region.evidence` has to be a text that is not empty'],
    ['file: report.txt', 'matrix: false', '`stages.total.outputs.report.matrix` has to be `true`'],
  ])('%j where %j stands: in words of the file', (from, to, message) => {
    const said = changed(from, to);
    expect(said).toContain(message);
    expect(said).not.toMatch(/expected|received|Invalid|record\b/);
  });

  it('a billion laughs', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    expect(mistake(`l0: &l0 [lol]\n${levels.join('\n')}\n`)).toMatch(/^pipeline\.yaml:1:1: .*alias/i);
  });

  it.each([
    '',
    'null',
    '[]',
    'a: b: c',
    '[',
    'pipeline: x',
    '__proto__: {}',
    '{'.repeat(20_000),
    'stages: { constructor: {} }',
    '\u0000',
  ])('nonsense: %j', (text) => {
    expect(mistake(text)).toMatch(/^pipeline\.yaml:\d+:\d+: /);
  });

  it('anything at all: never a crash', () => {
    const word = fc.constantFrom(
      'pipeline',
      'sources',
      'stages',
      'outputs',
      'columns',
      '__proto__',
      'constructor',
      'x',
      ': ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '\n',
      '  ',
      '&a',
      '*a',
      '!!x',
      '"',
      "'",
      '|',
      '#',
      '..',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
        ),
        (text) => {
          expect(mistake(text)).not.toBe('');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('the good pipeline with a random piece cut out: read or refused', () => {
    fc.assert(
      fc.property(fc.nat(GOOD.length - 1), fc.integer({ min: 1, max: 30 }), (from, length) => {
        const text = GOOD.slice(0, from) + GOOD.slice(from + length);
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(MistakeError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
