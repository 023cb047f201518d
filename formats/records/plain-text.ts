import { isUtf8 } from 'node:buffer';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TextDecoder } from 'node:util';
import { ModelError } from '../../mrio/error.ts';
import { utf16In } from './utf16.ts';

/**
 * A character that no line of a plain text contains: Unicode keeps U+10FFFF out of exchanged text. As a delimiter
 * it makes a CSV reader hand over whole lines.
 */
export const NO_CHARACTER = '\u{10FFFF}';
const NO_CHARACTER_BYTES = Buffer.from(NO_CHARACTER);

/** No line of a plain text has more bytes. */
export const LONGEST_LINE = 4 * 2 ** 20;
// A line of one piece that ends in the next may be twice as long, and longer by half when transcoded.
const PIECE = 2 ** 20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A file, and what errors call it. */
export interface NamedFile {
  readonly path: string;
  readonly place: string;
}

interface Survey {
  readonly utf8: boolean;
  /** Neither carriage returns nor U+10FFFF: together with `utf8`, the file can be read as it is. */
  readonly plain: boolean;
}

/** A plain text on the disk: UTF-8, lines ended by LF. */
export interface PlainText {
  readonly path: string;
  /** Removes the copy, if it is one. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a plain text that has the lines of a text file. It is the file itself if that is plain. Else it is a temporary copy:
 * other line ends (CR LF, CR) become LF; UTF-16 is told by its mark or its zero bytes; what else is not UTF-8 is read as
 * GB18030, and if it is not that either, as UTF-8 with U+FFFD in place of each broken character.
 *
 * @throws ModelError if a line is longer than a megabyte or two
 */
export async function openPlainText({ path, place }: NamedFile): Promise<PlainText> {
  const decoder = await decoderFor(path, place);
  if (decoder === null) return { path, close: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'records-'));
  const close = () => rm(folder, { recursive: true });
  try {
    const copy = join(folder, 'plain.csv');
    await writePlain(path, decoder, copy, place);
    return { path: copy, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A line of a text that is not blank; `line` is counted from 1. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
}

/** The first lines of a plain text that are not blank, of those that stand in its first megabyte or two. */
export async function firstLines(plain: string, count: number): Promise<TextLine[]> {
  const file = await open(plain);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2 * PIECE) });
    const lines = buffer
      .toString('utf8', 0, bytesRead)
      .replace(/^\uFEFF/, '')
      .split('\n');
    return lines
      .map((text, index) => ({ line: index + 1, text }))
      .filter(({ text }) => /[^ \t\f]/.test(text))
      .slice(0, count);
  } finally {
    await file.close();
  }
}

/** What a file has to be decoded with; null: it is plain as it is. */
async function decoderFor(path: string, place: string): Promise<TextDecoder | null> {
  const utf16 = await utf16In(path);
  if (utf16 !== null) return new TextDecoder(utf16);
  const { utf8, plain } = await survey(path, place);
  if (utf8 && plain) return null;
  return utf8 || !(await isGb18030(path)) ? new TextDecoder() : gb18030();
}

const gb18030 = () => new TextDecoder('gb18030', { fatal: true });
const pieces = (path: string) => createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Buffer>;

const tooLong = (place: string, before: string): ModelError =>
  new ModelError(
    `${place}: the line after the first ${before} is longer than a megabyte`,
    'Is it a CSV file? It needs one line per record, ended by LF or CR LF.',
  );

/** In UTF-8 as in GB18030, the bytes of CR and LF are nothing else: pieces can be cut there before they are decoded. */
async function survey(path: string, place: string): Promise<Survey> {
  let utf8 = true;
  let plain = true;
  let rest: Buffer = Buffer.alloc(0);
  let at = 0;
  const look = (text: Buffer) => {
    utf8 &&= isUtf8(text);
    plain &&= !text.includes(CARRIAGE_RETURN) && !text.includes(NO_CHARACTER_BYTES);
  };
  for await (const piece of pieces(path)) {
    const text = Buffer.concat([rest, piece]);
    const end = 1 + Math.max(text.lastIndexOf(LINE_FEED), text.lastIndexOf(CARRIAGE_RETURN));
    look(text.subarray(0, end));
    rest = text.subarray(end);
    at += end;
    if (rest.length > PIECE) throw tooLong(place, `${at} bytes`);
  }
  look(rest);
  return { utf8, plain };
}

async function isGb18030(path: string): Promise<boolean> {
  const decoder = gb18030();
  try {
    for await (const piece of pieces(path)) decoder.decode(piece, { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

async function writePlain(path: string, decoder: TextDecoder, copy: string, place: string): Promise<void> {
  await pipeline(withinLength(plainPieces(path, decoder), place), createWriteStream(copy));
}

async function* plainPieces(path: string, decoder: TextDecoder): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces(path)) {
    const text = rest + decoder.decode(piece, { stream: true });
    // A CR at the end may be half of a line end.
    rest = text.endsWith('\r') ? '\r' : '';
    yield plainLines(rest === '' ? text : text.slice(0, -1));
  }
  yield plainLines(rest + decoder.decode());
}

const plainLines = (text: string): string => text.replaceAll(/\r\n?/g, '\n').replaceAll(NO_CHARACTER, '\uFFFD');

/** The same pieces. A survey has seen the lines of other encodings, not those of UTF-16. */
async function* withinLength(texts: AsyncIterable<string>, place: string): AsyncGenerator<string> {
  let at = 0;
  let start = 0;
  for await (const text of texts) {
    const end = text.lastIndexOf('\n');
    if (end !== -1) start = at + end + 1;
    at += text.length;
    if (at - start > PIECE) throw tooLong(place, `${start} characters`);
    yield text;
  }
}
