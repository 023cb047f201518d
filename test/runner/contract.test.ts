import { describe, expect, it, onTestFinished } from 'vitest';
import type { ColumnDeclaration, Output, TableOutput } from '../../runner/pipeline.ts';
import { StageError, type Column } from '../../runner/stage.ts';
import { testContext, type TestOutputs, type TestSetting } from '../support/stage-context.ts';

const BASE = { description: '', evidence: null, publishAs: 'x', at: { line: 1, column: 1 } };

function table(
  name: string,
  columns: Readonly<Record<string, string | Partial<ColumnDeclaration>>>,
  ...key: string[]
): TableOutput {
  const declared = Object.entries(columns).map(([column, said]): ColumnDeclaration => {
    const rest = typeof said === 'string' ? { type: said } : said;
    return { name: column, type: 'VARCHAR', nullable: false, ...rest };
  });
  return { ...BASE, kind: 'table', name, columns: declared, key, diagnosis: false };
}
const matrix = (name: string): Output => ({ ...BASE, kind: 'matrix', name, unit: '1' });

type Rows = Readonly<Record<string, Column>> | string;

async function write(output: TableOutput, rows: Rows, setting: Partial<TestSetting> = {}): Promise<TestOutputs> {
  const outputs = await testContext({ ...setting, outputs: [output] }).run((context) =>
    context.writeTable(output.name, rows),
  );
  onTestFinished(() => {
    outputs.close();
  });
  return outputs;
}

/** What a stage is told that breaks its contract. */
async function refusal(output: TableOutput, rows: Rows, setting: Partial<TestSetting> = {}): Promise<string> {
  return told(write(output, rows, setting));
}

async function told(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StageError)) throw new Error('no StageError', { cause: error });
  return `${error.message}\n  ${error.remedy}`;
}

describe('a table from columns', () => {
  it('comes back as it was given, sorted by its key', async () => {
    const output = table(
      't',
      { region: 'VARCHAR', sector: 'UTINYINT', nox: 'DOUBLE', note: { nullable: true } },
      'region',
      'sector',
    );
    const written = await write(output, {
      nox: Float64Array.of(0.1, -0, 5e-324, 1.7976931348623157e308),
      region: { labels: ['B', 'A', '\u5317\u4eac, "x"'], indices: Uint8Array.of(0, 1, 2, 0) },
      sector: Uint8Array.of(2, 1, 1, 1),
      note: ["it's", null, '', 'long text '.repeat(100)],
    });
    expect(await written.rows('t')).toEqual([
      { region: 'A', sector: 1, nox: -0, note: null },
      { region: 'B', sector: 1, nox: 1.7976931348623157e308, note: 'long text '.repeat(100) },
      { region: 'B', sector: 2, nox: 0.1, note: "it's" },
      { region: '\u5317\u4eac, "x"', sector: 1, nox: 5e-324, note: '' },
    ]);
  });

  it('takes NaN for NULL in a column that may be NULL, as query gives it', async () => {
    const written = await write(
      table('t', { x: { type: 'DOUBLE', nullable: true }, n: { type: 'INTEGER', nullable: true } }),
      {
        x: Float64Array.of(1, NaN),
        n: Float64Array.of(NaN, 3),
      },
    );
    expect(await written.rows('t')).toEqual([
      { x: 1, n: null },
      { x: null, n: 3 },
    ]);
    expect(await written.query('SELECT x, n FROM t ORDER BY x')).toEqual({
      x: Float64Array.of(1, NaN),
      n: Float64Array.of(NaN, 3),
    });
  });

  it('holds more rows than DuckDB takes at a time', async () => {
    const size = 300_000;
    const indices = Int32Array.from({ length: size }, (_, i) => i % 1000);
    const labels = Array.from({ length: 1000 }, (_, i) => `label ${i}`);
    const written = await write(table('t', { id: 'INTEGER', label: 'VARCHAR', value: 'DOUBLE' }, 'id'), {
      id: Int32Array.from({ length: size }, (_, i) => i),
      label: { labels, indices },
      value: Float64Array.from({ length: size }, (_, i) => Math.sin(i)),
    });
    const { id, label, value } = await written.query('SELECT id, label, value FROM t ORDER BY id');
    expect(label![123_457]).toBe('label 457');
    expect(id).toEqual(Float64Array.from({ length: size }, (_, i) => i));
    expect(value).toEqual(Float64Array.from({ length: size }, (_, i) => Math.sin(i)));
  });

  it('may be empty', async () => {
    const written = await write(table('t', { a: 'VARCHAR', x: 'DOUBLE' }, 'a'), { a: [], x: new Float64Array() });
    expect(await written.rows('t')).toEqual([]);
  });

  it('refuses columns of different lengths and labels that do not exist', async () => {
    const output = table('t', { a: 'VARCHAR', x: 'DOUBLE' });
    expect(await refusal(output, { a: ['p', 'q'], x: Float64Array.of(1) })).toContain('t: column x has 1 row, a has 2');
    const labelled = { a: { labels: ['p'], indices: Uint8Array.of(0, 1) }, x: Float64Array.of(1, 2) };
    expect(await refusal(output, labelled)).toContain('t.a: row 1 has label 1, but there are 1 labels');
  });
});

