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
    ['10 thousand yuan', '10 000 CNY', 1],
    ['ten-thousand Yuan', '10 000 CNY', 1],
    ['10\u2074 Yuan', '10 000 CNY', 1],
    ['10^4 Yuan', '10 000 CNY', 1],
    ['10\u2078 yuan', '10 000 CNY', 1e4],
    ['10^6 USD', 'million USD', 1],
    ['10 million Yuan', '10 000 CNY', 1000],
    ['one hundred million yuan', '10 000 CNY', 1e4],
    ['100,000,000 yuan', '10 000 CNY', 1e4],
    ['10, 000 Yuan', '10 000 CNY', 1],
    ['１０，０００元', '10 000 CNY', 1],
    ['１００万元', '10 000 CNY', 100],
    ['百万元', '10 000 CNY', 100],
    ['十亿元', '10 000 CNY', 1e5],
    ['万亿元', '10 000 CNY', 1e8],
    ['人民币万元', '10 000 CNY', 1],
    ['0.1 billion yuan', '10 000 CNY', 1e4],
    ['10000 RMB Yuan', '10 000 CNY', 1],
    ['RMB 10,000', '10 000 CNY', 1],
    ['RMB (100 million)', '10 000 CNY', 1e4],
    ['100 mn EUR', 'million EUR', 100],
    ['Yuan, millions', '10 000 CNY', 100],
    ['Yuan Renminbi, Millions', '10 000 CNY', 100],
    ['Yuan; Scale: Millions', '10 000 CNY', 100],
    ['mln yuan', '10 000 CNY', 100],
    ['¥100 million', '10 000 CNY', 1e4],
    ['亿美元', 'million USD', 100],
    ['million yuan at 2012 constant prices', '10 000 CNY', 100],
    ['万元，按当年价格计算', '10 000 CNY', 1],
    ['Ten thousand RMB (current prices)', '10 000 CNY', 1],
    ['shells', 'shells', 1],
    [null, 'million EUR', 1],
  ])('%s in %s: times %d', (unit, study, factor) => {
    expect(moneyFactor(unit, study, 'Z.txt')).toBe(factor);
  });

  it.each([
    ['million USD', '10 000 CNY', 'give it in the currency of the study'],
    ['million dollars', 'million USD', 'give it in the currency of the study'],
    ['10 000 HK$', '10 000 CNY', 'give it in the currency of the study'],
    // The 4 of 10⁴ may have lost its place; no one counts in these.
    ['104 yuan', '10 000 CNY', 'write the unit as a count and a currency'],
    ['83 trillion yuan', '10 000 CNY', 'write the unit as a count and a currency'],
    ['10,0000 yuan', '10 000 CNY', 'write the unit as a count and a currency'],
    ['mm EUR', 'million EUR', 'write the unit as a count and a currency'],
    ['yuan per person', '10 000 CNY', 'write the unit as a count and a currency'],
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

  it('names the cell of a unit that is refused', () => {
    expect(() => moneyFactor('shells', 'million EUR', 'table', 'table/x.xlsx, sheet "A", cell B1')).toThrow(
      'table is in "shells", the study in "million EUR": the unit stands in table/x.xlsx, sheet "A", cell B1',
    );
  });
});
