import { writeXlsx } from 'hucre';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { wholeTable } from '../support/shared-data.ts';
import { account, demand, input } from './expected-axes.ts';
import { folderPerTest } from './folder-per-test.ts';
import { storedZip } from './stored-zip.ts';

const { path, write } = folderPerTest();

describe('GLORIA', () => {
  const name = (part: string, year = 2022, markup = '001', release = '059'): string =>
    `0_120secMother_AllCountries_002_${part}-Results_${year}_${release}_Markup${markup}(full).csv`;
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
    const table = await openTable(path());
    expect(table.rows).toEqual([
      account('AUS', 'Fishing (industry)'),
      account('AUS', 'Fishing (product)'),
      input('AUS, Wages'),
      { kind: 'stressor', name: 'Emissions, CO2', unit: 'kt' },
    ]);
    expect(table.columns.slice(2)).toEqual([demand('AUS', 'Households'), demand('AUS', 'Government')]);
    expect([...(await wholeTable(table))]).toEqual([0, 1, 0, 0, 2, 0, 3, 4, 5, 0, 0, 0, 7, 0, 8, 9]);
    await expect(openTable(path(), { sheet: '2021' })).rejects.toThrow(
      'no tables of GLORIA that are 2021: there are 2022 bp 059',
    );
  });

  it('of several the one is read that is chosen by its year, price and release', async () => {
    const table = (deliveries: number, demand: number, ...of: [number, string, string]) => ({
      [name('T', ...of)]: `0,${deliveries}\n2,0\n`,
      [name('Y', ...of)]: `0,0\n${demand},4\n`,
    });
    const unpriced = (wages: number, year: number, release: string) => ({
      [name('V', year, '001', release)]: `${wages},0\n`,
      [name('TQ', year, '001', release)]: '7,0\n',
      [name('YQ', year, '001', release)]: '8,9\n',
    });
    write({
      ...{ ...table(1, 2, 2021, '001', '059'), ...unpriced(3, 2021, '059') },
      ...{ ...table(4, 5, 2022, '001', '059'), ...table(6, 7, 2022, '005', '059'), ...unpriced(8, 2022, '059') },
      ...{ ...table(9, 10, 2021, '001', '057'), ...unpriced(11, 2021, '057') },
      // Margins and taxes are no tables by themselves.
      ...table(0, 0, 2022, '002', '059'),
      'GLORIA_ReadMe_059.xlsx': await readme(),
    });
    const numbers = async (sheet: string) => {
      const values = await wholeTable(await openTable(path(), { sheet }));
      return [values[1], values[6], values[8]];
    };
    expect(await numbers('2022')).toEqual([4, 5, 8]);
    expect(await numbers('2022 bp')).toEqual([4, 5, 8]);
    expect(await numbers('2022 pp')).toEqual([6, 7, 8]);
    expect(await numbers('2021 059')).toEqual([1, 2, 3]);
    expect(await numbers('2021 bp 057')).toEqual([9, 10, 11]);
    const message = `${path()} holds several tables of GLORIA: 2021 bp 057, 2021 bp 059, 2022 bp 059`;
    await expect(openTable(path())).rejects.toMatchObject({
      message,
      remedy: expect.stringContaining('choose one, such as "2021 bp 057"') as string,
    });
    await expect(numbers('2021')).rejects.toThrow('that are 2021: 2021 bp 057, 2021 bp 059');
  });

  it("in purchasers' prices is read only where these are asked for", async () => {
    write({
      ...{ [name('T', 2022, '005')]: '0,1\n2,0\n', [name('Y', 2022, '005')]: '0,0\n3,4\n' },
      ...{ [name('V')]: '5,0\n', [name('TQ')]: '7,0\n', [name('YQ')]: '8,9\n' },
      'GLORIA_ReadMe_059.xlsx': await readme(),
    });
    await expect(openTable(path())).rejects.toThrow('no tables of GLORIA that are bp: there are 2022 pp 059');
    expect((await wholeTable(await openTable(path(), { sheet: '2022 pp' })))[1]).toBe(1);
  });
});
