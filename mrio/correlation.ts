import pcorrtest from '@stdlib/stats-pcorrtest';

/** Pearson's correlation of two samples, with what can be said about it. */
export interface Correlation {
  readonly r: number;
  /** Two-sided p-value of Student's t test that the correlation is zero. */
  readonly p: number;
  /** Confidence interval by Fisher's z transform. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/**
 * Pearson's r of x and y.
 * @param confidence level of the interval, for example 0.95
 */
export function correlate(x: readonly number[], y: readonly number[], confidence: number): Correlation {
  const { pcorr, pValue, ci } = pcorrtest([...x], [...y], { alpha: 1 - confidence });
  return { r: pcorr, p: pValue, low: ci[0]!, high: ci[1]!, n: x.length };
}
