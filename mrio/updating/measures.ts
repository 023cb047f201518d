/**
 * WAPE, weighted absolute percentage error: sum of |estimate - truth| / sum of |truth|. A share: 0.1 is 10%. Each cell's
 * percentage error counts in proportion to its size. NaN where the truth is all zero.
 */
export function weightedAbsolutePercentageError(estimate: Float64Array, truth: Float64Array): number {
  let error = 0;
  let size = 0;
  for (let k = 0; k < truth.length; k++) {
    error += Math.abs(estimate[k]! - truth[k]!);
    size += Math.abs(truth[k]!);
  }
  return error / size;
}

/** Errors of technical coefficients, Miller and Blair (2009), chapter 7.4. Shares, and MAD in units of the coefficients. */
export interface CoefficientErrors {
  /** STPE, standardised total percentage error: sum of |a~ - a| / sum of a. */
  readonly stpe: number;
  /** MAD, mean absolute deviation: the mean of |a~ - a| over all cells, zeros included. */
  readonly mad: number;
  /** Theil's U: the root of sum of (a~ - a)^2 / sum of a^2. */
  readonly theilU: number;
}

/**
 * How far estimated coefficients are from the true ones.
 * @param estimate a~, one per cell, in the order of `truth`
 * @returns NaN where there is nothing to compare with
 */
export function coefficientErrors(estimate: Float64Array, truth: Float64Array): CoefficientErrors {
  let error = 0;
  let squaredError = 0;
  let size = 0;
  let squaredSize = 0;
  for (let k = 0; k < truth.length; k++) {
    const difference = estimate[k]! - truth[k]!;
    error += Math.abs(difference);
    squaredError += difference * difference;
    size += truth[k]!;
    squaredSize += truth[k]! * truth[k]!;
  }
  return { stpe: error / size, mad: error / truth.length, theilU: Math.sqrt(squaredError / squaredSize) };
}
