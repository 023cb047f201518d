import { MONEY_FORMS, moneyOf, plainText } from './units.ts';

/**
 * The ways in which a unit is stated. Rank 0 is what is said of the table itself: two such statements must agree. Of a
 * higher rank it counts only where there is nothing of a lower.
 */
export const WAYS = {
  /** A text that says that a unit comes next. */
  announced: { example: 'Unit: 10,000 yuan', rank: 0 },
  /** A cell that holds nothing else. */
  whole: { example: '(10,000 yuan)', rank: 0 },
  /** A text above the accounts of the table. */
  title: { example: '2017 IO table - million yuan', rank: 0 },
  /** The name of the sheet. */
  name: { example: 'Table_2017_million_yuan', rank: 1 },
  /** Any other text around the table. */
  passing: { example: 'Note: GDP (100 million yuan) is from the yearbook', rank: 2 },
} as const;

/** How a unit is stated. */
export type Way = keyof typeof WAYS;

/** A unit in a text. */
export interface StatedUnit {
  readonly unit: string;
  readonly way: Way;
}

type Contexts = readonly { readonly example: string; readonly form: string }[];

const ANNOUNCEMENTS: Contexts = [
  { example: 'Unit: yuan', form: String.raw`\bunits? ?[:=]` },
  { example: 'Units in yuan', form: String.raw`\bunits? (?:is|are|in)\b ?[:=]?` },
  {
    example: 'The unit of this table is yuan',
    form: String.raw`\bunits? (?:of|for) [^:=;.()]{1,60}?(?: (?:is|are|in)\b ?[:=]?| ?[:=])`,
  },
  { example: '单位：元', form: '单位 ?(?:[:=]|[为是])' },
];

/** What stands before a unit that a text goes on with. A comma within a number does not, nor a bracket that something is divided by. */
const LEADS: Contexts = [
  { example: 'MRIO (10,000 yuan)', form: String.raw`(?<!(?:[/÷]|\bper) ?)[(\[{<【]` },
  { example: 'China in units of 10,000 yuan', form: String.raw`\bin (?:units of )?` },
  { example: 'MRIO of China, 10,000 yuan', form: String.raw`(?<!\d),|[,;] ` },
  { example: 'MRIO of China - 10,000 yuan', form: String.raw` [-–—] ` },
  { example: 'unit 10,000 yuan', form: String.raw`\bunits? |单位` },
  { example: 'Input-output table 10,000 yuan', form: String.raw`\b(?:tables?|mrio):? |表[:–—-]?` },
  { example: '以10,000元计', form: '以' },
];

const PER_YEAR = String.raw`(?:/ ?|per )(?:years?|yr|annum|a)\b|(?:/ ?|每)年`;

/** What may stand behind a unit. */
const ENDS: Contexts = [
  { example: 'MRIO, million yuan', form: '$' },
  { example: '(million yuan), of China', form: '[)\\]}>】,;:.。]' },
  { example: '以万元为单位', form: '计|为单位' },
  { example: 'in million yuan for 2017', form: String.raw`(?:at|in|for|of|and)\b` },
  { example: 'Unit: million yuan (2017)', form: String.raw`\(?(?:19|20)\d\d(?!\d)` },
  { example: 'Unit: million yuan/year', form: PER_YEAR },
  { example: '单位：万元(10,000 yuan)', form: `\\((?:${MONEY_FORMS.counted})\\)` },
  { example: '单位：万元 Unit: 10,000 yuan', form: String.raw`[/|]? ?(?:units?\b|单位)` },
];

/** Examples of all contexts, each of which names a unit. */
export const EXAMPLES = [...ANNOUNCEMENTS, ...LEADS, ...ENDS].map(({ example }) => example);

const anyOf = (contexts: Contexts): string => `(?:${contexts.map(({ form }) => form).join('|')})`;
const END = `(?= ?${anyOf(ENDS)})`;
/** Nothing but the year may stand behind a currency without a count: the count may. */
const LAST = String.raw`(?= ?(?:\(?(?:19|20)\d\d\)?|${PER_YEAR})? ?[)\]】]?[.。]?$)`;

const ANNOUNCED = new RegExp(anyOf(ANNOUNCEMENTS), 'gi');
const NEXT = new RegExp(String.raw`^ ?(?:in )?\(?(?:(${MONEY_FORMS.counted})${END}|(${MONEY_FORMS.bare})${LAST})`, 'i');
const WHOLE = new RegExp(String.raw`^(?:(${MONEY_FORMS.counted})|\((${MONEY_FORMS.counted})\))[.。]?$`, 'i');
const LED = new RegExp(`${anyOf(LEADS)} ?(${MONEY_FORMS.counted})${END}`, 'gi');
const CURRENCY = new RegExp(String.raw`(?<![A-Za-z])${MONEY_FORMS.currency}(?![A-Za-z])`, 'i');

