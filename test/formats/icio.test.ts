import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { wholeTable } from '../support/shared-data.ts';
import { account, demand, input, total, lines } from './expected-axes.ts';
import { folderPerTest } from './folder-per-test.ts';
import { storedZip } from './stored-zip.ts';

const { path, write } = folderPerTest();

describe('OECD ICIO', () => {
  const release2018 = lines(
    [
      ['', 'AAA_01', 'AAA_02_03', 'BBB_01', 'AAA_HFCE', 'BBB_HFCE', 'TOTAL'],
      ['AAA_01', 1, 2, 3, 4, 5, 15],
      ['AAA_02_03', 0, 1, 0, 1, 0, 2],
      ['BBB_01', 2, 2, 2, 2, 2, 10],
      ['VALU', 7, 8, 9, '', '', ''],
      ['OUTPUT', 15, 2, 10, '', '', ''],
    ],
    ',',
  );

  it('is read with its stated totals', async () => {
    const table = await openTable(join(write({ 'ICIO2018_2010.CSV': release2018 }), 'ICIO2018_2010.CSV'));
    expect(table.rows).toEqual([
      account('AAA', '01'),
      account('AAA', '02_03'),
      account('BBB', '01'),
      input('VALU'),
      total('OUTPUT'),
    ]);
    expect(table.columns.slice(3)).toEqual([demand('AAA', 'HFCE'), demand('BBB', 'HFCE'), total('TOTAL')]);
    expect([...(await wholeTable(table))]).toEqual([
      ...[1, 2, 3, 4, 5, 15],
      ...[0, 1, 0, 1, 0, 2],
      ...[2, 2, 2, 2, 2, 10],
      ...[7, 8, 9, 0, 0, Number.NaN],
      ...[15, 2, 10, Number.NaN, Number.NaN, Number.NaN],
    ]);
    expect(table.place(2, 1)).toMatch(/ICIO2018_2010\.CSV, line 4, column 3$/);
  });

  it('is read from an archive', async () => {
    const path = join(write({ 'icio.zip': storedZip({ 'ICIO2018_2010.CSV': release2018 }) }), 'icio.zip');
    expect((await wholeTable(await openTable(path)))[3]).toBe(4);
    writeFileSync(path, Buffer.from('PK no archive'));
    await expect(openTable(path)).rejects.toThrow('icio.zip cannot be unpacked');
  });

  it.each([
    ['line 2, column 4 is empty', '1,2,3,4,5,15', '1,2,,4,5,15'],
    ['line 2, column 5 is empty', '1,2,3,4,5,15', '1,2,3,,5,15'],
    ['line 5, column 2 is empty', 'VALU,7', 'VALU,'],
    ['a row WHAT, which is no column', 'VALU', 'WHAT'],
    ['a column CCC_HFCE, which is no row', 'BBB_HFCE', 'CCC_HFCE'],
  ])('%s', async (message, from, to) => {
    const path = join(write({ 'a.csv': release2018.replace(from, to) }), 'a.csv');
    await expect(openTable(path).then(wholeTable)).rejects.toThrow(message);
  });

  it('2016: the category comes first, cells are in quotes', async () => {
    const text = '"","AAA_X","BBB_X","HFCE_AAA","DISC"\n"AAA_X",1,2,3,4\n"BBB_X",5,6,7,8\n"VA+TAXSUB",9,10,,\n';
    const table = await openTable(join(write({ 'a.csv': text }), 'a.csv'));
    expect(table.columns.slice(2)).toEqual([demand('AAA', 'HFCE'), { kind: 'discrepancy', name: 'DISC' }]);
    expect([...(await wholeTable(table))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0]);
  });

  describe('of several years', () => {
    /** A table that has the year in its first cell. */
    const ofYear = (year: number): string => release2018.replace('1,2,3,4,5,15', `${year},2,3,4,5,15`);
    const firstCell = async (path: string, sheet: string): Promise<number> =>
      (await wholeTable(await openTable(path, { sheet })))[0]!;

    it.each(['2017', 'ICIO2021_2017.csv', 'ICIO2021_2017'])('is chosen in a folder by %s', async (sheet) => {
      write({ 'ICIO2021_2016.csv': ofYear(2016), 'ICIO2021_2017.csv': ofYear(2017), 'ReadMe.xlsx': '' });
      expect(await firstCell(path(), sheet)).toBe(2017);
    });

    it('is chosen in an archive, and in archives in a folder', async () => {
      write({
        'ICIO2021_1995-1996.zip': storedZip({ 'ICIO2021_1995.csv': ofYear(1995), 'ICIO2021_1996.csv': ofYear(1996) }),
        '1997-1998.zip': storedZip({ 'a/1997_SML.csv': ofYear(1997), 'a/1998_SML.csv': ofYear(1998) }),
      });
      expect(await firstCell(path('ICIO2021_1995-1996.zip'), '1996')).toBe(1996);
      for (const year of [1995, 1996, 1997, 1998]) expect(await firstCell(path(), String(year))).toBe(year);
      expect(await firstCell(path(), '1997-1998.zip/a/1998_SML.csv')).toBe(1998);
      const table = await openTable(path(), { sheet: '1998' });
      expect(table.place(0, 0)).toMatch(/1997-1998\.zip\/a\/1998_SML\.csv, line 2, column 2$/);
    });

    it('says which there are where none is chosen, or one that is not there', async () => {
      write({
        'ICIO2021_2016.csv': ofYear(2016),
        'late.zip': storedZip({
          'ICIO2021_2016.csv': ofYear(1),
          'ICIO2021_2017.csv': ofYear(2017),
          'mine.csv': ofYear(0),
        }),
      });
      const all = '2016 (ICIO2021_2016.csv), 2017 (late.zip/ICIO2021_2017.csv), late.zip/mine.csv';
      await expect(openTable(path())).rejects.toMatchObject({
        message: `${path()} holds several tables of OECD ICIO: ${all}`,
        remedy: expect.stringContaining(
          'choose one, such as "ICIO2021_2016.csv": --sheet of npm run tables, or',
        ) as string,
      });
      await expect(openTable(path(), { sheet: '2018' })).rejects.toThrow(
        `${path()} holds no tables of OECD ICIO that are 2018: there are ${all}`,
      );
    });

    it('is told by its file where two releases have the year; a choice that is not the only one there is refused', async () => {
      write({ 'ICIO2016_2003.csv': ofYear(2016), 'ICIO2018_2003.csv': ofYear(2018) });
      await expect(openTable(path(), { sheet: '2003' })).rejects.toThrow(
        'several tables of OECD ICIO that are 2003: 2003 (ICIO2016_2003.csv), 2003 (ICIO2018_2003.csv)',
      );
      expect(await firstCell(path(), 'ICIO2018_2003')).toBe(2018);
      await expect(openTable(path('ICIO2018_2003.csv'), { sheet: '2018' })).rejects.toThrow('that are 2018');
    });

    it('is not taken from a folder with another CSV file, and an archive that is damaged is said', async () => {
      write({ 'ICIO2021_2016.csv': ofYear(2016), 'notes.csv': 'year,remark\n2016,mine\n' });
      await expect(openTable(path(), { sheet: '2016' })).rejects.toThrow(
        'OECD ICIO (the header of notes.csv is not AUS_..., AUS_...)',
      );
      rmSync(path('notes.csv'));
      write({ 'ICIO2021_2017.zip': 'PK no archive' });
      await expect(openTable(path(), { sheet: '2016' })).rejects.toThrow('ICIO2021_2017.zip cannot be unpacked');
    });
  });
});
