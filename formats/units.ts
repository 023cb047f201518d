import { ModelError } from '../mrio/error.ts';

/** Words that amounts of money are counted in, and the power of ten that each is. They may stand together: ten thousand, 百万. */
const WORDS: readonly (readonly [form: string, exponent: number])[] = [
  ['one|一', 0],
  ['tens?|十', 1],
  ['hundreds?|百', 2],
  ['thousands?|千', 3],
  ['wan|[万萬]', 4],
  ['millions?', 6],
  ['[亿億]', 8],
  ['billions?', 9],
  ['trillions?', 12],
];

/** Short forms stand alone or behind a number: nobody knows what `mm` is. */
const SHORT: typeof WORDS = [
  ['k', 3],
  [String.raw`mill?\.?|mln|mio\.?|mn|m\.?`, 6],
  ['bn', 9],
  ['trn', 12],
];

const CURRENCIES: readonly (readonly [form: string, currency: string])[] = [
  [
    `(?:chinese ?)?(?:yuan|rmb|renminbi|cny)(?: ?\\(?(?:yuan|rmb|renminbi|cny)\\b\\)?)?|人民币元?|元(?:人民币)?|(?:cn|rmb) ?¥|¥`,
    'CNY',
  ],
  [String.raw`usd|us ?\$|u\.?s\.?[- ]?dollars?|\$|美元`, 'USD'],
  ['eur|euros?|€|欧元', 'EUR'],
  ['jpy|yen|日元|円', 'JPY'],
  ['gbp|£|英镑', 'GBP'],
  [String.raw`hkd|hk ?\$|港[元币]`, 'HKD'],
  ['krw|won|韩元', 'KRW'],
  ['inr|rupees?', 'INR'],
  // Of no country: it is not the same as any other.
  ['dollars?', 'dollars'],
  ...['AUD', 'BRL', 'CAD', 'CHF', 'DKK', 'MXN', 'NOK', 'RUB', 'SEK', 'TWD', 'ZAR'].map(
    (code) => [code.toLowerCase(), code] as const,
  ),
];

const anyOf = (forms: typeof WORDS | typeof CURRENCIES): string => `(?:${forms.map(([form]) => form).join('|')})`;

/** A power of ten in digits: `10,000`, `10^4`, `0.1`. Of another number it is not known what it would mean. */
const POWER = String.raw`10 ?(?:\^|\*\*) ?\(?\d{1,2}\)?`;
const NUMBER = String.raw`(?:${POWER}|0\.0*1|10{0,2}(?:[, ]{0,2}000)*)(?!\d)`;
const WORD_COUNT = `(?:${anyOf(WORDS)}(?:[ -]?${anyOf(WORDS)})*|${anyOf(SHORT)})`;
const COUNT = `(?:${NUMBER}(?:[ -]?${WORD_COUNT})?|${WORD_COUNT})`;
const CURRENCY = anyOf(CURRENCIES);
/** `人民币万元`, `RMB 10,000 yuan` */
const BEFORE = '(?:(?:人民币|rmb|cny) ?)?';

/** What may stand behind a unit: of what prices the values are. */
const PRICES = [
  String.raw` ?\([^()]{0,80}?(?:prices?|价格?)[^()]{0,40}\)`,
  String.raw`(?: ?[,;]| (?:at|in)\b| ?按)[^().;]{0,80}?(?:prices?|价格?)(?:计算?)?`,
].join('|');

/** `RMB million`, `RMB (million)`, `yuan, millions`, `yuan; scale: millions` */
const BETWEEN = String.raw` ?[,;:–—-]? ?(?:(?:scale|multiplier|magnitude|power ?code) ?[:=]? ?)?`;

/** A count and a currency, in either order. */
const inCounts = (count: string): string =>
  `(?:${BEFORE}${count} ?(?:of )?${CURRENCY}|${CURRENCY}${BETWEEN}(?:${count}|\\(${count}\\)))(?:${PRICES})?`;
const counted = inCounts(COUNT);

