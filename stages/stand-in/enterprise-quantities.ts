/**
 * How many enterprises stand behind each cell: at least one, in all `total`, beyond the first in proportion to
 * the square root of the cell's emissions. Ties of the rounding go to the earlier cell.
 *
 * @param grams emissions of each cell, > 0
 * @throws RangeError if there are fewer enterprises than cells
 */
export function enterprisesPerCell(grams: Float64Array, total: number): Uint32Array {
  const spare = total - grams.length;
  if (spare < 0) throw new RangeError(`${total} enterprises cannot cover ${grams.length} cells`);
  const roots = grams.map(Math.sqrt);
  const sum = roots.reduce((left, right) => left + right, 0);
  const shares = roots.map((root) => (spare * root) / sum);
  const counts = Uint32Array.from(shares, (share) => 1 + Math.floor(share));
  const missing = total - counts.reduce((left, right) => left + right, 0);
  Array.from(shares, (share, cell) => ({ cell, rest: share - Math.floor(share) }))
    .sort((left, right) => right.rest - left.rest || left.cell - right.cell)
    .slice(0, missing)
    .forEach(({ cell }) => counts[cell]!++);
  return counts;
}

/**
 * Whole grams in proportion to `weights` (> 0) that add up to `total` exactly: rounded down, and what that leaves
 * goes to the largest.
 *
 * @param total whole grams, a safe integer
 */
export function splitGrams(total: number, weights: Float64Array): Float64Array {
  const sum = weights.reduce((left, right) => left + right, 0);
  const parts = weights.map((weight) => Math.floor(total * (weight / sum)));
  let largest = 0;
  for (let i = 1; i < parts.length; i++) if (parts[i]! > parts[largest]!) largest = i;
  parts[largest]! += total - parts.reduce((left, right) => left + right, 0);
  return parts;
}

/** Whole grams (>= 0) as kilograms with at most three decimals. */
export function kilograms(grams: number): string {
  const whole = Math.floor(grams / 1000);
  const decimals = String(grams - whole * 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return decimals === '' ? String(whole) : `${whole}.${decimals}`;
}
