import { MONEY_FORMS, moneyOf, plainText } from './units.ts';
import { cellName, type Sheet, type SheetRow } from './workbook.ts';

/** A unit that a sheet states, and where. */
export interface UnitStatement {
  /** `10,000 Yuan` */
  readonly unit: string;
  /** `sheet "Table_2017", cell A1` */
  readonly place: string;
  /** All that stands there. */
  readonly text: string;
}

/** What to do where units contradict each other. */
export const SAY_ONE_UNIT = 'say one unit, above the table, and take the other out';

const NOTE_ROWS = 50;

/** What says that a unit comes next. */
const ANNOUNCED = String.raw`\bunits?(?: of (?:value|account|money|currency|measure(?:ment)?))? ?(?:(?<colon>[:=])|(?:is|are|in)\b)|单位 ?(?:(?<sign>[:=])|为|是)`;
/** A comma within a number announces nothing, nor does a bracket that something is divided by. */
const LEADS = String.raw`(?<!(?:[/÷]|\bper) ?)[(\[{<【]|\bin (?:units of )?|(?<!\d),|[,;] |\bunits? |单位|\b(?:tables?|mrio) |表|以`;
const ENDS = String.raw`(?= ?(?:$|[)\]}>】,;:.。]|计|为单位|(?:at|in|for|of|and)\b))`;

const ANNOUNCEMENT = new RegExp(ANNOUNCED, 'gi');
const NEXT_MONEY = new RegExp(String.raw`^ ?(?:in )?\(?(${MONEY_FORMS.any})${ENDS}`, 'i');
const WHOLE = new RegExp(`^(${MONEY_FORMS.counted})[.。]?$`, 'i');
const LED = new RegExp(`(?:${LEADS}) ?(${MONEY_FORMS.counted})${ENDS}`, 'gi');
const ANYWHERE = new RegExp(String.raw`(?<![A-Za-z\d十百千万亿])(${MONEY_FORMS.counted})(?![A-Za-z\d/])`, 'gi');
const CURRENCY = new RegExp(String.raw`(?<![A-Za-z])${MONEY_FORMS.currency}(?![A-Za-z])`, 'i');

/** Numbers written as text are not looked into: there may be millions. */
const WORDED = /[\p{L}$€£]/u;

/** Whether it is meant as a unit of money, known or not; a ratio is none. */
const isOfMoney = (unit: string): boolean =>
  moneyOf(unit) !== null || (CURRENCY.test(unit) && !/[/÷每]|\bper\b/i.test(unit));

/** Units that a text announces: `Unit: 10,000 yuan`, `单位：万元`. Of words that are no money only those behind a colon are. */
function announcedIn(text: string): string[] {
  return [...text.matchAll(ANNOUNCEMENT)].flatMap(({ 0: { length }, index, groups }) => {
    const rest = text.slice(index + length);
    const money = NEXT_MONEY.exec(rest)?.[1];
    if (money !== undefined) return [money.trim()];
    const words = wordsOf(rest);
    const isSaid = groups?.['colon'] !== undefined || groups?.['sign'] !== undefined || isOfMoney(words);
    return words !== '' && isSaid ? [words] : [];
  });
}

/** What stands before the end of a sentence, or of a bracket that was opened earlier. */
const wordsOf = (text: string): string =>
  /^(?:[^()]|\([^()]*\))*/.exec(text.split(/[;。]|\. (?=\p{L})|\.$/u)[0]!)![0].trim();

/** Units that a text states. A sum of money that it tells of is none: it has a number of its own, or stands amid a sentence. */
function unitsIn(written: string): string[] {
  const text = plainText(written);
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return [whole];
  return [...new Set([...announcedIn(text), ...[...text.matchAll(LED)].map(([, unit]) => unit!.trim())])];
}

/** The units that a sheet states, looked for while its rows are read. Of each only the first place is kept. */
export class SheetUnits {
  readonly #sheet: string;
  readonly #found = new Map<string, UnitStatement>();
  /** Units that stand at the left of values, with the row of each. */
  readonly #ofRows = new Map<string, UnitStatement & { readonly row: number }>();

