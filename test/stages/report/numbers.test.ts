import { describe, expect, it } from 'vitest';
import {
  difference,
  fixed,
  general,
  intensityText,
  inWords,
  level,
  massDecimals,
  massScale,
  percent,
  points,
  pValue,
  scientific,
  tonnes,
} from '../../../stages/report/numbers.ts';

describe('numbers in the report', () => {
  it.each([
    [fixed(1234567.891, 1), '1,234,567.9'],
    [fixed(-0.4), '0'],
    [fixed(-1500), '−1,500'],
    [fixed(NaN), '–'],
    [fixed(Infinity, 2), '–'],
    [general(28), '28'],
    [general(0.5032), '0.503'],
    [general(32.95), '32.95'],
    [general(458595.05), '458,595'],
    [general(-0.00012), '−1.2 × 10⁻⁴'],
    [general(18231.774, 7), '18,231.77'],
    [general(NaN), '–'],
    [scientific(0), '0'],
    [scientific(9.96e-8), '1.0 × 10⁻⁷'],
    [scientific(25e12), '2.5 × 10¹³'],
    [percent(0.45944), '45.9%'],
    [percent(0 / 0), '–'],
    [difference(0.05), '+5.0%'],
    [difference(-0.6), '−60.0%'],
    [difference(0), '0.0%'],
    [difference(0.0004), '0.0%'],
    [difference(-0.0004), '0.0%'],
    [difference(NaN), '–'],
    [points(0.0121), '+1.2\u00a0points'],
    [points(-0.0004), '0.0\u00a0points'],
    [points(NaN), '–'],
    [level(0.95), '95%'],
    [level(0.999), '99.9%'],
    [level(NaN), '–'],
    [tonnes(1234567), '1.23\u00a0million\u00a0t'],
    [tonnes(999999.4), '999,999\u00a0t'],
    [tonnes(3.35e9), '3.35\u00a0billion\u00a0t'],
    [tonnes(12.345), '12.35\u00a0t'],
    [tonnes(-100.4), '−100\u00a0t'],
    [tonnes(0), '0\u00a0t'],
    [intensityText(500.249), '500.25'],
    [intensityText(0), '0.00'],
    [intensityText(0.01234), '0.0123'],
    [intensityText(-0.00012345), '−0.000123'],
    [intensityText(0.00005), '5.0 × 10⁻⁵'],
    [intensityText(NaN), '–'],
    [inWords(5), 'five'],
    [inWords(13), '13'],
    [pValue(0.0797), '0.080'],
    [pValue(0.0004), '< 0.001'],
  ])('shows %s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});

describe('the scale of masses', () => {
  it.each([
    [999.9, 't', 1],
    [1000, 'thousand t', 1000],
    [9e8, 'thousand t', 1000],
    [1e9, 'million t', 1e6],
  ])('up to %d t', (greatest, unit, t) => {
    expect(massScale(greatest)).toMatchObject({ unit, t });
  });

  it('has decimals where all are small', () => {
    expect([0, 0.5, 99.9, 100].map(massDecimals)).toEqual([0, 2, 2, 0]);
  });
});
