import { StageError, type StageContext } from '../../runner/stage.ts';
import { sqlText } from '../../formats/database.ts';
import { PLAIN_NUMBER, groupedNumber } from '../../formats/number-forms.ts';
import { fieldOf } from './by-pollutant.ts';
import { rows } from '../rows.ts';

/** With a comma where others have the point: `1,5`, `0,125`, `1.234,5`. */
const COMMA = String.raw`[+-]?(?:\d*|[1-9]\d{0,2}(?:[. ]\d{3})+),\d+(?:[eE][+-]?\d+)?`;

/** Full-width characters, other spaces and the minus sign, and what they stand for. */
const WIDE = '０１２３４５６７８９．，＋－−ｅＥ\u3000\u00A0\u2009\u202F';
const NARROW = '0123456789.,+--eE    ';
const narrowed = (amount: string): string => `translate(${amount}, '${WIDE}', '${NARROW}')`;

/**
 * SQL of the number that is written, without separators and full-width digits; NULL: it is none.
 * @param amount SQL of the text
 */
export function numberText(amount: string): string {
  const narrow = narrowed(amount);
  return `CASE
    WHEN regexp_full_match(${amount}, '${PLAIN_NUMBER}') THEN ${amount}
    WHEN regexp_full_match(${narrow}, '${PLAIN_NUMBER}') THEN ${narrow}
    WHEN regexp_full_match(${narrow}, '${groupedNumber(',')}') THEN replace(${narrow}, ',', '')
    WHEN regexp_full_match(${narrow}, '${groupedNumber(' ')}') THEN replace(${narrow}, ' ', '')
  END`;
}

/**
 * SQL of kilograms, exact: units differ by powers of ten, which are added to the exponent. More than three decimals are
 * rounded, halves away from zero. NULL: no number, or too large.
 * @param number SQL of what `numberText` gives
 * @param shift SQL of the power of ten
 */
export function kilograms(number: string, shift: string): string {
  return `try_cast(CASE
    WHEN ${shift} = 0 THEN ${number}
    WHEN NOT regexp_matches(${number}, '[eE]') THEN ${number} || 'e' || ${shift}
    ELSE regexp_extract(${number}, '^[^eE]*') || 'e'
      || (try_cast(regexp_extract(${number}, '[eE](.*)$', 1) AS INTEGER) + ${shift})
  END AS DECIMAL(18, 3))`;
}

/** SQL of whether a text is a number only if its comma is a decimal one. */
export function hasDecimalComma(amount: string): string {
  const narrow = narrowed(amount);
  return `(contains(${amount}, ',') OR contains(${amount}, '，')) AND regexp_full_match(${narrow}, '${COMMA}')
    AND NOT regexp_full_match(${narrow}, '${groupedNumber(',')}')`;
}

/**
 * Refuses a source with decimal commas, by what is in the tables record and record_column: another number of it, such as
 * `1,234`, would be taken for a thousand times what it is.
 * @param source its number
 * @param place what errors call it
 * @throws StageError that names the first line and the column
 */
export async function requireDecimalPoints(
  context: StageContext,
  source: number,
  place: string,
  pollutants: readonly string[],
): Promise<void> {
  const found = pollutants.map((name) => {
    const amount = fieldOf('amount', name);
    return `SELECT line, header, ${amount} AS written
      FROM record JOIN record_column USING (source)
      WHERE source = ${source} AND own_name = ${sqlText(name)} AND misshapen IS NULL AND ${hasDecimalComma(amount)}`;
  });
  const [first] = await rows(
    context,
    { line: 'number', header: 'text', written: 'text' },
    `FROM (${found.join(' UNION ALL ')}) ORDER BY line, header LIMIT 1`,
  );
  if (first === undefined) return;
  throw new StageError(
    `${place}, line ${first.line}, column ${first.header}: ${first.written} has a decimal comma`,
    'Write decimal points in the whole file (1234.5): a comma separates thousands, and 1,234 counts as 1234.',
  );
}
