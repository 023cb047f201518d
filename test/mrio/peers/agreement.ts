import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { leontiefInverse, technicalCoefficients } from '../../../mrio/leontief.ts';
import { columnSums, rowSums } from '../../../mrio/table.ts';
import { sharedData } from '../../support/shared-data.ts';
import type { SmallSystem } from './exact-accounts.ts';

/** Each value is the expected one, to 1e-9 of it; of what is tiny beside the largest, to 1e-9 of a billionth of that. */
export function expectAgreement(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const tiny = 1e-9 * Math.max(...expected.map(Math.abs));
  for (const [k, value] of expected.entries()) {
    const difference = Math.abs(actual[k]! - value);
    if (!(difference <= 1e-9 * Math.max(Math.abs(value), tiny))) expect(actual[k], `value ${k}`).toBe(value);
  }
}

/** What is calculated of a small system by mrio/; value added is what inputs leave of output. */
export function calculated({ regions, deliveries, demand }: SmallSystem, labels: readonly string[]) {
  const n = deliveries.length;
  const intermediate = Float64Array.from(deliveries.flat());
  const final = Float64Array.from(demand.flat());
  const ofDemand = rowSums(final, n, regions);
  const output = rowSums(intermediate, n, n).map((value, k) => value + ofDemand[k]!);
  const inputs = columnSums(intermediate, n, n);
  const coefficients = technicalCoefficients(intermediate, output, labels);
  const leontief = leontiefInverse(coefficients, labels);
  const valueAdded = output.map((value, k) => value - inputs[k]!);
  return { n, intermediate, final, ofDemand, output, valueAdded, coefficients, leontief };
}

/** Whether there is a file among the shared data, and what to call a test that needs it. */
export const isShared = (...path: readonly string[]): boolean => existsSync(sharedData(...path));
export const needs = (...path: readonly string[]): string => `(needs ${path.join('/')} in BTH_MRIO_SHARED_DATA)`;

export const sharedJson = (...path: readonly string[]): unknown =>
  JSON.parse(readFileSync(sharedData(...path), 'utf8'));
