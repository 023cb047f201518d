import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeXlsx } from 'hucre';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { writePymrioFolder } from '../../formats/pymrio/write-folder.ts';
import { wholeTable } from '../support/shared-data.ts';
import { smallSystem } from './small-system.ts';
import { storedZip } from './stored-zip.ts';

const root = mkdtempSync(join(tmpdir(), 'layouts-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

let folder = '';
let runs = 0;
beforeEach(() => {
  folder = join(root, String(runs++));
});

function write(files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const account = (region: string, sector: string): object => ({ kind: 'account', region, sector });
const demand = (region: string, category: string): object => ({ kind: 'final demand', region, category });
const input = (name: string): object => ({ kind: 'primary input', name, imports: false });
const total = (name: string): object => ({ kind: 'stated', of: 'all', name });

/** Rows of cells as lines. */
const lines = (rows: readonly (readonly (string | number)[])[], separator = '\t'): string =>
  rows.map((row) => `${row.join(separator)}\n`).join('');

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
      expect(await firstCell(folder, sheet)).toBe(2017);
      expect((await wholeTable(await openTable(folder, { year: 2016 })))[0]).toBe(2016);
    });

    it('is chosen in an archive, and in archives in a folder', async () => {
      write({
        'ICIO2021_1995-1996.zip': storedZip({ 'ICIO2021_1995.csv': ofYear(1995), 'ICIO2021_1996.csv': ofYear(1996) }),
        '1997-1998.zip': storedZip({ 'a/1997_SML.csv': ofYear(1997), 'a/1998_SML.csv': ofYear(1998) }),
      });
      expect(await firstCell(join(folder, 'ICIO2021_1995-1996.zip'), '1996')).toBe(1996);
      for (const year of [1995, 1996, 1997, 1998]) expect(await firstCell(folder, String(year))).toBe(year);
      expect(await firstCell(folder, '1997-1998.zip/a/1998_SML.csv')).toBe(1998);
      const table = await openTable(folder, { sheet: '1998' });
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
      await expect(openTable(folder)).rejects.toMatchObject({
        message: `${folder} holds several tables of OECD ICIO: ${all}`,
        remedy: expect.stringContaining('choose one by its year or by its file') as string,
      });
      await expect(openTable(folder, { sheet: '2018' })).rejects.toThrow(
        `${folder} holds no tables of OECD ICIO that are 2018: there are ${all}`,
      );
    });

    it('is told by its file where two releases have the year; a choice that is not the only one there is refused', async () => {
      write({ 'ICIO2016_2003.csv': ofYear(2016), 'ICIO2018_2003.csv': ofYear(2018) });
      await expect(openTable(folder, { sheet: '2003' })).rejects.toThrow(
        'several tables of OECD ICIO that are 2003: 2003 (ICIO2016_2003.csv), 2003 (ICIO2018_2003.csv)',
      );
      expect(await firstCell(folder, 'ICIO2018_2003')).toBe(2018);
      await expect(openTable(join(folder, 'ICIO2018_2003.csv'), { sheet: '2018' })).rejects.toThrow('that are 2018');
    });

    it('is not taken from a folder with another CSV file, and an archive that is damaged is said', async () => {
      write({ 'ICIO2021_2016.csv': ofYear(2016), 'notes.csv': 'year,remark\n2016,mine\n' });
      await expect(openTable(folder, { sheet: '2016' })).rejects.toThrow(
        'OECD ICIO (the header of notes.csv is not AUS_..., AUS_...)',
      );
      rmSync(join(folder, 'notes.csv'));
      write({ 'ICIO2021_2017.zip': 'PK no archive' });
      await expect(openTable(folder, { sheet: '2016' })).rejects.toThrow('ICIO2021_2017.zip cannot be unpacked');
    });
  });
});

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
    expect((await wholeTable(await openTable(join(folder, 'Eora26_2010_bp.zip'))))[3]).toBe(8);
  });

  it('refuses what does not belong together', async () => {
    const of = (change: Record<string, string | Buffer>) => openTable(write({ ...files(), ...change }));
    await expect(of({ 'labels_FD.txt': lines([['R', 'REU', 'F', 'H']]) })).rejects.toThrow(
      'Eora26_2010_bp_FD.txt has 2 columns, there are labels for 1',
    );
    await expect(of({ 'Eora26_2011_bp_T.txt': '1\n' })).rejects.toThrow('several tables: 2010 bp, 2011 bp');
    await expect(openTable(folder, { year: 2011 })).rejects.toThrow('Eora26 of 2011 bp lacks FD, VA, Q, QY');
    const long = await openTable(
      write({
        ...files(),
        'Eora26_2010_bp_VA.txt': lines([
          [14, 15, 16],
          [14, 15, 16],
        ]),
      }),
      { year: 2010 },
    );
    await expect(wholeTable(long)).rejects.toThrow(
      'Eora26_2010_bp_VA.txt, line 2 is a row without a name, where the file is to end',
    );
  });
});