/** Sources of regular expressions, for texts as `plainText` gives them, to be used without regard to case. */
export const MONEY_FORMS = {
  /** A count and a currency, and what prices they are of. */
  counted,
  /** The same with a count that is a word, without a number. */
  inWords: inCounts(WORD_COUNT),
  /** A currency alone, and what prices the values are of. */
  bare: `${CURRENCY}(?:${PRICES})?`,
  /** A currency alone. */
  currency: CURRENCY,
  /** A count in words. */
  countWord: WORD_COUNT,
} as const;

/** A unit of money. */
export interface Money {
  readonly currency: string;
  /** The power of ten of the currency that it is. */
  readonly exponent: number;
}

/** A text with one form for each sign: full width as half, `10⁴` as `10^4`, single spaces. */
export const plainText = (text: string): string =>
  text
    .replaceAll(/(?<=10)[⁰¹²³⁴-⁹]+/g, (power) => `^${power}`)
    .replaceAll(/[，、]/g, ', ')
    .normalize('NFKC')
    .replaceAll(/\s+/g, ' ')
    .trim();

const only = (form: string): RegExp => new RegExp(`^(?:${form})$`, 'i');
const BEHIND = `${BEFORE}(?:(?<count>${COUNT}) ?(?:of )?)?(?<currency>${CURRENCY})`;
const IN_FRONT = `(?<first>${CURRENCY})${BETWEEN}\\(?(?<behind>${COUNT})\\)?`;
const MONEY = only(`(?:${BEHIND}|${IN_FRONT})(?:${PRICES})?`);
const LEADING_NUMBER = new RegExp(`^${NUMBER}`);

/** The unit of money that a text is; null: it is none that is known. */
export function moneyOf(unit: string): Money | null {
  const found = MONEY.exec(plainText(unit))?.groups;
  if (found === undefined) return null;
  const written = (found['currency'] ?? found['first'])!;
  const [, currency] = CURRENCIES.find(([form]) => only(form).test(written))!;
  return { currency, exponent: exponentOf(found['count'] ?? found['behind'] ?? '') };
}

/** The power of ten that a count is: the sum of those of its number and its words. */
function exponentOf(count: string): number {
  const number = LEADING_NUMBER.exec(count)?.[0] ?? '';
  const words = count.slice(number.length).replace(/^[ -]/, '');
  const short = SHORT.find(([form]) => only(form).test(words))?.[1];
  if (short !== undefined) return powerOf(number) + short;
  const each = words.match(new RegExp(anyOf(WORDS), 'gi')) ?? [];
  return each.reduce((sum, word) => sum + WORDS.find(([form]) => only(form).test(word))![1], powerOf(number));
}

function powerOf(number: string): number {
  const written = /(?:\^|\*\*) ?\(?(\d+)/.exec(number);
  if (written !== null) return Number(written[1]);
  const digits = number.replaceAll(/\D/g, '');
  return number.startsWith('0.') ? -digits.length + 1 : Math.max(0, digits.length - 1);
}

/** Why values in a unit cannot be put into the unit of a study, and what to do about it; null: they can. */
export function unusableUnit(unit: string, study: string): { readonly reason: string; readonly remedy: string } | null {
  if (unit === study) return null;
  const [given, wanted] = [moneyOf(unit), moneyOf(study)];
  if (given !== null && wanted !== null && given.currency === wanted.currency) return null;
  if (given !== null && wanted !== null) {
    const remedy = 'give it in the currency of the study, or set the unit of the study in its pipeline file';
    return { reason: 'it is of another currency', remedy };
  }
  return {
    reason: 'it is no known count of a currency',
    remedy: 'write the unit as a count and a currency, such as 10 000 CNY, million yuan or million EUR',
  };
}

/**
 * What values in a unit are multiplied by to be in the unit of a study. A table that names none is in that.
 * @param place what errors call the table
 * @param unitPlace what they call the cell that names the unit, where it is known
 * @throws ModelError for another currency, or a unit that is not known
 */
export function moneyFactor(unit: string | null, study: string, place: string, unitPlace?: string): number {
  if (unit === null || unit === study) return 1;
  const unusable = unusableUnit(unit, study);
  if (unusable === null) return Number(`1e${moneyOf(unit)!.exponent - moneyOf(study)!.exponent}`);
  const where = unitPlace === undefined ? '' : `: the unit stands in ${unitPlace}`;
  throw new ModelError(`${place} is in "${unit}", the study in "${study}"${where}`, unusable.remedy);
}
