import { fullColumns, sparseColumns, type Origin } from './level5-columns.ts';
import { MATRIX, readBytes, readElement, type Element, type Input } from './level5-elements.ts';
import { countOfNumbers } from './level5-numbers.ts';
import { readChars } from './level5-texts.ts';
import type { MatArray, MatText } from './mat-file.ts';

/** What has been found in a file so far. */
export interface Inventory {
  readonly arrays: MatArray[];
  readonly texts: MatText[];
  /** For how many more characters there is room. */
  room: number;
}

/** Classes of arrays: what MATLAB takes them for. */
const CELL = 1;
const STRUCT = 2;
const CHAR = 4;
const SPARSE = 5;
const FIRST_NUMERIC = 6;
const LAST_NUMERIC = 15;
/** Function handles and objects of newer kinds: what follows their flags is not documented. */
const FIRST_OPAQUE = 16;

const COMPLEX_FLAG = 0x800;

/** Structs within structs within structs: no table goes deeper. */
const MOST_LEVELS = 16;

/** A longer list is no list of names. */
const MOST_TEXTS = 1 << 20;

/** What an array says of itself before its data. */
interface Header {
  readonly arrayClass: number;
  readonly complex: boolean;
  readonly rows: number;
  readonly columns: number;
  /** Whether it has two dimensions, as all arrays of interest. */
  readonly flat: boolean;
  readonly name: string;
  /** Where the data are, and where they end. */
  readonly at: number;
  readonly end: number;
}

/** Notes what is in a matrix element at the top level. */
export async function inventory(input: Input, matrix: Element, origin: Origin, found: Inventory): Promise<void> {
  const header = await readHeader(input, matrix);
  // MATLAB keeps data of its own, for objects, in an array without a name.
  if (header === null || header.name === '') return;
  await visit({ input, origin, found, end: matrix.start + matrix.bytes }, header, header.name, MOST_LEVELS);
}

/** The name of a matrix element, of which the data may be missing. */
export async function nameOf(input: Input, matrix: Element): Promise<string> {
  const header = await readHeader(input, matrix);
  return header?.name ?? '';
}

interface Visit {
  readonly input: Input;
  readonly origin: Origin;
  readonly found: Inventory;
  /** Of the array at the top level. */
  readonly end: number;
}

async function visit(context: Visit, header: Header, name: string, levels: number): Promise<void> {
  const { arrayClass, complex, flat, rows, columns } = header;
  context.input.reader.reading = `the array "${name}"`;
  if (!flat || complex) return;
  if (arrayClass >= FIRST_NUMERIC && arrayClass <= LAST_NUMERIC) await noteFull(context, header, name);
  else if (arrayClass === SPARSE) await noteSparse(context, header, name);
  else if (arrayClass === STRUCT && rows * columns === 1 && levels > 0)
    await visitFields(context, header, name, levels);
  else if (arrayClass === CHAR || arrayClass === CELL) {
    const values = await (arrayClass === CHAR ? chars(context, header) : cellOfTexts(context, header));
    if (values === null) return;
    context.found.texts.push({ name, rows, columns: arrayClass === CHAR ? Math.min(columns, 1) : columns, values });
  }
}

async function noteFull({ input, origin, found, end }: Visit, header: Header, name: string): Promise<void> {
  const { rows, columns } = header;
  const values = await readElement(input, header.at, header.end);
  const count = countOfNumbers(input, values);
  if (count !== rows * columns) {
    throw input.reader.damaged(`there are ${count} numbers for ${rows} x ${columns} places`, values.start);
  }
  const named = namedOrigin(origin, name, values.end >= end);
  found.arrays.push({ name, rows, columns, columnsOf: () => fullColumns(named, { rows, columns, values }) });
}

async function noteSparse({ input, origin, found, end }: Visit, header: Header, name: string): Promise<void> {
  const { rows, columns } = header;
  const rowIndices = await readElement(input, header.at, header.end);
  const columnStarts = await readElement(input, rowIndices.end, header.end);
  const values = await readElement(input, columnStarts.end, header.end);
  const starts = countOfNumbers(input, columnStarts);
  if (starts !== columns + 1) {
    throw input.reader.damaged(`a sparse array of ${columns} columns has ${starts} starts`, columnStarts.start);
  }
  const named = namedOrigin(origin, name, values.end >= end);
  const array = { rows, columns, rowIndices, columnStarts, values };
  found.arrays.push({ name, rows, columns, columnsOf: () => sparseColumns(named, array) });
}

/** The origin of one array, so that errors name it. */
function namedOrigin(origin: Origin, name: string, last: boolean): Origin {
  const open = async (): Promise<Input> => {
    const input = await origin.open();
    input.reader.reading = `the array "${name}"`;
    return input;
  };
  return { open, checked: origin.checked && last };
}

