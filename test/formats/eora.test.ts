import { describe, expect, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { wholeTable } from '../support/shared-data.ts';
import { account, demand, input, lines } from './expected-axes.ts';
import { folderPerTest } from './folder-per-test.ts';
import { storedZip } from './stored-zip.ts';

const { path, write } = folderPerTest();

describe('Eora26', () => {
  const files = (): Record<string, string | Buffer> => ({
    'Eora26_2010_bp_T.txt': lines([
      [1, 2, 0.5],
      [3, 4, 0.25],
      [5, 6, 7],
    ]),
    'Eora26_2010_bp_FD.txt': lines([
      [8, 9],
      [10, 11],
      [12, 13],
    ]),
    'Eora26_2010_bp_VA.txt': lines([[14, 15, 16]]),
    'Eora26_2010_bp_Q.txt': lines([[17, 18, 19]]),
    'Eora26_2010_bp_QY.txt': lines([[20, 21]]),
    'labels_T.txt': Buffer.from(
      lines([
        ['Réunion', 'REU', 'Industries', 'Fishing', ''],
        ['Réunion', 'REU', 'Industries', 'Mining', ''],
        ['Statistical Discrepancies', 'ROW', 'Industries', 'TOTAL', ''],
      ]),
      'latin1',
    ),
    'labels_FD.txt': lines([
      ['Réunion', 'REU', 'Final Demand', 'Households'],
      ['Statistical Discrepancies', 'ROW', 'Final Demand', 'Households'],
    ]),
    'labels_VA.txt': lines([['Primary Inputs', 'Wages']]),
    'labels_Q.txt': lines([['Nitrous oxide (N2O) (Gg)', 'Total']]),
  });

  it('keeps discrepancies apart', async () => {
    const table = await openTable(write(files()));
    expect(table.rows).toEqual([
      account('REU', 'Fishing'),
      account('REU', 'Mining'),
      input('Statistical Discrepancies, TOTAL'),
      input('Wages'),
      { kind: 'stressor', name: 'Nitrous oxide (N2O), Total', unit: 'Gg' },
    ]);
    expect(table.columns).toEqual([
      account('REU', 'Fishing'),
      account('REU', 'Mining'),
      { kind: 'discrepancy', name: 'Statistical Discrepancies, TOTAL' },
      demand('REU', 'Households'),
      { kind: 'discrepancy', name: 'Statistical Discrepancies, Households' },
    ]);
    expect([...(await wholeTable(table))]).toEqual([
      ...[1, 2, 0.5, 8, 9],
      ...[3, 4, 0.25, 10, 11],
      ...[5, 6, 7, 12, 13],
      ...[14, 15, 16, 0, 0],
      ...[17, 18, 19, 20, 21],
    ]);
  });

  it('is read from an archive, with the labels beside it', async () => {
    const all = Object.entries(files());
    const texts = (of: boolean): Record<string, string> =>
      Object.fromEntries(
        all.filter(([name]) => name.startsWith('labels') === of).map(([name, text]) => [name, String(text)]),
      );
    write({ 'Eora26_2010_bp.zip': storedZip(texts(false)), 'indices.zip': storedZip(texts(true)) });
    expect((await wholeTable(await openTable(path('Eora26_2010_bp.zip'))))[3]).toBe(8);
  });

  it('of several the one is read that is chosen by its year, or by year and price', async () => {
    const others = Object.fromEntries(
      ['2010_pp', '2011_bp'].flatMap((of, k) =>
        Object.entries(files())
          .filter(([name]) => name.startsWith('Eora26'))
          .map(([name, text]) => [name.replace('2010_bp', of), String(text).replaceAll('0.5', String(100 + k))]),
      ),
    );
    write({ ...files(), ...others });
    const first = async (sheet: string) => (await wholeTable(await openTable(path(), { sheet })))[2];
    expect([await first('2010 bp'), await first('2010 pp'), await first('2011')]).toEqual([0.5, 100, 101]);
    await expect(openTable(path())).rejects.toMatchObject({
      message: `${path()} holds several tables of Eora26: 2010 bp, 2010 pp, 2011 bp`,
      remedy: expect.stringContaining('choose one, such as "2010 bp": --sheet of npm run tables, or') as string,
    });
    await expect(first('2010')).rejects.toThrow('several tables of Eora26 that are 2010: 2010 bp, 2010 pp');
    await expect(first('2012')).rejects.toThrow('no tables of Eora26 that are 2012: there are 2010 bp, 2010 pp, 2011');
  });

  it('says of labels that are missing where and which', async () => {
    const of = (change: Record<string, string | Buffer>) => openTable(write({ ...files(), ...change }));
    await expect(of({ 'labels_T.txt': '' })).rejects.toThrow(
      /labels_T\.txt is empty: a label is expected in each line$/,
    );
    await expect(
      of({
        ...files(),
        'labels_FD.txt': lines([
          ['R', 'REU', 'F', 'H'],
          ['R', 'REU'],
        ]),
      }),
    ).rejects.toThrow(/labels_FD\.txt, line 2, has 2 cells, expected are 4$/);
  });

  it('refuses what does not belong together', async () => {
    const of = (change: Record<string, string | Buffer>) => openTable(write({ ...files(), ...change }));
    await expect(of({ 'labels_FD.txt': lines([['R', 'REU', 'F', 'H']]) })).rejects.toThrow(
      'Eora26_2010_bp_FD.txt has 2 columns, there are labels for 1',
    );
    await expect(of({ 'Eora26_2011_bp_T.txt': '1\n' })).rejects.toThrow('several tables of Eora26: 2010 bp, 2011 bp');
    await expect(openTable(path(), { sheet: '2011' })).rejects.toThrow('Eora26 of 2011 bp lacks FD, VA, Q, QY');
    const long = await openTable(
      write({
        ...files(),
        'Eora26_2010_bp_VA.txt': lines([
          [14, 15, 16],
          [14, 15, 16],
        ]),
      }),
      { sheet: '2010' },
    );
    await expect(wholeTable(long)).rejects.toThrow(
      'Eora26_2010_bp_VA.txt, line 2 is a row without a name, where the file is to end',
    );
  });
});
