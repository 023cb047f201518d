import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';
import { SheetUnits } from '../../formats/sheet-unit.ts';
import { unitLines, unitNotice } from '../../formats/unit-words.ts';
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
    units.above({ index: 0, values: [title] });
    return units.statements(() => false).map(({ unit }) => unit);
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
    // Not known, and to be refused as such.
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
    'Unit of the army',
    '单位名称',
    '百万元户',
  ])('%s states none', (title) => {
    expect(unitOf(title)).toEqual([]);
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

  it('in the log of a run', () => {
    expect(unitNotice({ unit: null }, '10 000 CNY')).toBe('unit not said, taken as 10 000 CNY');
    expect(unitNotice({ unit: '亿元', unitPlace }, '10 000 CNY')).toBe(`unit 亿元, as ${unitPlace} says`);
    expect(unitNotice({ unit: '亿元' }, '10 000 CNY')).toBe('unit 亿元');
  });
});
