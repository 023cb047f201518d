import { stat } from 'node:fs/promises';
import type { Dataset, Entity, Group } from 'h5wasm/node';
import { ModelError } from '../../mrio/error.ts';
import { MOST_CHARACTERS, rowsOfChars } from './chars.ts';
import { denseColumns, sparseColumns } from './hdf5-columns.ts';
import { Hdf5File } from './hdf5-library.ts';
import type { MatArray, MatFile, MatText } from './mat-file.ts';

/** Classes of MATLAB that are real numbers; a dataset that says nothing may be of another program. */
const NUMERIC = /^(double|single|u?int(8|16|32|64)|logical)$/;

/** The group of what cells refer to. */
const HOME_OF_CELLS = '#refs#';

/** Structs within structs within structs: no table goes deeper. */
const MOST_LEVELS = 16;

/** Links may lead round in circles. */
const MOST_OBJECTS = 100_000;

/** A longer list is no list of names. */
const MOST_TEXTS = 1 << 20;

/** No table has so many values. */
const MOST_VALUES = 2 ** 36;

/** No compression makes more of one byte than this: a column longer than that of the whole file is not believed. */
const MOST_INFLATION = 1032;

/**
 * Opens a file of version 7.3, which is an HDF5 file. An array of m rows and n columns is a dataset of shape [n, m], a
 * struct is a group, a cell array is a dataset of references; the attribute MATLAB_class says which.
 */
export async function openHdf5(path: string): Promise<MatFile> {
  const { size } = await stat(path);
  const hdf5 = await Hdf5File.open(path).catch((error: unknown) => {
    throw unreadable(path, 'the file', error);
  });
  const file = new OpenHdf5(path, size, hdf5);
  try {
    file.findArrays();
  } catch (error) {
    file.close();
    throw error;
  }
  return file;
}

interface Sizes {
  readonly rows: number;
  readonly columns: number;
}

/** A group, or a dataset with what it says of itself. */
interface Found {
  readonly entity: Group | Dataset;
  readonly name: string;
  readonly matlabClass: string | null;
  readonly attributes: Readonly<Record<string, { readonly value: unknown }>>;
}

class OpenHdf5 implements MatFile {
  readonly version = '7.3';
  readonly arrays: MatArray[] = [];
  readonly texts: MatText[] = [];
  private readonly path: string;
  private readonly size: number;
  private readonly hdf5: Hdf5File;
  private closed = false;
  /** For how many more characters and objects there is room. */
  private room = MOST_CHARACTERS;
  private objects = MOST_OBJECTS;

  constructor(path: string, size: number, hdf5: Hdf5File) {
    this.path = path;
    this.size = size;
    this.hdf5 = hdf5;
  }

  close(): void {
    if (!this.closed) this.hdf5.close();
    this.closed = true;
  }

  findArrays(): void {
    this.visitGroup(this.hdf5.root, '', MOST_LEVELS);
  }

  /** Names that start with # are those of MATLAB itself, for what cells and objects refer to. */
  private visitGroup(group: Group, prefix: string, levels: number): void {
    const names = this.reading(prefix === '' ? 'the file' : `the struct "${prefix}"`, () => group.keys());
    for (const key of names.filter((key) => !key.startsWith('#'))) {
      const name = prefix === '' ? key : `${prefix}.${key}`;
      this.reading(`the array "${name}"`, () => {
        if (this.objects-- === 0) throw new Error(`there are more than ${MOST_OBJECTS} arrays`);
        const found = this.describe(this.hdf5.get(group, key), name);
        if (found !== null) this.visit(found, levels);
      });
    }
  }

  private visit({ entity, ...rest }: Found, levels: number): void {
    if (this.hdf5.isDataset(entity)) {
      this.visitDataset({ entity, ...rest });
    } else if ('MATLAB_sparse' in rest.attributes) {
      this.noteSparse(entity, rest.name, Number(rest.attributes['MATLAB_sparse'].value));
    } else if ((rest.matlabClass === null || rest.matlabClass === 'struct') && levels > 0) {
      this.visitGroup(entity, rest.name, levels - 1);
    }
  }

  private describe(entity: Entity, name: string): Found | null {
    if (!this.hdf5.isDataset(entity) && !this.hdf5.isGroup(entity)) return null;
    const attributes = entity.attrs;
    const value = attributes['MATLAB_class']?.value;
    const matlabClass: unknown = Array.isArray(value) ? value[0] : value;
    return { entity, name, attributes, matlabClass: typeof matlabClass === 'string' ? matlabClass : null };
  }

  private visitDataset({ entity, name, matlabClass, attributes }: Found & { entity: Dataset }): void {
    const sizes = this.sizesOf(entity, attributes);
    if (sizes === null) return;
    if (matlabClass === 'char' || matlabClass === 'cell') {
      const values = matlabClass === 'char' ? this.chars(entity, sizes) : this.cellOfTexts(entity, sizes);
      if (values === null) return;
      this.texts.push({ name, rows: sizes.rows, columns: matlabClass === 'char' ? 1 : sizes.columns, values });
    } else if ((matlabClass === null || NUMERIC.test(matlabClass)) && this.hdf5.hasNumbers(entity)) {
      this.noteDense(entity, name, sizes);
    }
  }

