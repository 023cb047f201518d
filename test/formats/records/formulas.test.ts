import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formulasWithoutValue } from '../../../formats/records/formulas.ts';
import { sheetOfXml, workbook } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'formulas-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function found(content: Buffer, columns: [number, number], name = 'a.xlsx'): Promise<string[]> {
  const path = join(folder, name);
  writeFileSync(path, content);
  return [...(await formulasWithoutValue(path, 'sheet', columns))];
}

describe('formulas without a value', () => {
  const xml = `<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1" t="str"><f>"" </f><v></v></c>
    <c r="D1"><f t="shared" ref="D1:D2" si="0">A1</f></c></row>
    <row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A1</f><v/></c><c r="D2"><f t="shared" si="0"/></c></row>`;

  it('are found by their cells, in the columns that are asked for', async () => {
    expect(await found(sheetOfXml(xml), [0, 3])).toEqual(['A1', 'D1', 'B2', 'D2']);
    expect(await found(sheetOfXml(xml), [1, 2])).toEqual(['B2']);
  });

  it('are none where every formula was computed, or the workbook has none', async () => {
    expect(await found(sheetOfXml(`<row r="1"><c r="B1"><f>1+1</f><v>2</v></c><c r="C1"/></row>`), [0, 3])).toEqual([]);
    expect(await found(await workbook({ sheet: [['a', null, 1]] }), [0, 3])).toEqual([]);
    expect(await found(Buffer.from('any'), [0, 3], 'a.ods')).toEqual([]);
  });

  it('are found wherever the pieces of a file are cut', async () => {
    const row = (r: number) => `<row r="${r}"><c r="A${r}"><v>1</v></c><c r="B${r}"><f>A${r}</f><v>1</v></c></row>`;
    const many = Array.from({ length: 5000 }, (_, i) => row(i + 1)).join('');
    for (const shift of [0, 20, 40]) {
      const padded = `${many}<row r="6000"><c r="A6000" t="inlineStr"><is><t>${'x'.repeat(shift)}</t></is></c>`;
      expect(await found(sheetOfXml(`${padded}<c r="B6000"><f>A1</f></c></row>`), [0, 3])).toEqual(['B6000']);
    }
  });
});
