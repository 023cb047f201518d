import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gb18030, parquet, workbook } from '../../formats/records/fixtures.ts';
import { storedZip } from '../../formats/stored-zip.ts';
import { runEnterprises, runFolder, type Checked } from './run-enterprises.ts';

const HEADER = ['组织机构代码', '企业名称', '行业代码', '行政区划代码', '氮氧化物排放量（千克）', '备注'];
const ROWS: (string | number)[][] = [
  ['A1', '唐山宏达钢铁有限公司', 3110, 130200, 12.5, ''],
  ['A2', '北京热电厂', '4411', '北京市宣武区', '1,234.5', '旧区'],
  ['A3', '坏行', '9910', '130200', 7, ''],
  ['A4', '煤矿', 610, '1402', 1e3, ''],
];
const text = (delimiter: string, end = '\n') =>
  [HEADER, ...ROWS]
    .map((row) => row.map((cell) => (String(cell).includes(delimiter) ? `"${cell}"` : cell)).join(delimiter) + end)
    .join('');
const csv = text(',');
const query = `SELECT * FROM (VALUES
  ('A1', '唐山宏达钢铁有限公司', 3110.0::DOUBLE, '130200', '12.5', NULL), ('A2', '北京热电厂', 4411, '北京市宣武区', '1,234.5', '旧区'),
  ('A3', '坏行', 9910, '130200', '7', NULL), ('A4', '煤矿', 610, '1402', '1000', NULL)) t(${HEADER.map((name) => `"${name}"`).join(', ')})`;

/** Records and rejects, without where they stand. */
const told = ({ clean, emissions, rejects }: Checked) => ({
  clean: clean.map(({ file: _, line: __, ...row }, i) => [row, emissions[i]!.emission_kg]),
  rejects: rejects.map(({ reason, column_name }) => [reason, column_name]),
});

const EXPECTED = {
  clean: [
    [{ id: 'A1', name: '唐山宏达钢铁有限公司', industry: '3110', place: '130200', region: 'TS', sector: 14 }, 12.5],
    [{ id: 'A2', name: '北京热电厂', industry: '4411', place: '北京市宣武区', region: 'BJ', sector: 22 }, 1234.5],
    [{ id: 'A4', name: '煤矿', industry: '0610', place: '1402', region: 'SX', sector: 2 }, 1000],
  ],
  rejects: [['unknown industry', '行业代码']],
};

describe('the same records', () => {
  it.each([
    ['CSV', 'a.csv', csv],
    ['CSV with CR LF and a mark', 'a.csv', `\uFEFF${text(',', '\r\n')}`],
    ['CSV in GB18030', 'a.csv', gb18030(csv)],
    ['CSV in UTF-16 LE with a mark', 'a.csv', Buffer.from(`\uFEFF${csv}`, 'utf16le')],
    ['TSV in UTF-16 BE', 'a.txt', Buffer.from(`\uFEFF${text('\t')}`, 'utf16le').swap16()],
    ['TSV', 'a.tsv', text('\t')],
    ['text with semicolons', 'a.csv', text(';')],
    ['gzip', 'a.csv.gz', gzipSync(csv)],
    ['zip', 'a.zip', storedZip({ 'inner/a.csv': csv })],
  ])('are read from %s', async (_, name, content) => {
    expect(told(await runFolder({ [name]: content }))).toEqual(EXPECTED);
  });

  it('are read from a workbook: numbers as texts and as numbers, titles above, notes and empty rows between', async () => {
    const sheets = {
      notes: [['编制说明'], ['行业代码', '见国家标准']],
      '2017': [['2017年工业企业污染排放'], [null], HEADER, [], ...ROWS],
    };
    const checked = await runFolder({ 'a.xlsx': await workbook(sheets) });
    expect(told(checked)).toEqual(EXPECTED);
    expect(checked.progress).toContainEqual({ note: 'a.xlsx, sheet notes is left out: it has no columns of records' });
    expect(checked.clean.map(({ file, line }) => [file, line])).toEqual(
      [5, 6, 8].map((line) => ['a.xlsx, sheet 2017', line]),
    );
    expect(checked.rejects).toMatchObject([{ line: 7, raw: 'A3,坏行,9910,130200,7,' }]);
  });

  it('are read from Parquet: whole numbers may be floating point', async () => {
    const checked = await runFolder({ 'a.parquet': await parquet(query) });
    expect(told(checked)).toEqual(EXPECTED);
    expect(checked.clean.map(({ line }) => line)).toEqual([1, 2, 4]);
    expect(checked.rejects).toMatchObject([{ line: 3, raw: 'A3,坏行,9910,130200,7,' }]);
  });

  it('are read from the stand-in, which is one file', async () => {
    expect(told(await runEnterprises(csv))).toEqual(EXPECTED);
  });
});

