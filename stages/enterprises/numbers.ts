import { amountName, shiftName } from './load.ts';

/** A number as programs write it. */
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
/** With thousands separated, by commas or by spaces: never by both, never elsewhere. */
const GROUPED = (separator: string): string =>
  String.raw`[+-]?\d{1,3}(?:${separator}\d{3})+(?:\.\d*)?(?:[eE][+-]?\d+)?`;

/** Full-width characters, other spaces and the minus sign, and what they stand for. */
const WIDE = '０１２３４５６７８９．，＋－−ｅＥ\u3000\u00A0\u2009\u202F';
const NARROW = '0123456789.,+--eE    ';

/** SQL of the number that is written, without separators and full-width digits; NULL: it is none. */
export function numberText(pollutant: number): string {
  const amount = amountName(pollutant);
  const narrow = `translate(${amount}, '${WIDE}', '${NARROW}')`;
  return `CASE
    WHEN regexp_full_match(${amount}, '${NUMBER}') THEN ${amount}
    WHEN regexp_full_match(${narrow}, '${NUMBER}') THEN ${narrow}
    WHEN regexp_full_match(${narrow}, '${GROUPED(',')}') THEN replace(${narrow}, ',', '')
    WHEN regexp_full_match(${narrow}, '${GROUPED(' ')}') THEN replace(${narrow}, ' ', '')
  END`;
}

/**
 * SQL of kilograms, exact: units differ by powers of ten, which are added to the exponent. More than three decimals are
 * rounded, halves away from zero. NULL: no number, or too large.
 * @param number SQL of what `numberText` gives
 */
export function kilograms(number: string, pollutant: number): string {
  const shift = shiftName(pollutant);
  return `try_cast(CASE
    WHEN ${shift} = 0 THEN ${number}
    WHEN NOT regexp_matches(${number}, '[eE]') THEN ${number} || 'e' || ${shift}
    ELSE regexp_extract(${number}, '^[^eE]*') || 'e'
      || (try_cast(regexp_extract(${number}, '[eE](.*)$', 1) AS INTEGER) + ${shift})
  END AS DECIMAL(18, 3))`;
}
