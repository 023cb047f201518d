/** Distances between numbers. */

/** |after - before| / max(|before|, |after|), which has a value whichever of the two is 0. */
export const relativeDifference = (before: number, after: number): number =>
  before === after ? 0 : Math.abs(after - before) / Math.max(Math.abs(before), Math.abs(after));

/**
 * How many doubles it is from `a` to `b`: 0 for equal ones, 1 for neighbours. 0 and -0 are equal, and so are two NaN;
 * between NaN and a number lies infinity. Above 2^53 it is rounded.
 */
export function ulps(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Infinity;
  const distance = ordinal(a) - ordinal(b);
  return Number(distance < 0n ? -distance : distance);
}

const view = new DataView(new ArrayBuffer(Float64Array.BYTES_PER_ELEMENT));

/** Where a double comes among all doubles in order; 0 and -0 at 0. The bits of positive ones are in order already. */
function ordinal(value: number): bigint {
  view.setFloat64(0, Math.abs(value));
  const magnitude = view.getBigInt64(0);
  return value < 0 ? -magnitude : magnitude;
}
