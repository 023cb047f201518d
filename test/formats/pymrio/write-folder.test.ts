import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withDatabase } from '../../../formats/database.ts';
import { openPymrioFolder } from '../../../formats/pymrio/folder.ts';
import { tupleParts, tupleText } from '../../../formats/pymrio/python-tuple.ts';
import { writePymrioFolder, type PymrioSystem, type WrittenFrame } from '../../../formats/pymrio/write-folder.ts';
import { writeParquetFrame } from '../../../formats/pymrio/write-parquet.ts';
import { pymrioTestSystem } from '../../support/pymrio-test-system.ts';
import { hasPymrioData, mock, NEEDS_PYMRIO, part, wholeTable } from '../../support/shared-data.ts';
import { smallSystem } from '../small-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'pymrio-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const bits = (values: Float64Array): string => Buffer.from(Float64Array.from(values).buffer).toString('hex');

/** Writes a system, reads it, and holds every number and name against what was written. */
async function expectSame(system: PymrioSystem, format: 'txt' | 'parquet'): Promise<void> {
  const path = join(folder, `${system.name}-${format}`);
  await writePymrioFolder(path, system, format);
  const table = await openPymrioFolder(path);
  const n = system.output.length;
  const width = table.columns.length;
  const demand = system.regions.length * system.categories.length;
  expect(width).toBe(n + demand + 1);
  expect(table.unit).toBe(system.unit);
  expect(table.intermediate).toBe('deliveries');
  const accounts = system.regions.flatMap((region) =>
    system.sectors.map((sector) => ({ kind: 'account', region, sector })),
  );
  expect(table.rows.slice(0, n)).toEqual(accounts);
  expect(table.columns.slice(0, n)).toEqual(accounts);
  expect(table.columns.slice(n, n + demand)).toEqual(
    system.regions.flatMap((region) =>
      system.categories.map((category) => ({ kind: 'final demand', region, category })),
    ),
  );
  expect(table.columns.at(-1)).toEqual({ kind: 'stated', of: 'all', name: 'indout' });
  const values = await wholeTable(table);
  expect(bits(part(values, width, [0, n], [0, n]))).toBe(bits(system.intermediate));
  expect(bits(part(values, width, [0, n], [n, demand]))).toBe(bits(system.finalDemand));
  expect(bits(part(values, width, [0, n], [n + demand, 1]))).toBe(bits(system.output));
  let row = n;
  for (const { name, rows, flows, finalDemandFlows } of system.extensions) {
    const m = rows.length;
    expect(table.rows.slice(row, row + m)).toEqual(
      rows.map(({ key: [first, compartment], unit }) =>
        name === 'factor_inputs'
          ? { kind: 'primary input', name: first, imports: false }
          : { kind: 'stressor', name: first, compartment, extension: name, unit },
      ),
    );
    expect(bits(part(values, width, [row, m], [0, n]))).toBe(bits(flows));
    const own = part(values, width, [row, m], [n, demand]);
    expect(bits(own)).toBe(bits(finalDemandFlows ?? new Float64Array(own.length)));
    row += m;
  }
  expect(table.rows).toHaveLength(row);
}

describe.each(['txt', 'parquet'] as const)('a system written as %s', (format) => {
  it('is read back to the bit', async () => {
    await expectSame(smallSystem, format);
  });

  it.skipIf(!hasPymrioData)(`the test system of pymrio is read back to the bit (${NEEDS_PYMRIO})`, async () => {
    await expectSame(await pymrioTestSystem(), format);
  });
});

