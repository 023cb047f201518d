import { join } from 'node:path';
import { writeXlsx } from 'hucre';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { wholeTable } from '../support/shared-data.ts';
import { account, demand, input, total } from './expected-axes.ts';
import { folderPerTest } from './folder-per-test.ts';

const { path, write } = folderPerTest();

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
      await expect(openTable(path())).rejects.toThrow('WIOD_SEA_July14.xlsx has no sheet "DATA", only "Notes", "SEA"');
      write({ 'WIOD_SEA_Feb12.xlsx': await workbook(accounts) });
      await expect(openTable(path())).rejects.toThrow(
        'several socio-economic accounts: WIOD_SEA_Feb12.xlsx, WIOD_SEA_July14.xlsx',
      );
    });
  });
});