describe('EXIOBASE 3', () => {
  it('has value added among the satellites, in the unit of the table', async () => {
    await writePymrioFolder(join(root, 'exiobase'), {
      ...smallSystem,
      name: 'EXIOBASE',
      extensions: [
        {
          name: 'satellite',
          indexNames: ['stressor'],
          rows: [
            { key: ['Wages'], unit: 'M.EUR' },
            { key: ['CO2'], unit: 'kg' },
          ],
          flows: new Float64Array(8),
        },
        {
          name: 'impacts',
          indexNames: ['stressor'],
          rows: [{ key: ['Value Added'], unit: 'M.EUR' }],
          flows: new Float64Array(4),
        },
      ],
    });
    const table = await openTable(join(root, 'exiobase'));
    expect(table.format).toBe('EXIOBASE 3 system "EXIOBASE, v2"');
    expect(table.rows.slice(4)).toEqual([
      { kind: 'stressor', name: 'Value Added', unit: 'M.EUR' },
      input('Wages'),
      { kind: 'stressor', name: 'CO2', unit: 'kg' },
    ]);
    const chosen = await openTable(join(root, 'exiobase'), { extensions: ['satellite'] });
    expect(chosen.rows).toHaveLength(6);
  });
});

describe('EXIOBASE 1 and 2', () => {
  const files = (unit: string): Record<string, string> => ({
    'mrIot.txt': lines([
      ['', '', '', 'A', 'B'],
      ['', '', '', 's', 's'],
      ['A', 's', unit, 0.1, 0.2],
      ['B', 's', unit, 0.3, 0.4],
    ]),
    'mrFinalDemand.txt': lines([
      ['', '', '', 'A', 'B'],
      ['', '', '', 'h', 'h'],
      ['A', 's', 'M.EUR', 1, 2],
      ['B', 's', 'M.EUR', 3, 4],
    ]),
    'mrMaterials.txt': lines([
      ['', '', 'A', 'B'],
      ['', '', 's', 's'],
      ['Water', 'Mm3/M.EUR', 5, 6],
      ['Water', 'Mm3/M.EUR', 7, 8],
    ]),
    'mrFDMaterials.txt': lines([
      ['', '', 'A', 'B'],
      ['', '', 'h', 'h'],
      ['Water', 'Mm3', 9, 10],
      ['Sand', 'kt', 11, 12],
    ]),
    '_mrIot_old.txt': 'no part of it',
  });

  it('has coefficients where units say so; equal names stay apart', async () => {
    const table = await openTable(write(files('M.EUR/M.EUR')));
    expect([table.unit, table.intermediate, table.extensions]).toEqual(['M.EUR', 'coefficients', 'coefficients']);
    const stressor = (name: string, unit: string): object => ({ kind: 'stressor', name, unit });
    expect(table.rows.slice(2)).toEqual([stressor('Water', 'Mm3'), stressor('Water', 'Mm3'), stressor('Sand', 'kt')]);
    expect([...(await wholeTable(table))]).toEqual([
      ...[0.1, 0.2, 1, 2],
      ...[0.3, 0.4, 3, 4],
      ...[5, 6, 9, 10],
      ...[7, 8, 0, 0],
      ...[0, 0, 11, 12],
    ]);
  });

  it('has deliveries otherwise', async () => {
    const table = await openTable(write(files('M.EUR')));
    expect([table.unit, table.intermediate, table.extensions]).toEqual(['M.EUR', 'deliveries', 'totals']);
  });

  it('refuses other columns than rows', async () => {
    const [good, text] = [files('M.EUR'), files('M.EUR')['mrIot.txt']!];
    await expect(openTable(write({ ...good, 'mrIot.txt': text.replace('B\ts', 'C\ts') }))).rejects.toThrow(
      'mrIot.txt, line 4, column 4: the rows are not called as the columns',
    );
  });
});

