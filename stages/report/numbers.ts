/** Stands for a number that is not there. */
export const ABSENT = '–';

const MINUS = '−';
/** A space at which no line ends. */
export const TIED = '\u00a0';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number with thousands separators and this many decimals. */
export const fixed = (value: number, decimals = 0): string => shown(value, decimals, 'negative');

/** The same with its sign; what rounds to 0 has none. */
export const signed = (value: number, decimals = 0): string => shown(value, decimals, 'exceptZero');

function shown(value: number, decimals: number, signDisplay: 'negative' | 'exceptZero'): string {
  if (!Number.isFinite(value)) return ABSENT;
  const text = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay,
  }).format(value);
  return text.replace('-', MINUS);
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
  Number.isFinite(relative) ? `${signed(relative * 100, 1)}%` : ABSENT;

/** How far one share lies from another, in percentage points: +1.2 points. */
export const points = (shares: number): string =>
  Number.isFinite(shares) ? `${signed(shares * 100, 1)}${TIED}points` : ABSENT;

/** A level of confidence, with no more decimals than it has: 95%, 99.9%. */
export const level = (confidence: number): string =>
  Number.isFinite(confidence) ? `${Number((confidence * 100).toPrecision(6))}%` : ABSENT;

/** A mass in a sentence. */
export function tonnes(t: number): string {
  if (Math.abs(t) >= 1e9) return `${fixed(t / 1e9, 2)}${TIED}billion${TIED}t`;
  if (Math.abs(t) >= 1e6) return `${fixed(t / 1e6, 2)}${TIED}million${TIED}t`;
  return `${Math.abs(t) < SMALL_MASS ? general(t) : fixed(t)}${TIED}t`;
}

/** Below this many t, masses have decimals. */
const SMALL_MASS = 100;

/** Decimals of masses in a column whose greatest is this many t. */
export const massDecimals = (greatest: number): number => (greatest > 0 && greatest < SMALL_MASS ? 2 : 0);

/** The unit in which masses up to `greatest` t are drawn: what it is called, how many t it is, and that as a sentence. */
export interface MassScale {
  readonly unit: string;
  readonly t: number;
  readonly sentence: string;
}

export function massScale(greatest: number): MassScale {
  if (greatest >= 1e9) return { unit: 'million t', t: 1e6, sentence: 'Million t.' };
  if (greatest >= 1e3) return { unit: 'thousand t', t: 1e3, sentence: 'Thousand t.' };
  return { unit: 't', t: 1, sentence: 'In t.' };
}

const SMALL_NUMBERS = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ');

/** A small count in words. */
export const inWords = (count: number): string => SMALL_NUMBERS[count] ?? fixed(count);

/** A p-value as journals print it. */
export const pValue = (p: number): string => (p < 0.001 ? '< 0.001' : fixed(p, 3));

/** Emissions per output: small ones with three digits, however small. */
export function intensityText(intensity: number): string {
  const size = Math.abs(intensity);
  if (!Number.isFinite(size) || size === 0 || size >= 0.1) return fixed(intensity, 2);
  return size < 1e-4 ? scientific(intensity) : fixed(intensity, 2 - Math.floor(Math.log10(size)));
}
