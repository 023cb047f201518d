import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { inspectionOf } from '../../formats/inspect.ts';
import { openLabelledSheet } from '../../formats/labelled-sheet.ts';

it('of a table tells regions that are missing, names that were not known, and what is left out, with or without a name', async () => {
  const path = join(mkdtempSync(join(inject('sharedFolder'), 'inspect-')), 'table.csv');
  const lines = [
    ',,,North,,North,,,',
    ',,,Farms,Digging,Households,Deflator,,Output',
    ',,,01,02,FU101,,,',
    'North,Farms,01,3,1,2,7,8,6',
    ',Digging,02,1,3,4,7,8,8',
    ',Wages,VA001,2,4,,,,',
  ];
  writeFileSync(path, lines.join('\n'));
  const known = {
    regions: ['North', 'South'].map((name) => ({ name, region: name[0]! })),
    levels: [['N', 'S']],
    lists: ['Farms', 'Mines'].map((name, s) => ({ list: 'two', code: `0${s + 1}`, names: [name], sector: s + 1 })),
  };
  const said = await inspectionOf(await openLabelledSheet(path), 'table.csv', known, { stated: null, balance: null });
  expect(said.lines).toContain('  missing    a region of the study: S (South)');
  expect(said.lines).toContain('  notice     taken by its code: 02 Digging (cell B5), in the list Mines');
  expect(said.lines.join('\n')).toContain('2 of no known meaning, left out (Deflator, column H without a name)');
  expect(said.lines).toContain('  rows against their stated totals: equal (Gross output)');
});
