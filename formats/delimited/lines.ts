import { isAscii, isUtf8 } from 'node:buffer';
import { ModelError } from '../../mrio/error.ts';

/** How letters are stored. `either`: UTF-8, and Latin-1 in lines that are no UTF-8. */
export type Encoding = 'utf-8' | 'either';

/** A line of a text that has anything in it. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * The lines of a text, one after the other, without the mark of its byte order and without empty lines.
 * @param bytes the text in chunks of any length; only the line at hand is held in memory
 * @param place the file, for errors
 */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
  place: string,
  encoding: Encoding = 'utf-8',
): AsyncGenerator<Line> {
  let number = 0;
  let started: Uint8Array[] = [];
  const finish = (end: Uint8Array): Line => {
    number++;
    const line = started.length === 0 ? end : Buffer.concat([...started, end]);
    started = [];
    return { number, text: decoded(line, number, place, encoding) };
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const line = finish(chunk.subarray(from, end));
      if (line.text !== '') yield line;
      from = end + 1;
    }
    if (from < chunk.length) started.push(chunk.subarray(from));
  }
  if (started.length > 0) {
    const line = finish(new Uint8Array());
    if (line.text !== '') yield line;
  }
}

function decoded(line: Uint8Array, number: number, place: string, encoding: Encoding): string {
  const length = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
  const bytes = Buffer.from(line.buffer, line.byteOffset, length);
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    return number === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text;
  }
  if (encoding === 'either') return bytes.toString('latin1');
  throw new ModelError(`${place}, line ${number}, is not encoded in UTF-8`, 'save the file in UTF-8');
}
