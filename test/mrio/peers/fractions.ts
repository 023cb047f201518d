/** Numbers without rounding, as an oracle that shares nothing with the arithmetic that it is held against. */
export interface Fraction {
  readonly top: bigint;
  /** Positive. */
  readonly bottom: bigint;
}

/** The decimal that a number is written as: 16.1 is 161/10, not the nearest double. */
export function decimal(value: number): Fraction {
  const [whole, behind = ''] = String(value).split('.');
  return reduced(BigInt(whole! + behind), 10n ** BigInt(behind.length));
}

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b));

function reduced(top: bigint, bottom: bigint): Fraction {
  const common = divisor(top < 0n ? -top : top, bottom < 0n ? -bottom : bottom);
  const by = bottom < 0n ? -common : common;
  return { top: top / by, bottom: bottom / by };
}

const ZERO: Fraction = { top: 0n, bottom: 1n };
const ONE: Fraction = { top: 1n, bottom: 1n };

export const plus = (a: Fraction, b: Fraction): Fraction =>
  reduced(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
export const times = (a: Fraction, b: Fraction): Fraction => reduced(a.top * b.top, a.bottom * b.bottom);
export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { top: -b.top, bottom: b.bottom });
export const over = (a: Fraction, b: Fraction): Fraction => reduced(a.top * b.bottom, a.bottom * b.top);
export const total = (values: readonly Fraction[]): Fraction => values.reduce(plus, ZERO);

/** The nearest double, but for its last bit. */
export const double = ({ top, bottom }: Fraction): number => Number((top * 10n ** 40n) / bottom) / 1e40;

/** The inverse of a matrix, by elimination. */
export function inverted(matrix: readonly (readonly Fraction[])[]): Fraction[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? ONE : ZERO))]);
  for (let k = 0; k < n; k++) {
    const at = rows.findIndex((row, i) => i >= k && row[k]!.top !== 0n);
    if (at === -1) throw new Error('the matrix is singular');
    [rows[k], rows[at]] = [rows[at]!, rows[k]!];
    const pivot = rows[k]![k]!;
    rows[k] = rows[k]!.map((value) => over(value, pivot));
    for (let i = 0; i < n; i++) {
      const factor = rows[i]![k]!;
      if (i === k || factor.top === 0n) continue;
      rows[i] = rows[i]!.map((value, j) => minus(value, times(factor, rows[k]![j]!)));
    }
  }
  return rows.map((row) => row.slice(n));
}
