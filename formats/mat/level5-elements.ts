import type { ByteReader } from './byte-reader.ts';

/** Bytes of a file of version 5, in the byte order of its header. */
export interface Input {
  readonly reader: ByteReader;
  readonly littleEndian: boolean;
}

/** A run of numbers of one type, or elements inside an element. Positions are those of the reader. */
export interface Element {
  readonly type: number;
  readonly start: number;
  readonly bytes: number;
  /** Where the next element starts. */
  readonly end: number;
}

/** Types of elements that hold other elements. */
export const MATRIX = 14;
export const COMPRESSED = 15;

/** Types of elements that hold text alone. */
export const UTF8 = 16;
export const UTF16 = 17;
export const UTF32 = 18;

/** No more than this is read at once: names, dimensions and texts are short. */
const MOST_BYTES_AT_ONCE = 1 << 24;

const TAG_BYTES = 8;

/** The element at a position, which lies before the limit. Throws a ModelError if it reaches beyond. */
export async function readElement(input: Input, at: number, limit: number): Promise<Element> {
  const element = await readTag(input, at);
  if (element.start + element.bytes > limit) {
    throw input.reader.damaged(
      `an element says that it has ${element.bytes} bytes, of which there are ${Math.max(limit - element.start, 0)}`,
      at,
    );
  }
  return element;
}

/** The same without a limit. */
export async function readTag({ reader, littleEndian }: Input, at: number): Promise<Element> {
  await reader.skipTo(at);
  const tag = new Uint8Array(TAG_BYTES);
  await reader.readInto(tag.subarray(0, 4));
  const view = new DataView(tag.buffer);
  const type = view.getUint32(0, littleEndian);
  // Up to four bytes of data may stand in the tag itself: then the upper half of its first word says how many.
  if (type > 0xffff) {
    const bytes = type >>> 16;
    if (bytes > 4) throw reader.damaged(`an element of ${bytes} bytes is in the place of four`, at);
    return { type: type & 0xffff, start: at + 4, bytes, end: at + TAG_BYTES };
  }
  await reader.readInto(tag.subarray(4));
  const bytes = view.getUint32(4, littleEndian);
  const start = at + TAG_BYTES;
  // Compressed elements alone are not padded to whole words of eight bytes.
  return { type, start, bytes, end: start + (type === COMPRESSED ? bytes : 8 * Math.ceil(bytes / 8)) };
}

/** The bytes of a short element. */
export async function readBytes({ reader }: Input, element: Element, most = MOST_BYTES_AT_ONCE): Promise<DataView> {
  if (element.bytes > most) {
    throw reader.damaged(`an element has ${element.bytes} bytes instead of ${most} at most`, element.start);
  }
  const bytes = new Uint8Array(element.bytes);
  await reader.skipTo(element.start);
  await reader.readInto(bytes);
  return new DataView(bytes.buffer);
}
