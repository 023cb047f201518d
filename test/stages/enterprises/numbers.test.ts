import { describe, expect, it } from 'vitest';
import { sqlText, withDatabase } from '../../../formats/database.ts';
import { sheetOfXml, workbook } from '../../formats/records/fixtures.ts';
import { hasDecimalComma } from '../../../stages/enterprises/numbers.ts';
import { runFolder } from './run-enterprises.ts';

/** What is written, the unit of its column, and the kilograms it counts as; null: it is rejected as no number. */
const EXAMPLES: [written: string, unit: string, kilograms: number | null][] = [
  ['12.5', 'kg', 12.5],
  ['1,234.5', 'kg', 1234.5],
  ['1，234.5', 'kg', 1234.5],
  ['1,234,567', 'kg', 1_234_567],
  ['1 234 567.25', 'kg', 1_234_567.25],
  ['1\u00A0234', 'kg', 1234],
  ['１２３４．５', 'kg', 1234.5],
  ['１，２３４．５', 'kg', 1234.5],
  ['　12　', 'kg', 12],
  ['\t12', 'kg', 12],
  ['+7', 'kg', 7],
  ['-0', 'kg', 0],
  ['.5', 'kg', 0.5],
  ['5.', 'kg', 5],
  ['1.5e3', 'kg', 1500],
  ['1.5E+03', 'kg', 1500],
  ['１．５Ｅ３', 'kg', 1500],
  ['1234567890123.456', 'kg', 1_234_567_890_123.456],
  // Rounded to grams, halves away from zero, after the unit is known.
  ['0.0005', 'kg', 0.001],
  ['0.00049', 'kg', 0],
  ['0.5', 'g', 0.001],
  ['0.4999', 'g', 0],
  ['0.0000005', 't', 0.001],
  ['1,234.5', 'g', 1.235],
  ['1.5e3', 'g', 1.5],
  ['1234567.8912', 't', 1_234_567_891.2],
  ['0.3', 't', 300],
  ['1.5e-3', 't', 1.5],
  ['0.000001', 'kt', 1],
  ['0.1234567891', '万吨', 1_234_567.891],
  ['2', '10 000 t', 20_000_000],
  ['1', '公斤', 1],
  ['1', '千克', 1],
  ['1000', '克', 1],
  ['1', '吨', 1000],
  ['-0', 't', 0],
  ['1,234', 't', 1_234_000],
  ['0 125', 't', null],
  ['001 234', 'kg', null],
  ['0,125,000', 'kg', null],
  ['12,34,567', 'kg', null],
  ['1, 234', 'kg', null],
  ['1,', 'kg', null],
  ['1,5x', 'kg', null],
  ['12 34', 'kg', null],
  ['1.2.3', 'kg', null],
  ['e5', 'kg', null],
  ['1e', 'kg', null],
  ['--1', 'kg', null],
  ['0x10', 'kg', null],
  ['一百', 'kg', null],
];

describe('an emission', () => {
  it('is read as it is written, in the unit of its column, exactly', async () => {
    const units = [...new Set(EXAMPLES.map(([, unit]) => unit))];
    const files = units.map((unit, u) => {
      const lines = EXAMPLES.flatMap(([written, of], i) => (of === unit ? [`E${i};3110;130200;${written}`] : []));
      return [`${u}.csv`, [`id;industry;place;NOx (${unit})`, ...lines, ''].join('\n')] as const;
    });
    const { clean, emissions, rejects } = await runFolder(Object.fromEntries(files));
    const kilograms = new Map(clean.map(({ id }, i) => [id, emissions[i]!.emission_kg]));
    const found = EXAMPLES.map(([written, unit], i) => [written, unit, kilograms.get(`E${i}`) ?? null]);
    expect(found).toEqual(EXAMPLES);
    expect(new Set(rejects.map(({ reason }) => reason))).toEqual(new Set(['emission is not a number']));
  });

  it('that is empty is a reject, or zero', async () => {
    const file = {
      'a.csv': 'id,industry,place,nox_t\nA,3110,130200,\nB,3110,130200, \nC,3110,130200,x\nD,3110,130200,1\n',
    };
    const rejecting = await runFolder(file);
    expect(rejecting.rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'emission is empty'],
      [3, 'emission is empty'],
      [4, 'emission is not a number'],
    ]);
    const counting = await runFolder(file, { parameters: { blank: 'zero' } });
    expect(counting.emissions.map(({ line, emission_kg }) => [line, emission_kg])).toEqual([[2, 0], [3, 0], [5, 1000]]); // prettier-ignore
    expect(counting.rejects.map(({ line }) => line)).toEqual([4]);
  });
});

describe('a formula in a workbook', () => {
  const cells = (row: number, ...values: string[]) =>
    `<row r="${row}">${values.map((value, i) => `<c r="${'ABCD'[i]!}${row}"${value}</c>`).join('')}</row>`;
  const text = (value: string) => ` t="inlineStr"><is><t>${value}</t></is>`;
  const sheet = [
    cells(1, ...['id', 'industry', 'place', 'nox_t'].map(text)),
    cells(2, text('A'), text('3110'), text('130200'), '><f>1+1</f><v>2</v>'),
    cells(3, text('B'), text('3110'), text('130200'), '><f>1+1</f>'),
    cells(4, text('C'), text('3110'), text('130200'), '>'),
  ].join('');

  it('that has no value is a reject, also where an empty cell is zero', async () => {
    const run = (blank: string) => runFolder({ 'a.xlsx': sheetOfXml(sheet) }, { parameters: { blank } });
    const told = ({ rejects }: Awaited<ReturnType<typeof run>>) =>
      rejects.map(({ line, reason, column_name }) => [line, reason, column_name]);
    const uncomputed = [3, 'formula without a value', 'nox_t'];
    expect(told(await run('zero'))).toEqual([uncomputed]);
    expect(told(await run('reject'))).toEqual([uncomputed, [4, 'emission is empty', 'nox_t']]);
  });
});

