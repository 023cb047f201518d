import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { MistakeError } from '../../runner/diagnostic.ts';
import { editorSchema } from '../../runner/editor-schema.ts';
import { parsePipeline } from '../../runner/pipeline-file.ts';
import { CHAIN } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const isValid = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }).compile(
  editorSchema(),
);
/** What a validator says of a text; empty: nothing. */
const complaints = (text: string): string[] => {
  isValid(parseYaml(text));
  return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
};

/** Whether the runner reads it. */
function isRead(text: string): boolean {
  try {
    const place = { absolute: '/pipeline.yaml', file: 'pipeline.yaml', root: '/nowhere' };
    const base = { absolute: '/good.yaml', file: 'good.yaml', root: '/nowhere', folder: '/', text: GOOD };
    parsePipeline(text, { ...place, exists: () => true, readBase: () => base });
    return true;
  } catch (error) {
    if (error instanceof MistakeError) return false;
    throw error;
  }
}

const GOOD = CHAIN['pipeline.yaml']!;
function changed(from: string, to: string): string {
  const parts = GOOD.split(from);
  if (parts.length !== 2) throw new Error(`the good pipeline has \`${from}\` ${parts.length - 1} times`);
  return parts.join(to);
}

/** A pipeline that is based on the good one. */
const based = (rest: string): string => `pipeline: other\nbase: good.yaml\n${rest}`;

