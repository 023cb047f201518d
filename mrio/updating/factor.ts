/**
 * The factor r by which positive terms are multiplied and negative ones divided, so that they add up to a total:
 *
 *     r P - N / r = b,    r = (b + sqrt(b^2 + 4 P N)) / (2 P),
 *
 * without cancellation for b < 0. With N = 0 it is b / P, the factor of RAS (Stone 1961); without positive terms it is
 * -N / b (Temurshoev, Miller and Bouwmeester 2013).
 * @param total b
 * @param positive P, sum of the positive terms, 0 or more
 * @param negative N, size of the sum of the negative terms, 0 or more
 * @returns NaN where no factor gives the total
 */
export function scalingFactor(total: number, positive: number, negative: number): number {
  if (positive === 0 && negative === 0) return total === 0 ? 1 : NaN;
  if (negative === 0) return total >= 0 ? total / positive : NaN;
  if (positive === 0) return total <= 0 ? -negative / total : NaN;
  const root = Math.sqrt(total * total + 4 * positive * negative);
  return total > 0 ? (total + root) / (2 * positive) : (2 * negative) / (root - total);
}
