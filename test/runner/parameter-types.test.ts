import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MistakeError } from '../../runner/diagnostic.ts';
import { parsePipeline, readPipelineFile } from '../../runner/pipeline-file.ts';
import { CHAIN, projectThatRan } from './project.ts';

const pipelineOf = (parameters: string, types: string, scenario = '') =>
  CHAIN['pipeline.yaml']!.replace(
    'parameters: { times: 2 }',
    `parameters: { times: 2${parameters} }\n    parameter_types: { times: number${types} }`,
  ).concat(scenario === '' ? '' : `scenarios: { more: { doubled: ${scenario} } }\n`);

const parse = (text: string) =>
  parsePipeline(text, { absolute: '/pipeline.yaml', file: 'pipeline.yaml', root: '/nowhere', exists: () => true });

/** What is said of a pipeline; empty: nothing. */
function mistake(text: string): string {
  try {
    parse(text);
    return '';
  } catch (error) {
    if (error instanceof MistakeError) return error.message;
    throw error;
  }
}

describe('types of parameters', () => {
  it.each([
    ['number', '1.5', "'a'", 'has to be a number, not "a"'],
    ['integer', '-3', '1.5', 'has to be a whole number, not 1.5'],
    ['integer', '0', '1.0e+300', 'has to be a whole number, not 1e+300'],
    ['text', "'1'", '1', 'has to be a text, not 1'],
    ['boolean', 'false', "'no'", 'has to be `true` or `false`, not "no"'],
    ['{ type: number, min: 0, max: 1 }', '1', '1.01', 'has to be a number of at least 0 and of at most 1, not 1.01'],
    ['{ type: number, above: 0, below: 1 }', '0.5', '0', 'has to be a number above 0 and below 1, not 0'],
    ['{ type: integer, min: 1 }', '1', '0', 'has to be a whole number of at least 1, not 0'],
    ['{ one_of: [relative, absolute] }', 'absolute', 'absolut', 'has to be `relative` or `absolute`, not "absolut"'],
    ['{ one_of: [1, null] }', 'null', "'1'", 'has to be `1` or `null`, not "1"'],
    ['{ type: text, nullable: true }', 'null', '1', 'has to be a text, or null, not 1'],
    ['list of number', '[1, 2.5]', '[1, a]', '`x.1` has to be a number, not "a"'],
    ['list of list of integer', '[[1], []]', '[[1], 2]', '`x.1` has to be a list, not 2'],
    ['list of number', '[]', '3', '`x` has to be a list, not 3'],
    ['{ list_of: text, min_length: 1 }', '[a]', '[]', 'has to be a list of at least 1 value, not []'],
    ['{ list_of: integer, min_length: 2, max_length: 2 }', '[1, 2]', '[1]', 'has to be a list of 2 values, not [1]'],
    ['{ type: list of text, max_length: 1 }', '[a]', '[a, b]', 'has to be a list of at most 1 value, not ["a","b"]'],
    ['{ members: { a: integer } }', '{ a: 1 }', '{ a: 1.5 }', '`x.a` has to be a whole number, not 1.5'],
    ['{ members: { a: integer } }', '{ a: 1 }', '{}', '`x` lacks its member `a`'],
    ['{ members: { ab: integer } }', '{ ab: 1 }', '{ ab: 1, abc: 1 }', '`x` has no member `abc`'],
    ['{ members: { a: { type: any, optional: true } } }', '{}', '[]', '`x` has to be a map of a, not []'],
  ])('%s: %s, but not %s', (type, good, bad, message) => {
    expect(mistake(pipelineOf(`, x: ${good}`, `, x: ${type}`))).toBe('');
    const said = mistake(pipelineOf(`, x: ${bad}`, `, x: ${type}`));
    expect(said).toMatch(/^pipeline\.yaml:23:\d+: /);
    expect(said).toContain(message);
    // In a scenario too.
    const inScenario = mistake(pipelineOf(`, x: ${good}`, `, x: ${type}`, `{ x: ${bad} }`));
    expect(inScenario).toMatch(/^pipeline\.yaml:37:\d+: /);
    expect(inScenario).toContain(message);
  });

  it('have to name every parameter, with the nearest right name', () => {
    expect(mistake(pipelineOf(', tiems: 2', ''))).toBe(
      [
        'pipeline.yaml:23:29: `parameter_types` of stage `doubled` does not name the parameter `tiems`',
        '  23 |     parameters: { times: 2, tiems: 2 }',
        '                                   ^',
        '  Did you mean `times`?',
      ].join('\n'),
    );
  });

  it('have to be given, unless they may be left out', () => {
    expect(mistake(pipelineOf('', ', x: integer'))).toMatch(
      /^pipeline\.yaml:24:39: stage `doubled` is not given its parameter `x`\n[^]*optional: true/,
    );
    expect(mistake(pipelineOf('', ', x: { type: integer, optional: true }'))).toBe('');
  });

  it('suggest the nearest of a few words', () => {
    expect(mistake(pipelineOf(', x: absolut', ', x: { one_of: [relative, absolute] }'))).toContain(
      'Did you mean `absolute`?',
    );
  });

  it('let a scenario give what may be left out, and nothing else', () => {
    const optional = ', x: { type: integer, optional: true }';
    expect(mistake(pipelineOf('', optional, '{ x: 3 }'))).toBe('');
    expect(mistake(pipelineOf('', optional, '{ y: 3 }'))).toContain('stage `doubled` has no parameter `y`');
  });

  it.each([
    ['nubmer', 'unknown type `nubmer`', 'Did you mean `number`?'],
    ['list of', 'unknown type `list of`', 'Known'],
    ['{ min: 1 }', 'it does not say what the parameter is', '`type`, `one_of`, `list_of`, `members`'],
    ['{ type: number, one_of: [1] }', 'it cannot have `type` and `one_of`', '`type`, `one_of`'],
    ['{ type: text, min: 1 }', 'only a number has `min`', 'list_of: { type: number, min: 0 }'],
    ['{ type: number, min_length: 1 }', 'only a list has `min_length`', 'Remove it'],
    ['{ type: number, min: 2, max: 1 }', 'no number is within these bounds', 'Correct one'],
    ['{ list_of: text, min_length: 2, max_length: 1 }', 'no list has this length', 'Correct one'],
    ['{ list_of: { type: text, optional: true } }', 'a value of a list cannot be left out', 'Remove `optional`'],
    ['{ type: number, mni: 0 }', 'unknown key `mni`', 'Did you mean `min`?'],
    ['3', 'has to be a type, such as `number`, or a map, such as `{ type: number, min: 0 }`', ''],
    ['{ members: { a: 3 } }', 'has to be a type, such as `number`, or a map', ''],
    ['{ list_of: 3 }', 'has to be a type, such as `number`, or a map', ''],
  ])('that are wrong themselves are refused: %s', (type, message, remedy) => {
    const said = mistake(pipelineOf(', x: 1', `, x: ${type}`));
    expect(said).toMatch(/^pipeline\.yaml:24:\d+: /);
    expect(said).toContain(message);
    expect(said).toContain(remedy);
  });

  it('are held to before anything runs, and make nothing run again', async () => {
    const chain = await projectThatRan(CHAIN);
    chain.write({ 'pipeline.yaml': pipelineOf('', '') });
    expect((await chain.run()).executed).toEqual([]);
    chain.edit('pipeline.yaml', 'times: 2', "times: '2'");
    await expect(chain.run()).rejects.toThrow('the parameter `times` has to be a number, not "2"');
  });

  it('are declared by every stage of the project that has parameters', () => {
    const { stages } = readPipelineFile(join(import.meta.dirname, '../../pipeline.yaml'));
    const untyped = [...stages.values()].filter(
      ({ parameters, parameterTypes }) => Object.keys(parameters).length > 0 && parameterTypes === null,
    );
    expect(untyped.map(({ name }) => name)).toEqual([]);
  });

  it('are kept as JSON keeps them, so that the file is not read again', () => {
    const types = ', a: { type: number, min: 0 }, b: { list_of: { members: { c: text } } }, d: list of any';
    const { parameterTypes } = parse(pipelineOf(', a: 1, b: [], d: []', types)).stages.get('doubled')!;
    expect(JSON.parse(JSON.stringify(parameterTypes))).toStrictEqual(parameterTypes);
  });
});
