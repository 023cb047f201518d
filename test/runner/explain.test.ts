import { describe, expect, it } from 'vitest';
import { changeLine, changes, reasonToRun, type Comparable } from '../../runner/explain.ts';
import { cacheKey, type KeyFields } from '../../runner/cache-key.ts';
import { sha256 } from '../../runner/hash.ts';
import { CHAIN, project } from './project.ts';

const FIELDS: KeyFields = {
  format: 1,
  stage: 'made',
  outputs: {},
  parameters: {},
  code: sha256('code'),
  packages: {},
  worker: { code: sha256('worker'), packages: {} },
  node: {},
  inputs: {},
  origins: [],
};
const run = (fields: Partial<KeyFields>): Comparable => {
  const all = { ...FIELDS, ...fields };
  return { key: cacheKey(all), fields: all, files: {} };
};
const lines = (before: Partial<KeyFields>, after: Partial<KeyFields>) =>
  changes(run(before), run(after)).map(changeLine);
const origin = (artifact: string): KeyFields['origins'][number] => ({
  artifact,
  ...{ stage: null, sha256: sha256(artifact), evidence: null, inputs: [], description: '', columns: {} },
});

describe('what changed', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name, index) => ({ name, weight: index }));

  it('is the order of named members, and only where they changed places', () => {
    const list = (...members: (typeof a)[]) => ({ parameters: { deep: { list: members as never } } });
    expect(lines(list(a, b, c, d), list(a, c, b, d))).toEqual(['order of parameter deep.list: b, c -> c, b']);
    expect(lines(list(a, b), list(a, c, b))).toEqual([
      'parameter deep.list.c.name: new, "c"',
      'parameter deep.list.c.weight: new, 2',
    ]);
  });

  it('is the order of what a stage is shown to be made from', () => {
    const origins = [origin('a'), origin('b')];
    expect(lines({ origins }, { origins: origins.toReversed() })).toEqual(['order of origins: a, b -> b, a']);
  });

  it.each<[string, Partial<KeyFields>, Partial<KeyFields>, string]>([
    [
      'two members of the same name',
      { parameters: { list: [a!, { ...a!, weight: 5 }] } },
      {
        parameters: {
          list: [
            { ...a!, weight: 6 },
            { ...a!, weight: 5 },
          ],
        },
      },
      'parameter list: [{"name":"a","weight":0},{"name":"a","weight":5}] -> [{"name":"a","weight":6},{"name":"a","weight":5}]',
    ],
    ['an empty map', { parameters: {} }, { parameters: { map: {} } }, 'parameter map: new, {}'],
    ['the sign of zero', { parameters: { zero: 0 } }, { parameters: { zero: -0 } }, 'parameter zero: 0 -> -0'],
  ])('is found in %s', (_, before, after, line) => {
    expect(lines(before, after)).toEqual([line]);
  });

  it('is the key where nothing else is found, and nothing only where the keys are equal', () => {
    const dotted = { parameters: { 'a.b': 1 } };
    expect(lines(dotted, { parameters: { a: { b: 1 } } })).toEqual([
      expect.stringMatching(/^cache key: \w{8} -> \w{8}$/),
    ]);
    expect(lines(dotted, dotted)).toEqual([]);
    expect(reasonToRun(run(dotted), run(dotted), 'chain')).toBe('its stored outputs are gone or damaged');
    expect(reasonToRun(null, run(dotted), 'chain')).toBe('never ran in chain');
  });

  it('is told by status and why for columns and parameters that change places', async () => {
    const chain = project(CHAIN);
    chain.edit(
      'pipeline.yaml',
      'parameters: { times: 2 }',
      'parameters: { times: 2, list: [{ name: a }, { name: b }] }',
    );
    await chain.run();
    chain.edit('pipeline.yaml', '[{ name: a }, { name: b }]', '[{ name: b }, { name: a }]');
    chain.edit('pipeline.yaml', '{ code: VARCHAR, value: DOUBLE }', '{ value: DOUBLE, code: VARCHAR }');
    const reason = 'order of parameter list: a, b -> b, a';
    expect((await chain.status())[1]).toMatchObject({ state: 'runs', reason: `${reason} and 1 more` });
    const told = `${reason}\n  order of output double_amount.columns: code, value -> value, code`;
    expect(await chain.why('doubled')).toContain(told);
    await chain.run();
    expect(await chain.why('doubled')).toContain(`It ran because:\n  ${told}`);
  });
});
