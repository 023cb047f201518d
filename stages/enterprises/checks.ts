import type { ColumnName } from './header.ts';
import { COLUMNS } from './header.ts';
import { LONGEST_LINE, NO_CHARACTER } from './plain-text.ts';

/** RFC 4180: bare text without quotes and commas, or text in quotes with its quotes doubled. */
const FIELD = '"(?:[^"]|"")*"|[^",]*';
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;

/**
 * SELECT of the lines (line, raw) of a plain text below its header, blank lines apart. `line` is the number that an
 * editor shows.
 *
 * @param plain path, see `withPlainText`
 * @param headerLine number of the header line
 */
export const recordLines = (plain: string, headerLine: number): string => `
  SELECT line, raw
  FROM (
    SELECT row_number() OVER () AS line, raw
    FROM read_csv('${plain.replaceAll("'", "''")}',
      auto_detect = false, header = false, columns = {raw: 'VARCHAR'}, delim = '${NO_CHARACTER}', quote = '', escape = '',
      comment = '', new_line = '\\n', max_line_size = ${LONGEST_LINE})
  )
  WHERE line > ${headerLine} AND regexp_matches(raw, '[^ \\t\\f]')`;

/**
 * SELECT that gives each row of the table `lines` (line, raw) exactly one row: (line, reason, id, name, industry, place, region,
 * sector, nox_kg). `reason` is the first thing that is wrong with the line by itself, or NULL.
 *
 * - Each line stands for itself: a line break inside quotes makes two lines with a stray quote each.
 * - A number with more than three decimals is rounded, halves away from zero.
 *
 * @param position of each column, from 0
 */
export function checkedLines(lines: string, position: Record<ColumnName, number>): string {
  const unquoted = COLUMNS.map((column) => {
    const field = `fields[${position[column] + 1}]`;
    return `trim(if(starts_with(${field}, '"'), replace(${field}[2:-2], '""', '"'), ${field})) AS ${column}`;
  });
  return `
  WITH
    split_line AS (
      SELECT line, raw, CASE
        WHEN NOT contains(raw, '"') THEN string_split(raw, ',')
        WHEN regexp_full_match(',' || raw, '(?:,(?:${FIELD}))+') THEN regexp_extract_all(',' || raw, ',(${FIELD})', 1)
      END AS fields
      FROM ${lines}
    ),
    record AS (
      SELECT line, ${unquoted.join(', ')}, try_cast(nox_kg AS DECIMAL(18, 3)) AS kg, CASE
        WHEN contains(raw, '\uFFFD') THEN 'damaged character'
        WHEN fields IS NULL THEN 'stray quote'
        WHEN len(fields) < ${COLUMNS.length} THEN 'missing columns'
        WHEN len(fields) > ${COLUMNS.length} THEN 'too many columns'
      END AS misshapen
      FROM split_line
    ),
    division AS (
      SELECT division, industry.sector, sector.emissions_from = 'enterprises' AS reports
      FROM industry JOIN sector ON sector.id = industry.sector
    ),
    matched AS (
      SELECT record.*, sector, reports,
        (SELECT arg_max(region.code, length(gb2260)) FROM region WHERE starts_with(place, gb2260)) AS region
      FROM record LEFT JOIN division ON division = left(industry, 2)
    )
  SELECT line, id, nullif(name, '') AS name, industry, place, region, sector, kg AS nox_kg, CASE
    WHEN misshapen IS NOT NULL THEN misshapen
    WHEN id = '' THEN 'id is empty'
    WHEN nox_kg = '' THEN 'nox_kg is empty'
    WHEN NOT regexp_full_match(nox_kg, '${NUMBER}') THEN 'nox_kg is not a number'
    WHEN try_cast(nox_kg AS DOUBLE) < 0 THEN 'nox_kg is negative'
    WHEN kg IS NULL THEN 'nox_kg is too large'
    WHEN sector IS NULL OR NOT regexp_full_match(industry, '\\d{2,4}') THEN 'unknown industry'
    WHEN NOT reports THEN 'industry outside the sectors with enterprise records'
    WHEN region IS NULL OR NOT regexp_full_match(place, '\\d+') THEN 'unknown place'
  END AS reason
  FROM matched`;
}

/**
 * SELECT of the numbers of lines that repeat the id of an earlier line, both without a `reason` of their own.
 *
 * @param checked name of a table with the rows of `checkedLines`
 */
export const repeatedLines = (checked: string): string => `
  SELECT line
  FROM ${checked} JOIN (
    SELECT id, min(line) AS first_line FROM ${checked} WHERE reason IS NULL GROUP BY id HAVING count(*) > 1
  ) USING (id)
  WHERE reason IS NULL AND line > first_line`;