describe('WIOD', () => {
  const sheet = (last: (string | number | null)[]): Promise<Uint8Array> =>
    writeXlsx({
      sheets: [
        {
          name: 'WIOT_2009',
          rows: [
            ['World Input-Output Table for 2009'],
            ['in current prices'],
            ['(industry-by-industry)', null, null, null, 'AtB', 'C', null, null],
            ['(millions of US$)', null, null, null, 'Farms', 'Mines', 'Households', 'Total output'],
            [null, null, null, null, 'AUS', 'AUS', 'AUS', null],
            [null, null, null, null, 'c1', 'c2', 'c37', null],
            ['AtB', 'Farms', 'AUS', 'c1', 1, 2, 3, 6],
            ['C', 'Mines', 'AUS', 'c2', 4, 5, 6, 15],
            [null, 'Total intermediate consumption', 'TOT', 'r60', 5, 7, 9, null],
            [null, 'Value added at basic prices', null, 'r64', 1, 8, null, null],
            [null, 'Output at basic prices', null, 'r69', ...last],
          ],
        },
      ],
    });

  it('is read with what it states', async () => {
    const path = join(write({ 'any.xlsx': await sheet([6, 15, null, null]) }), 'any.xlsx');
    const table = await openTable(path);
    expect(table.unit).toBe('millions of US$');
    expect(table.rows).toEqual([
      { ...account('AUS', 'Farms'), code: 'AtB' },
      { ...account('AUS', 'Mines'), code: 'C' },
      { kind: 'stated', of: 'intermediate', name: 'Total intermediate consumption' },
      input('Value added at basic prices'),
      total('Output at basic prices'),
    ]);
    expect(table.columns.slice(2)).toEqual([demand('AUS', 'Households'), total('Total output')]);
    expect([...(await wholeTable(table))].slice(0, 8)).toEqual([1, 2, 3, 6, 4, 5, 6, 15]);
  });

  it('says which cell is no number', async () => {
    const path = join(write({ 'wiot.xlsx': await sheet(['six', 15, null, null]) }), 'wiot.xlsx');
    await expect(openTable(path).then(wholeTable)).rejects.toThrow(
      'sheet "WIOT_2009", cell E11 holds "six": a number is expected',
    );
  });

  describe('socio-economic accounts', () => {
    type Cell = string | number | null;
    const ABOUT = ['Country', 'Variable', 'Description', 'Code'];
    const variables = ['GO', 'EMP', 'EMPE', 'H_EMP', 'H_EMPE'];
    /** AUS of 2008 and 2009: variable 1 has 11 and 12 in 2009, variable 2 21 and 22, each with their sum. */
    const accounts: readonly Cell[][] = [
      [...ABOUT, '_2008', '_2009'],
      ...variables.flatMap((variable, k) => [
        ['AUS', variable, 'TOTAL', 'TOT', -1, 20 * k + 3],
        ['AUS', variable, ' FARMS', 'AtB', -1, 10 * k + 1],
        ['AUS', variable, ' MINES', 'C', -1, 10 * k + 2],
      ]),
    ];
    const workbook = (rows: readonly Cell[][], name = 'DATA'): Promise<Uint8Array> =>
      writeXlsx({
        sheets: [
          { name: 'Notes', rows: [['Basic data']] },
          { name, rows: rows.map((row) => [...row]) },
        ],
      });
    const withAccounts = async (content: Uint8Array, name = 'WIOD_SEA_July14.xlsx'): Promise<string> =>
      write({ 'wiot09_row_sep12.xlsx': await sheet([6, 15, null, null]), [name]: content });
    /** The accounts with another cell: 0, 0 is the first of the header. */
    const changed = (row: number, column: number, cell: Cell): Cell[][] =>
      accounts.map((cells, i) => cells.map((old, j) => (i === row && j === column ? cell : old)));

    it.each(['WIOD_SEA_July14.xlsx', 'SEA/WIOD_SEA_July14.xlsx'])('are read beside a table: %s', async (name) => {
      const table = await openTable(await withAccounts(await workbook(accounts), name));
      expect(table.rows.slice(5)).toEqual([
        { kind: 'stressor', name: 'EMP', unit: 'thousand persons' },
        { kind: 'stressor', name: 'EMPE', unit: 'thousand persons' },
        { kind: 'stressor', name: 'H_EMP', unit: 'mill hours' },
        { kind: 'stressor', name: 'H_EMPE', unit: 'mill hours' },
      ]);
      expect([...(await wholeTable(table))].slice(20)).toEqual([
        ...[11, 12, 0, 0],
        ...[21, 22, 0, 0],
        ...[31, 32, 0, 0],
        ...[41, 42, 0, 0],
      ]);
      expect(table.place(6, 1)).toMatch(/WIOD_SEA_July14\.xlsx, sheet "DATA", cell F10$/);
    });

    it('are not needed, may have empty cells, and errors where nobody looks', async () => {
      const alone = await openTable(write({ 'wiot09_row_sep12.xlsx': await sheet([6, 15, null, null]) }));
      expect(alone.rows).toHaveLength(5);
      folder = join(root, String(runs++));
      const rows = changed(6, 5, null).map((row, i) => (i === 2 ? row.with(5, '#VALUE!') : row.with(4, i === 0 ? '_2008' : '#VALUE!'))); // prettier-ignore
      const values = await wholeTable(await openTable(await withAccounts(await workbook(rows))));
      expect([...values].slice(20, 24)).toEqual([11, 0, 0, 0]);
    });

    it.each([
      ['row 1, has no year 2009, which the table is of, only 2008, 2010', changed(0, 5, '_2010')],
      [
        'row 1, has no column Code: Country, Variable, Description, Code and years are expected',
        changed(0, 3, 'Sector'),
      ],
      ['cells A6 and D6: the table has no region ATL: one of AUS is expected', changed(5, 0, 'ATL')],
      ['cells A7 and D7: the table has no sector 99 of AUS: one of AtB, C is expected', changed(6, 3, '99')],
      ['cell F6 holds "#VALUE!": a number is expected', changed(5, 5, '#VALUE!')],
      ['cell F6 holds "many": a number is expected', changed(5, 5, 'many')],
      ['cell F7 is of the same country, variable and sector as ', changed(6, 3, 'AtB')],
      ['has no EMPE of AUS, sector AtB', changed(8, 1, 'LAB')],
    ])('%s', async (message, rows) => {
      const path = await withAccounts(await workbook(rows));
      await expect(openTable(path)).rejects.toThrow(`WIOD_SEA_July14.xlsx, sheet "DATA"`);
      await expect(openTable(path)).rejects.toThrow(message);
    });

    it('are one workbook, with a sheet DATA', async () => {
      await withAccounts(await workbook(accounts, 'SEA'));
      await expect(openTable(folder)).rejects.toThrow('WIOD_SEA_July14.xlsx has no sheet "DATA", only "Notes", "SEA"');
      write({ 'WIOD_SEA_Feb12.xlsx': await workbook(accounts) });
      await expect(openTable(folder)).rejects.toThrow(
        'several socio-economic accounts: WIOD_SEA_Feb12.xlsx, WIOD_SEA_July14.xlsx',
      );
    });
  });
});

