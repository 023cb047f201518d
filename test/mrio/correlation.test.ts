import { describe, expect, it } from 'vitest';
import { correlate } from '../../mrio/correlation.ts';

describe('Pearson correlation', () => {
  it('by hand: x = 1..5, y = 2, 1, 4, 3, 5: r = 8 / 10', () => {
    const { r, n } = correlate([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.95);
    expect(r).toBeCloseTo(0.8, 14);
    expect(n).toBe(5);
  });

  it('has the p-value of t = r sqrt((n - 2) / (1 - r^2)) and the interval of Fisher', () => {
    // t = 0.8 sqrt(3 / 0.36) = 2.3094; two-sided with 3 degrees of freedom: 0.1041 (closed form of Student's t).
    const { p, low, high } = correlate([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.95);
    const t = 2.309401076758503;
    const angle = Math.atan(t / Math.sqrt(3));
    const twoSided = 1 - (2 / Math.PI) * (angle + Math.sin(angle) * Math.cos(angle));
    expect(p).toBeCloseTo(twoSided, 10);
    const half = 1.959963984540054 / Math.sqrt(2);
    expect(low).toBeCloseTo(Math.tanh(Math.atanh(0.8) - half), 8);
    expect(high).toBeCloseTo(Math.tanh(Math.atanh(0.8) + half), 8);
  });
});
