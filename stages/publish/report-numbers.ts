/** Stands for a number that is not there. */
export const ABSENT = '–';

const MINUS = '−';
/** A space at which no line ends. */
export const TIED = '\u00a0';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number with thousands separators and this many decimals. */
export function fixed(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return ABSENT;
  const shown = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: 'negative',
  }).format(value);
  return shown.replace('-', MINUS);
}

/** A number of unknown size, with as many decimals as `digits` leave beside those before the point. */
export function general(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return ABSENT;
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e12) return fixed(value);
  if (size < 1e-3 || size >= 1e12) return scientific(value);
  return fixed(value, Math.max(0, digits - 1 - Math.max(0, Math.floor(Math.log10(size)))));
}

/** A number as a power of ten: 2.4 × 10⁻⁷. */
export function scientific(value: number): string {
  if (!Number.isFinite(value)) return ABSENT;
  if (value === 0) return '0';
  const [mantissa = '', exponent = '0'] = value.toExponential(1).split('e');
  const power = Math.abs(Number(exponent))
    .toString()
    .replaceAll(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]!);
  return `${mantissa.replace('-', MINUS)} × 10${Number(exponent) < 0 ? '⁻' : ''}${power}`;
}

/** A share as a percentage, without the sign. */
export const percentage = (share: number, decimals = 1): string => fixed(share * 100, decimals);

/** A share in a sentence. */
export const percent = (share: number, decimals = 1): string =>
  Number.isFinite(share) ? `${percentage(share, decimals)}%` : ABSENT;

/** A relative difference: +1.2%. */
export const difference = (relative: number): string =>
  Number.isFinite(relative) ? `${relative > 0 ? '+' : ''}${percent(relative)}` : ABSENT;

/** A mass in a sentence. */
export const tonnes = (t: number): string =>
  Math.abs(t) >= 1e6 ? `${fixed(t / 1e6, 2)}${TIED}million${TIED}t` : `${fixed(t)}${TIED}t`;

/** A p-value as journals print it. */
export const pValue = (p: number): string => (p < 0.001 ? '< 0.001' : fixed(p, 3));
