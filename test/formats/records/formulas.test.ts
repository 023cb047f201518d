import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formulasWithoutValue, hasFormulaWithoutValue } from '../../../formats/records/formulas.ts';
import { cellName, openWorkbook, type SheetRow } from '../../../formats/workbook.ts';
import { sheetOfXml, workbook } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'formulas-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function found(content: Buffer): Promise<string[]> {
  const path = join(folder, 'a.xlsx');
  writeFileSync(path, content);
  const cells: string[] = [];
  for await (const { row, columns } of formulasWithoutValue(path, 0))
    cells.push(...Array.from(columns, (column) => cellName(row, column)));
  expect(await hasFormulaWithoutValue(path)).toBe(cells.length > 0);
  return cells;
}

describe('formulas without a value', () => {
  const xml = `<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1" t="str"><f>"" </f><v></v></c>
    <c r="D1"><f t="shared" ref="D1:D2" si="0">A1</f></c></row>
    <row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A1</f><v/></c><c r="D2"><f t="shared" si="0"/></c></row>`;

  it('are found by their cells', async () => {
    expect(await found(sheetOfXml(xml))).toEqual(['A1', 'D1', 'B2', 'D2']);
  });

  it('are found where cells do not say where they are, in any namespace, and of texts that were never computed', async () => {
    const rows = `<x:row><x:c><x:v>1</x:v></x:c><x:c/><x:c t="str"><x:f>A1&amp;""</x:f></x:c></x:row>
      <x:row r="7"><x:c r="AB7" s="1"/><x:c><x:f>A1</x:f><x:v></x:v></x:c></x:row><x:row><x:c><x:f>A1</x:f></x:c></x:row>`;
    expect(await found(sheetOfXml(rows))).toEqual(['C1', 'AC7', 'A8']);
  });

  it('are told with the rows of a workbook, of the sheet that they are in', async () => {
    const path = join(folder, 'rows.xlsx');
    writeFileSync(
      path,
      sheetOfXml(`<row r="1"><c r="A1"><v>1</v></c></row>${xml.replaceAll(/(r="[A-D]?)([12])"/g, '$13$2"')}`),
    );
    const rows: SheetRow[] = [];
    for await (const row of (await openWorkbook(path)).sheets[0]!.rows()) rows.push(row);
    expect(rows.map(({ index, uncomputed }) => [index, [...(uncomputed ?? [])]])).toEqual([[0, []], [30, [0, 3]], [31, [1, 3]]]); // prettier-ignore
  });

  it('are none where every formula was computed, or the workbook has none', async () => {
    expect(await found(sheetOfXml(`<row r="1"><c r="B1"><f>1+1</f><v>2</v></c><c r="C1"/></row>`))).toEqual([]);
    expect(await found(await workbook({ sheet: [['a', null, 1]] }))).toEqual([]);
  });

  it('are found wherever the pieces of a file are cut', async () => {
    const row = (r: number) => `<row r="${r}"><c r="A${r}"><v>1</v></c><c r="B${r}"><f>A${r}</f><v>1</v></c></row>`;
    const many = Array.from({ length: 5000 }, (_, i) => row(i + 1)).join('');
    for (const shift of [0, 20, 40]) {
      const padded = `${many}<row r="6000"><c r="A6000" t="inlineStr"><is><t>${'x'.repeat(shift)}</t></is></c>`;
      expect(await found(sheetOfXml(`${padded}<c r="B6000"><f>A1</f></c></row>`))).toEqual(['B6000']);
    }
  });
});