describe('a table from a SELECT', () => {
  it('is cast to what is declared where nothing is lost', async () => {
    const output = table('t', {
      a: 'UTINYINT',
      b: 'DECIMAL(18,3)',
      c: 'DOUBLE',
      d: 'DATE',
      e: 'BOOLEAN',
      f: { nullable: true },
    });
    const written = await write(
      output,
      "SELECT 1.0::DOUBLE AS a, 1.23456::DOUBLE AS b, 2 AS c, '2017-01-02' AS d, 1 AS e, NULL AS f; ",
    );
    expect(await written.query('SELECT a, b, c, d::VARCHAR AS d, e, f FROM t')).toEqual({
      a: Float64Array.of(1),
      b: Float64Array.of(1.235),
      c: Float64Array.of(2),
      d: ['2017-01-02'],
      e: ['true'],
      f: [null],
    });
  });

  it.each([
    [
      'a fraction in a whole number',
      'UTINYINT',
      '1.5::DOUBLE',
      't: column x is not UTINYINT in 1 row, for example 1.5',
    ],
    ['a number that is too large', 'UTINYINT', '300', 't: column x is not UTINYINT in 1 row, for example 300'],
    ['a text for a number', 'DOUBLE', "'1'", 't: column x is VARCHAR, declared DOUBLE'],
    ['a number for a text', 'VARCHAR', '12', 't: column x is INTEGER, declared VARCHAR'],
    ['2 for true', 'BOOLEAN', '2', 't: column x is not BOOLEAN in 1 row, for example 2'],
    ['NULL', 'DOUBLE', 'NULL::DOUBLE', 't: column x is NULL in 1 row'],
    ['NaN', 'DOUBLE', "'nan'::DOUBLE", 't: column x is not a finite number in 1 row'],
    ['infinity', 'DOUBLE', '-1e308::DOUBLE * 10', 't: column x is not a finite number in 1 row'],
  ])('refuses %s', async (_, type, value, message) => {
    expect(await refusal(table('t', { x: type }), `SELECT ${value} AS x`)).toContain(message);
  });

  it('refuses NaN even where NULL is allowed', async () => {
    const output = table('t', { x: { type: 'DOUBLE', nullable: true } });
    expect(await refusal(output, "SELECT 'nan'::DOUBLE AS x")).toContain('not a finite number');
  });
});

describe('rows that break the contract are shown', () => {
  it('missing and unexpected columns, with a suggestion', async () => {
    const message = await refusal(
      table('t', { region: 'VARCHAR', nox_t: 'DOUBLE' }),
      "SELECT 'A' AS region, 1.0::DOUBLE AS nox",
    );
    expect(message).toContain('t lacks nox_t and has nox, not declared');
    expect(message).toContain('Is `nox` meant to be `nox_t`?');
  });

  it('values out of range, with the first rows by key', async () => {
    const output = table('t', { region: 'VARCHAR', x: { type: 'DOUBLE', min: 0, max: 1 } }, 'region');
    const rows = Array.from({ length: 8 }, (_, i) => `('R${7 - i}', ${i < 7 ? -i - 1 : 0}::DOUBLE)`).join(', ');
    const message = await refusal(output, `FROM (VALUES ${rows}) AS v(region, x)`);
    expect(message.split('\n')).toEqual([
      't: column x is below the minimum 0 in 7 rows',
      '    region  x',
      '    R1      -7',
      '    R2      -6',
      '    R3      -5',
      '    R4      -4',
      '    R5      -3',
      '  Correct the value, or the range that the pipeline file declares.',
    ]);
    expect(await refusal(output, "SELECT 'A' AS region, 1.5::DOUBLE AS x")).toContain('above the maximum 1 in 1 row');
  });

  it('keys that are not unique; NULL counts as a value', async () => {
    const output = table('t', { region: 'VARCHAR', sector: { type: 'INTEGER', nullable: true } }, 'region', 'sector');
    const message = await refusal(
      output,
      "FROM (VALUES ('A', 1), ('A', NULL), ('B', 2), ('A', NULL), ('B', 2)) AS v(region, sector)",
    );
    expect(message).toContain('t: 2 keys (region, sector) not unique');
    expect(message).toMatch(/A +NULL +2\n +B +2 +2\n/);
    await write(output, "FROM (VALUES ('A', 1), ('A', NULL), ('B', 1)) AS v(region, sector)");
  });

  it('references that dangle; NULL refers to nothing', async () => {
    const output = table('t', { region: { nullable: true, references: { table: 'region', column: 'code' } } });
    const inputs = { region: [{ code: 'A' }, { code: 'B' }] };
    const message = await refusal(output, "FROM (VALUES ('A'), ('C'), (NULL), ('D')) AS v(region)", { inputs });
    expect(message).toContain(
      't: column region has no counterpart in region.code in 2 rows\n    region\n    C\n    D\n',
    );
    await write(output, "FROM (VALUES ('A'), (NULL), ('B')) AS v(region)", { inputs });
  });

  it('references to another output of the same stage', async () => {
    const outputs = [
      table('child', { id: { references: { table: 'parent', column: 'id' } } }),
      table('parent', { id: 'VARCHAR' }),
    ];
    const run = (parent: string) =>
      testContext({ outputs }).run(async (context) => {
        await context.writeTable('child', { id: ['a'] });
        await context.writeTable('parent', { id: [parent] });
      });
    (await run('a')).close();
    expect(await told(run('b'))).toContain('child: column id has no counterpart in parent.id');
  });
});

