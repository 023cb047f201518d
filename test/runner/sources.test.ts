import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../runner/stage-context.ts';
import { project } from './project.ts';

const pipeline = (columns: string, more = '') => `pipeline: sources
sources:
  region:
    file: data-raw/regions.csv
    columns: ${columns}
    key: [code]
${more}stages:
  copy:
    run: stages/copy.sql
    inputs: [region${more === '' ? '' : ', city'}]
    outputs:
      rows: { columns: { n: BIGINT } }
`;
const COLUMNS =
  '{ code: VARCHAR, people: INTEGER, area: { type: "DECIMAL(8,2)", nullable: true }, share: { type: DOUBLE, nullable: true, max: 1 } }';
const COPY = { 'stages/copy.sql': 'CREATE VIEW rows AS SELECT count(*) AS n FROM region;' };

async function refusal(csv: string): Promise<string> {
  const { message, remedy } = await project({
    'pipeline.yaml': pipeline(COLUMNS),
    'data-raw/regions.csv': csv,
    ...COPY,
  }).run();
  return `${message}\n  ${remedy ?? ''}`;
}
const HEADER = 'code,people,area,share\n';

describe('a source with declared columns', () => {
  it('is read whatever its quotes, line ends, byte order mark and order of columns', async () => {
    const csv = '\uFEFFarea,share,"code",people\r\n1.25,,"A, ""a""",1\r\n,0.5,"two\nlines",2\r\n';
    const { outcome } = await project({
      'pipeline.yaml': pipeline(COLUMNS),
      'data-raw/regions.csv': csv,
      ...COPY,
    }).run();
    expect(outcome).toEqual({ ok: true });
  });

  it('names the line that ends otherwise than those before it, where DuckDB gives up', async () => {
    const csv = 'code,people,area,share\r\nA,1,1,0\r\nB,2,1,0\nC,3,1,0\r\n';
    expect(await refusal(csv)).toBe(
      String.raw`data-raw/regions.csv, line 3 ends in \n, the lines before it in \r\n
  Save the file with one kind of line end.`,
    );
  });

  it('refuses a wrong header, naming the column and all that are expected', async () => {
    const message = await refusal('code,pepole,area,share\nA,1,,\n');
    expect(message).toContain('data-raw/regions.csv, line 1: column `people` is missing');
    expect(message).toContain('expected: code, people, area, share\n    found:    code, pepole, area, share');
    expect(message).toContain(
      'Is `pepole` a slip of the pen? If it is something else, or in another unit, give `people`.',
    );
    expect(await refusal('code,people,area,share,note\nA,1,,,\n')).toContain('column `note` is not declared');
    expect(await refusal('code,people,area,share,code\nA,1,,,A\n')).toContain(
      'column `code` is not declared or comes twice',
    );
  });

  it.each([
    ['', 'is empty'],
    [' \n\n', 'is empty'],
    ['\ncode,people,area,share\n', 'has no header in line 1'],
  ])('names the file %j and the columns that it should have', async (csv, what) => {
    expect(await refusal(csv)).toBe(
      `data-raw/regions.csv ${what}\n    expected: code, people, area, share\n` +
        '  The first line names these columns, separated by commas; each further line is a row.',
    );
  });

  it.each([
    ['a text for a number', 'A,1,,\nB,two,,\n', 'column people is not INTEGER in 1 row\n    line 3: two'],
    ['a fraction for a whole number', 'A,1.5,,\n', 'column people is not INTEGER in 1 row\n    line 2: 1.5'],
    ['more decimals than declared', 'A,1,1.234,\n', 'column area is not DECIMAL(8,2) in 1 row\n    line 2: 1.234'],
    [
      'a missing value',
      'A,1,,\nB,,,\n',
      'column people is NULL in 1 row\n    line  code  people\n    3     B     NULL',
    ],
    ['NaN', 'A,1,,nan\n', 'column share is not a finite number in 1 row'],
    ['a number too large for a double', 'A,1,,1e400\n', 'column share is not a finite number in 1 row'],
    ['a value out of range', 'A,1,,2\n', 'column share is above the maximum 1 in 1 row'],
    ['a key twice', 'A,1,,\nB,1,,\nA,2,,\n', '1 key (code) not unique\n    code  times  lines\n    A     2      2, 4'],
    [
      'a line that is too short',
      'A,1,,\nB,2\n',
      '1 line cannot be read\n    line 3: Expected Number of Columns: 4 Found: 2: B,2',
    ],
    ['a stray quote', 'A,1,,\n"B"x,2,,\n', '1 line cannot be read\n    line 3: '],
  ])('refuses %s', async (_, rows, message) => {
    expect(await refusal(HEADER + rows)).toContain(`data-raw/regions.csv: ${message}`);
  });

  /** A blank line, a text with a line break, a blank line: what follows is line 8 of the file. */
  const TALL = '\nA,1,,\n"two\nlines",2,,\n\nB,3,,\n';

  it.each([
    ['of a wrong type', 'C,x,,\n', 'column people is not INTEGER in 1 row\n    line 8: x'],
    ['that is missing', 'C,,,\n', 'line  code  people\n    8     C     NULL'],
    ['of a key that comes twice', 'A,4,,\n', 'code  times  lines\n    A     2      3, 8'],
    [
      'of a line that cannot be read',
      'C\n\n\n"D\nE"\n',
      'line 8: Expected Number of Columns: 4 Found: 1: C\n    line 11:',
    ],
  ])('counts lines as an editor does, for a value %s', async (_, row, message) => {
    expect(await refusal(HEADER + TALL + row)).toContain(message);
    expect(await refusal((HEADER + TALL + row).replaceAll('\n', '\r\n'))).toContain(message);
  });

  it('counts the rows of a Parquet file, which has no lines', async () => {
    const parquet = project({ 'pipeline.yaml': pipeline(COLUMNS).replace('regions.csv', 'regions.parquet'), ...COPY });
    parquet.write({ 'data-raw/regions.parquet': '' });
    const { database, close } = await openDatabase(parquet.folder, 1);
    onTestFinished(close);
    const give = (people: string, share: string) =>
      database.run(`COPY (
        SELECT * FROM (VALUES ('A', '1', NULL::DECIMAL(8,2), 0.5), ('B', ${people}, NULL, ${share})) AS t(code, people, area, share)
      ) TO '${parquet.path('data-raw/regions.parquet')}' (FORMAT parquet)`);
    await give("'two'", '0.5');
    expect((await parquet.run()).message).toBe(
      'data-raw/regions.parquet: column people is not INTEGER in 1 row\n    row 2: two',
    );
    await give("'2'", '1.5');
    expect((await parquet.run()).message).toContain('row  code  share\n    2    B     1.5');
    await database.run(`COPY (SELECT 'A' AS cod) TO '${parquet.path('data-raw/regions.parquet')}' (FORMAT parquet)`);
    expect((await parquet.run()).message).toMatch(/^data-raw\/regions\.parquet: column `code` is missing/);
  });

  it.each([
    ['a missing value', 'A,,,\n', 'Give a value in each of these rows, or remove the rows.'],
    ['NaN', 'A,1,,nan\n', 'Give a number, or no value: NULL, in a CSV an empty field.'],
    ['a value out of range', 'A,1,,2\n', 'Correct the values in the file.'],
    ['a key twice', 'A,1,,\nA,2,,\n', 'Remove or add up the rows, so that each key comes once.'],
    ['a fraction', 'A,1.5,,\n', 'Write whole numbers that fit, such as 1234: no decimals, no separators.'],
    ['decimals', 'A,1,1.234,\n', 'Write numbers such as 1234.5 that fit DECIMAL(8,2): no more digits, no separators.'],
    ['a text', 'A,1,,x\n', 'Write numbers such as 1234.5 or 1.2e6: no separators.'],
  ])('says of %s what to do with the file, never with the pipeline', async (_, rows, remedy) => {
    expect((await refusal(HEADER + rows)).split('\n').at(-1)).toBe(`  ${remedy}`);
  });

  it('asks for the columns that are declared, not for other declarations', async () => {
    expect(await refusal('alpha,beta\n')).toMatch(/Correct the names of the columns\.$/);
  });

  it('refuses a Parquet file that is empty, cut short, or something else, by name', async () => {
    const parquet = project({ 'pipeline.yaml': pipeline(COLUMNS).replace('regions.csv', 'regions.parquet'), ...COPY });
    const { database, close } = await openDatabase(parquet.folder, 1);
    onTestFinished(close);
    await database.run(`COPY (SELECT i::VARCHAR AS code, i AS people FROM range(9999) AS r(i))
      TO '${parquet.path('whole.parquet')}' (FORMAT parquet)`);
    const whole = readFileSync(parquet.path('whole.parquet'));
    mkdirSync(parquet.path('data-raw'));
    const wrong = [Buffer.alloc(0), whole.subarray(0, 5000), whole.subarray(100), Buffer.from(HEADER + 'A,1,,\n')];
    for (const bytes of wrong) {
      writeFileSync(parquet.path('data-raw/regions.parquet'), bytes);
      expect(await parquet.run()).toMatchObject({
        message: 'data-raw/regions.parquet is not a whole Parquet file',
        remedy: expect.stringMatching(/^Copy or export it again\./) as string,
      });
    }
  });

  it('says so of a Parquet file that a stage is given as it is', async () => {
    const text = pipeline(COLUMNS)
      .replace('regions.csv', 'regions.parquet')
      .replace(/ {4}columns: .*\n {4}key: .*\n/, '');
    const plain = project({ 'pipeline.yaml': text, 'data-raw/regions.parquet': 'PAR1', ...COPY });
    expect((await plain.run()).message).toBe('data-raw/regions.parquet is not a whole Parquet file');
  });

  it('names a folder that is where the file should be', async () => {
    const folder = project({ 'pipeline.yaml': pipeline(COLUMNS), 'data-raw/regions.csv/a.csv': HEADER, ...COPY });
    await expect(folder.run()).rejects.toThrow(
      'data-raw/regions.csv is a folder, a file is expected there\n  Move it away, and put the file there.',
    );
  });

  const CITY =
    '  city: { file: data-raw/cities.csv, columns: { region: { type: VARCHAR, references: region.code } } }\n';
  const files = (regions: string, cities: string) => ({
    'pipeline.yaml': pipeline('{ code: VARCHAR }', CITY),
    'data-raw/regions.csv': regions,
    'data-raw/cities.csv': cities,
    ...COPY,
  });

  it('refuses references that dangle, with their lines', async () => {
    const { message, remedy } = await project(files('code\nA\n', 'region\nA\nX\n')).run();
    expect(message).toContain(
      'data-raw/cities.csv: column region has no counterpart in region.code in 1 row\n    line  region\n    3     X',
    );
    expect(remedy).toBe(
      'Correct the values: those that can be used are in column code of data-raw/regions.csv. Or name another file for it under `sources:`.',
    );
  });

  it('finds a reference that dangles because the other file changed', async () => {
    const cities = project(files('code\nA\nB\n', 'region\nA\nB\n'));
    expect((await cities.run()).outcome).toEqual({ ok: true });
    cities.write({ 'data-raw/regions.csv': 'code\nA\n' });
    expect((await cities.run()).message).toContain('no counterpart in region.code');
  });

  it('names all wrong files at once, and keeps what is right', async () => {
    const cities = project({
      ...files('code\nA\n', 'region\nA\n'),
      'data-raw/cities.csv': 'regoin\nA\n',
      'data-raw/regions.csv': 'cod\nA\n',
    });
    const { message } = await cities.run();
    expect(message).toContain('column `code` is missing');
    expect(message).toContain('column `region` is missing');
    cities.write({ 'data-raw/regions.csv': 'code\nA\n' });
    expect((await cities.run()).message).not.toContain('regions.csv');
  });
});

describe('a source that is absent', () => {
  it('is named with its place in the pipeline file', async () => {
    const absent = project({ 'pipeline.yaml': pipeline(COLUMNS), ...COPY });
    await expect(absent.run()).rejects.toThrow(
      /pipeline\.yaml:3:3: the file `data-raw\/regions\.csv` of source `region` is not there/,
    );
  });
});
