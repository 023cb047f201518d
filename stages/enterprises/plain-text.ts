import { isUtf8 } from 'node:buffer';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TextDecoder } from 'node:util';
import { StageError } from '../../runner/stage.ts';

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

/**
 * Calls `use` with the path of a plain text that has the lines of a text file: UTF-8, lines ended by LF. It is the file
 * itself if that is plain. Else it is a temporary copy: other line ends (CR LF, CR) become LF; what is not UTF-8 is read
 * as GB18030, and if it is not that either, as UTF-8 with U+FFFD in place of each broken character.
 *
 * @throws StageError if a line is longer than a megabyte or two
 */
export async function withPlainText<Result>(
  { path, place }: NamedFile,
  use: (plain: string) => Promise<Result>,
): Promise<Result> {
  const { utf8, plain } = await survey(path, place);
  if (utf8 && plain) return use(path);
  const folder = await mkdtemp(join(tmpdir(), 'enterprises-'));
  try {
    const copy = join(folder, 'plain.csv');
    await writePlain(path, utf8 || !(await isGb18030(path)) ? new TextDecoder() : gb18030(), copy);
    return await use(copy);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The first line that is not blank, and its number from 1; null if a megabyte or two has none. */
export async function firstLine(plain: string): Promise<{ line: number; text: string } | null> {
  const file = await open(plain);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2 * PIECE) });
    const lines = buffer
      .toString('utf8', 0, bytesRead)
      .replace(/^\uFEFF/, '')
      .split('\n');
    const index = lines.findIndex((text) => /[^ \t\f]/.test(text));
    return index === -1 ? null : { line: index + 1, text: lines[index]! };
  } finally {
    await file.close();
  }
}

const gb18030 = () => new TextDecoder('gb18030', { fatal: true });
const pieces = (path: string) => createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Buffer>;

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
    if (rest.length > PIECE) {
      throw new StageError(
        `${place}: the line after the first ${at} bytes is longer than a megabyte`,
        'Is it a CSV file? It needs one line per record, ended by LF or CR LF.',
      );
    }
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

async function writePlain(path: string, decoder: TextDecoder, copy: string): Promise<void> {
  await pipeline(plainPieces(path, decoder), createWriteStream(copy));
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
