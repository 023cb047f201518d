import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MistakeError } from '../../runner/diagnostic.ts';
import { parsePipeline } from '../../runner/pipeline-file.ts';

const GOOD = `pipeline: shops
sources:
  sale: { file: data-raw/sales.csv, columns: { shop: VARCHAR, amount: { type: 'DECIMAL(12,2)', min: 0 } }, key: [shop] }
stages:
  totals:
    run: stages/totals.sql
    inputs: [sale]
    parameters: &p { least: 10, kind: near }
    parameter_types: { least: { type: number, min: 0 }, kind: { one_of: [near, far] } }
    outputs: { total: { columns: &c { shop: VARCHAR, amount: DOUBLE }, key: [shop] } }
  page:
    sh: sort {inputs.total} {file:tools/a.sh} > {outputs.page}
    inputs: [total]
    timeout: 30 min
    outputs: { page: { file: page.txt, publish_as: page.txt } }
scenarios: { strict: { totals: { least: 20 } } }
`;

/** A pipeline that is based on that one. */
const CHANGES = `pipeline: other
base: good.yaml
sources: { sale: { file: data-raw/others.csv }, shop: { file: data-raw/shops.csv, columns: { shop: VARCHAR } } }
stages:
  totals:
    inputs: [sale, shop]
    parameters: { least: 20 }
    outputs: { total: { publish_as: total.parquet, columns: { shop: { type: VARCHAR, references: shop.shop } } } }
  page:
`;

const HANGS_MS = 10_000;
const STACK = /\n\s+at .*:\d+:\d+/;
/** What a terminal would obey; lines of a message end with a newline. */
const CONTROL = /(?!\n)\p{Cc}/u;

/** A text is a pipeline, or a mistake with its place. Whatever else is thrown fails the test. */
function isRead(text: string): boolean {
  const start = performance.now();
  try {
    parsePipeline(text, {
      absolute: '/pipeline.yaml',
      file: 'pipeline.yaml',
      root: '/nowhere',
      exists: (file) => !file.includes('x'),
      readBase: (file) => {
        const place = { absolute: `/${file}`, file, root: '/nowhere', folder: '/' };
        return file === 'good.yaml' ? { ...place, text: GOOD } : null;
      },
    });
    return true;
  } catch (error) {
    if (!(error instanceof MistakeError)) throw error;
    for (const part of error.message.split('\n\n')) expect(part).toMatch(/^pipeline\.yaml:[1-9]\d*:[1-9]\d*: \S/);
    expect(error.message).not.toMatch(STACK);
    expect(error.message).not.toMatch(CONTROL);
    return false;
  } finally {
    expect(performance.now() - start).toBeLessThan(HANGS_MS);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  }
}

const always = (texts: fc.Arbitrary<string>, numRuns: number): void => {
  fc.assert(
    fc.property(texts, (text) => void isRead(text)),
    { numRuns },
  );
};

const RESERVED = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'polluted'];
const KEYS = [
  ...[
    'pipeline',
    'base',
    'sources',
    'stages',
    'scenarios',
    'file',
    'evidence',
    'columns',
    'key',
    'otherwise',
    'run',
    'sh',
  ],
  ...['inputs', 'optional_inputs', 'parameters', 'parameter_types', 'outputs', 'type', 'one_of', 'list_of', 'members'],
  ...['min', 'max', 'references', 'nullable', 'matrix', 'unit', 'publish_as', 'diagnosis', 'memory', 'timeout'],
];
const NAMES = ['sale', 'shop', 'total', 'totals', 'a', 'A b', '../x', '', '<<', ...RESERVED];
const SCALARS = [
  ...[
    'null',
    'true',
    '~',
    '1',
    '-0',
    '1e400',
    '.nan',
    '-.inf',
    '0x1f',
    '0o7',
    '99999999999999999999',
    '2 GiB',
    '30 min',
  ],
  ...[
    'VARCHAR',
    'decimal(18,3)',
    'DECIMAL(99,99)',
    'stages/a.ts',
    'a.sql',
    'C:\\a.ts',
    '/etc/passwd',
    '../a',
    'sale.shop',
  ],
  ...['number', 'list of list of text', '{inputs.sale} {outputs.total}', '"\\0"', '"\\uD800"', '"\\e[2J"', '"\\u202e"'],
];
const PIECES = [
  ...['&a ', '*a', '*p', '*c', '<<: *p', '!!js/function ', '!!python/object:os.system ', '!!binary ', '!!set ', '!x '],
  ...['!!timestamp ', '!!str ', '? ', ': ', '- ', '---\n', '...\n', '%YAML 1.1\n---\n', '%TAG ! x:\n', '|\n', '>-\n'],
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '#',
    '\t',
    '\r\n',
    '\r',
    '\n',
    '\0',
    '\u001b[2J',
    '\ufeff',
    '\u2028',
    '\u0085',
  ],
  ...['\ud800', '𝒳', 'é', '\u202e', '[['.repeat(50), '{a: '.repeat(70), '- '.repeat(70), '9'.repeat(400)],
];