/** Words before a count that make it a sum: `several million yuan`, `eighty-three trillion yuan`. */
const NUMBER_WORD = String.raw`\b(?:two|three|four|five|six|seven|eight|nine|ten|(?:eigh|fif|nine|seven|six|thir)(?:ty|teen)|twenty|forty|hundreds?|thousands?|millions?|billions?|trillions?|several|few|some|many)`;
/** A count in words that is no part of a sum or of another word, and that nothing is divided by or per anything. */
const IN_WORDS = new RegExp(
  String.raw`(?<![A-Za-z])(?<![\d.一二三四五六七八九两几数十百千万亿] ?)(?<!${NUMBER_WORD}[ -](?:of )?)(?<!(?:[/÷每]|\bper) ?)` +
    String.raw`(${MONEY_FORMS.inWords})(?:(?= ?(?:${PER_YEAR}))|(?![A-Za-z\d]|(?![表计])[一-鿿]| ?(?:[/÷每]|per\b)))`,
  'gi',
);
const YEAR = /(?<!\d)(?:19|20)\d\d(?!\d)/g;
/** Currencies that tables of money are published in. A sheet may be called by any other word. */
const OF_SHEET_NAMES: readonly string[] = ['CNY', 'USD', 'EUR'];

const BESIDE_CURRENCY = new RegExp(
  String.raw`(?<![A-Za-z])(?:\d|${MONEY_FORMS.countWord}) ?(?:of )?${MONEY_FORMS.currency}(?![A-Za-z])`,
  'i',
);

/** Whether it is meant as a unit of money, known or not; a ratio is none. */
export const isOfMoney = (unit: string): boolean =>
  moneyOf(unit) !== null || (CURRENCY.test(unit) && !/[/÷每]|\bper\b/i.test(unit));

/** The unit that a text is as a whole; null: it is none. */
export function wholeUnit(written: string): string | null {
  const found = WHOLE.exec(plainText(written));
  return found?.[1] ?? found?.[2] ?? null;
}

/** Units that a text announces: `Unit: 10,000 yuan`, `单位：万元`. Of words that are no money only those behind a colon are. */
function announcedIn(text: string): string[] {
  return [...text.matchAll(ANNOUNCED)].flatMap(({ 0: announcement, index }) => {
    const rest = text.slice(index + announcement.length);
    const money = NEXT.exec(rest);
    if (money !== null) return [(money[1] ?? money[2])!.trim()];
    const words = wordsOf(rest);
    if (words === '' || !(/[:=] ?$/.test(announcement) || isOfMoney(words))) return [];
    // Behind a currency alone there is something that is not understood, such as a count.
    return [moneyOf(words) === null ? words : rest.trim()];
  });
}

/** What stands before the end of a sentence, or of a bracket that was opened earlier. */
const wordsOf = (text: string): string =>
  /^(?:[^()]|\([^()]*\))*/.exec(text.split(/[;。]|\. (?=\p{L})|\.$/u)[0]!)![0].trim();

/** Units that stand somewhere in a text as a count in words and a currency. A year before a count is no part of it. */
const inWordsIn = (text: string): string[] =>
  [...text.replaceAll(YEAR, ';').matchAll(IN_WORDS)].map(([, unit]) => unit!.trim());

/**
 * Units that a text states. A sum of money that it tells of is none: it has a number of its own, or stands amid a sentence.
 * @param isTitle whether it stands above the accounts of a table
 */
export function unitsIn(written: string, isTitle: boolean): StatedUnit[] {
  const whole = wholeUnit(written);
  if (whole !== null) return [{ unit: whole, way: 'whole' }];
  const text = plainText(written);
  const way = isTitle ? 'title' : 'passing';
  const announced = announcedIn(text);
  const led = [...text.matchAll(LED)].map(([, unit]) => unit!.trim()).filter((unit) => !announced.includes(unit));
  const anywhere = isTitle && announced.length + led.length === 0 ? inWordsIn(text) : [];
  return [
    ...announced.map((unit) => ({ unit, way: 'announced' as const })),
    ...[...new Set([...led, ...anywhere])].map((unit) => ({ unit, way }) as const),
  ];
}

/** Units in the name of a sheet: only those that are counted in words, and of a usual currency. */
export const unitsInName = (sheet: string): StatedUnit[] =>
  inWordsIn(plainText(sheet.replaceAll('_', ' ')))
    .filter((unit) => OF_SHEET_NAMES.includes(moneyOf(unit)?.currency ?? ''))
    .map((unit) => ({ unit, way: 'name' }));

/** Whether a text, in which no unit was understood, has words of money. */
export function mayNameUnit(written: string): boolean {
  const text = plainText(written.replaceAll('_', ' '));
  return BESIDE_CURRENCY.test(text) || /[A-Za-z$€£¥]/.test(CURRENCY.exec(text)?.[0] ?? '');
}