describe('the schema for editors', () => {
  it('is in the project as the code makes it', () => {
    expect(read('pipeline.schema.json')).toBe(`${JSON.stringify(editorSchema(), null, 2)}\n`);
    expect(read('pipeline.yaml').split('\n')[0]).toBe('# yaml-language-server: $schema=./pipeline.schema.json');
  });

  it('says of every key what it is', () => {
    const bare: string[] = [];
    const visit = (part: unknown, path: string): void => {
      if (typeof part !== 'object' || part === null) return;
      const { properties = {} } = part as { properties?: Record<string, { description?: string }> };
      for (const [key, { description }] of Object.entries(properties)) {
        if (!/^[`A-Z].*\.$/.test(description ?? '')) bare.push(`${path}.${key}`);
      }
      for (const [key, inside] of Object.entries(part)) if (key !== 'not') visit(inside, `${path}.${key}`);
    };
    visit(editorSchema(), '');
    expect(bare).toEqual([]);
  });

  it('offers the types of columns and the words for parameters', () => {
    const text = JSON.stringify(editorSchema());
    for (const word of ['"VARCHAR"', '"DECIMAL(18,3)"', '"list of number"', '"published fact"', '"2 GiB"', '"30 min"'])
      expect(text).toContain(word);
  });

  const example = /```yaml\n(pipeline: shops[^]*?)```/.exec(read('docs/pipeline.md'))![1]!;
  it.each([
    ["the project's", read('pipeline.yaml')],
    ['that of the docs', example],
    ['that of other tests', GOOD],
    ['decimals with a space, small letters', changed('people: BIGINT', "people: ' decimal(18, 3)'")],
    [
      'one that says all it can',
      changed(
        'inputs: [amount]',
        `inputs: [amount]
    optional_inputs: [people]
    description: Twice as much
    threads: 4
    memory: 2 GiB
    timeout: 1.5 h
    retries: 2
    provenance: true
    described_inputs: false
    parameter_types: { times: { type: number, above: 0 }, kind: { one_of: [a, 1, true, null], optional: true } }`,
      ).concat('scenarios: { more: { doubled: { times: 3 } } }\n'),
    ],
    [
      'one with a base, that says parts only',
      based(`licence: CC-BY-4.0
sources: { region: { file: data-raw/others.csv, evidence: by hand } }
stages:
  made: { parameters: { factor: 3 }, outputs: { amount: { evidence: a guess } } }
  doubled:
  total: { sh: 'cat {inputs.double_amount} > {outputs.report}' }
scenarios: { more: { doubled: { times: 3 } } }
`),
    ],
    [
      'one with a base, that takes something away',
      based(`licence: https://example.org/terms
sources: { region: { evidence: null, key: null, otherwise: null } }
stages:
  made: { description: null, outputs: { amount: { key: null } } }
  doubled: { run: null, sh: 'cp {inputs.amount} {outputs.other}', outputs: { double_amount: null, other: { file: other.parquet } } }
`),
    ],
  ])('a right file is valid: %s', (_, text) => {
    expect(complaints(text)).toEqual([]);
    expect(_ === "the project's" || _ === 'that of the docs' || isRead(text)).toBe(true);
  });

  it.each([
    ['no stages', 'pipeline: x'],
    ['an empty file', ''],
    ['an unknown key', changed('    inputs: [amount]', '    inptus: [amount]')],
    ['an unknown key at the top', GOOD.replace('sources:', 'soruces:')],
    ['a list that is a text', changed('inputs: [amount]', 'inputs: amount')],
    ['a path with ..', changed('data-raw/regions.csv', '../regions.csv')],
    ['a path with .. inside', changed('publish_as: report.txt', 'publish_as: a/../../x')],
    ['an absolute path', changed('stages/made.ts', '/etc/made.ts')],
    ['a drive', changed('stages/made.ts', 'C:/made.ts')],
    ['a backslash', changed('stages/made.ts', "'stages\\made.ts'")],
    ['a folder in the name of a file', changed('file: report.txt', 'file: a/report.txt')],
    ['code in another language', changed('stages/total.ts', 'stages/total.py')],
    ['an unknown type', changed('people: BIGINT', 'people: BIGNIT')],
    ['a decimal that is too wide', changed('people: BIGINT', "people: 'DECIMAL(39,3)'")],
    ['an unknown type in a map', changed('value: { type: DOUBLE', 'value: { type: DUOBLE')],
    ['a column without a type', changed('{ type: INTEGER, min: 0 }', '{ min: 0 }')],
    ['a text for a number', changed('min: 0', 'min: none')],
    ['a wrong name of a parameter', changed('{ times: 2 }', "{ 'a b': 2 }")],
    ['a wrong name of a stage', changed('  total:\n', '  ../total:\n')],
    ['a wrong name of an artifact', changed('report: { file', 'Report: { file')],
    ['no columns', changed('columns: { people: BIGINT }', 'columns: {}')],
    ['a reference that is none', changed('references: region.code', 'references: region')],
    ['no thread', changed('parameters: { times: 2 }', 'threads: 0')],
    ['half a thread', changed('parameters: { times: 2 }', 'threads: 1.5')],
    ['a size without unit', changed('parameters: { times: 2 }', "memory: '2'")],
    ['a duration in no unit', changed('parameters: { times: 2 }', 'timeout: 3 days')],
    ['two kinds of output', changed('{ file: report.txt, publish_as: report.txt }', '{ file: a.txt, matrix: true }')],
    ['no kind of output', changed('{ file: report.txt, publish_as: report.txt }', '{ description: x }')],
    ['a key of a file', changed('{ file: report.txt', '{ key: [a], file: report.txt')],
    ['a unit of a table', changed('people: { columns', 'people: { unit: t, columns')],
    ['matrix: false', changed('file: report.txt,', 'matrix: false,')],
    ['run and sh', changed('run: stages/other.sql', 'run: stages/other.sql\n    sh: echo > {outputs.people}')],
    ['neither run nor sh', changed('    run: stages/other.sql\n', '')],
    ['provenance of a command', changed('run: stages/other.sql', 'sh: echo > {outputs.people}\n    provenance: true')],
    ['no output', GOOD.replace(/outputs:\n {6}people.*\n/, 'outputs: {}\n')],
    ['an empty label', changed('evidence: published fact', 'evidence: ""')],
    [
      'an unknown type of a parameter',
      changed('parameters: { times: 2 }', 'parameters: { times: 2 }\n    parameter_types: { times: nubmer }'),
    ],
    [
      'a parameter of two types',
      changed(
        'parameters: { times: 2 }',
        'parameters: { times: 2 }\n    parameter_types: { times: { type: number, one_of: [2] } }',
      ),
    ],
    ['a scenario that is a number', `${GOOD}scenarios: { more: 3 }\n`],
    ['a stage without a value, and no base', 'pipeline: x\nstages: { made: }'],
    ['a part of a source, and no base', GOOD.replace('    file: data-raw/regions.csv\n', '')],
    ['an empty base', 'pipeline: x\nbase:\nstages: { made: }'],
    ['a base that is a list', 'pipeline: x\nbase: [good.yaml]\nstages: { made: }'],
    ['a base that is outside', 'pipeline: x\nbase: ../good.yaml\nstages: { made: }'],
    ['a base without stages', based('')],
    ['a wrong value in a part', based('stages: { made: { threads: 0 } }')],
    ['an unknown key in a part', based('stages: { made: { thraeds: 1 } }')],
    ['a licence that is none', `licence: free for all\n${GOOD}`],
    ['an empty licence', based('licence: ""\nstages: { made: }')],
    ['null where there is no base', changed('evidence: published fact', 'evidence: null')],
    ['two kinds of work in a part', based('stages: { made: { run: a.ts, sh: b } }')],
  ])('a wrong file is not: %s', (_, text) => {
    expect(complaints(text)).not.toEqual([]);
    expect(isRead(text)).toBe(false);
  });
});
