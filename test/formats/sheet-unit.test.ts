import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import { SheetUnits } from '../../formats/sheet-unit.ts';
import { EXAMPLES } from '../../formats/unit-contexts.ts';
import { unitLines, unitNotice } from '../../formats/unit-words.ts';
import { moneyOf } from '../../formats/units.ts';
import { gridOf, LAYOUTS, sample, writeWorkbook, type Cell } from './ceads-layouts.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'units-'));
/** Its title is `2017`. */
const grid = (title: string | null = '2017'): Cell[][] => {
  const [, ...rows] = gridOf(sample(), LAYOUTS['2017, without it']);
  return [[title], ...rows];
};
let count = 0;
async function workbook(sheets: Readonly<Record<string, Cell[][]>>): Promise<string> {
  const path = join(folder, `${count++}.xlsx`);
  await writeWorkbook(path, sheets);
  return path;
}
const opened = async (sheets: Readonly<Record<string, Cell[][]>>) =>
  openLabelledSheet(await workbook(sheets), 'user/MRIO.xlsx');

describe('a title', () => {
  const unitOf = (title: string) => {
    const units = new SheetUnits('');
    units.above([{ index: 0, values: [title] }]);
    return units.said(() => false).statements.map(({ unit }) => unit);
  };

  it.each([
    ['2017 China MRIO table (100 million RMB)', '100 million RMB'],
    ['2017 China MRIO table (10 million yuan)', '10 million yuan'],
    ['China 2017, in 100 million yuan', '100 million yuan'],
    ['China 2017 (in million USD, 2012 prices)', 'million USD, 2012 prices'],
    ['2017年中国区域间投入产出表（亿元）', '亿元'],
    ['2017年投入产出表，万元', '万元'],
    ['单位：百万元', '百万元'],
    ['单位 千万元', '千万元'],
    ['计量单位：亿元', '亿元'],
    ['单位:万元(当年价格)', '万元(当年价格)'],
    ['（单位：万元）', '万元'],
    ['以万元计', '万元'],
    ['MRIO (unit: million Yuan)', 'million Yuan'],
    ['Unit: Ten thousand RMB (current prices)', 'Ten thousand RMB (current prices)'],
    ['Unit: million Yuan. All values at current prices.', 'million Yuan'],
    ['Note: unit is million Yuan', 'million Yuan'],
    ['Units in 10⁴ Yuan', '10^4 Yuan'],
    ['Unit: yuan', 'yuan'],
    ['10000 RMB Yuan', '10000 RMB Yuan'],
    ['Input-output table 10,000 yuan', '10,000 yuan'],
    ['Unit: Yuan, millions', 'Yuan, millions'],
    ['Unit: Yuan Renminbi, Millions', 'Yuan Renminbi, Millions'],
    ['Unit: Yuan; Scale: Millions', 'Yuan; Scale: Millions'],
    ['Unit: US Dollar, Millions', 'US Dollar, Millions'],
    ['Unit: yuan, 2012 prices', 'yuan, 2012 prices'],
    ['IO table 2017 million yuan', 'million yuan'],
    ['2017 IO table: million yuan', 'million yuan'],
    ['2017 IO table - million yuan', 'million yuan'],
    ['2017 IO table - 10,000 yuan', '10,000 yuan'],
    ['2017年投入产出表-亿元', '亿元'],
    ['The unit of this table is million yuan', 'million yuan'],
    ['Unit of MRIO: million yuan', 'million yuan'],
    ['All values million yuan', 'million yuan'],
    ['2017年 亿元', '亿元'],
    ['亿元，2017年', '亿元'],
    ['MRIO (¥100 million)', '¥100 million'],
    ['(mln yuan)', 'mln yuan'],
    ['RMB, million', 'RMB, million'],
    ['in current million yuan', 'million yuan'],
    ['All numbers are millions of yuan.', 'millions of yuan'],
    ['单位：亿元 2017年', '亿元'],
    ['Unit: 10,000 yuan (2017)', '10,000 yuan'],
    ['Unit: million yuan/year', 'million yuan'],
    // Not known, and to be refused as such.
    ['Unit: Yuan; Scale: shells', 'Yuan; Scale: shells'],
    ['Unit: yuan. Scale as in the yearbook', 'yuan. Scale as in the yearbook'],
    ['Unit: shells', 'shells'],
    ['Unit: yuan per person', 'yuan per person'],
    ['Unit: 104 yuan', '104 yuan'],
  ])('%s states %s', (title, unit) => {
    expect(unitOf(title)).toEqual([unit]);
  });

  it.each([
    'Millionaire households',
    'GDP was 83 trillion yuan',
    'GDP of 2017 (83 trillion yuan)',
    'In 2017, 83,100 million yuan were spent',
    'Exports rose to 100 million yuan',
    'Energy intensity (tce/10,000 yuan)',
    'Energy intensity, tce per (10,000 yuan)',
    'Community: services',
    'GDP was several million yuan',
    'GDP was eighty-three trillion yuan',
    'Energy intensity, tce per million yuan',
    'GDP达到83万亿元',
    'Unit of the army',
    '单位名称',
    '百万元户',
  ])('%s states none', (title) => {
    expect(unitOf(title)).toEqual([]);
  });

  it.each(['单位：万元(10 000 yuan)', '单位：万元  Unit: 10,000 Yuan'])('%s states one unit in two ways', (title) => {
    expect(unitOf(title).map(moneyOf)).toEqual([
      { currency: 'CNY', exponent: 4 },
      { currency: 'CNY', exponent: 4 },
    ]);
  });

  it.each(EXAMPLES)('%s is read as the example that it is', (title) => {
    const [unit] = unitOf(title);
    expect(moneyOf(unit!)).toMatchObject({ currency: 'CNY' });
  });
});

