import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { writeXlsx, type WriteSheet } from 'hucre/xlsx';
import { storedZip } from '../stored-zip.ts';

type Cells = readonly (readonly (string | number | null)[])[];

/** A workbook of sheets, by their names. */
export const workbook = async (sheets: Readonly<Record<string, Cells>>): Promise<Buffer> => {
  const written = Object.entries(sheets).map(([name, rows]): WriteSheet => ({
    name,
    rows: rows.map((row) => [...row]),
  }));
  return Buffer.from(await writeXlsx({ sheets: written }));
};

/** A Parquet file of what a query gives. */
export async function parquet(sql: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-fixture-'));
  const database = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const path = join(folder, 'table.parquet');
    await database.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
    return readFileSync(path);
  } finally {
    database.closeSync();
    rmSync(folder, { recursive: true });
  }
}

let bytesOf: Map<string, Buffer> | undefined;

/** A text in GB18030, of characters that it has two bytes for. */
export function gb18030(text: string): Buffer {
  bytesOf ??= new Map(
    Array.from({ length: 126 * 190 }, (_, i) => {
      const [first, second] = [0x81 + Math.floor(i / 190), 0x40 + (i % 190)];
      const bytes = Buffer.from([first, second + Number(second >= 0x7f)]);
      return [new TextDecoder('gb18030').decode(bytes), bytes];
    }),
  );
  return Buffer.concat(Array.from(text, (character) => bytesOf!.get(character) ?? Buffer.from(character)));
}

/** A workbook whose only sheet, `sheet`, has these rows, in XML. */
export function sheetOfXml(rows: string): Buffer {
  const xml = (root: string, content: string) => `<?xml version="1.0"?><${root}>${content}</${root.split(' ')[0]!}>`;
  const packages = 'xmlns="http://schemas.openxmlformats.org/package/2006';
  const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const sheets = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const related = (type: string, target: string) =>
    xml(
      `Relationships ${packages}/relationships"`,
      `<Relationship Id="rId1" Type="${office}/${type}" Target="${target}"/>`,
    );
  const part = (name: string, type: string) => `<Override PartName="/xl/${name}" ContentType="${types}.${type}+xml"/>`;
  return storedZip({
    '[Content_Types].xml': xml(
      `Types ${packages}/content-types"`,
      part('workbook.xml', 'sheet.main') + part('worksheets/sheet1.xml', 'worksheet'),
    ),
    '_rels/.rels': related('officeDocument', 'xl/workbook.xml'),
    'xl/workbook.xml': xml(
      `workbook xmlns="${sheets}" xmlns:r="${office}"`,
      '<sheets><sheet name="sheet" sheetId="1" r:id="rId1"/></sheets>',
    ),
    'xl/_rels/workbook.xml.rels': related('worksheet', 'worksheets/sheet1.xml'),
    'xl/worksheets/sheet1.xml': xml(`worksheet xmlns="${sheets}"`, `<sheetData>${rows}</sheetData>`),
  });
}