describe('outputs', () => {
  it('have to be declared, and written once', async () => {
    const output = table('emission', { x: 'INTEGER' });
    const context = () => testContext({ outputs: [output] });
    expect(await told(context().run((c) => c.writeTable('emision', 'SELECT 1 AS x')))).toContain(
      'Did you mean `emission`?',
    );
    expect(await told(context().run(() => Promise.resolve()))).toContain(
      'The declared output emission was not written',
    );
    const twice = context().run(async (c) => {
      await c.writeTable('emission', 'SELECT 1 AS x');
      await c.writeTable('emission', 'SELECT 1 AS x');
    });
    expect(await told(twice)).toContain('writes emission twice');
  });

  it('carry their meaning: description, evidence, key, unit of each column', async () => {
    const output = {
      ...table('t', { x: { type: 'DOUBLE', unit: 't', description: "it's NOx" } }),
      description: 'A table',
      evidence: 'stand-in',
    };
    const written = await write(output, 'SELECT 1.5::DOUBLE AS x');
    const { key, value } = await written.query(
      `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${written.path('t')}') ORDER BY key`,
    );
    expect(key).toEqual(['columns', 'description', 'evidence', 'key']);
    expect(value).toEqual([
      '[{"name":"x","type":"DOUBLE","unit":"t","description":"it\'s NOx"}]',
      'A table',
      'stand-in',
      '[]',
    ]);
  });

  it('give several tables at once', async () => {
    const outputs = [table('a', { x: 'INTEGER' }), table('b', { y: 'DOUBLE' })];
    const written = await testContext({ outputs }).run(async (context) => {
      await context.writeTable('a', { x: Int32Array.of(2, 1) });
      await context.writeTable('b', { y: Float64Array.of(0.5) });
    });
    expect([await written.rows('a'), await written.rows('b')]).toEqual([[{ x: 1 }, { x: 2 }], [{ y: 0.5 }]]);
    written.close();
  });
});