describe('the unit of a labelled table', () => {
  it.each<[string, Readonly<Record<string, Cell[][]>>, string, string]>([
    ['in its title', { T: grid('MRIO (100 million RMB)') }, '100 million RMB', 'sheet "T", cell A1'],
    [
      'at the right above the values',
      { T: [[...Array<null>(14).fill(null), '单位：亿元'], ...grid().slice(1)] },
      ...(['亿元', 'sheet "T", cell O1'] as const),
    ],
    [
      'below the values',
      { T: [...grid(), [], ['Note: unit is million Yuan']] },
      ...(['million Yuan', 'sheet "T", cell A26'] as const),
    ],
    [
      'in the name of its sheet',
      { '2017_million_yuan': grid() },
      ...(['million yuan', 'name of sheet "2017_million_yuan"'] as const),
    ],
    [
      'in another sheet',
      { Note: [['Note'], ['Unit: million Yuan. All values at current prices.']], T: grid() },
      ...(['million Yuan', 'sheet "Note", cell A2'] as const),
    ],
  ])('is found %s', async (_, sheets, unit, place) => {
    expect(await opened(sheets)).toMatchObject({ unit, unitPlace: `MRIO.xlsx, ${place}` });
  });

  it('is found in a column beside the accounts, not beside other rows', async () => {
    const withUnits = (units: readonly [string, string]) =>
      grid().map((row, i) => [...row.slice(0, 2), i < 4 ? null : units[i < 16 ? 0 : 1], ...row.slice(2)]);
    expect((await opened({ T: withUnits(['million yuan', '100 million yuan']) })).unit).toBe('million yuan');
    expect((await opened({ T: withUnits(['', '100 million yuan']) })).unit).toBeNull();
  });

  it('is that of its own sheet before that of others', async () => {
    const sheets = { Note: [['Unit: million Yuan']], T: grid('Unit: 10,000 yuan') };
    expect((await opened(sheets)).unit).toBe('10,000 yuan');
  });

  it('is not that of numbers in other sheets, of single rows, or of a sum that is told of', async () => {
    const rows = [...grid(), [null, 'GDP (100 million yuan)', null, 1, 2, 3], ['Note: GDP was 83 trillion yuan.']];
    const GDP = [['GDP (billion yuan)'], ['Beijing', 2017, 28]];
    expect(await opened({ GDP, T: rows, Note: [['GDP of China was 83 trillion yuan.'], ['Unit: t']] })).toMatchObject({
      unit: null,
    });
  });

  it('is taken from other sheets only where they announce it, or in a cell of its own', async () => {
    const told = [
      ['各省GDP（亿元）'],
      ['Sources: GDP (100 million yuan) from the China Statistical Yearbook'],
      ['Exports: customs statistics, in million USD'],
    ];
    const other = await opened({ 'GDP 亿元': [['Beijing']], Note: told, T: grid() });
    expect(other.unit).toBeNull();
    expect(other.possibleUnit).toEqual({ place: 'sheet "Note", cell A1', text: '各省GDP（亿元）' });
    expect((await opened({ Variables: [['GDP', '亿元']], T: grid() })).unit).toBeNull();
    expect((await opened({ Variables: [['Unit', '亿元']], T: grid() })).unit).toBe('亿元');
    const GDP = [['Unit: 亿元'], ['Beijing', 28000]];
    expect((await opened({ GDP, T: grid() })).unit).toBeNull();
    expect((await opened({ Note: [...told, [null, '万元']], GDP, T: grid() })).unit).toBe('万元');
  });

  it('is that of the table before what is said in passing', async () => {
    const beside = (name: string, title = 'Unit: 10,000 yuan') =>
      grid(title).map((row, i) => [
        ...row,
        ...Array<null>(40 - row.length).fill(null),
        i === 2 ? name : i > 3 ? 1 : null,
      ]);
    for (const name of ['GDP (100 million yuan)', 'Exports (million USD)'])
      expect((await opened({ T: beside(name) })).unit).toBe('10,000 yuan');
    const unsaid = await opened({ T: beside('GDP (100 million yuan)', '2017') });
    expect(unsaid).toMatchObject({ unit: null, possibleUnit: { text: 'GDP (100 million yuan)' } });
    const note = ['Note: GDP of provinces (100 million yuan) is from the yearbook'];
    expect((await opened({ T: [...grid('Unit: 10,000 yuan'), [], note] })).unit).toBe('10,000 yuan');
    expect((await opened({ T: [...grid(), [], note], Note: [['Unit: 10,000 yuan']] })).unit).toBe('10,000 yuan');
  });

  it('may stand at the right above a column that is not of the table', async () => {
    const [, ...rows] = grid();
    const sheets = { T: [[...Array<null>(40).fill(null), '亿元'], ...rows] };
    expect((await opened(sheets)).unit).toBe('亿元');
  });

  it('is that in the name of its sheet only if it is counted in words, and nothing else states one', async () => {
    expect((await opened({ 'T 100 won': grid() })).unit).toBeNull();
    expect((await opened({ 'T million won': grid() })).unit).toBeNull();
    expect((await opened({ 'T million yuan': grid('Unit: 10,000 yuan') })).unit).toBe('10,000 yuan');
    expect((await opened({ 'T million yuan': grid(), Note: [['Unit: 10,000 yuan']] })).unit).toBe('10,000 yuan');
  });

  it('is looked for in notes where its own sheet only states one that is of no money', async () => {
    const [first, ...rows] = grid('Unit: Mt');
    const sheets = { T: [first!, ...rows], Note: [['Unit: 10,000 yuan']] };
    expect((await opened(sheets)).unit).toBe('10,000 yuan');
    expect((await opened({ T: sheets.T })).unit).toBe('Mt');
  });

  it('that is not understood is not passed over in silence', async () => {
    const possible = async (title: string) => (await opened({ T: grid(title) })).possibleUnit;
    expect(await possible('China 2017, all of it in yuan')).toEqual({
      place: 'sheet "T", cell A1',
      text: 'China 2017, all of it in yuan',
    });
    expect(await possible('单元 1')).toBeUndefined();
    expect(await possible('Unit: 10,000 yuan')).toBeUndefined();
  });

  it('may be said twice in other words', async () => {
    expect((await opened({ T: [['MRIO (万元)', null, 'Unit: 10,000 yuan'], ...grid().slice(1)] })).unit).toBe('万元');
  });

  it('that contradicts another is refused with both cells', async () => {
    const sheets = { T: [['MRIO (million Yuan)', null, 'Unit: 10,000 Yuan'], ...grid().slice(1)] };
    const refused = {
      message: expect.stringMatching(
        /xlsx states two units: "million Yuan" in sheet "T", cell A1 \("MRIO \(million Yuan\)"\) and "10,000 Yuan" in sheet "T", cell C1 \("Unit: 10,000 Yuan"\)$/,
      ) as string,
      remedy: 'say one unit, above the table, and take the other out',
    };
    await expect(opened(sheets)).rejects.toMatchObject(refused);
    await expect(openTable(await workbook(sheets))).rejects.toMatchObject(refused);
    const title = { T: [['2017 China MRIO - million Yuan', null, 'Unit: 10,000 Yuan'], ...grid().slice(1)] };
    await expect(opened(title)).rejects.toThrow('states two units: "million Yuan" in sheet "T", cell A1');
    const notes = { A: [['Unit: million Yuan']], B: [['Unit: million USD']], T: grid() };
    await expect(opened(notes)).rejects.toThrow('"million Yuan" in sheet "A", cell A1');
  });

  it('has a cell in a CSV', async () => {
    const path = join(folder, 'table.csv');
    writeFileSync(
      path,
      grid('Unit: million EUR')
        .map((row) => row.join(','))
        .join('\n'),
    );
    expect(await openLabelledSheet(path)).toMatchObject({ unit: 'million EUR', unitPlace: 'table.csv, cell A1' });
  });
});