describe('the text of a system', () => {
  const path = (...parts: string[]): string => join(folder, 'layout', ...parts);
  const lines = (...parts: string[]): string[] => readFileSync(path(...parts), 'utf8').split('\n');
  const json = (...parts: string[]): unknown => JSON.parse(readFileSync(path(...parts), 'utf8'));
  const plain: PymrioSystem = { ...smallSystem, regions: ['A', 'B'], sectors: ['one', 'two'] };

  beforeAll(async () => {
    await writePymrioFolder(path(), plain);
  });

  it('has the levels of the columns, then the names of the levels of the rows, then values', () => {
    expect(lines('Z.txt').slice(0, 4)).toEqual([
      'region\t\tA\tA\tB\tB',
      'sector\t\tone\ttwo\tone\ttwo',
      'region\tsector\t\t\t\t',
      'A\tone\t0.1\t0.3333333333333333\t2e-17\t4',
    ]);
    expect(lines('Y.txt').slice(0, 3)).toEqual([
      'region\t\tA\tA\tB\tB',
      'category\t\thouseholds\tgovernment\thouseholds\tgovernment',
      'region\tsector\t\t\t\t',
    ]);
    expect(lines('factor_inputs', 'F.txt')).toEqual([
      'region\tA\tA\tB\tB',
      'sector\tone\ttwo\tone\ttwo',
      'inputtype\t\t\t\t',
      'Value added\t10\t20\t30\t40',
      '',
    ]);
  });

  it('has one line of header where columns have one level', () => {
    expect(lines('unit.txt').slice(0, 2)).toEqual(['region\tsector\tunit', 'A\tone\tM.EUR']);
    expect(lines('x.txt').slice(0, 2)).toEqual(['region\tsector\tindout', 'A\tone\t100']);
    expect(lines('emissions', 'unit.txt')[0]).toBe('stressor\tcompartment\tunit');
  });

  it('is described as load_all of pymrio wants it', () => {
    const described = (name: string, nr_index_col: string, nr_header: string): object => ({
      name,
      nr_index_col,
      nr_header,
    });
    expect(json('file_parameters.json')).toEqual({
      files: {
        Z: described('Z.txt', '2', '2'),
        Y: described('Y.txt', '2', '2'),
        x: described('x.txt', '2', '1'),
        unit: described('unit.txt', '2', '1'),
      },
      systemtype: 'IOSystem',
    });
    expect(json('factor_inputs', 'file_parameters.json')).toEqual({
      files: { F: described('F.txt', '1', '2'), unit: described('unit.txt', '1', '1') },
      systemtype: 'Extension',
      name: 'factor_inputs',
    });
    expect(json('metadata.json')).toEqual({
      description: 'small, in M.EUR',
      name: 'small',
      system: 'ixi',
      version: 'v2',
      history: [],
    });
  });

  it.skipIf(!hasPymrioData)(`has the header that a folder in the tests of pymrio has (${NEEDS_PYMRIO})`, async () => {
    const system = await pymrioTestSystem();
    const regions = ['AUS', 'BRA', 'FIN', 'FRA', 'KOR', 'WWF'];
    const target = path('renamed');
    await writePymrioFolder(target, { ...system, regions });
    const head = (file: string): string[] => readFileSync(file, 'utf8').split(/\r?\n/).slice(0, 3);
    expect(head(join(target, 'Z.txt'))).toEqual(head(mock('exio3_mock', 'A.txt')));
    expect(head(join(target, 'Y.txt'))).toEqual(head(mock('exio3_mock', 'Y.txt')));
    expect(head(join(target, 'unit.txt'))).toEqual(head(mock('exio3_mock', 'unit.txt')));
    const described = (file: string): { files: Record<string, unknown> } =>
      JSON.parse(readFileSync(file, 'utf8')) as { files: Record<string, unknown> };
    const theirs = described(mock('exio3_mock', 'file_parameters.json'));
    const ours = described(join(target, 'file_parameters.json'));
    expect({ ...ours.files.Z!, name: 'A.txt' }).toEqual(theirs.files.A);
    expect(ours.files.Y).toEqual(theirs.files.Y);
    expect(ours.files.unit).toEqual(theirs.files.unit);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  });
});

