import { headerRows, type HeaderRow } from '../../formats/records/header-rows.ts';
import type { RecordSource } from '../../formats/records/sources.ts';
import { cellName } from '../../formats/workbook.ts';
import { nearest, StageError, type StageContext } from '../../runner/stage.ts';
import { PLAIN_COLUMNS, type EnterpriseOptions } from './parameters.ts';
import { rows } from '../rows.ts';
import { UNIT_NAMES, normal, unitNamed, withoutUnit, type Unit } from './units.ts';

/** Where a column is in a source. */
export interface FoundColumn {
  readonly position: number;
  /** Its name in the file. */
  readonly header: string;
  /** Of a pollutant. */
  readonly unit: Unit | null;
}

export interface SourceLayout {
  readonly header: HeaderRow;
  /** By our name of each column; `name` may be missing. */
  readonly columns: ReadonlyMap<string, FoundColumn>;
}

/** Names by which files call a column, as `normal` has them. */
export type KnownColumns = ReadonlyMap<string, { readonly column: string; readonly unit: Unit | null }>;

/** Reads the table enterprise_column (name, column_name, unit). */
export async function readKnownColumns(context: StageContext): Promise<KnownColumns> {
  const names = await rows(
    context,
    { name: 'text', column_name: 'text', unit: 'text or null' },
    'FROM enterprise_column ORDER BY name',
  );
  return new Map(
    names.map(({ name, column_name, unit }) => [
      normal(name),
      { column: column_name, unit: unit === null ? null : unitNamed(unit) },
    ]),
  );
}

/** What is looked for in a header. */
export interface Wanted extends Pick<EnterpriseOptions, 'pollutants' | 'columns'> {
  readonly known: KnownColumns;
}

/** A header that is not understood. `found` is how many of the needed columns it has: a sheet of notes has next to none. */
export class HeaderFault extends StageError {
  readonly found: number;

  constructor(message: string, remedy: string, found: number) {
    super(message, remedy);
    this.found = found;
  }
}

/**
 * Finds the header of a source, the first row that has all needed columns, and what each is called in it.
 * @throws HeaderFault that names the source and the column that is missing or fits twice, and what the header has
 */
export async function readLayout(source: RecordSource, wanted: Wanted): Promise<SourceLayout> {
  const rows = await headerRows(source);
  if (rows.length === 0)
    throw new HeaderFault(`${source.place} is empty`, `${expected(wanted, source)} and a line per enterprise.`, 0);
  const readings = rows.map((header) => ({ header, fits: fitting(header.cells, wanted) }));
  const complete = readings.find(({ fits }) => required(wanted).every((column) => fits.get(column)!.length > 0));
  if (complete !== undefined) {
    requireOneRow(source, complete, rows, wanted);
    return decided(source, complete, wanted);
  }
  const score = (fits: Fits) => required(wanted).filter((column) => fits.get(column)!.length > 0).length;
  const best = readings.reduce((a, b) => (score(b.fits) > score(a.fits) ? b : a));
  throw missing(source, best, wanted, score(best.fits));
}

type Fits = ReadonlyMap<string, readonly FoundColumn[]>;
interface Reading {
  readonly header: HeaderRow;
  readonly fits: Fits;
}

const allColumns = ({ pollutants }: Wanted): string[] => [...PLAIN_COLUMNS, ...pollutants];
/** The columns that a header has to have. */
export const required = (wanted: Wanted): string[] => allColumns(wanted).filter((column) => column !== 'name');

/** The cells of a row that fit each column. What the parameter names is no candidate for anything else. */
function fitting(cells: readonly string[], wanted: Wanted): Fits {
  const claimed = new Set([...wanted.columns.values()].flat().map(({ name }) => normal(name)));
  return new Map(
    allColumns(wanted).map((column) => {
      const mapped = wanted.columns.get(column);
      const isPollutant = wanted.pollutants.includes(column);
      const found = cells.flatMap((header, position): FoundColumn[] => {
        if (normal(header) === '') return [];
        if (mapped !== undefined) {
          const named = mapped.find(({ name }) => normal(name) === normal(header));
          return named === undefined ? [] : [{ position, header, unit: named.unit }];
        }
        if (claimed.has(normal(header))) return [];
        const { base, unit } = isPollutant ? withoutUnit(header) : { base: header, unit: null };
        const known = wanted.known.get(normal(base));
        const fits =
          normal(base) === normal(column) || (known !== undefined && normal(known.column) === normal(column));
        return fits ? [{ position, header, unit: unit ?? known?.unit ?? null }] : [];
      });
      return [column, found];
    }),
  );
}

