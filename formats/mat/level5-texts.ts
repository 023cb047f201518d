import { rowsOfChars } from './chars.ts';
import { readBytes, readElement, UTF16, UTF32, UTF8, type Element, type Input } from './level5-elements.ts';

const UINT16 = 4;

/** The values of a char array: its rows, without blanks at their ends. null: the element holds no characters. */
export async function readChars(
  input: Input,
  at: number,
  limit: number,
  rows: number,
  columns: number,
): Promise<string[] | null> {
  if (rows === 0 || columns === 0) return Array.from({ length: Math.min(rows, 1) }, () => '');
  const element = await readElement(input, at, limit);
  const text = decode(await readBytes(input, element), element, input.littleEndian);
  return text === null ? null : rowsOfChars(text, rows, columns);
}

function decode(view: DataView, { type }: Element, littleEndian: boolean): string | null {
  const bytes = Buffer.from(view.buffer as ArrayBuffer);
  if (type === UTF8) return bytes.toString('utf8');
  if (type === UTF16 || type === UINT16) {
    return Buffer.from(littleEndian || bytes.length % 2 !== 0 ? bytes : bytes.swap16()).toString('utf16le');
  }
  if (type === UTF32) {
    const points = Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(4 * i, littleEndian));
    return points.map((point) => String.fromCodePoint(point <= 0x10ffff ? point : 0xfffd)).join('');
  }
  return type === 1 || type === 2 ? bytes.toString('latin1') : null;
}