describe('what is said of a unit', () => {
  const unitPlace = 'MRIO.xlsx, sheet "T", cell A1';
  const possibleUnit = { place: 'sheet "T", cell A1', text: 'all in yuan' };

  it.each<[string | null, string | undefined, boolean, string[]]>([
    [null, '10 000 CNY', false, ['  unit       not said: a study takes it as in its own, 10 000 CNY']],
    [null, undefined, false, ['  unit       not said: a study takes it as in its own unit']],
    ['million yuan', '10 000 CNY', false, ['  unit       million yuan', `             stands in ${unitPlace}`]],
    ['shells', undefined, false, ['  unit       shells', `             stands in ${unitPlace}`]],
    [
      'shells',
      '10 000 CNY',
      true,
      [
        '  unit       shells',
        `             stands in ${unitPlace}`,
        '             cannot be used in a study in 10 000 CNY: it is no known count of a currency',
        '             write the unit as a count and a currency, such as 10 000 CNY, million yuan or million EUR',
      ],
    ],
    [
      'million EUR',
      '10 000 CNY',
      true,
      [
        '  unit       million EUR',
        `             stands in ${unitPlace}`,
        '             cannot be used in a study in 10 000 CNY: it is of another currency',
        '             give it in the currency of the study, or set the unit of the study in its pipeline file',
      ],
    ],
  ])('where it is %s and that of the study %s', (unit, study, refused, lines) => {
    expect(unitLines({ unit, unitPlace }, study)).toEqual({ lines, refused });
  });

  it('where a text may name one', () => {
    expect(unitLines({ unit: null, possibleUnit }, '10 000 CNY').lines).toEqual([
      '  unit       not said: a study takes it as in its own, 10 000 CNY',
      '             sheet "T", cell A1 may name one: "all in yuan"',
    ]);
  });

  it('in the log of a run', () => {
    expect(unitNotice({ unit: null }, '10 000 CNY')).toBe('unit not said, taken as 10 000 CNY');
    expect(unitNotice({ unit: null, possibleUnit }, '10 000 CNY')).toBe(
      'unit not said, taken as 10 000 CNY; sheet "T", cell A1 may name one: "all in yuan"',
    );
    expect(unitNotice({ unit: '亿元', unitPlace }, '10 000 CNY')).toBe(`unit 亿元, as ${unitPlace} says`);
    expect(unitNotice({ unit: '亿元' }, '10 000 CNY')).toBe('unit 亿元');
  });
});
