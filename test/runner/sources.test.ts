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

  it('refuses a wrong header, naming the column and all that are expected', async () => {
    const message = await refusal('code,pepole,area,share\nA,1,,\n');
    expect(message).toContain('data-raw/regions.csv, line 1: column `people` is missing');
    expect(message).toContain('expected: code, people, area, share\n    found:    code, pepole, area, share');
    expect(message).toContain('Is `pepole` a slip of the pen?');
    expect(await refusal('code,people,area,share,note\nA,1,,,\n')).toContain('column `note` is not declared');
    expect(await refusal('code,people,area,share,code\nA,1,,,A\n')).toContain(
      'column `code` is not declared or comes twice',
    );
    expect(await refusal('')).toContain('has no header line');
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
    expect(remedy).toContain('add what is missing to region');
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
