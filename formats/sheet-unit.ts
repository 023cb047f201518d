import { WAYS, isOfMoney, mayNameUnit, unitsIn, unitsInName, wholeUnit, type StatedUnit } from './unit-contexts.ts';
import { moneyOf } from './units.ts';
import { cellName, type Sheet, type SheetRow } from './workbook.ts';

/** A text in a sheet, and where it stands. */
interface PlacedText {
  /** `sheet "Table_2017", cell A1` */
  readonly place: string;
  readonly text: string;
}

/** A unit that a sheet states: `10,000 Yuan`, in what way, where, and all that stands there. */
export interface UnitStatement extends StatedUnit, PlacedText {}

/** What sheets say of a unit. */
export interface SaidOfUnit {
  readonly statements: readonly UnitStatement[];
  /** The first text with words of money of which nothing is understood. */
  readonly possible?: PlacedText;
}

/** What is below a cell of a header: accounts, or labels left of them; other columns of the table; columns that are no part of it. */
export type BelowHeader = 'accounts' | 'others' | 'nothing';

/** What to do where units contradict each other. */
export const SAY_ONE_UNIT = 'say one unit, above the table, and take the other out';

const NOTE_ROWS = 50;
const SHOWN_LENGTH = 80;

/** Numbers written as text are not looked into: there may be millions. */
const WORDED = /[\p{L}$€£¥]/u;

const UNIT_WORD = /\bunits?\b|单位/i;

/** A text as messages show it. */
export const beginningOf = (text: string): string =>
  text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;

/** The units that a sheet states, looked for while its rows are read. Of each only the first and surest place is kept. */
export class SheetUnits {
  readonly #sheet: string;
  readonly #found = new Map<string, UnitStatement>();
  /** Units that stand at the left of values, with the row of each. */
  readonly #ofRows = new Map<string, UnitStatement & { readonly row: number }>();
  #possible: PlacedText | undefined;

  constructor(sheet: string) {
    this.#sheet = sheet;
    this.#keepAll(unitsInName(sheet), `name of sheet "${sheet}"`, sheet);
  }

  /**
   * Looks at the rows above the values.
   * @param below what is below a column of them
   */
  above(rows: readonly SheetRow[], below: (column: number) => BelowHeader = () => 'accounts'): void {
    // A column that is no part of the table may have a unit of its own.
    const isOfTable = ({ unit, way }: StatedUnit, column: number): boolean =>
      below(column) !== 'nothing' ||
      (isOfMoney(unit) && (way === 'announced' || (way === 'whole' && isAlone(rows, column))));
    for (const { index, values } of rows)
      values.forEach((value, column) => {
        if (typeof value !== 'string') return;
        const units = unitsIn(value, below(column) === 'accounts').filter((stated) => isOfTable(stated, column));
        this.#keepAll(units, this.#cell(index, column), value);
      });
  }

  /** Looks at a row below the header. What stands beside numbers is said of that row alone. */
  below(row: SheetRow, left: number): void {
    const { index, values } = row;
    if (values.every((value, column) => column < left || typeof value !== 'number')) {
      this.note(row);
      return;
    }
    values.slice(0, left).forEach((value, column) => {
      if (typeof value !== 'string' || !WORDED.test(value) || this.#ofRows.has(value)) return;
      const unit = wholeUnit(value);
      if (unit === null) return;
      this.#ofRows.set(value, { unit, way: 'whole', place: this.#cell(index, column), text: value, row: index });
    });
  }

  /** Looks at a row that holds no values. A unit beside another text, such as `GDP`, is one of that. */
  note({ index, values }: SheetRow): void {
    const texts = values.filter((value) => typeof value === 'string');
    const isOfAnother = texts.length > 1 && !texts.some((text) => UNIT_WORD.test(text));
    values.forEach((value, column) => {
      if (typeof value !== 'string' || !WORDED.test(value)) return;
      const units = unitsIn(value, false).filter(({ unit }) => isOfMoney(unit));
      this.#keepAll(
        units.map(({ unit, way }) => ({ unit, way: isOfAnother && way === 'whole' ? 'passing' : way })),
        this.#cell(index, column),
        value,
      );
    });
  }

