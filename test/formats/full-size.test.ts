import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digits } from './full-size.ts';

it('digits of a number add up to it exactly, in any order', () => {
  expect([0, 1, 2].map((part) => digits(1 + 2 ** -20 + 2 ** -40, part, 3))).toEqual([1, 2 ** -20, 2 ** -40]);
  const order = fc.integer({ min: 1, max: 225 }).chain((parts) =>
    fc.shuffledSubarray(
      Array.from({ length: parts }, (_, part) => part),
      { minLength: parts },
    ),
  );
  const amount = fc
    .double({ min: -1e12, max: 1e12, noNaN: true })
    .filter((value) => value === 0 || Math.abs(value) > 1e-12);
  fc.assert(
    fc.property(amount, order, (value, parts) => {
      const sum = parts.reduce((total, part) => total + digits(value, part, parts.length), 0);
      expect(sum).toBe(value + 0);
    }),
  );
});
