import { sqlText } from '../database.ts';
import type { Delimiter } from './header-rows.ts';
import { LONGEST_LINE, NO_CHARACTER } from './plain-text.ts';

/** A line of separators, spaces and empty quotes holds nothing. */
const blank = (delimiter: Delimiter): string =>
  String.raw`(?:[ \t\f\x{A0}\x{3000}${delimiter}]|"[ \t\x{A0}\x{3000}]*")*`;

/**
 * SELECT of the lines (line, raw) of a plain text below its header, without those that hold nothing. `line` is the number that
 * an editor shows.
 *
 * @param plain path, see `openPlainText`
 * @param headerLine number of the last line of the header
 */
export const textLines = (plain: string, headerLine: number, delimiter: Delimiter): string => `
  SELECT line, raw
  FROM (
    SELECT row_number() OVER () AS line, raw
    FROM read_csv(${sqlText(plain)},
      auto_detect = false, header = false, columns = {raw: 'VARCHAR'}, delim = '${NO_CHARACTER}', quote = '', escape = '',
      comment = '', new_line = '\\n', max_line_size = ${LONGEST_LINE})
  )
  WHERE line > ${headerLine} AND NOT regexp_full_match(raw, '${blank(delimiter)}')`;

/**
 * SELECT of lines as (line, raw, fields): texts of RFC 4180, bare ones without quotes and delimiters, or in quotes with its
 * quotes doubled; they are still in their quotes. NULL: a quote is out of place. Each stands for itself: where quotes hold a line
 * break, see `joinedLines`.
 *
 * @param lines SELECT of (line, raw)
 */
export function splitLines(lines: string, delimiter: Delimiter): string {
  const field = `"(?:[^"]|"")*"|[^"${delimiter}]*`;
  return `
  SELECT line, raw, CASE
    WHEN NOT contains(raw, '"') THEN string_split(raw, '${delimiter}')
    WHEN regexp_full_match('${delimiter}' || raw, '(?:${delimiter}(?:${field}))+')
      THEN regexp_extract_all('${delimiter}' || raw, '${delimiter}(${field})', 1)
  END AS fields
  FROM (${lines})`;
}

/** SQL of the text in a field of `splitLines`, counted from 0; line breaks in quotes are spaces. */
export function fieldText(position: number): string {
  const field = `fields[${position + 1}]`;
  return `if(starts_with(${field}, '"'), translate(replace(${field}[2:-2], '""', '"'), chr(10), ' '), ${field})`;
}
