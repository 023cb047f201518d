import { describe, expect, it } from 'vitest';
import { moneyFactor } from '../../formats/units.ts';

describe('moneyFactor', () => {
  it.each([
    ['10,000 yuan', '10 000 CNY', 1],
    ['万元', '10 000 CNY', 1],
    ['亿元', '10 000 CNY', 1e4],
    ['Million RMB', '10 000 CNY', 100],
    ['yuan', '10 000 CNY', 1e-4],
    ['1000 CNY', '10 000 CNY', 0.1],
    ['M.EUR', 'million EUR', 1],
    ['MEUR', 'million EUR', 1],
    ['mn USD', 'million USD', 1],
    ['RMB million', '10 000 CNY', 100],
    ['US$ million', 'million USD', 1],
    ['EUR', 'million EUR', 1e-6],
    ['billion US$', 'million USD', 1000],
    ['mil USD', 'million USD', 1],
    ['millions of US dollars', 'million USD', 1],
    ['k€', 'million EUR', 1e-3],
    ['trillion yen', 'JPY', 1e12],
    ['万元（当年价）', '10 000 CNY', 1],
    ['10,000 yuan, current prices', '10 000 CNY', 1],
    ['万元人民币', '10 000 CNY', 1],
    ['shells', 'shells', 1],
    [null, 'million EUR', 1],
  ])('%s in %s: times %d', (unit, study, factor) => {
    expect(moneyFactor(unit, study, 'Z.txt')).toBe(factor);
  });

  it.each([
    ['million USD', '10 000 CNY', 'give it in the currency of the study'],
    ['shells', '10 000 CNY', 'write the unit as a count and a currency'],
    ['million USD', 'shells', 'write the unit as a count and a currency'],
  ])('refuses %s in a study in %s', (unit, study, remedy) => {
    expect(() => moneyFactor(unit, study, 'Z.txt')).toThrow(
      expect.objectContaining({
        message: `Z.txt is in "${unit}", the study in "${study}"`,
        remedy: expect.stringContaining(remedy) as string,
      }) as Error,
    );
  });
});