/** Refuses a column of a pollutant under which the row below names several: nothing says which of them is emitted. */
function requireOneRow(
  source: RecordSource,
  { header, fits }: Reading,
  rows: readonly HeaderRow[],
  wanted: Wanted,
): void {
  const below = rows.find(({ line, delimiter }) => line > header.lastLine && delimiter === header.delimiter);
  if (below === undefined) return;
  const plain = PLAIN_COLUMNS.flatMap((column) => fits.get(column)!);
  if (plain.some(({ position }) => normal(below.cells[position] ?? '') !== '')) return;
  for (const { position, header: name } of wanted.pollutants.flatMap((column) => fits.get(column)!)) {
    const next = header.cells.findIndex((cell, at) => at > position && normal(cell) !== '');
    const parts = below.cells.flatMap((cell, at): FoundColumn[] => {
      const isUnder = at >= position && (next === -1 || at < next);
      return isUnder && /\p{L}/u.test(cell) ? [{ position: at, header: cell, unit: null }] : [];
    });
    if (parts.length < 2) continue;
    throw new HeaderFault(
      `${source.place}: ${named(source, header, { position, header: name, unit: null })} stands above ${parts.map((part) => named(source, below, part)).join(' and ')}; ${shown(header)}`,
      `Write the header into one row, with a name for each column, such as ${name}排放量（吨） for what is emitted.`,
      Infinity,
    );
  }
}

function decided(source: RecordSource, { header, fits }: Reading, wanted: Wanted): SourceLayout {
  const columns = new Map<string, FoundColumn>();
  for (const column of allColumns(wanted)) {
    const [first, second] = fits.get(column)!;
    if (second !== undefined)
      throw new HeaderFault(
        `${source.place}: ${named(source, header, first!)} and ${named(source, header, second)} both fit ${column}; ${shown(header)}`,
        `Say in \`columns\` of stage enterprises which one it is: columns: { ${column}: ${yaml(first!.header)} }`,
        Infinity,
      );
    if (first === undefined) continue;
    columns.set(column, wanted.pollutants.includes(column) ? withUnit(source, header, column, first) : first);
  }
  return { header, columns };
}

/** A column by its name and where that stands: a cell of a sheet, else the number of the column. */
function named({ kind }: RecordSource, row: HeaderRow, { header, position }: FoundColumn): string {
  const where = kind === 'sheet' ? `cell ${cellName(row.line - 1, position)}` : `column ${position + 1}`;
  return `"${header}" (${where})`;
}

/** A name as it is written into a map of YAML. */
const yaml = (name: string): string => (/^[\p{L}\p{N}（）_ /().-]+$/u.test(name) ? name : JSON.stringify(name));

/** A unit is never guessed. */
function withUnit(source: RecordSource, header: HeaderRow, column: string, found: FoundColumn): FoundColumn {
  const written = withoutUnit(found.header).unit;
  const unit = found.unit ?? written;
  const say = `columns: { ${column}: { column: ${yaml(found.header)}, unit: ... } }`;
  const called = `${source.place}: ${named(source, header, found)}`;
  if (unit === null)
    throw new HeaderFault(
      `${called} names no unit; ${shown(header)}`,
      `Write it into the header, or into \`columns\` of stage enterprises: ${say} with one of ${UNIT_NAMES}`,
      Infinity,
    );
  if (written !== null && written.shift !== unit.shift)
    throw new HeaderFault(
      `${called} is in ${written.name} by its header, in ${unit.name} by the parameter columns`,
      'Correct one of them.',
      Infinity,
    );
  return { ...found, unit };
}

function missing(source: RecordSource, { header, fits }: Reading, wanted: Wanted, found: number): HeaderFault {
  const lacking = required(wanted).filter((column) => fits.get(column)!.length === 0);
  const sought = lacking.map((column) => {
    const names = wanted.columns.get(column)?.map(({ name }) => name);
    return names === undefined ? column : `"${names.join('" or "')}" (${column})`;
  });
  const guesses = lacking.flatMap((column) => {
    const guess = wanted.columns.has(column) ? null : nearestCell(column, header.cells, wanted);
    return guess === null ? [] : [`${column}: ${yaml(guess)}`];
  });
  const pollutants = lacking.filter((column) => wanted.pollutants.includes(column));
  if (isGenerated(source.place) && pollutants.length === lacking.length)
    return new HeaderFault(
      `${source.place} has no ${pollutants.join(', ')}: it is generated, with ${pollutantsIn(header, wanted).join(', ')} only`,
      'Give records of your own: the source enterprise_file of the pipeline file says where they belong.',
      found,
    );
  const mapped = lacking.find((column) => wanted.columns.has(column));
  const where = header.line > 1 ? `line ${header.line}, the header,` : 'the header';
  return new HeaderFault(
    `${source.place}: there is no column ${sought.join(', ')}; ${shown(header, where)}`,
    [
      ...(guesses.length === 0 ? [] : [`Is this meant? columns: { ${guesses.join(', ')} }`]),
      ...(mapped === undefined ? [] : [`${listed(mapped, header.cells, wanted)}.`]),
      `${expected(wanted, source)}, or say in \`columns\` of stage enterprises what its columns are called.`,
    ].join(' '),
    found,
  );
}

