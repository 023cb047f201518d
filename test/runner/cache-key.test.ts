import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absentInput, cacheKey, stageFields, type KeyFields } from '../../runner/cache-key.ts';
import { engineVersions } from '../../runner/engine.ts';
import { changes } from '../../runner/explain.ts';
import { canonicalJson, sha256, type Sha256 } from '../../runner/hash.ts';
import { lockedVersions, packageOf } from '../../runner/lock-file.ts';
import { parsePipeline } from '../../runner/pipeline-file.ts';
import { withoutComments } from '../../runner/sql-text.ts';
import type { Receipt } from '../../runner/store.ts';
import { CHAIN, project } from './project.ts';

describe('canonical JSON', () => {
  /** The same value with the keys of all objects in another order. */
  const reordered = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reordered);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, field]) => [name, reordered(field)]),
    );
  };
  it('does not depend on the order of keys, and loses nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reordered(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  it('tells different values apart, 0 and -0 too', () => {
    expect(canonicalJson(-0)).not.toBe(canonicalJson(0));
    expect(canonicalJson([1, [2]])).not.toBe(canonicalJson([[1], 2]));
    expect(canonicalJson('1')).not.toBe(canonicalJson(1));
  });

  it.each([[undefined], [NaN], [{ x: Infinity }], [[() => 1]]])('refuses %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('the key of a stage', () => {
  const pipeline = (text: string) =>
    parsePipeline(text, { absolute: '/pipeline.yaml', file: 'pipeline.yaml', root: '/nowhere', exists: () => true });
  const hash = (text: string) => sha256(text);
  const fieldsOf = (text: string): KeyFields =>
    stageFields(
      pipeline(text).stages.get('made')!,
      {
        code: { hash: hash('code'), packages: { highs: '1.0.0 sha512-x' } },
        inputs: { region: { sha256: hash('region'), kind: 'table', extension: '.parquet' } },
        origins: [],
      },
      { worker: { hash: hash('worker'), packages: { duckdb: '1.5.6' } }, node: { major: '20', icu: '77.1' } },
    );
  const base = fieldsOf(CHAIN['pipeline.yaml']!);
  const hex = hash('another');

  const CHANGED: readonly [string, Partial<KeyFields>, string][] = [
    ['format', { format: 0 }, 'cache format'],
    ['stage', { stage: 'other' }, ''],
    ['outputs', { outputs: { ...base.outputs, more: { kind: 'file', file: 'x' } } }, 'output more.kind'],
    ['parameters', { parameters: { ...base.parameters, factor: 3 } }, 'parameter factor'],
    ['a deep parameter', { parameters: { ...base.parameters, factor: { deep: [1, { x: 2 }] } } }, 'parameter factor'],
    ['code', { code: hex }, 'code made.ts'],
    ['packages', { packages: { highs: '1.0.1 sha512-x' } }, 'package highs'],
    ["the worker's code", { worker: { ...base.worker, code: hex } }, 'runner code'],
    ["the worker's packages", { worker: { ...base.worker, packages: {} } }, "runner's package duckdb"],
    ['node', { node: { ...base.node, major: '22' } }, "Node's major"],
    ['a library of Node', { node: { ...base.node, icu: '78.2' } }, "Node's icu"],
    ['inputs', { inputs: { region: { sha256: hex, kind: 'table', extension: '.parquet' } } }, 'input region'],
    ['the name of an input', { inputs: { regions: base.inputs['region']! } }, 'input region'],
    ['how an input is seen', { inputs: { region: { ...base.inputs['region']!, kind: 'file' } } }, 'input region'],
    ['an input that is not there', { inputs: { region: absentInput([]) } }, 'input region'],
    ['origins', { origins: [origin(hex)] }, 'origin region.artifact'],
  ];

  it.each(CHANGED)('changes with %s, and the change is named', (_, field, what) => {
    const now = { ...base, ...field };
    expect(cacheKey(now)).not.toBe(cacheKey(base));
    const found = changes(
      { key: cacheKey(base), fields: base, files: { 'made.ts': hash('1') } },
      { key: cacheKey(now), fields: now, files: { 'made.ts': hash('2') } },
    );
    if (what !== '') expect(found.map((change) => change.what)).toContain(what);
  });

  it('has no field that the list above forgets', () => {
    const covered = new Set(CHANGED.flatMap(([, field]) => Object.keys(field)));
    expect([...covered].toSorted()).toEqual(Object.keys(base).toSorted());
  });

  it('changes with columns, their order, units, descriptions and evidence of outputs', () => {
    const text = CHAIN['pipeline.yaml']!;
    const edits: [string, string][] = [
      ['value: { type: DOUBLE, unit: t }', 'value: { type: DOUBLE, unit: kg }'],
      ['value: { type: DOUBLE, unit: t }', 'value: { type: DOUBLE, unit: t, nullable: true }'],
      ['value: { type: DOUBLE, unit: t }', 'value: { type: FLOAT, unit: t }'],
      [
        '{ code: { type: VARCHAR, references: region.code }, value: { type: DOUBLE, unit: t } }',
        '{ value: { type: DOUBLE, unit: t }, code: { type: VARCHAR, references: region.code } }',
      ],
      ['description: An amount by region', 'description: Another'],
      ['evidence: stand-in', 'evidence: none'],
    ];
    const keys = edits.map(([from, to]) => cacheKey(fieldsOf(text.replace(from, to))));
    expect(new Set([...keys, cacheKey(base)]).size).toBe(edits.length + 1);
  });

  it('does not change with the place of publishing, threads, description, or the order of parameters', () => {
    const text = CHAIN['pipeline.yaml']!.replace(
      '      amount:\n',
      '      amount:\n        publish_as: elsewhere.parquet\n',
    )
      .replace('{ factor: 2, shift: 0 }', '{ shift: 0, factor: 2 }')
      .replace('    run: stages/made.ts\n', '    run: stages/made.ts\n    threads: 3\n    description: Makes\n');
    expect(cacheKey(fieldsOf(text))).toBe(cacheKey(base));
  });
});

