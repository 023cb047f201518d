/** Regular expressions, for JavaScript and SQL alike. */

/** A number as programs write it. */
export const PLAIN_NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;

/** A number with its thousands separated: never elsewhere, and never behind a zero, since 0,125 has a decimal comma. */
export const groupedNumber = (separator: string): string =>
  String.raw`[+-]?[1-9]\d{0,2}(?:${separator}\d{3})+(?:\.\d*)?(?:[eE][+-]?\d+)?`;