describe('GLORIA', () => {
  const name = (part: string): string => `0_120secMother_AllCountries_002_${part}-Results_2022_059_Markup001(full).csv`;
  const readme = (): Promise<Uint8Array> =>
    writeXlsx({
      sheets: [
        {
          name: 'Regions',
          rows: [
            ['Lfd_Nr', 'Region_acronyms'],
            [1, 'AUS'],
          ],
        },
        {
          name: 'Sectors',
          rows: [
            ['Lfd_Nr', 'Sector_names'],
            [1, 'Fishing'],
          ],
        },
        {
          name: 'Value added and final demand',
          rows: [
            ['Lfd_Nr', 'Value_added_names', 'Final_demand_names'],
            [1, 'Wages', 'Households'],
            [2, null, 'Government'],
          ],
        },
        {
          name: 'Satellites',
          rows: [
            ['Sat_head_indicator', 'Sat_indicator', 'Sat_unit'],
            ['Emissions', 'CO2', 'kt'],
          ],
        },
      ],
    });

  it('is read from folders and archives', async () => {
    const satellites = { [name('TQ')]: '7,0\n', [name('YQ')]: '8,9\n' };
    write({
      [`GLORIA_MRIOs_59_2022/${name('T')}`]: '0,1\n2,0\n',
      [`GLORIA_MRIOs_59_2022/${name('Y')}`]: '0,0\n3,4\n',
      [`GLORIA_MRIOs_59_2022/${name('V')}`]: '5,0\n',
      'GLORIA_SatelliteAccounts_059_2022.zip': storedZip(satellites),
      'GLORIA_ReadMe_059.xlsx': await readme(),
    });
    const table = await openTable(folder);
    expect(table.rows).toEqual([
      account('AUS', 'Fishing (industry)'),
      account('AUS', 'Fishing (product)'),
      input('AUS, Wages'),
      { kind: 'stressor', name: 'Emissions, CO2', unit: 'kt' },
    ]);
    expect(table.columns.slice(2)).toEqual([demand('AUS', 'Households'), demand('AUS', 'Government')]);
    expect([...(await wholeTable(table))]).toEqual([0, 1, 0, 0, 2, 0, 3, 4, 5, 0, 0, 0, 7, 0, 8, 9]);
    await expect(openTable(folder, { price: 'pp' })).rejects.toThrow('lacks T, Y');
    await expect(openTable(folder, { year: 2021 })).rejects.toThrow('no such table of GLORIA');
  });
});

