import { blocksOf } from './files.ts';

/** Where the records of a CSV file begin, its header first. */
export interface CsvRecords {
  /** Line of the file, from 1: blank lines and line breaks within quotes count. */
  readonly lines: readonly number[];
  /** Byte of the file, from 0. */
  readonly starts: readonly number[];
}

const [LINE_FEED, CARRIAGE_RETURN, SPACE, QUOTE, COMMA] = [10, 13, 32, 34, 44];

/** What the next byte is to a field. */
type State = 'start' | 'after a space' | 'plain' | 'quoted' | 'quote in quoted';

/**
 * Finds the records as DuckDB does, which does not say where they are: a quote opens a text at the start of a field or
 * after one space; blank lines are no records, unless there is one column only.
 */
export function csvRecords(path: string, columns: number): CsvRecords {
  const [lines, starts]: [number[], number[]] = [[], []];
  const begin = (line: number, start: number) => {
    lines.push(line);
    starts.push(start);
  };
  let state: State = 'start';
  let line = 1;
  let blank = true;
  let before = 0;
  let at = -1;
  for (const block of blocksOf(path)) {
    for (const byte of block) {
      at++;
      // The second half of a line break.
      const ends = byte === LINE_FEED && before === CARRIAGE_RETURN;
      before = byte;
      if (ends) continue;
      const breaks = byte === LINE_FEED || byte === CARRIAGE_RETURN;
      if (breaks && state !== 'quoted') {
        if (blank && columns === 1) begin(line, at);
        blank = true;
        state = 'start';
      } else {
        if (blank) begin(line, at);
        blank = false;
        state = after(state, byte);
      }
      if (breaks) line++;
    }
  }
  return { lines, starts };
}

function after(state: State, byte: number): State {
  if (state === 'quoted') return byte === QUOTE ? 'quote in quoted' : 'quoted';
  if (byte === COMMA) return 'start';
  if (byte === QUOTE && state !== 'plain') return 'quoted';
  return byte === SPACE && state === 'start' ? 'after a space' : 'plain';
}

/** As texts of programs have it. */
type LineEnd = '\\n' | '\\r' | '\\r\\n';

/** The first line that does not end as those before it; null: all end alike. */
export function otherLineEnd(path: string): { line: number; end: LineEnd; before: LineEnd } | null {
  let first: LineEnd | null = null;
  let line = 1;
  let before = 0;
  const differs = (end: LineEnd) => {
    if (first !== null && end !== first) return { line, end, before: first };
    first = end;
    line++;
    return null;
  };
  for (const block of blocksOf(path)) {
    for (const byte of block) {
      let found = null;
      if (byte === LINE_FEED) found = differs(before === CARRIAGE_RETURN ? '\\r\\n' : '\\n');
      else if (before === CARRIAGE_RETURN) found = differs('\\r');
      if (found !== null) return found;
      before = byte;
    }
  }
  return before === CARRIAGE_RETURN ? differs('\\r') : null;
}