describe('the versions of Node in a key', () => {
  const versions = {
    node: '20.20.2',
    v8: '11.3.244.8-node.38',
    icu: '78.2',
    tz: '2025c',
    zlib: '1.3.1',
    openssl: '3.0.19',
  };
  const changed = (more: Record<string, string>) =>
    canonicalJson(engineVersions({ ...versions, ...more })) !== canonicalJson(engineVersions(versions));

  it.each([
    { node: '22.0.0' },
    { v8: '11.4.0' },
    { icu: '77.1' },
    { tz: '2026a' },
    { zlib: '1.3.2' },
    { sqlite: '3.50.0' },
  ])('change with %j, which can change what a stage writes', (more) => {
    expect(changed(more)).toBe(true);
  });

  it.each([{ node: '20.21.0' }, { v8: '11.3.244.9-node.40' }, { openssl: '3.0.20' }, { undici: '7.0.0' }])(
    'do not change with %j',
    (more) => {
      expect(changed(more)).toBe(false);
    },
  );

  it('are those of the Node that runs', async () => {
    const chain = project(CHAIN);
    await chain.run('other');
    const receipt = JSON.parse(
      chain.read(`.cache/receipts/${chain.read('.cache/latest/chain.other')}.json`),
    ) as Receipt;
    expect(receipt.fields.node).toMatchObject({
      major: process.versions.node.split('.')[0],
      icu: process.versions['icu'],
    });
  });
});

function origin(sha256: Sha256): KeyFields['origins'][number] {
  return {
    artifact: 'region',
    stage: null,
    sha256,
    evidence: null,
    inputs: [],
    description: '',
    columns: {},
  };
}

describe('SQL without comments', () => {
  it.each([
    ['SELECT 1 -- one\n  + 2;', 'SELECT 1\n+ 2;'],
    ['SELECT /* a /* nested */ b */ 1', 'SELECT 1'],
    ['SELECT \'-- not\'  ,  "/* nor" -- but', `SELECT '-- not' , "/* nor"`],
    ["SELECT 'it''s -- so'", "SELECT 'it''s -- so'"],
    ["SELECT e'\\' -- in' -- out", "SELECT e'\\' -- in'"],
    ['SELECT $$ -- in $$ -- out', 'SELECT $$ -- in $$'],
    ['SELECT $a$ -- $$ in $a$ -- out', 'SELECT $a$ -- $$ in $a$'],
    ["SELECT 'open -- ", "SELECT 'open -- "],
    ['SELECT 1 -- old line end\r+ 2', 'SELECT 1\n+ 2'],
    ['SELECT 1 /* open', 'SELECT 1 /* open'],
    ["SELECT 'a'\n\n 'b'", "SELECT 'a'\n'b'"],
  ])('%j', (sql, meaning) => {
    expect(withoutComments(sql)).toBe(meaning);
  });

  it('keeps every text whatever stands in it', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', ' ', '-', '/', '*', '$', '"', "'", '\n', '\\') });
    fc.assert(
      fc.property(texts, texts, (one, two) => {
        const quote = (value: string) => `'${value.replaceAll("'", "''")}'`;
        const sql = `SELECT ${quote(one)} AS a, -- x\n ${quote(two)} AS b`;
        expect(withoutComments(sql)).toBe(`SELECT ${quote(one)} AS a,\n${quote(two)} AS b`);
      }),
    );
  });
});

describe('locked versions', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a', dependencies: { b: '^1', c: '*' } },
      'node_modules/a/node_modules/b': { version: '1.5.0', dependencies: { c: '*' } },
      'node_modules/b': { version: '2.0.0' },
      'node_modules/c': {
        version: '3.0.0',
        optionalDependencies: { 'for-another-platform': '1' },
        dependencies: { a: '*' },
      },
      'node_modules/@x/y': { version: '4.0.0' },
    },
  };

  it('are those of the whole closure, as Node resolves it', () => {
    expect(lockedVersions(lock, null, ['a'])).toEqual({ a: '1.0.0 sha512-a', 'a/node_modules/b': '1.5.0', c: '3.0.0' });
    expect(lockedVersions(lock, null, ['b', '@x/y'])).toEqual({ '@x/y': '4.0.0', b: '2.0.0' });
  });

  it('are missed with a remedy', () => {
    expect(() => lockedVersions(lock, null, ['nope'])).toThrow(
      'The package `nope` is not in package-lock.json.\n  Run `npm install nope`.',
    );
  });

  it('have to be what is installed', () => {
    const installed = { packages: { 'node_modules/b': { version: '2.0.1' } } };
    expect(() => lockedVersions(lock, installed, ['b'])).toThrow(
      'node_modules/b is 2.0.1, but package-lock.json says 2.0.0',
    );
    expect(lockedVersions(lock, installed, ['a'])).toHaveProperty('a');
  });

  it('belong to the package of an import', () => {
    expect(['apache-arrow/ipc', '@x/y/z', 'zod'].map(packageOf)).toEqual(['apache-arrow', '@x/y', 'zod']);
  });
});
