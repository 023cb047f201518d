import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditCode, creditCodeCheck, organisationCheck } from '../../../stages/stand-in/enterprise-ids.ts';
import { companyName, townName } from '../../../stages/stand-in/enterprise-names.ts';
import { enterprisesPerCell, kilograms, splitGrams } from '../../../stages/stand-in/enterprise-quantities.ts';
import { createRandom } from '../../../stages/stand-in/random.ts';

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + BigInt(value), 0n);

describe('enterprisesPerCell', () => {
  it('gives each cell one, and the others by the square root of emissions', () => {
    // 3 + 12: shares of 12 are 1 : 2 : 3, of 13 they are 2 1/6, 4 1/3, 6 1/2.
    expect([...enterprisesPerCell(Float64Array.of(100, 400, 900), 15)]).toEqual([3, 5, 7]);
    expect([...enterprisesPerCell(Float64Array.of(100, 400, 900), 16)]).toEqual([3, 5, 8]);
    expect(() => enterprisesPerCell(Float64Array.of(1, 1), 1)).toThrow(RangeError);
  });

  it('adds up', () => {
    const cells = fc.array(fc.double({ min: 1, max: 1e13, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(cells, fc.nat(10_000), (grams, spare) => {
        const counts = enterprisesPerCell(Float64Array.from(grams), grams.length + spare);
        expect(sum(counts)).toBe(BigInt(grams.length + spare));
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('splitGrams', () => {
  it('is in proportion, and leaves the rest to the largest', () => {
    expect([...splitGrams(10, Float64Array.of(1, 2, 1))]).toEqual([2, 6, 2]);
  });

  it('adds up to the gram for any total that a number holds exactly', () => {
    const weights = fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.maxSafeNat(), weights, (total, given) => {
        const parts = splitGrams(total, Float64Array.from(given));
        expect(sum(parts)).toBe(BigInt(total));
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('kilograms', () => {
  it('has at most three decimals', () => {
    expect([0, 1, 10, 100, 1000, 1001, 123450, 9_007_199_254_740_991].map(kilograms)).toEqual([
      '0',
      '0.001',
      '0.01',
      '0.1',
      '1',
      '1.001',
      '123.45',
      '9007199254740.991',
    ]);
  });
});

describe('creditCode', () => {
  it('has the check characters of the standards', () => {
    // Codes of three well-known companies.
    for (const code of ['9144030071526726XG', '91330100799655058B', '914403001922038216']) {
      expect(organisationCheck(code.slice(8, 16))).toBe(code[16]);
      expect(creditCodeCheck(code.slice(0, 17))).toBe(code[17]);
    }
  });

  it('has 18 characters, the place in it, and is different for different numbers', () => {
    const codes = Array.from({ length: 20_000 }, (_, number) => creditCode(number, '130200'));
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !/^91130200[0-9]{8}[0-9X][0-9A-Z]$/.test(code))).toEqual([]);
  });
});

describe('companyName', () => {
  it('has the town and the trade in it, at times a comma or quotes', () => {
    const random = createRandom(1, 'names');
    const names = Array.from({ length: 5000 }, () => companyName(random, townName('唐山市'), '3011'));
    for (const name of names) expect(name).toMatch(/^唐山.*(水泥|建材|玻璃|陶瓷|耐火材料|新型墙材)/);
    expect(names.filter((name) => name.includes(',')).length).toBeGreaterThan(20);
    expect(names.filter((name) => name.includes('"')).length).toBeGreaterThan(5);
  });

  it('knows towns without what they are', () => {
    expect(['唐山市', '大兴安岭地区', '兴安盟', '延边朝鲜族自治州', '沙市'].map(townName)).toEqual([
      '唐山',
      '大兴安岭',
      '兴安',
      '延边朝鲜族自治州',
      '沙市',
    ]);
  });
});