describe('the Parquet of a system', () => {
  const path = (...parts: string[]): string => join(folder, 'parquet-layout', ...parts);
  const query = async (sql: string): Promise<unknown[][]> => {
    const instance = await DuckDBInstance.create(':memory:');
    const database = await instance.connect();
    const rows = (await database.runAndReadAll(sql)).getRowsJS();
    database.closeSync();
    instance.closeSync();
    return rows;
  };
  const schema = async (file: string): Promise<unknown[][]> =>
    (await query(`SELECT name, type, converted_type FROM parquet_schema('${file}')`)).slice(1);
  const metadata = async (file: string): Promise<unknown> => {
    const rows = await query(`SELECT decode(value) FROM parquet_kv_metadata('${file}') WHERE decode(key) = 'pandas'`);
    return JSON.parse(rows[0]![0] as string);
  };

  beforeAll(async () => {
    await writePymrioFolder(path(), { ...smallSystem, regions: ['A', 'B'], sectors: ['one', 'two'] }, 'parquet');
  });

  it('names columns of two levels by tuples, and has the keys of the rows behind them', async () => {
    expect(await schema(path('Z.parquet'))).toEqual([
      ["('A', 'one')", 'DOUBLE', null],
      ["('A', 'two')", 'DOUBLE', null],
      ["('B', 'one')", 'DOUBLE', null],
      ["('B', 'two')", 'DOUBLE', null],
      ['region', 'BYTE_ARRAY', 'UTF8'],
      ['sector', 'BYTE_ARRAY', 'UTF8'],
    ]);
  });

  it('says what pandas needs to make the same frame again', async () => {
    const level = (name: string | null): object => ({
      name,
      field_name: name,
      pandas_type: 'unicode',
      numpy_type: 'object',
      metadata: { encoding: 'UTF-8' },
    });
    const column = (name: string, pandas_type: string, numpy_type: string): object => ({
      name,
      field_name: name,
      pandas_type,
      numpy_type,
      metadata: null,
    });
    const key = (name: string): object => column(name, 'unicode', 'object');
    expect(await metadata(path('factor_inputs', 'F.parquet'))).toMatchObject({
      index_columns: ['inputtype'],
      column_indexes: [level('region'), level('sector')],
      columns: [
        column("('A', 'one')", 'float64', 'float64'),
        column("('A', 'two')", 'float64', 'float64'),
        column("('B', 'one')", 'float64', 'float64'),
        column("('B', 'two')", 'float64', 'float64'),
        key('inputtype'),
      ],
    });
    expect(await metadata(path('unit.parquet'))).toMatchObject({
      index_columns: ['region', 'sector'],
      column_indexes: [level(null)],
      columns: [key('unit'), key('region'), key('sector')],
    });
  });
});

describe('tuples of Python', () => {
  it.each([
    [['reg1', 'food'], "('reg1', 'food')"],
    [["it's", 'b'], `("it's", 'b')`],
    [[`it's "b"`, 'a\\b'], String.raw`('it\'s "b"', 'a\\b')`],
    [['a\tb\n', '\u0001'], String.raw`('a\tb\n', '\x01')`],
    [['京', 'é'], "('京', 'é')"],
  ])('%j', (parts, text) => {
    expect(tupleText(parts)).toBe(text);
    expect(tupleParts(text)).toEqual(parts);
  });

  it.each(['reg1', "('a', 1)", "('a' 'b')x", "('a", String.raw`('a\')`])('%s is none', (text) => {
    expect(tupleParts(text)).toBeNull();
  });

  it('reads characters by their numbers', () => {
    expect(tupleParts(String.raw`('\xa0\u4eac', '\U0001f600\d')`)).toEqual(['\u00A0京', '😀\\d']);
  });
});

describe('what cannot be written', () => {
  const refused = (change: Partial<PymrioSystem>): Promise<void> =>
    writePymrioFolder(join(folder, 'refused'), { ...smallSystem, ...change });
  const [emissions] = smallSystem.extensions;

  it.each<[string, Partial<PymrioSystem>]>([
    ['pandas takes the name "NA" for a missing value', { regions: ['NA', 'B'] }],
    ['the sectors have "a" twice', { sectors: ['a', 'a'] }],
    ['pymrio cannot call an extension "a b"', { extensions: [{ ...emissions!, name: 'a b' }] }],
    ['x of system "small" has 3 values, not 4 x 1', { output: new Float64Array(3) }],
    ['x of system "small" is NaN at row Côte d\'Azur, food, "fresh"', { output: Float64Array.from([1, 2, NaN, 4]) }],
    [
      'the key of row CO2, air has not the levels stressor',
      { extensions: [{ ...emissions!, indexNames: ['stressor'] }] },
    ],
  ])('%s', async (message, change) => {
    await expect(refused(change)).rejects.toThrow(message);
  });
});