describe('a system saved by pymrio', () => {
  /** The files of a folder by their names, in a folder of their own. */
  const packed = (path: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.includes('.'))
        .map((name) => [`deep/${name.replaceAll('\\', '/')}`, readFileSync(join(path, name), 'latin1')]),
    );

  it('is told from EXIOBASE, and is read from an archive with folders', async () => {
    await writePymrioFolder(join(root, 'plain'), { ...smallSystem, regions: ['A', 'B'] });
    const table = await openTable(join(root, 'plain'));
    expect(table.format).toBe('pymrio system "small, v2"');
    writeFileSync(join(root, 'plain.zip'), storedZip(packed(join(root, 'plain'))));
    const again = await openTable(join(root, 'plain.zip'));
    expect(again.rows).toEqual(table.rows);
    expect(await wholeTable(again)).toEqual(await wholeTable(table));
  });

  it('in Parquet has to be unpacked', async () => {
    await writePymrioFolder(join(root, 'columns'), smallSystem, 'parquet');
    writeFileSync(join(root, 'columns.zip'), storedZip(packed(join(root, 'columns'))));
    await expect(openTable(join(root, 'columns.zip'))).rejects.toThrow('Z.parquet is Parquet in an archive');
  });
});

describe('a path', () => {
  it('of nothing, of something else, of two formats', async () => {
    await expect(openTable(join(root, 'nowhere'))).rejects.toThrow('nowhere does not exist');
    await expect(openTable(join(write({ 'notes.txt': 'a' }), 'notes.txt'))).rejects.toThrow('is of no known format');
    write({ 'Eora26_2010_bp_T.txt': '', 'a.csv': ',AAA_1,AAA_2\n' });
    await expect(openTable(folder)).rejects.toThrow('holds tables of several formats: OECD ICIO, Eora26');
  });
});