  /** @param isAccount whether a row is one of a sector */
  said(isAccount: (row: number) => boolean): SaidOfUnit {
    const statements = [...this.#found.values(), ...[...this.#ofRows.values()].filter(({ row }) => isAccount(row))];
    return { statements, ...(this.#possible === undefined ? {} : { possible: this.#possible }) };
  }

  /** @param units all that are understood in a text */
  #keepAll(units: readonly StatedUnit[], place: string, written: string): void {
    const text = written.trim();
    for (const stated of units) {
      const known = this.#found.get(stated.unit);
      if (known === undefined || rankOf(stated) < rankOf(known))
        this.#found.set(stated.unit, { ...stated, place, text });
    }
    if (units.length === 0 && this.#possible === undefined && mayNameUnit(text)) this.#possible = { place, text };
  }

  #cell(row: number, column: number): string {
    return cellOf(this.#sheet, row, column);
  }
}

const isAlone = (rows: readonly SheetRow[], column: number): boolean =>
  rows.filter(({ values }) => typeof values[column] === 'string').length === 1;

const cellOf = (sheet: string, row: number, column: number): string =>
  `${sheet === '' ? '' : `sheet "${sheet}", `}cell ${cellName(row, column)}`;

const rankOf = ({ way }: StatedUnit): number => WAYS[way].rank;

/**
 * The units of money that notes in other sheets state of the table: what they announce, and cells that are a unit as a
 * whole. Only the first rows are read; a sheet with a number beside a text is no note.
 */
async function unitsOfNotes(sheets: readonly Sheet[]): Promise<SaidOfUnit> {
  const all: SaidOfUnit[] = [];
  for (const { name, rows } of await notesIn(sheets)) {
    const noted = new SheetUnits(name);
    for (const row of rows) noted.note(row);
    all.push(noted.said(() => false));
  }
  const statements = all.flatMap((one) => one.statements);
  const passing = statements.find(({ way }) => way === 'passing');
  const possible = all.find((one) => one.possible !== undefined)?.possible ?? passing;
  return {
    statements: statements.filter((stated) => rankOf(stated) === 0),
    ...(possible === undefined ? {} : { possible: { place: possible.place, text: possible.text } }),
  };
}

async function notesIn(sheets: readonly Sheet[]): Promise<{ name: string; rows: SheetRow[] }[]> {
  const notes: { name: string; rows: SheetRow[] }[] = [];
  for (const sheet of sheets) {
    const rows: SheetRow[] = [];
    let isNote = true;
    for await (const row of sheet.rows()) {
      isNote =
        !row.values.some((value) => typeof value === 'number') ||
        !row.values.some((value) => typeof value === 'string');
      if (!isNote || rows.push(row) === NOTE_ROWS) break;
    }
    if (isNote) notes.push({ name: sheet.name, rows });
  }
  return notes;
}

/**
 * What counts as the unit of a table: the statements of the best rank. Notes in other sheets are looked into where its own
 * sheet says nothing of the table itself that is of money.
 */
export async function unitOfTable(own: SaidOfUnit, others: readonly Sheet[]): Promise<SaidOfUnit> {
  const ofMoney = own.statements.filter(({ unit }) => isOfMoney(unit));
  const isSaid = ofMoney.some((stated) => rankOf(stated) === 0);
  const notes = isSaid ? { statements: [] } : await unitsOfNotes(others);
  const money = [...ofMoney, ...notes.statements];
  const best = Math.min(...money.map(rankOf));
  const possible = own.possible ?? notes.possible;
  return {
    // What is no money at all is for a study to refuse.
    statements: money.length === 0 ? own.statements : money.filter((stated) => rankOf(stated) === best),
    ...(possible === undefined ? {} : { possible }),
  };
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
    `"${unit}" in ${place}${text === unit ? '' : ` ("${beginningOf(text)}")`}`;
  return first && other ? `states two units: ${shown(first)} and ${shown(other)}` : null;
}
