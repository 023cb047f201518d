import { ModelError } from '../mrio/error.ts';

/** What amounts of money are counted in, by how it is written in lower case, without spaces: the number of units. */
const COUNTS: readonly (readonly [form: string, units: number])[] = [
  ['10,?000|tenthousand|10k|万', 1e4],
  ['100million|亿', 1e8],
  [String.raw`millions?|mill?\.?|mio\.?|mn|m\.?|1,?000,?000|百万`, 1e6],
  ['billions?|bn|十亿', 1e9],
  ['trillions?|trn|万亿', 1e12],
  ['1,?000|thousands?|k|千', 1e3],
  ['', 1],
];

const CURRENCIES: readonly (readonly [form: string, currency: string])[] = [
  ['yuan|rmb|cny|元|元人民币|人民币元', 'CNY'],
  [String.raw`usd|us\$|us-?dollars?|\$`, 'USD'],
  ['eur|euros?|€', 'EUR'],
  ['jpy|yen', 'JPY'],
  ['gbp', 'GBP'],
];

interface Money {
  readonly currency: string;
  /** Units of the currency. */
  readonly units: number;
}

/** What may stand behind a unit: of what prices the values are. */
const PRICES = /[(（,，][^()（）,，]*(prices|价格?)[)）]?$/;

/** A unit of value; null: not one that is known. */
function moneyOf(unit: string): Money | null {
  const bare = unit
    .toLowerCase()
    .replaceAll(/\s/g, '')
    .replace(PRICES, '')
    .replace(/^(millions?|billions?|thousands?|trillions?)of/, '$1');
  for (const [count, units] of COUNTS) {
    for (const [form, currency] of CURRENCIES) {
      if (new RegExp(`^(?:(?:${count})(?:${form})|(?:${form})(?:${count}))$`).test(bare)) return { currency, units };
    }
  }
  return null;
}

/**
 * What values in a unit are multiplied by to be in the unit of a study. A table that names none is in that.
 * @throws ModelError for another currency, or a unit that is not known
 */
export function moneyFactor(unit: string | null, study: string, place: string): number {
  if (unit === null || unit === study) return 1;
  const [given, wanted] = [moneyOf(unit), moneyOf(study)];
  if (given !== null && wanted !== null && given.currency === wanted.currency) return given.units / wanted.units;
  throw new ModelError(
    `${place} is in "${unit}", the study in "${study}"`,
    given === null || wanted === null
      ? 'write the unit as a count and a currency, such as 10 000 CNY, million yuan or million EUR'
      : 'give it in the currency of the study, or set the unit of the study in its pipeline file',
  );
}
