import { writeXlsx } from 'hucre';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { wholeTable } from '../support/shared-data.ts';
import { account, demand, input } from './expected-axes.ts';
import { folderPerTest } from './folder-per-test.ts';
import { storedZip } from './stored-zip.ts';

const { path, write } = folderPerTest();

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
    const table = await openTable(path());
    expect(table.rows).toEqual([
      account('AUS', 'Fishing (industry)'),
      account('AUS', 'Fishing (product)'),
      input('AUS, Wages'),
      { kind: 'stressor', name: 'Emissions, CO2', unit: 'kt' },
    ]);
    expect(table.columns.slice(2)).toEqual([demand('AUS', 'Households'), demand('AUS', 'Government')]);
    expect([...(await wholeTable(table))]).toEqual([0, 1, 0, 0, 2, 0, 3, 4, 5, 0, 0, 0, 7, 0, 8, 9]);
    await expect(openTable(path(), { price: 'pp' })).rejects.toThrow('lacks T, Y');
    await expect(openTable(path(), { year: 2021 })).rejects.toThrow('no such table of GLORIA');
  });
});