  constructor(sheet: string) {
    this.#sheet = sheet;
    // A year before a count is no part of it.
    const name = plainText(sheet.replaceAll('_', ' ')).replaceAll(/(?<!\d)(?:19|20)\d\d(?!\d)/g, ';');
    for (const [, unit] of name.matchAll(ANYWHERE)) this.#keep(unit!.trim(), `name of sheet "${sheet}"`, sheet);
  }

  /** Looks at a row above the values. */
  above({ index, values }: SheetRow): void {
    values.forEach((value, column) => {
      if (typeof value !== 'string') return;
      for (const unit of unitsIn(value)) this.#keep(unit, this.#cell(index, column), value);
    });
  }

  /** Looks at a row below the header. What stands beside numbers is said of that row alone. */
  below(row: SheetRow, left: number): void {
    const { index, values } = row;
    const isText = values.every((value, column) => column < left || typeof value !== 'number');
    const width = isText ? values.length : left;
    values.slice(0, width).forEach((value, column) => {
      if (typeof value !== 'string' || !WORDED.test(value)) return;
      const place = this.#cell(index, column);
      if (isText) for (const unit of unitsIn(value).filter(isOfMoney)) this.#keep(unit, place, value);
      else if (WHOLE.test(plainText(value)) && !this.#ofRows.has(value))
        this.#ofRows.set(value, { unit: plainText(value), place, text: value, row: index });
    });
  }

  /** @param isAccount whether a row is one of a sector */
  statements(isAccount: (row: number) => boolean): UnitStatement[] {
    return [...this.#found.values(), ...[...this.#ofRows.values()].filter(({ row }) => isAccount(row))];
  }

  #keep(unit: string, place: string, text: string): void {
    if (!this.#found.has(unit)) this.#found.set(unit, { unit, place, text: text.trim() });
  }

  #cell(row: number, column: number): string {
    return `${this.#sheet === '' ? '' : `sheet "${this.#sheet}", `}cell ${cellName(row, column)}`;
  }
}

/** The units of money that notes in other sheets state. Only the first rows are read; a sheet of numbers is no note. */
export async function unitsOfNotes(sheets: readonly Sheet[]): Promise<UnitStatement[]> {
  const statements: UnitStatement[] = [];
  for (const sheet of sheets) {
    const noted = new SheetUnits(sheet.name);
    let count = 0;
    let isNote = true;
    for await (const row of sheet.rows()) {
      isNote &&= row.values.filter((value) => typeof value === 'number').length < 2;
      if (!isNote || count++ === NOTE_ROWS) break;
      noted.above(row);
    }
    if (isNote) statements.push(...noted.statements(() => false).filter(({ unit }) => isOfMoney(unit)));
  }
  return statements;
}

/** Of what a sheet states, what is of money; if nothing is, all of it. */
export function ofMoney(statements: readonly UnitStatement[]): readonly UnitStatement[] {
  const money = statements.filter(({ unit }) => isOfMoney(unit));
  return money.length > 0 ? money : statements;
}

/** Says which two statements are not of the same unit, in whatever words; null: all are. */
export function contradictionOf(statements: readonly UnitStatement[]): string | null {
  const meaning = ({ unit }: UnitStatement): string => {
    const money = moneyOf(unit);
    return money === null ? unit : `${money.currency} ${money.exponent}`;
  };
  const [first, ...others] = statements.filter(({ unit }) => isOfMoney(unit));
  const other = first && others.find((one) => meaning(one) !== meaning(first));
  const shown = ({ unit, place, text }: UnitStatement): string =>
    `"${unit}" in ${place}${text === unit ? '' : ` ("${text.length > 80 ? `${text.slice(0, 80)}...` : text}")`}`;
  return first && other ? `states two units: ${shown(first)} and ${shown(other)}` : null;
}