describe('Parquet that cannot be written or read', () => {
  const plain: PymrioSystem = { ...smallSystem, regions: ['A', 'B'], sectors: ['one', 'two'] };
  const path = join(folder, 'broken-parquet');
  const pairs = ['A', 'B'].flatMap((region) => ['one', 'two'].map((sector) => [region, sector]));
  const frame: WrittenFrame = {
    indexNames: ['region', 'sector'],
    index: pairs,
    columnNames: ['region', 'sector'],
    columns: pairs,
    values: new Float64Array(16),
  };
  beforeEach(async () => {
    rmSync(path, { recursive: true, force: true });
    await writePymrioFolder(path, plain, 'parquet');
  });
  const read = async (): Promise<void> => {
    await wholeTable(await openPymrioFolder(path));
  };

  it('names that differ in case alone', async () => {
    const refused = writePymrioFolder(path, { ...plain, sectors: ['iron', 'Iron'] }, 'parquet');
    await expect(refused).rejects.toThrow("cannot have a column ('A', 'Iron') beside one that differs in case alone");
  });

  it('a value that is no number', async () => {
    await writeParquetFrame(join(path, 'Z.parquet'), { ...frame, values: new Float64Array(16).fill(Number.NaN, 6, 7) });
    await expect(read()).rejects.toThrow('Z.parquet, row 2, column B, one holds NaN: a number is expected');
  });

  it('other rows than columns', async () => {
    await writeParquetFrame(join(path, 'Z.parquet'), { ...frame, index: [...pairs].reverse() });
    await expect(read()).rejects.toThrow('Z.parquet, row 1, is B, two, where A, one is expected');
    const short = { ...frame, index: pairs.slice(0, 3), values: new Float64Array(12) };
    await writeParquetFrame(join(path, 'Z.parquet'), short);
    await expect(read()).rejects.toThrow('Z.parquet ends before the row of B, two');
  });

  it('a file without the metadata of pandas, or no Parquet at all', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const database = await instance.connect();
    await database.run(`COPY (SELECT 1 AS a) TO '${join(path, 'Y.parquet')}' (FORMAT parquet)`);
    database.closeSync();
    instance.closeSync();
    await expect(read()).rejects.toThrow('Y.parquet was not written by pandas');
    writeFileSync(join(path, 'Y.parquet'), 'text');
    await expect(read()).rejects.toThrow('Y.parquet is no Parquet');
  });

  it.each([
    ['cut short', '{"index_columns": ', /Z\.parquet: its metadata "pandas" are not in JSON: /],
    ['of something else', '{"index_columns": 3}', /Z\.parquet: its metadata "pandas" are not as pandas writes them: /],
  ])('metadata of pandas that are %s', async (_, metadata, message) => {
    await withDatabase(async (database) => {
      const file = join(path, 'Z.parquet');
      await database.run(`CREATE TABLE kept AS FROM '${file}'`);
      await database.run(`COPY kept TO '${file}' (FORMAT parquet, KV_METADATA {pandas: '${metadata}'})`);
    });
    await expect(read()).rejects.toThrow(message);
    await expect(read()).rejects.toMatchObject({ remedy: 'save the system with pymrio again' });
  });

  it('flows of final demand in another order of rows are told by their keys', async () => {
    const emissions = join(path, 'emissions', 'F_Y.parquet');
    const [first, second] = plain.extensions[0]!.rows.map(({ key }) => key);
    const columns = ['A', 'B'].flatMap((region) => ['households', 'government'].map((category) => [region, category]));
    const other = {
      indexNames: ['stressor', 'compartment'],
      index: [second!, ['SF6', 'air'], first!],
      columnNames: ['region', 'category'],
      columns,
      values: Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    };
    await writeParquetFrame(emissions, other);
    const table = await openPymrioFolder(path);
    expect(table.rows.slice(4, 7)).toEqual([
      { kind: 'stressor', name: 'CO2', compartment: 'air', extension: 'emissions', unit: 'kg' },
      { kind: 'stressor', name: 'N', compartment: 'water', extension: 'emissions', unit: 't' },
      { kind: 'stressor', name: 'SF6', compartment: 'air', extension: 'emissions', unit: null },
    ]);
    expect([...part(await wholeTable(table), 9, [4, 3], [4, 4])]).toEqual([9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('what cannot be read', () => {
  const broken = async (file: string, change: (text: string) => string): Promise<string> => {
    const path = join(folder, 'broken');
    rmSync(path, { recursive: true, force: true });
    await writePymrioFolder(path, { ...smallSystem, regions: ['A', 'B'], sectors: ['one', 'two'] });
    writeFileSync(join(path, file), change(readFileSync(join(path, file), 'utf8')));
    return path;
  };
  const read = async (path: string): Promise<void> => {
    await wholeTable(await openPymrioFolder(path));
  };

  it.each<[string, string, (text: string) => string]>([
    ['Z.txt, line 4, column 5 is empty: a number is expected', 'Z.txt', (t) => t.replace('2e-17', '')],
    ['Z.txt, line 4, column 5 holds "NaN": a number is expected', 'Z.txt', (t) => t.replace('2e-17', 'NaN')],
    ['Z.txt, line 4, column 5 holds "0x10"', 'Z.txt', (t) => t.replace('2e-17', '0x10')],
    ['Z.txt, line 4, column 5 holds "Infinity"', 'Z.txt', (t) => t.replace('2e-17', 'Infinity')],
    ['Z.txt, line 4, has 5 cells; its first line has 6', 'Z.txt', (t) => t.replace('2e-17\t', '')],
    ['Y.txt, line 4 is B, one, where A, one is expected', 'Y.txt', (t) => t.replace('A\tone', 'B\tone')],
    ['Y.txt ends before the row of B, two', 'Y.txt', (t) => t.replace(/B\ttwo.*\n$/, '')],
    ['Y.txt, line 8 is B, two, where the file is to end', 'Y.txt', (t) => t + t.slice(t.lastIndexOf('B\ttwo'))],
    ['F.txt: column 1 is C, one', 'emissions/F.txt', (t) => t.replace('A', 'C')],
    ['file_parameters.json is not in JSON', 'file_parameters.json', () => '{'],
    ['file_parameters.json is not as pymrio writes it', 'file_parameters.json', () => '{}'],
    ['has no file Q.txt', 'file_parameters.json', (t) => t.replace('Y.txt', 'Q.txt')],
    ['is stored as .pkl, which only Python reads', 'file_parameters.json', (t) => t.replace('Y.txt', 'Y.pkl')],
    ['holds neither Z nor A, or no Y', 'file_parameters.json', (t) => t.replace('"Z"', '"L"')],
    ['holds no F', 'emissions/file_parameters.json', (t) => t.replace('"F"', '"S"')],
  ])('%s', async (message, file, change) => {
    const path = await broken(file, change);
    if (message.includes('.pkl')) cpSync(join(path, 'Y.txt'), join(path, 'Y.pkl'));
    await expect(read(path)).rejects.toThrow(message);
  });

  it('minus zero is zero', async () => {
    const path = await broken('Z.txt', (t) => t.replace('2e-17', '-0.0'));
    const values = await wholeTable(await openPymrioFolder(path));
    expect(Object.is(values[2], 0)).toBe(true);
  });

  it('says where a value stands', async () => {
    const table = await openPymrioFolder(await broken('Z.txt', (t) => t));
    expect(table.place(1, 2)).toMatch(/Z\.txt, line 5, column 5$/);
    expect(table.place(5, 4)).toMatch(/emissions\/F_Y\.txt, line 5, column 3$/);
    expect(table.place(6, 4)).toContain('which no file holds');
  });
});
