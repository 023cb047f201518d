import { sqlText } from '../database.ts';
import type { Delimiter } from './header-rows.ts';
import { LONGEST_LINE, NO_CHARACTER } from './plain-text.ts';

/**
 * SELECT of the lines (line, raw) of a plain text below its header, blank lines apart. `line` is the number that an
 * editor shows.
 *
 * @param plain path, see `openPlainText`
 * @param headerLine number of the header line
 */
const textLines = (plain: string, headerLine: number): string => `
  SELECT line, raw
  FROM (
    SELECT row_number() OVER () AS line, raw
    FROM read_csv(${sqlText(plain)},
      auto_detect = false, header = false, columns = {raw: 'VARCHAR'}, delim = '${NO_CHARACTER}', quote = '', escape = '',
      comment = '', new_line = '\\n', max_line_size = ${LONGEST_LINE})
  )
  WHERE line > ${headerLine} AND regexp_matches(raw, '[^ \\t\\f]')`;

/**
 * SELECT of the lines of a plain text as (line, raw, fields): texts of RFC 4180, bare ones without quotes and delimiters, or
 * in quotes with its quotes doubled; they are still in their quotes. NULL: a quote is out of place.
 *
 * Each line stands for itself: a line break inside quotes makes two lines with a stray quote each.
 */
export function splitLines(plain: string, headerLine: number, delimiter: Delimiter): string {
  const field = `"(?:[^"]|"")*"|[^"${delimiter}]*`;
  return `
  SELECT line, raw, CASE
    WHEN NOT contains(raw, '"') THEN string_split(raw, '${delimiter}')
    WHEN regexp_full_match('${delimiter}' || raw, '(?:${delimiter}(?:${field}))+')
      THEN regexp_extract_all('${delimiter}' || raw, '${delimiter}(${field})', 1)
  END AS fields
  FROM (${textLines(plain, headerLine)})`;
}

/** SQL of the text in a field of `splitLines`, counted from 0. */
export function fieldText(position: number): string {
  const field = `fields[${position + 1}]`;
  return `if(starts_with(${field}, '"'), replace(${field}[2:-2], '""', '"'), ${field})`;
}
