import { describe, expect, it } from 'vitest';
import { createRandom, pick, shuffle, weightedChoice } from '../../../stages/stand-in/random.ts';

const draw = (count: number, next: () => number) => Array.from({ length: count }, next);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('createRandom', () => {
  it('repeats itself for the same seed and name, and only then', () => {
    const first = (seed: number, name: string) => draw(5, createRandom(seed, name).uniform);
    expect(first(1, 'a')).toEqual(first(1, 'a'));
    expect(first(2, 'a')).not.toEqual(first(1, 'a'));
    expect(first(1, 'b')).not.toEqual(first(1, 'a'));
  });

  it('gives the same numbers on every machine', () => {
    expect(draw(3, createRandom(20170102, 'check').uniform)).toEqual([
      0.5875444827623661, 0.6014653929806565, 0.0720055023319417,
    ]);
  });

  it('has the moments of its distributions', () => {
    const random = createRandom(7, 'moments');
    const uniform = draw(100_000, random.uniform);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(mean(uniform.map((value) => value ** 2))).toBeCloseTo(1 / 3, 2);
    const normal = draw(100_000, random.normal);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(mean(normal.map((value) => value ** 4))).toBeCloseTo(3, 0);
    const logarithms = draw(100_000, () => Math.log(random.lognormal(3, 2)));
    expect(mean(logarithms)).toBeCloseTo(3, 1);
    expect(mean(logarithms.map((value) => (value - 3) ** 2))).toBeCloseTo(4, 0);
  });
});

describe('choices', () => {
  it('are made in proportion to their weights; weight 0 never', () => {
    const random = createRandom(7, 'choices');
    const choose = weightedChoice([0, 1, 0, 3, 0]);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 40_000; i++) counts[choose(random)]!++;
    expect([counts[0], counts[2], counts[4]]).toEqual([0, 0, 0]);
    expect(counts[3]! / counts[1]!).toBeCloseTo(3, 0);
    expect(() => weightedChoice([0, 0])).toThrow(RangeError);
  });

  it('reach every value', () => {
    const random = createRandom(7, 'values');
    expect(new Set(draw(200, () => pick(random, [1, 2, 3])))).toEqual(new Set([1, 2, 3]));
    expect(new Set(draw(200, () => random.integer(4)))).toEqual(new Set([0, 1, 2, 3]));
  });
});

describe('shuffle', () => {
  it('permutes, and puts every value everywhere equally often', () => {
    const random = createRandom(7, 'shuffle');
    const firsts = [0, 0, 0, 0];
    for (let i = 0; i < 8000; i++) {
      const values = Uint32Array.of(0, 1, 2, 3);
      shuffle(random, values);
      expect([...values].sort()).toEqual([0, 1, 2, 3]);
      firsts[values[0]!]!++;
    }
    for (const count of firsts) expect(count / 2000).toBeCloseTo(1, 0.5);
  });
});
