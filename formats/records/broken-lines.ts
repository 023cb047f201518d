/** A line of a text that is no record by itself. */
export interface Piece {
  readonly line: number;
  /** Its number among the lines that are not blank: between two that follow each other there are blank lines only. */
  readonly nth: number;
  readonly text: string;
}

/** A record whose quotes hold line breaks: lines `first` to `last` of the text. */
export interface JoinedLines {
  readonly first: number;
  readonly last: number;
  readonly raw: string;
}

/**
 * The records that pieces make together. A record begins with a line that leaves a quote open, ends with the line that closes
 * it, and has as many fields as the header. Lines that have all their separators without regard to quotes are records with a
 * stray quote each: no two of them are one.
 *
 * @param width fields of the header
 */
export function joinedLines(pieces: readonly Piece[], delimiter: string, width: number): JoinedLines[] {
  const joined: JoinedLines[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const end = closingPiece(pieces, at, delimiter);
    if (end === null || end.separators !== width - 1) continue;
    const held = pieces.slice(at, end.at + 1);
    if (held.filter(({ text }) => text.split(delimiter).length >= width).length > 1) continue;
    joined.push({ first: held[0]!.line, last: held.at(-1)!.line, raw: textOf(held) });
    at = end.at;
  }
  return joined;
}

/** The piece that closes what the piece at `start` leaves open, and the separators up to its end; null: there is none. */
function closingPiece(
  pieces: readonly Piece[],
  start: number,
  delimiter: string,
): { at: number; separators: number } | null {
  let separators = 0;
  let isOpen = false;
  for (let at = start; at < pieces.length; at++) {
    const { text, nth } = pieces[at]!;
    if (at > start && nth !== pieces[at - 1]!.nth + 1) return null;
    const read = readOn(text, delimiter, isOpen);
    if (read === null) return null;
    separators += read.separators;
    isOpen = read.isOpen;
    if (!isOpen) return at === start ? null : { at, separators };
  }
  return null;
}

/** The lines as they stand in the text, with the blank ones between. */
const textOf = (pieces: readonly Piece[]): string =>
  pieces.map(({ line, text }, i) => '\n'.repeat(i === 0 ? 0 : line - pieces[i - 1]!.line) + text).join('');

/**
 * The separators of a line outside quotes, and whether a quote is open at its end. Null: a quote is out of place.
 * @param isOpen whether one is open at its start
 */
function readOn(text: string, delimiter: string, isOpen: boolean): { separators: number; isOpen: boolean } | null {
  let at = 0;
  for (let separators = 0, isQuoted = isOpen; ; separators++, at++, isQuoted = false) {
    if (isQuoted || text[at] === '"') {
      let quote = text.indexOf('"', isQuoted ? at : at + 1);
      while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
      if (quote === -1) return { separators, isOpen: true };
      at = quote + 1;
      if (at < text.length && text[at] !== delimiter) return null;
    } else {
      const end = text.indexOf(delimiter, at);
      const field = text.slice(at, end === -1 ? undefined : end);
      if (field.includes('"')) return null;
      at += field.length;
    }
    if (at >= text.length) return { separators, isOpen: false };
  }
}

/** The first line of `lines`, with those that it goes on in where it leaves a quote open and one of them closes it. */
export function firstRecord(lines: readonly { line: number; text: string }[], delimiter: string): JoinedLines {
  const end = closingPiece(
    lines.map(({ line, text }, nth) => ({ line, nth, text })),
    0,
    delimiter,
  );
  const held = lines.slice(0, (end?.at ?? 0) + 1);
  return { first: held[0]!.line, last: held.at(-1)!.line, raw: held.map(({ text }) => text).join('\n') };
}