const word = fc.constantFrom(...KEYS, ...NAMES, ...SCALARS, ...PIECES, ' ', '  ', '\n  ', ': ', '\n');

describe('whatever a pipeline file holds, it is read or refused with place', () => {
  it('is read as it stands', () => {
    expect([isRead(GOOD), isRead(CHANGES)]).toEqual([true, true]);
  });

  it('texts', () => {
    const letters = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ unit: fc.constantFrom(...Array.from('ab:-{}[]&*!|>\'"%#?, \n\t\0\r')), maxLength: 60 }),
    );
    const words = fc.array(word, { maxLength: 25 }).map((all) => all.join(''));
    always(fc.oneof(letters, words), 4000);
  });

  it('structures that are nearly right', () => {
    // As text, so that names may come twice and be any.
    const quote = (text: string) => (/^[\w~.!&*-]+$/.test(text) ? text : JSON.stringify(text));
    const scalar = fc.constantFrom(...SCALARS, ...NAMES.map(quote), ...KEYS);
    const name = fc.constantFrom(...NAMES, ...KEYS).map(quote);
    const { node } = fc.letrec<{ node: string; map: string; list: string }>((tie) => ({
      node: fc.oneof({ depthSize: 'small' }, scalar, tie('map'), tie('list')),
      map: fc
        .array(fc.tuple(name, tie('node')), { maxLength: 4 })
        .map((entries) => `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`),
      list: fc.array(tie('node'), { maxLength: 3 }).map((values) => `[${values.join(', ')}]`),
    }));
    const fields = fc
      .array(fc.tuple(fc.constantFrom(...KEYS), node), { maxLength: 5 })
      .map((entries) => `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`);
    const whole = fc
      .tuple(fc.oneof(fields, node), fc.oneof(fields, node), name, node, fc.constantFrom('', 'base: good.yaml\n'))
      .map(
        ([source, stage, called, rest, base]) =>
          `pipeline: p\n${base}sources: { sale: ${source} }\nstages: { ${called}: ${stage} }\nscenarios: ${rest}\n`,
      );
    always(whole, 3000);
  });

  it('a right file that was spoilt', () => {
    const place = fc.nat(GOOD.length);
    const change = fc.oneof(
      fc.tuple(place, fc.nat(40)).map(
        ([at, length]) =>
          (text: string) =>
            text.slice(0, at) + text.slice(at + length),
      ),
      fc.tuple(place, fc.nat(80), place).map(([at, length, to]) => (text: string) => {
        return text.slice(0, to) + text.slice(at, at + length) + text.slice(to);
      }),
      fc.tuple(place, word).map(
        ([at, piece]) =>
          (text: string) =>
            text.slice(0, at) + piece + text.slice(at),
      ),
      fc.tuple(fc.constantFrom(...`${GOOD}${CHANGES}`.match(/\w+/g)!), word).map(
        ([from, to]) =>
          (text: string) =>
            text.replace(from, () => to),
      ),
      // Two keys change places.
      fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...KEYS)).map(([one, other]) => (text: string) => {
        const either = new RegExp(`\\b(?:${one}|${other})\\b`, 'g');
        return text.replaceAll(either, (found) => (found === one ? other : one));
      }),
      fc.constant((text: string) => text.replaceAll('\n', '\r\n')),
      fc.constant((text: string) => `\ufeff${text}`),
      fc.constant((text: string) => text.replaceAll('  ', '\t')),
    );
    const spoilt = fc
      .tuple(fc.constantFrom(GOOD, CHANGES), fc.array(change, { minLength: 1, maxLength: 3 }))
      .map(([right, changes]) => changes.reduce<string>((text, spoil) => spoil(text), right));
    always(spoilt, 3500);
  });

  it.each([
    ['lists in lists', `pipeline: x\nstages: ${'['.repeat(5000)}`],
    ['maps in maps that end', `pipeline: x\nstages: ${'{a: '.repeat(3000)}1${'}'.repeat(3000)}`],
    ['a parameter in lists', GOOD.replace('least: 10', `least: ${'['.repeat(900)}${']'.repeat(900)}`)],
    ['what repeats itself', GOOD.replace('least: 10', 'least: &l [*l]')],
    ['what repeats itself many times', GOOD.replace('least: 10', 'least: &l [*l, *l, *l, *l]')],
    ['a long name', GOOD.replace('totals:', `${'t'.repeat(100_000)}:`)],
    ['a long line', `pipeline: ${'x'.repeat(500_000)}`],
    ['a map for a name', 'pipeline: x\nstages: { ? { a: 1 } : 2 }'],
    ['an alias for a name', 'pipeline: &a constructor\nstages: { *a : 2 }'],
    ['many values', `pipeline: x\nstages: [${'1,'.repeat(30_000)}]`],
    [
      'aliases of aliases',
      `a: &a [1, 1]\n${'bcdefgh'
        .split('')
        .map((to, i) => `${to}: &${to} [*${'abcdefg'[i]!}, *${'abcdefg'[i]!}]\n`)
        .join('')}`,
    ],
  ])('%s: refused at once', (_, text) => {
    expect(isRead(text)).toBe(false);
  });
});