describe('a matrix', () => {
  const labels = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix} ${i}`);
  const given = (rows: number, columns: number) => ({
    rowLabels: labels('row', rows),
    columnLabels: labels('column', columns),
    values: Float64Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
  });

  it.each([
    [1, 1],
    [3, 2],
    [41, 1066],
    [3, 0],
  ])('of %i x %i comes back bit for bit, from an output and as an input', async (rows, columns) => {
    const value = given(rows, columns);
    const copy = await testContext({ inputs: { m: value }, outputs: [matrix('copy')] }).run(async (context) => {
      await context.writeMatrix('copy', await context.readMatrix('m'));
    });
    expect(await copy.matrix('copy')).toEqual(value);
    copy.close();
  });

  it('may be a view on a longer array', async () => {
    const whole = Float64Array.of(9, 1, 2, 3, 4, 9);
    const written = await testContext({ outputs: [matrix('m')] }).run((context) =>
      context.writeMatrix('m', { rowLabels: ['a', 'b'], columnLabels: ['x', 'y'], values: whole.subarray(1, 5) }),
    );
    expect((await written.matrix('m')).values).toEqual(Float64Array.of(1, 2, 3, 4));
    written.close();
  });

  it('refuses NaN, naming the cell, and a wrong number of values', async () => {
    const value = given(2, 3);
    value.values[4] = NaN;
    const run = (m: typeof value) =>
      testContext({ outputs: [matrix('m')] }).run((context) => context.writeMatrix('m', m));
    expect(await told(run(value))).toContain(
      'm has 1 cell that is no finite number: NaN at row row 1, column column 1',
    );
    expect(await told(run({ ...given(2, 3), rowLabels: ['a'] }))).toContain('m has 6 values for 1 row x 3 columns');
  });

  it('is asked for by its name', async () => {
    const run = testContext({ inputs: { inverse: given(1, 1) }, outputs: [] }).run(async (context) => {
      await context.readMatrix('invrese');
    });
    expect(await told(run)).toContain('has no matrix input `invrese`\n  Did you mean `inverse`?');
  });
});

describe('an SQL stage', () => {
  const setting = {
    inputs: { a: [{ x: 1 }, { x: 2 }] },
    parameters: { factor: 1.5, names: ['p', "q's"], deep: { on: true } },
  };
  const script = (sql: string) => ({ sql });

  it('sees its inputs as views and its parameters as variables', async () => {
    const output = table('t', { x: 'DOUBLE', name: 'VARCHAR', flag: 'BOOLEAN' }, 'x');
    const sql = `CREATE VIEW t AS SELECT x * getvariable('factor') AS x, getvariable('names')[2] AS name, getvariable('deep').on AS flag FROM a; -- end`;
    const written = await testContext({ ...setting, outputs: [output] }).run(script(sql));
    expect(await written.rows('t')).toEqual([
      { x: 1.5, name: "q's", flag: true },
      { x: 3, name: "q's", flag: true },
    ]);
    written.close();
  });

  it('is told the statement and the line that are wrong', async () => {
    const outputs = [table('t', { x: 'DOUBLE' })];
    const wrong = testContext({ ...setting, outputs }).run(
      script('CREATE TABLE u AS SELECT 1;\nCREATE TABLE t AS SELECT y FROM a;'),
    );
    expect(await told(wrong)).toMatch(/statement 2 of 2: Binder Error: .*"y"/);
    const broken = testContext({ ...setting, outputs }).run(script('CREATE TABEL t AS SELECT 1;'));
    expect(await told(broken)).toContain('syntax error at or near "TABEL"');
    const nothing = testContext({ ...setting, outputs }).run(script('CREATE TABLE tt AS SELECT 1;'));
    expect(await told(nothing)).toContain('makes no table or view `t`');
  });

  it('complains of its data in its own words, naming where an input is from', async () => {
    const refused = (sql: string) => told(testContext({ ...setting, outputs: [] }).run(script(sql)));
    const complaint = `CREATE TABLE t AS SELECT CASE WHEN x > 1
      THEN stage_error(format('{} has "{}"', getvariable('places').a, x), 'write 1') ELSE x END FROM a`;
    expect(await refused(complaint)).toBe('artifact a of stage test has "2"\n  write 1');
    expect(await refused("SELECT stage_error('no ' || NULL, 1 + x) FROM a")).toBe('NULL\n  2');
    // Only DuckDB's own words ask for the script to be corrected.
    expect(await refused("SELECT strptime('x', '%Y') FROM a")).toMatch(
      /statement 1 of 1: .*\n(.*\n)* {2}Correct the script/,
    );
  });

  it('may have a parameter of the name that the places of inputs have', async () => {
    const written = await testContext({
      ...setting,
      parameters: { places: 3 },
      outputs: [table('t', { x: 'INTEGER' })],
    }).run(script("CREATE TABLE t AS SELECT getvariable('places') AS x"));
    expect(await written.rows('t')).toEqual([{ x: 3 }]);
    written.close();
  });
});

describe('query', () => {
  it('gives numbers of every kind as doubles, all else as texts', async () => {
    const written = await write(table('t', { x: 'INTEGER' }), 'SELECT 1 AS x');
    const sql = `SELECT 1::TINYINT AS a, 2::BIGINT AS b, 3::HUGEINT AS c, 4.25::DECIMAL(18,3) AS d, 0.5::FLOAT AS e, true AS f,
      DATE '2017-01-02' AS g, NULL AS h, NULL::DOUBLE AS i, 'x' AS j`;
    expect(await written.query(sql)).toEqual({
      ...{ a: Float64Array.of(1), b: Float64Array.of(2), c: Float64Array.of(3), d: Float64Array.of(4.25) },
      ...{ e: Float64Array.of(0.5), f: ['true'], g: ['2017-01-02'], i: Float64Array.of(NaN), j: ['x'] },
      h: Float64Array.of(NaN),
    });
  });
});
