import { describe, expect, it } from 'vitest';
import { openTable } from '../../formats/detect.ts';
import { writePymrioFolder } from '../../formats/pymrio/write-folder.ts';
import { wholeTable } from '../support/shared-data.ts';
import { input, lines } from './expected-axes.ts';
import { folderPerTest } from './folder-per-test.ts';
import { smallSystem } from './small-system.ts';

const { path, write } = folderPerTest();

describe('EXIOBASE 3', () => {
  it('has value added among the satellites, in the unit of the table', async () => {
    await writePymrioFolder(path('exiobase'), {
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
    const table = await openTable(path('exiobase'));
    expect(table.format).toBe('EXIOBASE 3 system "EXIOBASE, v2"');
    expect(table.rows.slice(4)).toEqual([
      { kind: 'stressor', name: 'Value Added', extension: 'impacts', unit: 'M.EUR' },
      input('Wages'),
      { kind: 'stressor', name: 'CO2', extension: 'satellite', unit: 'kg' },
    ]);
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