describe('a decimal comma', () => {
  it.each(['1,5', '0,125', '001,234', '　１，５'])('refuses the whole source: %s', async (written) => {
    const content = {
      'a.csv': 'id,industry,place,NOx (t),SO2 (kg)\nX,3110,130200,1.5,1\n',
      'b.csv': [
        'id;industry;place;NOx (t);SO2 (kg)',
        'A;3110;130200;1,234;1',
        '',
        `B;3110;130200;1;${written}`,
        'C;3110;130200;2,5;1',
      ].join('\n'),
    };
    await expect(runFolder(content, { parameters: { pollutants: ['NOx', 'SO2'] } })).rejects.toMatchObject({
      name: 'StageError',
      message: expect.stringMatching(
        new RegExp(`/b\\.csv, line 4, column SO2 \\(kg\\): ${written.trim()} has a decimal comma$`),
      ) as string,
      remedy: expect.stringMatching(/^Write decimal points/) as string,
    });
  });

  it('is one where no other comma would do', async () => {
    const decimal = [
      '1,5',
      '0,125',
      '001,234',
      '1,23',
      '1,2345',
      ',123',
      '1234,567',
      '1.234,5',
      '1 234,567',
      '-0,125',
      '1,5e3',
      '0，125',
    ];
    const others = [
      '1,234',
      '１，２３４',
      '1,234.5',
      '1,234,567',
      '12,34,567',
      '1,',
      ',',
      '1,5x',
      'a,b',
      '1, 234',
      '1.5',
      '',
      '01,234,567',
    ];
    const all = [...decimal, ...others];
    await withDatabase(async (database) => {
      const values = all.map((text) => `(${sqlText(text)})`).join(', ');
      const found = await database.runAndReadAll(
        `SELECT text FROM (VALUES ${values}) given(text) WHERE ${hasDecimalComma('text')}`,
      );
      expect(found.getRows().flat()).toEqual(decimal);
    });
  });

  it('is told from a comma that ends a field, and from what is no number', async () => {
    const lines = [
      'id,industry,place,nox_t',
      'A,3110,130200,1,5',
      'B,3110,130200,"1,5t"',
      'C,3110,130200,"1,500"',
      'D,"3110,130200,"1,5"',
    ];
    const { emissions, rejects } = await runFolder({ 'a.csv': lines.join('\n') });
    expect(emissions.map(({ line, emission_kg }) => [line, emission_kg])).toEqual([[4, 1_500_000]]);
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'too many columns',
      'emission is not a number',
      'stray quote',
    ]);
  });

  it('is looked for in workbooks too, where it is a text', async () => {
    const sheets = {
      '2017': [
        ['id', 'industry', 'place', 'nox_t'],
        ['A', 3110, '唐山', 1.5],
        ['B', 3110, '唐山', '0,125'],
      ],
    };
    await expect(runFolder({ 'a.xlsx': await workbook(sheets) })).rejects.toThrow(
      /a\.xlsx, sheet 2017, line 3, column nox_t: 0,125 has a decimal comma/,
    );
  });
});

describe('several pollutants', () => {
  const header = '组织机构代码,行业代码,行政区划代码,二氧化硫排放量（吨）,NOx (kg),烟（粉）尘排放量(kg),CO2_万吨';
  const file = {
    'a.csv': [header, 'A,3110,130200,1.5,20,3,0.0001', 'B,3110,130200,1,x,3,4', 'C,3110,130200,1,,,', ''].join('\n'),
  };

  it('give an emission each; a line without one of them is a reject', async () => {
    const { emissions, rejects } = await runFolder(file, { parameters: { pollutants: ['NOx', 'SO2', 'PM', 'CO2'] } });
    expect(emissions.map(({ line, pollutant, emission_kg }) => [line, pollutant, emission_kg])).toEqual([
      [2, 'CO2', 1000],
      [2, 'NOx', 20],
      [2, 'PM', 3],
      [2, 'SO2', 1500],
    ]);
    expect(rejects.map(({ line, reason, column_name }) => [line, reason, column_name])).toEqual([
      [3, 'emission is not a number', 'NOx (kg)'],
      [4, 'emission is empty', 'NOx (kg)'],
    ]);
  });

  it('may be called anything', async () => {
    const text = 'id,industry,place,it\'s_kg,number (t),"a ""b""_kg"\nA,3110,130200,1,2,3\nB,3110,130200,1,x,3\n';
    const { emissions, rejects } = await runFolder({ 'a.csv': text }, { parameters: { pollutants: ["it's", 'number', 'a "b"'] } }); // prettier-ignore
    expect(emissions.map(({ pollutant, emission_kg }) => [pollutant, emission_kg])).toEqual([
      ['a "b"', 3],
      ["it's", 1],
      ['number', 2000],
    ]);
    expect(rejects).toMatchObject([{ line: 3, column_name: 'number (t)', reason: 'emission is not a number' }]);
  });

  it('that are not asked for are not looked at', async () => {
    const { emissions } = await runFolder(file, { parameters: { pollutants: ['SO2'] } });
    expect(emissions.map(({ line, pollutant, emission_kg }) => [line, pollutant, emission_kg])).toEqual([
      [2, 'SO2', 1500],
      [3, 'SO2', 1000],
      [4, 'SO2', 1000],
    ]);
  });
});