/** Names in the parameter count for every file. */
function listed(column: string, cells: readonly string[], wanted: Wanted): string {
  const names = wanted.columns.get(column)!.map(({ name }) => yaml(name));
  const guess = nearestCell(column, cells, wanted);
  const other = wanted.pollutants.includes(column) ? '{ column: NAME, unit: ... }' : 'NAME';
  const list = [...names, guess === null ? other : yaml(guess)].join(', ');
  return `What \`columns\` says holds for all files, in place of the names that are known. Where files differ, list what each has: columns: { ${column}: [${list}] }`;
}

/** Made by a stage, not by the user. */
const isGenerated = (place: string): boolean => place.startsWith('artifact ');

/** The pollutants of a header, by the names that are known, else as it has them. */
function pollutantsIn({ cells }: HeaderRow, { known }: Wanted): string[] {
  const names = new Map([...known.values()].map(({ column }) => [normal(column), column]));
  const bases = cells.map((cell) => withoutUnit(cell)).filter(({ unit }) => unit !== null);
  return bases.map(({ base }) => known.get(normal(base))?.column ?? names.get(normal(base)) ?? base);
}

/** The cell most like a name of a column; never one that is as much like a name of another. */
function nearestCell(column: string, cells: readonly string[], wanted: Wanted): string | null {
  const { own, others } = namesFor(column, wanted);
  const possible = wanted.pollutants.includes(column) ? cells.filter((cell) => !NOT_EMITTED.test(cell)) : cells;
  const bases = new Map(possible.map((cell) => [normal(withoutUnit(cell).base), cell]));
  const free = [...bases.keys()].filter((base) => {
    // Of equally near names the first counts.
    const guess = base === '' ? null : nearest(base, [...others, ...own]);
    return guess !== null && !others.includes(guess);
  });
  for (const name of own) {
    const guess = nearest(name, free);
    if (guess !== null) return bases.get(guess)!;
  }
  return null;
}

/** What is generated or removed is not what is emitted, alike as their names are. */
const NOT_EMITTED = /产生|去除|削减|generat|remov/i;

/** Formulas that differ by a letter are different substances: none of so many letters is a slip of the pen. */
const LONGEST_FORMULA = 4;

/** What a column may be called, and what all others may be, also pollutants that are not asked for; as `normal` has it. */
function namesFor(column: string, { pollutants, columns, known }: Wanted): { own: string[]; others: string[] } {
  const names = [
    ...[...PLAIN_COLUMNS, ...pollutants].map((name) => ({ name, of: name })),
    ...[...known].map(([name, { column: of }]) => ({ name, of })),
    ...[...known.values()].map(({ column: of }) => ({ name: of, of })),
  ].map(({ name, of }) => ({ name: normal(name), isOwn: normal(of) === normal(column) }));
  const said = [...columns].flatMap(([of, mapped]) =>
    mapped.map(({ name }) => ({ name: normal(name), isOwn: of === column })),
  );
  const isFormula = (name: string) => pollutants.includes(column) && name.length <= LONGEST_FORMULA;
  const own = columns.has(column) ? said : names.filter(({ name }) => !isFormula(name));
  return {
    own: own.filter(({ isOwn }) => isOwn).map(({ name }) => name),
    others: [...names, ...said].filter(({ isOwn }) => !isOwn).map(({ name }) => name),
  };
}

const shown = ({ cells }: HeaderRow, where = 'the header'): string => `${where} is ${cells.join(',').slice(0, 200)}`;

const expected = ({ pollutants }: Wanted, { kind }: RecordSource): string =>
  `Give the ${kind === 'sheet' ? 'sheet' : 'file'} the header ${[...PLAIN_COLUMNS, ...pollutants.map((name) => `${name.toLowerCase()}_kg`)].join(',')} (in any order)`;