/** The fields of a struct: the length of a name, all names, each padded to that length, then an array for each. */
async function visitFields(context: Visit, header: Header, name: string, levels: number): Promise<void> {
  const { input } = context;
  const lengthElement = await readElement(input, header.at, header.end);
  const lengthBytes = await readBytes(input, lengthElement, 8);
  const length = lengthBytes.byteLength < 4 ? 0 : lengthBytes.getInt32(0, input.littleEndian);
  const namesElement = await readElement(input, lengthElement.end, header.end);
  const names = await readBytes(input, namesElement);
  if (names.byteLength === 0) return;
  if (length < 1 || names.byteLength % length !== 0) {
    throw input.reader.damaged(
      `the names of fields have ${names.byteLength} bytes, ${length} each`,
      namesElement.start,
    );
  }
  let at = namesElement.end;
  for (let offset = 0; offset < names.byteLength; offset += length) {
    const field = `${name}.${textOf(names, offset, length)}`;
    // The data of the field before are passed under its own name, for errors.
    await input.reader.skipTo(at);
    input.reader.reading = `the array "${field}"`;
    const matrix = await readMatrix(input, at, header.end);
    const inner = await readHeader(input, matrix);
    if (inner !== null) await visit(context, inner, field, levels - 1);
    at = matrix.end;
  }
}

/** The strings of a cell array; null: there is something else in it. */
async function cellOfTexts(context: Visit, header: Header): Promise<string[] | null> {
  const { input } = context;
  const count = header.rows * header.columns;
  if (count > MOST_TEXTS) return null;
  const values: string[] = [];
  for (let at = header.at; values.length < count;) {
    const matrix = await readMatrix(input, at, header.end);
    const inner = await readHeader(input, matrix);
    const value = inner === null ? [''] : await cellText(context, inner);
    if (value === null) return null;
    values.push(value[0] ?? '');
    at = matrix.end;
  }
  return values;
}

/** What a cell holds, if it is one line of text or nothing. */
async function cellText(context: Visit, header: Header): Promise<string[] | null> {
  if (header.flat && header.rows * header.columns === 0) return [''];
  return header.arrayClass === CHAR && header.flat && header.rows === 1 ? await chars(context, header) : null;
}

async function chars({ input, found }: Visit, { at, end, rows, columns }: Header): Promise<string[] | null> {
  if (rows * columns > found.room) return null;
  found.room -= rows * columns;
  return await readChars(input, at, end, rows, columns);
}

async function readMatrix(input: Input, at: number, limit: number): Promise<Element> {
  const matrix = await readElement(input, at, limit);
  if (matrix.type !== MATRIX) throw input.reader.damaged(`there is an element of type ${matrix.type} and no array`, at);
  return matrix;
}

/** Flags, dimensions and name of a matrix; null: it is empty, and has none of them. */
async function readHeader(input: Input, matrix: Element): Promise<Header | null> {
  if (matrix.bytes === 0) return null;
  const { littleEndian, reader } = input;
  const end = matrix.start + matrix.bytes;
  const flagsElement = await readElement(input, matrix.start, end);
  const flags = await readBytes(input, flagsElement, 8);
  if (flags.byteLength !== 8) throw reader.damaged('the flags of an array are missing', flagsElement.start);
  const word = flags.getUint32(0, littleEndian);
  const arrayClass = word & 0xff;
  if (arrayClass >= FIRST_OPAQUE) {
    return { arrayClass, complex: false, rows: 1, columns: 1, flat: false, name: '', at: end, end };
  }
  const sizesElement = await readElement(input, flagsElement.end, end);
  const sizes = integers(await readBytes(input, sizesElement, 256), littleEndian);
  if (sizes.length < 2 || sizes.some((size) => size < 0)) {
    throw reader.damaged(`an array is said to be of size ${sizes.join(' x ') || 'nothing'}`, sizesElement.start);
  }
  const nameElement = await readElement(input, sizesElement.end, end);
  const name = await readBytes(input, nameElement, 4096);
  return {
    arrayClass,
    complex: (word & COMPLEX_FLAG) !== 0,
    rows: sizes[0]!,
    columns: sizes[1]!,
    flat: sizes.length === 2,
    name: textOf(name, 0, name.byteLength),
    at: nameElement.end,
    end,
  };
}

const integers = (view: DataView, littleEndian: boolean): number[] =>
  Array.from({ length: view.byteLength >> 2 }, (_, i) => view.getInt32(4 * i, littleEndian));

/** Characters up to the first zero, if there is one. */
function textOf(view: DataView, start: number, length: number): string {
  const text = Buffer.from(view.buffer as ArrayBuffer, start, length).toString('utf8');
  const zero = text.indexOf('\0');
  return zero === -1 ? text : text.slice(0, zero);
}