  /** Rows and columns; null: there are more dimensions. Those of an empty array are in its place, as MATLAB has no such datasets. */
  private sizesOf(dataset: Dataset, attributes: Found['attributes']): Sizes | null {
    const { shape } = dataset.metadata;
    if (Number(attributes['MATLAB_empty']?.value ?? 0) !== 0) {
      const sizes = shape?.length === 1 && shape[0]! <= 2 ? Array.from(this.hdf5.numbers(dataset), Number) : [];
      return sizes.length === 2 && sizes.includes(0) ? { rows: sizes[0]!, columns: sizes[1]! } : null;
    }
    return shape?.length === 2 ? { rows: shape[1]!, columns: shape[0]! } : null;
  }

  private noteDense(dataset: Dataset, name: string, sizes: Sizes): void {
    const { rows, columns } = sizes;
    this.requireBelievable(rows, columns);
    const attempt = this.readingOf(name);
    this.arrays.push({ name, rows, columns, columnsOf: () => denseColumns(this.hdf5, dataset, sizes, attempt) });
  }

  /** The values, their rows, and the number of values before each column. Without values, the first two are not there. */
  private noteSparse(group: Group, name: string, rows: number): void {
    const keys = group.keys();
    const [values, rowIndices, starts] = ['data', 'ir', 'jc'].map((key) => {
      const entity = keys.includes(key) ? this.hdf5.get(group, key) : null;
      return entity !== null && this.hdf5.isDataset(entity) ? entity : null;
    });
    const length = starts?.shape?.[0];
    if (starts == null || length === undefined || length < 1 || !Number.isSafeInteger(rows)) return;
    if (values != null && !this.hdf5.hasNumbers(values)) return;
    const columns = length - 1;
    this.requireBelievable(columns, 1);
    const attempt = this.readingOf(name);
    const array = { rows, columns, starts, rowIndices: rowIndices ?? null, values: values ?? null };
    this.arrays.push({ name, rows, columns, columnsOf: () => sparseColumns(this.hdf5, array, attempt) });
  }

  private requireBelievable(rows: number, columns: number): void {
    if (rows <= MOST_INFLATION * this.size && columns <= MOST_VALUES && rows * columns <= MOST_VALUES) return;
    throw new Error(`it is said to have ${rows} x ${columns} values`);
  }

  /** The values of a char array; null: there are too many characters. */
  private chars(dataset: Dataset, { rows, columns }: Sizes): string[] | null {
    if (rows === 0 || columns === 0) return Array.from({ length: Math.min(rows, 1) }, () => '');
    if (!this.hdf5.hasNumbers(dataset) || rows * columns > this.room) return null;
    this.room -= rows * columns;
    const units = Array.from(this.hdf5.numbers(dataset), Number);
    const text = units.map((unit) => String.fromCharCode(unit)).join('');
    return rowsOfChars(text, rows, columns);
  }

  /** The strings of a cell array; null: there is something else in it. */
  private cellOfTexts(dataset: Dataset, { rows, columns }: Sizes): string[] | null {
    if (rows === 0 || columns === 0) return [];
    if (!this.hdf5.hasReferences(dataset) || rows * columns > MOST_TEXTS) return null;
    const values: string[] = [];
    for (const entity of this.hdf5.referred(dataset, HOME_OF_CELLS)) {
      const cell = this.describe(entity, '');
      if (cell === null || !this.hdf5.isDataset(cell.entity)) return null;
      const sizes = this.sizesOf(cell.entity, cell.attributes);
      if (sizes === null) return null;
      const empty = sizes.rows === 0 || sizes.columns === 0;
      if (!empty && (cell.matlabClass !== 'char' || sizes.rows !== 1)) return null;
      const text = empty ? [''] : this.chars(cell.entity, sizes);
      if (text === null) return null;
      values.push(text[0]!);
    }
    return values;
  }

  private readingOf(name: string): <T>(action: () => T) => T {
    return (action) => this.reading(`the array "${name}"`, action);
  }

  /** Does something with the file; errors of the library become those of the file. */
  private reading<T>(what: string, action: () => T): T {
    if (this.closed) throw new Error(`${this.path} has been closed`);
    try {
      return action();
    } catch (error) {
      if (error instanceof ModelError) throw error;
      throw unreadable(this.path, what, error);
    }
  }
}

const unreadable = (path: string, what: string, error: unknown): ModelError =>
  new ModelError(
    `${path} is damaged or cut short: ${what} cannot be read (${reasonOf(error)})`,
    'get the file anew, or save it again with the option -v7.3',
  );

/** The library reports the call, and then what it called, and so on: the last says what was wrong. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // What the library says where HDF5 cannot open something.
  if (message === 'error - name not defined!') return 'its description is wrong or missing';
  const reasons = Array.from(message.matchAll(/^ *#\d+: .*?\(\): (.*)$/gm), (match) => match[1]!);
  return reasons.at(-1) ?? message;
}
