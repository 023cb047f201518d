import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coefficientBand } from '../../../mrio/anais/disaggregation.ts';
import { balance, grossOutput, type MrioTable } from '../../../mrio/table.ts';
import { aggregateToParents } from '../../../stages/stand-in/economy-aggregate.ts';
import { greatCircle } from '../../../stages/stand-in/economy-geography.ts';
import { longTable } from '../../../stages/stand-in/economy-rows.ts';
import { clampToBand } from '../../../stages/stand-in/economy-technology.ts';
import { GEOGRAPHY, SHARE, smallEconomies, summed } from './small-economy.ts';

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const check = (property: (seed: number) => void) => {
  fc.assert(fc.property(seeds, property), { numRuns: 20, seed: 1 });
};
const S = 4;

/** Technical coefficients summed over origins: input of product i per output of the account. */
function coefficient(table: MrioTable, output: Float64Array, product: number, user: number): number {
  const n = output.length;
  let input = 0;
  for (let r = 0; r < n / S; r++) input += table.intermediate[(r * S + product) * n + user]!;
  return input / output[user]!;
}

describe('the stand-in economy', () => {
  it('balances in every account to 1e-9, in both years, without negative values', () => {
    check((seed) => {
      const { later, earlier } = smallEconomies(seed);
      for (const { table } of [later, earlier]) {
        const whole = summed(table);
        expect(Math.max(...balance(whole).relativeDifference)).toBeLessThan(1e-9);
        expect([...whole.intermediate, ...whole.finalDemand, ...whole.primaryInput].every((v) => v >= 0)).toBe(true);
      }
    });
  });

  it('has nothing where the location quotient is 0, and something elsewhere', () => {
    check((seed) => {
      const output = grossOutput(summed(smallEconomies(seed).later.table));
      GEOGRAPHY.quotients.forEach((quotient, k) => {
        expect(output[k]! > 0).toBe(quotient > 0);
      });
    });
  });

  it('meets a known share of output', () => {
    check((seed) => {
      const output = grossOutput(summed(smallEconomies(seed).later.table));
      const of = (region: number) => output[region * S + SHARE.sectors[0]!]!;
      const all = SHARE.regions.reduce((sum, region) => sum + of(region), 0);
      expect(of(SHARE.region) / all).toBeCloseTo(SHARE.share, 9);
    });
  });

  it('keeps the coefficients of parts within the range over the parents, equation (11)', () => {
    check((seed) => {
      const { table } = smallEconomies(seed).later;
      const whole = summed(table);
      const output = grossOutput(whole);
      const { low, high } = coefficientBand(summed(aggregateToParents(table, GEOGRAPHY)), 0);
      for (const region of [2, 3]) {
        for (let cell = 0; cell < S * S; cell++) {
          const value = coefficient(whole, output, Math.floor(cell / S), region * S + (cell % S));
          expect(value).toBeGreaterThanOrEqual(low[cell]! * (1 - 1e-9));
          expect(value).toBeLessThanOrEqual(high[cell]! * (1 + 1e-9));
        }
      }
    });
  });

  it('has in the earlier year every cell of the later year', () => {
    check((seed) => {
      const { later, earlier } = smallEconomies(seed);
      const [now, then] = [summed(later.table), summed(earlier.table)];
      for (const block of ['intermediate', 'finalDemand', 'primaryInput'] as const) {
        const lost = Array.from(now[block].keys()).filter((k) => now[block][k]! > 0 && !(then[block][k]! > 0));
        expect(lost).toEqual([]);
      }
    });
  });

  it('is the same for the same seed, and another for another', () => {
    const value = (seed: number) => smallEconomies(seed).earlier.table.intermediate;
    expect(value(5)).toEqual(value(5));
    expect(value(6)).not.toEqual(value(5));
  });
});

describe('clampToBand', () => {
  it('moves coefficients of parts into the range of the undivided regions that make something', () => {
    const geography = { ...GEOGRAPHY, quotients: new Float64Array(6).fill(1) };
    // One sector; A, B, C1, C2, D, E. E makes nothing, so its 9 does not count.
    const coefficients = Float64Array.of(0.2, 0.3, 0.5, 0.25, 0.1, 9);
    expect(clampToBand(coefficients, Float64Array.of(1, 1, 1, 1, 1, 0), geography)).toBe(1);
    expect(coefficients[2]).toBeLessThan(0.3);
    expect(coefficients[2]).toBeGreaterThan(0.299);
    expect(Array.from(coefficients.filter((_, r) => r !== 2))).toEqual([0.2, 0.3, 0.25, 0.1, 9]);
    expect(clampToBand(coefficients, Float64Array.of(1, 1, 1, 1, 1, 0), geography)).toBe(0);
  });
});

describe('aggregateToParents', () => {
  const { table } = smallEconomies(3).later;
  const coarse = aggregateToParents(table, GEOGRAPHY);

  it('lists parents in the order of their first part', () => {
    expect(coarse.regions).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('adds up the parts of a divided region exactly and leaves the others as they are', () => {
    const n = 24;
    const at = (from: number, to: number) => table.intermediate[from * n + to]!;
    // Product 1 of region A into sector 2 of C1 and C2, and from C1 and C2 into itself.
    expect(coarse.intermediate[1 * 20 + 2 * S + 2]).toBe(at(1, 2 * S + 2) + at(1, 3 * S + 2));
    expect(coarse.intermediate[1 * 20 + 2]).toBe(at(1, 2));
    const within = [2, 3].flatMap((r) => [2, 3].map((s) => at(r * S + 1, s * S + 2)));
    expect(coarse.intermediate[(2 * S + 1) * 20 + 2 * S + 2]).toBe(within.reduce((sum, value) => sum + value, 0));
    expect(coarse.exports[2 * S + 1]).toBe(table.exports[2 * S + 1]! + table.exports[3 * S + 1]!);
    expect(Math.max(...balance(summed(coarse)).relativeDifference)).toBeLessThan(1e-9);
  });
});

describe('longTable', () => {
  const { table } = smallEconomies(3).later;
  const long = longTable(table);
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const rowsOf = (category: string) =>
    Array.from(long.value.keys()).filter((k) => long.categories[long.category[k]!] === category);
  const sumOf = (category: string) => rowsOf(category).reduce((sum, k) => sum + long.value[k]!, 0);

  it('holds every value once and no zero', () => {
    expect(long.value.every((value) => value !== 0)).toBe(true);
    expect(sumOf('intermediate')).toBeCloseTo(total(table.intermediate), 6);
    expect(sumOf('urban') + sumOf('capital')).toBeCloseTo(total(table.finalDemand), 6);
    expect(sumOf('surplus') + sumOf('imports')).toBeCloseTo(total(table.primaryInputs), 6);
  });

  it('gives exports to the exporting region, and primary inputs no origin', () => {
    for (const k of rowsOf('export')) expect([long.toRegion[k], long.toSector[k]]).toEqual([long.fromRegion[k], -1]);
    for (const k of rowsOf('imports')) expect([long.fromRegion[k], long.fromSector[k]]).toEqual([-1, -1]);
  });
});

describe('greatCircle', () => {
  it('is a quarter of the circumference from the pole to the equator', () => {
    expect(greatCircle(10, 90, 70, 0)).toBeCloseTo((Math.PI / 2) * 6371, 6);
  });
});