describe('several files', () => {
  it('are read together, each with its own format, header and unit; the first of an id is kept over all of them', async () => {
    const checked = await runFolder({
      'b.csv': 'id,industry,place,nox_t\nB1,3110,130200,1.5\nA1,3110,130200,9\n',
      'a/x.tsv.gz': gzipSync('place\tid\tNOx (g)\tindustry\n130200\tA1\t2500\t3110\n130200\tA1\t1\t3110\n'),
      'c.xlsx': await workbook({
        one: [
          ['id', 'industry', 'place', 'NOx（万吨）'],
          ['C1', '3110', '唐山', 0.002],
          ['B1', '3110', '唐山', 1],
        ],
        two: [
          ['id', 'industry', 'place', 'nox_kg'],
          ['C2', '3110', '唐山', '１２．５'],
        ],
      }),
    });
    expect(checked.clean.map(({ file, line, id }, i) => [file, line, id, checked.emissions[i]!.emission_kg])).toEqual([
      ['a/x.tsv.gz', 2, 'A1', 2.5],
      ['b.csv', 2, 'B1', 1500],
      ['c.xlsx, sheet one', 2, 'C1', 20_000],
      ['c.xlsx, sheet two', 2, 'C2', 12.5],
    ]);
    expect(checked.rejects.map(({ file, line, reason }) => [file, line, reason])).toEqual([
      ['a/x.tsv.gz', 3, 'duplicate id'],
      ['b.csv', 3, 'duplicate id'],
      ['c.xlsx, sheet one', 3, 'duplicate id'],
    ]);
    const files = checked.progress.filter(({ unit, note }) => unit === 'files' && note !== undefined);
    expect(files.map(({ note }) => note)).toEqual(['a/x.tsv.gz', 'b.csv', 'c.xlsx']);
  });

  it('name the one that is at fault', async () => {
    const good = 'id,industry,place,nox_kg\nA1,3110,130200,1\n';
    const at = (file: string) => expect.stringMatching(`/enterprise-files-\\w+/${file}`) as string;
    await expect(runFolder({ 'a.csv': good, 'sub/b.csv': 'id,industry,place\n' })).rejects.toMatchObject({
      name: 'StageError',
      message: at('sub/b.csv: there is no column NOx'),
    });
    await expect(runFolder({ 'a.csv': good, 'b.csv.gz': Buffer.from([0x1f, 0x8b, 8]) })).rejects.toMatchObject({
      name: 'StageError',
      message: at('b.csv.gz cannot be unpacked'),
    });
    const faulty = await workbook({ notes: [['x']], two: [['id', 'industry', 'place', 'NOX']] });
    await expect(runFolder({ 'a.csv': good, 'c.xlsx': faulty })).rejects.toMatchObject({
      message: at('c.xlsx, sheet two: "NOX" \\(cell D1\\) names no unit'),
    });
    const notes = await workbook({ notes: [['x']], others: [['y']] });
    await expect(runFolder({ 'a.csv': good, 'd.xlsx': notes })).rejects.toMatchObject({
      message: at('d.xlsx, sheet .*: there is no column id'),
    });
    await expect(runFolder({ 'a.csv': 'id,industry,place,nox_kg\n' })).rejects.toThrow('has a header but no records');
  });

  it('have sheets with a header each: one that continues another is an error, where it may hold records', async () => {
    const header = ['id', 'industry', 'place', 'nox_kg', 'remark'];
    const one = [header, ['A1', 3110, '唐山', 1]];
    const two = [
      ['A2', 3110, '唐山', 1],
      ['A3', 3110, '唐山', 2],
    ];
    await expect(runFolder({ 'a.xlsx': await workbook({ one, two }) })).rejects.toMatchObject({
      name: 'StageError',
      message: expect.stringMatching(
        /a\.xlsx, sheet two: there is no column id, industry, place, NOx; the header is A2,3110,唐山,1; line 1 may be a record: it has values up to column 4/,
      ) as string,
      remedy: expect.stringMatching(
        /^Give the sheet the header id,name,industry,place,nox_kg \(in any order\), or say .* removed\.$/,
      ) as string,
    });
    // Below the rows in which a header may stand, and with cells that are empty.
    const late = [...Array.from({ length: 30 }, (_, i) => [`note ${i}`]), ['A2', null, null, null, 'x']];
    await expect(runFolder({ 'a.xlsx': await workbook({ one, late }) })).rejects.toThrow(
      /sheet late: .*; line 31 may be a record/,
    );
    const notes = [
      [null, null, null, null, '2017年环境统计'],
      ['制表人', '张三', '2017'],
    ];
    const checked = await runFolder({ 'a.xlsx': await workbook({ notes, one }) });
    expect(checked.clean.map(({ id }) => id)).toEqual(['A1']);
  });

  it('add up, whatever they hold: records and rejects are the lines, emissions are exact', async () => {
    const units = { g: -3, kg: 0, t: 3, kt: 6, 万吨: 7 };
    const line = fc.record({ grams: fc.bigInt(0n, 10n ** 15n), fault: fc.boolean() });
    const file = fc.record({
      unit: fc.constantFrom('g', 'kg', 't', 'kt', '万吨'),
      delimiter: fc.constantFrom(',', '\t', ';'),
      lines: fc.array(line, { minLength: 1, maxLength: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (files) => {
        const contents = files.map(({ unit, delimiter, lines }, f) => {
          const decimals = 3 + units[unit];
          const rows = lines.map(({ grams, fault }, i) => {
            const digits = String(grams).padStart(decimals + 1, '0');
            const amount = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
            return [`F${f}L${i}`, '3110', fault ? '990000' : '130200', amount].join(delimiter);
          });
          const header = ['id', 'industry', 'place', `氮氧化物排放量（${unit}）`].join(delimiter);
          return [`${f}.csv`, [header, ...rows, 'first', ''].join('\n')] as const;
        });
        const more = { 'first.csv': 'id,industry,place,nox_kg\nfirst,3110,130200,0\n' };
        const { clean, emissions, rejects, summary } = await runFolder({ ...Object.fromEntries(contents), ...more });
        const all = files.flatMap(({ lines }) => lines);
        const valid = all.filter(({ fault }) => !fault);
        expect(clean.length).toBe(valid.length + 1);
        expect(clean.length + rejects.length).toBe(all.length + files.length + 1);
        expect(summary.reduce((sum, { lines }) => sum + lines, 0)).toBe(rejects.length);
        const grams = emissions.reduce((sum, { emission_kg }) => sum + BigInt(Math.round(emission_kg * 1000)), 0n);
        expect(grams).toBe(valid.reduce((sum, one) => sum + one.grams, 0n));
      }),
      { numRuns: 5 },
    );
  });
});

describe('an id', () => {
  const HEADER_ROW = ['id', 'industry', 'place', 'nox_kg'];
  const rounded = 'id is rounded by the spreadsheet';
  const told = ({ clean, rejects }: Checked) => [
    clean.map(({ id }) => id),
    rejects.map(({ line, reason, column_name }) => [line, reason, column_name]),
  ];

  it('that is a number too large for a spreadsheet is a reject: others have become the same', async () => {
    const ids = [
      Number('911302831234567801'),
      Number('911302831234567802'),
      2 ** 53,
      2 ** 53 - 1,
      91130283,
      '911302831234567801',
    ];
    const sheet = [HEADER_ROW, ...ids.map((id) => [id, 3110, '唐山', 1])];
    const checked = await runFolder({ 'a.xlsx': await workbook({ sheet }) });
    expect(told(checked)).toEqual([
      [String(2 ** 53 - 1), '91130283', '911302831234567801'],
      [2, 3, 4].map((line) => [line, rounded, 'id']),
    ]);
    expect(checked.rejects[0]!.raw).toBe('911302831234567800,3110,唐山,1');
    expect(checked.summary[0]!.example).toBe('a.xlsx, sheet sheet line 2: 911302831234567800');
  });

  it('is so in Parquet too: whole numbers are exact, floating point is not', async () => {
    const rows = (id: string) => `SELECT ${id} AS id, '3110' AS industry, '唐山' AS place, 1 AS nox_kg`;
    const files = {
      'a.parquet': await parquet(
        `${rows('911302831234567801::DOUBLE')} UNION ALL BY NAME ${rows('9113028312::DOUBLE')}`,
      ),
      'b.parquet': await parquet(`${rows('16777217::FLOAT')} UNION ALL BY NAME ${rows('16777215::FLOAT')}`),
      'c.parquet': await parquet(`${rows('911302831234567801')} UNION ALL BY NAME ${rows('911302831234567802')}`),
    };
    expect(told(await runFolder(files))).toEqual([
      ['9113028312', '16777215', '911302831234567801', '911302831234567802'],
      [1, 1].map((line) => [line, rounded, 'id']),
    ]);
  });

  it('is so in what a spreadsheet wrote as text', async () => {
    const text = 'id,industry,place,nox_kg\n9.11303E+17,3110,130200,1\n9E17,3110,130200,1\nA+1,3110,130200,1\n';
    expect(told(await runEnterprises(text))).toEqual([['9E17', 'A+1'], [[2, rounded, 'id']]]);
  });

  it('is the same in lower case and in full width; it is kept as it is written', async () => {
    const ids = ['91130283xk', '91130283XK', '９１１３０２８３ｘＫ', '热电厂ｂ', '热电厂B', 'é', 'É', 'e'];
    const text = [HEADER_ROW.join(), ...ids.map((id) => `${id},3110,130200,1`)].join('\n');
    expect(told(await runEnterprises(text))).toEqual([
      ['91130283xk', '热电厂ｂ', 'é', 'e'],
      [3, 4, 6, 8].map((line) => [line, 'duplicate id', 'id']),
    ]);
  });
});
