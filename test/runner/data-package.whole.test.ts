import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { answerSchema } from '../../runner/answer-schemas.ts';
import { writeDataPackage } from '../../runner/data-package.ts';
import { sha256 } from '../../runner/hash.ts';
import { text } from '../../runner/sql.ts';
import { onCommandLine } from './command-line.ts';
import { PYTHON } from './data-package-python.ts';
import { differing, packageOf, reading, readPackage, SHOPS } from './data-package-shops.ts';
import { project, projectThatRan } from './project.ts';

const profile = JSON.parse(
  readFileSync(join(import.meta.dirname, 'tabular-data-package/profile.json'), 'utf8'),
) as object;
const conforms = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(profile);

/** What the profile of the specification says of a descriptor; empty: nothing. */
function complaints(content: unknown): string[] {
  conforms(content);
  return (conforms.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

const TABLES = ['shop', 'made_rate', 'tax', 'part', 'odd', 'lone_text', 'lone_number', 'nothing'];
const OF_SCENARIO = ['tax.dear', 'part.dear'];

describe('a data package', () => {
  it('conforms to the profile, and says what every table and column is', async () => {
    const shops = await projectThatRan(SHOPS);
    const made = await packageOf(shops);
    expect(complaints(made.content)).toEqual([]);
    // The profile does notice what is wrong.
    for (const [right, wrong] of [
      ['"profile": "tabular-data-package"', '"profile": "data-package"'],
      ['"name": "tax.dear"', '"name": "tax@dear"'],
      ['"hash": "sha256:', '"hash": "sha256 '],
      ['"type": "integer"', '"type": "UTINYINT"'],
      ['"minimum": 1', '"minimum": true'],
      ['"primaryKey": [', '"primaryKey": [1, '],
      ['"doubleQuote": true', '"doubleQuote": "yes"'],
    ] as const) {
      expect(made.text).toContain(right);
      expect({ wrong, said: complaints(JSON.parse(made.text.replaceAll(right, wrong))).length > 0 }).toEqual({
        wrong,
        said: true,
      });
    }
    expect(made.content).toMatchObject({
      name: 'shops',
      title: 'Shops and taxes: shops',
      description: 'Who pays what.',
      version: '1.2.3',
      contributors: [
        { title: 'Ada Example', path: 'https://orcid.org/0000-0002-1825-0097', organization: 'A School' },
        { title: 'The authors', role: 'author' },
      ],
      sources: [{ title: 'All shops.', evidence: 'published fact' }],
    });
    // That of the software is not that of the data.
    expect(made.content).not.toHaveProperty('licenses');
    expect(made.content).not.toHaveProperty('created');
    expect(made.content.resources.map(({ name }) => name)).toEqual([...TABLES, ...OF_SCENARIO]);
    expect(readdirSync(shops.path('package/data')).toSorted()).toEqual(
      [...TABLES, ...OF_SCENARIO].map((name) => `${name}.csv`).toSorted(),
    );

    expect(made.resource('shop')).toMatchObject({
      description: 'All shops. Evidence: published fact.',
      sources: [{ title: 'data-raw/shops.csv' }],
      evidence: ['published fact'],
      schema: {
        fields: [
          { name: 'shop', type: 'string', description: 'Short name', constraints: { required: true } },
          { name: 'name_zh', type: 'string' },
        ],
        missingValues: [''],
        primaryKey: ['shop'],
      },
    });
    expect(made.resource('shop')).not.toHaveProperty('stage');
    expect(made.resource('made_rate').schema.fields).toEqual([
      { name: 'shop', type: 'string', constraints: { required: true }, duckdbType: 'VARCHAR' },
      {
        ...{ name: 'rate', type: 'number', unit: 'CNY' },
        ...{ constraints: { required: true, minimum: 0, maximum: 1.5 }, duckdbType: 'DOUBLE' },
      },
      // Whole numbers have whole bounds.
      {
        ...{ name: 'size', type: 'integer' },
        ...{ constraints: { required: true, minimum: 1, maximum: 9 }, duckdbType: 'SMALLINT' },
      },
    ]);
    // Without a label of its own it is what it was made from.
    expect(made.resource('tax')).toMatchObject({
      description: 'Tax by shop and kind. Evidence: published fact + stand-in.',
      evidence: ['published fact', 'stand-in'],
      stage: 'taxes',
    });
    expect(made.resource('odd').schema.fields.map(({ type }) => type)).toEqual(
      ['integer', 'string', 'number', 'number', 'number', 'integer', 'boolean', 'date', 'datetime'], //
    );
    expect(made.resource('odd')).not.toHaveProperty('evidence');
    const manifest = JSON.parse(shops.read('data-out/manifest.json')) as { files: { path: string; sha256: string }[] };
    const published = manifest.files.find(({ path }) => path === 'scenarios/dear/taxes/tax.parquet')!;
    const dear = made.resource('tax.dear');
    expect(dear).toMatchObject({ title: 'tax@dear', stage: 'taxes@dear', artifactHash: `sha256:${published.sha256}` });
    const receipt = JSON.parse(shops.read(`.cache/receipts/${dear.cacheKey}.json`)) as object;
    expect(receipt).toMatchObject({ stage: 'taxes', fields: { parameters: { times: 2 } } });
    for (const { path, bytes, hash } of made.content.resources) {
      const file = readFileSync(shops.path(`package/${path}`));
      expect({ path, bytes: file.length, hash: `sha256:${sha256(file)}` }).toEqual({ path, bytes, hash });
    }
    for (const place of [shops.folder, process.cwd()]) expect(made.text).not.toContain(place);
  });

  it('of another study says nothing of the one that it is based on', async () => {
    const FILE = 'examples/other/pipeline.yaml';
    const other = 'pipeline: other\nbase: pipeline.yaml\nstages: { rates: }\n';
    const both = project({ 'package.json': '{}\n', ...SHOPS, [FILE]: other });
    await both.runWith({ file: FILE });
    const descriptorOf = async (folder: string) => {
      const { code, err } = await onCommandLine(both, 'package', both.path(folder), '--file', both.path(FILE));
      expect([code, err]).toEqual([0, '']);
      return readPackage(both.path(folder)).content;
    };
    const plain = await descriptorOf('plain');
    expect(complaints(plain)).toEqual([]);
    expect(plain).toMatchObject({ name: 'other', title: 'other', description: 'Tables of the pipeline other' });
    for (const said of ['version', 'contributors']) expect(plain).not.toHaveProperty(said);
    // It has a citation of its own beside its file.
    both.write({ 'examples/other/CITATION.cff': 'title: Rates\nabstract: What is asked.\nversion: 2\n' });
    expect(await descriptorOf('cited')).toMatchObject({
      ...{ title: 'Rates: other', description: 'What is asked.', version: '2' },
    });
  });

  it('reads back as what is published, to the bit and in the same order', async () => {
    const shops = await projectThatRan(SHOPS);
    const plain = await packageOf(shops);
    const published = (name: string) => {
      const { stage, artifactHash } = plain.resource(name);
      const [artifact, scenario] = name.split('.');
      const of = `${scenario === undefined ? '' : `scenarios/${scenario}/`}${stage?.split('@')[0] ?? ''}/${artifact!}`;
      const object = shops.path(`.cache/objects/${artifactHash.slice('sha256:'.length)}`);
      return `read_parquet(${text(stage === undefined ? object : shops.path(`data-out/${of}.parquet`))})`;
    };
    await reading(plain, async (first, csv) => {
      for (const name of [...TABLES, ...OF_SCENARIO]) {
        expect({ name, differing: await differing(first, csv(name), published(name)) }).toEqual({ name, differing: 0 });
      }
      expect(await first(`SELECT count(*)::INTEGER FROM ${csv('odd')}`)).toBe(13);
      // The comparison does tell -0 from 0, NULL from an empty text, and one order from another.
      const odd = published('odd');
      for (const other of [
        `(SELECT * REPLACE (CASE WHEN real = 0 THEN 0.0 ELSE real END AS real) FROM ${odd})`,
        `(SELECT * REPLACE (nullif(words, '') AS words) FROM ${odd})`,
        `(FROM ${odd} ORDER BY id DESC)`,
      ])
        expect(await differing(first, odd, other)).toBeGreaterThan(0);
    });
    // An empty field is NULL, unless there is an empty text, or no other field in the line.
    const marks = TABLES.map((name) => plain.resource(name).schema.missingValues);
    expect(marks).toEqual([[''], [''], [''], [''], ['NULL_'], ['NULL'], ['NULL'], ['NULL']]);
    expect(shops.read('package/data/lone_text.csv')).toBe('"words"\n""\n"b"\nNULL\n');
    expect(shops.read('package/data/part.csv')).toBe('id,whole\n1,\n2,1\n3,1\n');
    expect(shops.read('package/data/odd.csv')).toContain(
      '1,"a,b",1e-320,0.10000000149011612,12345678901234567890123456789012.345678,9223372036854775807,true,0001-01-01,0001-01-01T00:00:00.000000\n',
    );
  });

  it('has keys and references that hold', async () => {
    const shops = await projectThatRan(SHOPS);
    const made = await packageOf(shops);
    const references = made.content.resources.flatMap(({ name, schema }) =>
      (schema.foreignKeys ?? []).map(({ fields, reference }) => [name, fields, reference.resource, reference.fields]),
    );
    expect(references).toEqual([
      ['made_rate', 'shop', 'shop', 'shop'],
      // `rate` is not there; what stands in for it is.
      ['tax', 'shop', 'made_rate', 'shop'],
      ['part', 'whole', '', 'id'],
      ['tax.dear', 'shop', 'made_rate', 'shop'],
      ['part.dear', 'whole', '', 'id'],
    ]);
    const { primaryKey, uniqueKeys } = made.resource('tax').schema;
    expect([primaryKey, uniqueKeys]).toEqual([undefined, [['shop', 'kind']]]);
    await reading(made, async (first, csv) => {
      for (const [name, field, to, referred] of references as [string, string, string, string][]) {
        const there = `SELECT ${referred} FROM ${csv(to || name)}`;
        expect(
          await first(
            `SELECT count(*)::INTEGER FROM ${csv(name)} WHERE ${field} IS NOT NULL AND ${field} NOT IN (${there})`,
          ),
        ).toBe(0);
      }
      for (const { name, schema } of made.content.resources) {
        const key = schema.primaryKey ?? schema.uniqueKeys?.[0];
        if (key === undefined) continue;
        const missing = key.map((column) => `${column} IS NULL`).join(' OR ');
        const sql = `SELECT (count(*) - count(DISTINCT (${key.join(', ')})))::INTEGER FROM ${csv(name)}`;
        expect({ name, repeated: await first(sql) }).toEqual({ name, repeated: 0 });
        if (schema.primaryKey !== undefined) {
          expect(await first(`SELECT count(*)::INTEGER FROM ${csv(name)} WHERE ${missing}`)).toBe(0);
        }
      }
    });
  });

  it('holds the tables that are named, with references to each other only', async () => {
    const shops = await projectThatRan(SHOPS);
    const made = await packageOf(shops, 'tax@dear', 'shop', 'tax@dear', 'part');
    expect(made.content.resources.map(({ name }) => name)).toEqual(['shop', 'part', 'tax.dear']);
    expect(made.resource('tax.dear').schema).not.toHaveProperty('foreignKeys');
    expect(made.resource('part').schema.foreignKeys).toHaveLength(1);
    expect(complaints(made.content)).toEqual([]);
    expect(readdirSync(shops.path('package/data')).toSorted()).toEqual(['part.csv', 'shop.csv', 'tax.dear.csv']);
  });

  it('is the same bytes with any number of threads, compressed or not', async () => {
    const many = project({
      'pipeline.yaml': `pipeline: many
stages:
  rows:
    run: stages/rows.sql
    outputs: { row: { columns: { id: INTEGER, value: DOUBLE, region: VARCHAR }, key: [id] } }
`,
      'stages/rows.sql': `CREATE TABLE row AS SELECT range::INTEGER AS id, (range * 7919 % 1000003) / 7 AS value,
  'r' || range % 41 AS region FROM range(150000);
`,
    });
    expect((await many.run()).outcome.ok).toBe(true);
    const written = async (name: string, compress: boolean, threads: number) => {
      await writeDataPackage(await many.workshop(), many.path(name), [], compress, threads);
      const file = readFileSync(many.path(`${name}/data/row.csv${compress ? '.gz' : ''}`));
      return { file, hash: sha256(file), descriptor: many.read(`${name}/datapackage.json`) };
    };
    const [one, four] = [await written('one', false, 1), await written('four', false, 4)];
    expect([four.hash, four.descriptor]).toEqual([one.hash, one.descriptor]);
    const [small, again] = [await written('small', true, 1), await written('again', true, 4)];
    expect([again.hash, again.descriptor]).toEqual([small.hash, small.descriptor]);
    expect(sha256(gunzipSync(small.file))).toBe(one.hash);
    // No name, no time.
    expect([...small.file.subarray(0, 8)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    const { content, resource } = readPackage(many.path('small'));
    expect(complaints(content)).toEqual([]);
    expect(resource('row')).toMatchObject({
      ...{ path: 'data/row.csv.gz', compression: 'gz', mediatype: 'text/csv' },
      ...{ bytes: small.file.length, hash: `sha256:${small.hash}` },
    });
  });

  it('is read by Python as the descriptor says', async (test) => {
    if (spawnSync('python3', ['--version']).status !== 0) return test.skip('There is no python3.');
    const shops = await projectThatRan(SHOPS);
    await packageOf(shops, '--gzip');
    const { stdout, stderr } = spawnSync('python3', ['-c', PYTHON, shops.path('package')], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const read = JSON.parse(stdout) as Record<string, unknown[][]>;
    expect(read['shop']).toEqual([
      ['Harbour', '港口'],
      ['Market, "old"', '老市场'],
      ['Station', null],
    ]);
    expect(read['lone_text']).toEqual([[''], ['b'], [null]]);
    expect(read['lone_number']).toEqual([['-0x1.0000000000000p+1'], ['0x1.8000000000000p+0'], [null]]);
    expect(read['nothing']).toEqual([]);
    const odd = read['odd']!;
    expect(odd).toHaveLength(13);
    expect(odd.slice(0, 3).map((row) => row.slice(1, 5))).toEqual([
      ['a,b', '0x0.00000000007e8p-1022', '0x1.99999a0000000p-4', '12345678901234567890123456789012.345678'],
      ['', '-0x0.0p+0', '0x1.2ced320000000p+126', '-0.000001'],
      [null, '0x1.3333333333334p-2', null, '0.000000'],
    ]);
    expect(odd.map((row) => row[1]).slice(4, 9)).toEqual(['two\nlines', 'carriage\rreturn\r\n', '京津冀', ' blanks ', 'NULL']); // prettier-ignore
    expect(odd[1]!.slice(5)).toEqual(['-9223372036854775808', false, '9999-12-31', '9999-12-31T23:59:59.999999']); // prettier-ignore
  });

  it.each([
    ['CC-BY-4.0', { name: 'CC-BY-4.0', path: 'https://spdx.org/licenses/CC-BY-4.0', title: 'CC-BY-4.0' }],
    ['GPL-2.0+', { path: 'https://spdx.org/licenses/GPL-2.0%2B', title: 'GPL-2.0+' }],
    ['https://example.org/terms', { path: 'https://example.org/terms' }],
  ])('has the licence that the pipeline file says: %s', async (licence, said) => {
    const shops = await projectThatRan(SHOPS);
    shops.edit('pipeline.yaml', 'pipeline: shops\n', `pipeline: shops\nlicence: ${licence}\n`);
    const { content } = await packageOf(shops, 'part');
    expect(content).toMatchObject({ licenses: [said] });
    expect(complaints(content)).toEqual([]);
  });

  it("holds back the user's own data, but not what was made of it, unless it is named", async () => {
    const shops = await projectThatRan({
      ...SHOPS,
      'pipeline.yaml': SHOPS['pipeline.yaml']!.replace(
        '    otherwise: made_rate',
        "    evidence: user's data\n    otherwise: made_rate",
      ),
      'data-raw/user/rates.csv': 'shop,rate,size\nHarbour,0.5,1\n',
    });
    const made = await onCommandLine(shops, 'package', shops.path('package'));
    expect(made.out).toMatch(/\nleft out, since they are user's data and packed only if named: rate\n$/);
    const { content, resource } = readPackage(shops.path('package'));
    expect(content.resources.map(({ name }) => name)).not.toContain('rate');
    expect(existsSync(shops.path('package/data/rate.csv'))).toBe(false);
    expect(resource('tax').evidence).toEqual(['published fact', "user's data"]);
    expect(resource('tax').schema).not.toHaveProperty('foreignKeys');
    // A source without a description has the name of its file.
    expect(content).toMatchObject({
      sources: [
        { title: 'All shops.', evidence: 'published fact' },
        { title: 'data-raw/user/rates.csv', evidence: "user's data" },
      ],
    });
    const { out } = await onCommandLine(shops, 'package', shops.path('named'), 'rate', 'tax', '--json');
    expect(JSON.parse(out)).toMatchObject({ tables: ['rate', 'tax'], held_back: [] });
    expect(shops.read('named/data/rate.csv')).toBe('shop,rate,size\nHarbour,0.5,1\n');
  });

  it('is told what it left out', async () => {
    const shops = await projectThatRan(SHOPS);
    const { out } = await onCommandLine(shops, 'package', shops.path('package'));
    expect(out).toMatch(
      /^wrote .*package: 10 tables, 43 rows, \d+ kB\nleft out, since they are no tables: grid \(matrix\), page \(file\)\n$/,
    );
    mkdirSync(shops.path('empty'));
    const { out: json } = await onCommandLine(shops, 'package', shops.path('empty'), 'part', '--json');
    expect(JSON.parse(json)).toMatchObject({
      folder: shops.path('empty'),
      tables: ['part'],
      rows: 3,
      left_out: [],
      held_back: [],
    });
    const isAnswer = new Ajv().compile(answerSchema('package')!);
    expect(isAnswer(JSON.parse(json))).toBe(true);
    expect(isAnswer({ ...(JSON.parse(json) as object), rows: -1 })).toBe(false);
  });
});
