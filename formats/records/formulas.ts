import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { openPromise, type Entry } from 'yauzl';

/** The cells of a row whose formula has no value beside it. Rows and columns count from 0. */
export interface UncomputedCells {
  readonly row: number;
  readonly columns: ReadonlySet<number>;
}

/** A row that begins, or a whole cell: attributes of the row, attributes of the cell, what is in the cell. */
const ROW_OR_CELL = /<(?:\w+:)?(?:row(\s[^>]*)?>|c(\s[^>]*?)?(?:\/>|>([^]*?)<\/(?:\w+:)?c>))/g;
const FORMULA = /<(?:\w+:)?f[\s/>]/;
const VALUE = /<(?:\w+:)?(?:v(?:\s[^>]*)?>[^<]|is[\s/>])/;
/** A text that is empty is a value. */
const TEXT_VALUE = /<(?:\w+:)?(?:v|is)[\s/>]/;
/** A cell with a formula and no value, wherever it is. */
const WITHOUT_VALUE =
  /<(?:\w+:)?f(?:\s[^>]*)?(?:\/>|>[^<]*<\/(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*(?:\/>|>\s*<\/(?:\w+:)?v>)\s*)?<\/(?:\w+:)?c>/;
/** No cell is longer: a formula has 8192 characters. */
const LONGEST_CELL = 2 ** 16;

const mayNameFormula = (part: string | Buffer): boolean => part.includes('<f') || part.includes(':f');

/** Whether any sheet of an .xlsx has a formula without a value: the program that wrote it did not compute. */
export async function hasFormulaWithoutValue(path: string): Promise<boolean> {
  const archive = await openPromise(path, { autoClose: false });
  try {
    for await (const entry of archive.eachEntry()) {
      if (!/\/worksheets\/[^/]+\.xml$/i.test(entry.fileName)) continue;
      let rest = '';
      for await (const chunk of (await archive.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
        // Most sheets have no formulas. Of those nothing is decoded, but the end of each chunk: a tag may be cut there.
        if (!mayNameFormula(rest) && !mayNameFormula(chunk) && !/[<:]$/.test(rest)) {
          rest = chunk.toString('latin1', Math.max(0, chunk.length - 8));
          continue;
        }
        const piece: string = rest + chunk.toString('latin1');
        if (WITHOUT_VALUE.test(piece)) return true;
        rest = piece.slice(Math.max(0, piece.lastIndexOf('</c>'), piece.length - LONGEST_CELL));
      }
    }
    return false;
  } finally {
    archive.close();
  }
}

/**
 * The cells of a sheet of an .xlsx whose formula has no value beside it, row by row, in the order of the file: who reads
 * its values finds them empty. No more than a piece of the sheet is held.
 *
 * @param sheet its position among the sheets of the workbook, counted from 0
 */
export async function* formulasWithoutValue(path: string, sheet: number): AsyncGenerator<UncomputedCells> {
  const archive = await openPromise(path, { autoClose: false });
  try {
    const entries = new Map<string, Entry>();
    for await (const entry of archive.eachEntry()) entries.set(entry.fileName, entry);
    const open = (part: string): Promise<Readable> | null => {
      const entry = entries.get(part);
      return entry === undefined ? null : archive.openReadStreamPromise(entry);
    };
    const part = await sheetPart(sheet, async (name) => {
      const stream = await open(name);
      return stream === null ? '' : text(stream);
    });
    const stream = part === null ? null : await open(part);
    if (stream !== null) yield* uncomputedOf(stream);
  } finally {
    archive.close();
  }
}

async function* uncomputedOf(stream: Readable): AsyncGenerator<UncomputedCells> {
  let [row, column] = [-1, 0];
  let found = new Set<number>();
  let rest = '';
  for await (const chunk of chunks(stream)) {
    const piece = rest + chunk;
    let end = 0;
    for (const match of piece.matchAll(ROW_OR_CELL)) {
      end = match.index + match[0].length;
      const [, ofRow, ofCell = '', content] = match;
      if (isRow(match[0])) {
        if (found.size > 0) yield { row, columns: found };
        found = new Set();
        // A row or a cell that does not say where it is follows the one before it.
        row = Number(attribute(ofRow ?? '', 'r') ?? row + 2) - 1;
        column = 0;
        continue;
      }
      const letters = /^[A-Z]+/.exec(attribute(ofCell, 'r') ?? '')?.[0];
      if (letters !== undefined) column = columnOf(letters);
      if (content !== undefined && isUncomputed(content, attribute(ofCell, 't'))) found.add(column);
      column++;
    }
    rest = piece.slice(Math.max(end, piece.length - LONGEST_CELL));
  }
  if (found.size > 0) yield { row, columns: found };
}

const isRow = (tag: string): boolean => /^<(?:\w+:)?row/.test(tag);

const isUncomputed = (content: string, type: string | null): boolean =>
  FORMULA.test(content) && !(type === 'str' ? TEXT_VALUE : VALUE).test(content);

/** What is cut between two chunks, or is of another alphabet, matters in texts only. */
async function* chunks(stream: Readable): AsyncGenerator<string> {
  for await (const chunk of stream) yield (chunk as Buffer).toString('latin1');
}

/** The file of a sheet in the archive; null: there is none. Parts of a workbook name each other in files of relations. */
async function sheetPart(sheet: number, read: (part: string) => Promise<string>): Promise<string | null> {
  const root = relations(await read('_rels/.rels'));
  const workbook = root.find(({ type }) => type.endsWith('/officeDocument'))?.target;
  if (workbook === undefined) return null;
  const [folder, name] = [posix.dirname(workbook), posix.basename(workbook)];
  const sheets = [...(await read(inside('', workbook))).matchAll(/<(?:\w+:)?sheet\s([^>]*)>/g)];
  const id = attribute(sheets[sheet]?.[1] ?? '', String.raw`\w+:id`);
  const related = relations(await read(inside(folder, `_rels/${name}.rels`)));
  const target = related.find((relation) => relation.id === id)?.target;
  return target === undefined ? null : inside(folder, target);
}

/** A path in the archive. */
const inside = (folder: string, target: string): string => posix.join('/', folder, target).slice(1);

function relations(xml: string): { id: string | null; type: string; target: string }[] {
  return [...xml.matchAll(/<(?:\w+:)?Relationship\s([^>]*)>/g)].map(([, attributes]) => ({
    id: attribute(attributes!, 'Id'),
    type: attribute(attributes!, 'Type') ?? '',
    target: attribute(attributes!, 'Target') ?? '',
  }));
}

const attribute = (attributes: string, name: string): string | null =>
  new RegExp(`(?:^|\\s)${name}\\s*=\\s*["']([^"']*)["']`).exec(attributes)?.[1] ?? null;

/** The position, from 0, of a column that is called `D`. */
const columnOf = (letters: string): number =>
  Array.from(letters).reduce((position, letter) => 26 * position + letter.charCodeAt(0) - 64, 0) - 1;
