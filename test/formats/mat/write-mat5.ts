import { deflateSync } from 'node:zlib';

/** What a file of version 5 may hold. Values are column by column. */
export type MatValue =
  | NumbersValue
  | SparseValue
  | { readonly kind: 'chars'; readonly lines: readonly string[]; readonly storage?: 'utf8' | 'utf16' | 'latin1' }
  | { readonly kind: 'cell'; readonly rows: number; readonly columns: number; readonly cells: readonly MatValue[] }
  | { readonly kind: 'struct'; readonly elements: readonly Readonly<Record<string, MatValue>>[] }
  | { readonly kind: 'function handle' }
  /** An array without anything in it, as MATLAB writes for cells that have not been filled. */
  | { readonly kind: 'nothing' };

export interface NumbersValue {
  readonly kind: 'numbers';
  readonly sizes: readonly number[];
  readonly values: ArrayLike<number>;
  readonly arrayClass?: keyof typeof CLASSES;
  readonly storage?: Storage;
  readonly logical?: boolean;
  readonly imaginary?: ArrayLike<number>;
}

export interface SparseValue {
  readonly kind: 'sparse';
  readonly rows: number;
  readonly columns: number;
  /** Row, column and value, in the order of columns and then rows. */
  readonly entries: readonly (readonly [row: number, column: number, value: number])[];
}

export interface WriteOptions {
  readonly littleEndian?: boolean;
  readonly compressed?: boolean;
}

export type Storage = keyof typeof STORAGES;

/** Types of elements, with their sizes. */
export const STORAGES = {
  int8: { type: 1, size: 1 },
  uint8: { type: 2, size: 1 },
  int16: { type: 3, size: 2 },
  uint16: { type: 4, size: 2 },
  int32: { type: 5, size: 4 },
  uint32: { type: 6, size: 4 },
  single: { type: 7, size: 4 },
  double: { type: 9, size: 8 },
  int64: { type: 12, size: 8 },
  uint64: { type: 13, size: 8 },
} as const;

const CLASSES = { double: 6, single: 7, int8: 8, uint8: 9, int16: 10, int32: 12, uint32: 13, int64: 14, uint64: 15 };

const MATRIX = 14;
const COMPRESSED = 15;

/** A MATLAB file of version 5. */
export function writeMat5(variables: Readonly<Record<string, MatValue>>, options: WriteOptions = {}): Buffer {
  const writer = new Writer(options.littleEndian ?? true);
  const elements = Object.entries(variables).map(([name, value]) => {
    const matrix = writer.matrix(name, value);
    return options.compressed === true ? writer.compressed(matrix) : matrix;
  });
  return Buffer.concat([writer.header(), ...elements]);
}

export const numbers = (rows: number, columns: number, values: ArrayLike<number>): NumbersValue => ({
  kind: 'numbers',
  sizes: [rows, columns],
  values,
});

export const chars = (...lines: string[]): MatValue => ({ kind: 'chars', lines });

class Writer {
  private readonly littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  header(): Buffer {
    const header = Buffer.alloc(128, ' ');
    header.write('MATLAB 5.0 MAT-file, for a test');
    header.fill(0, 116, 124);
    if (this.littleEndian) header.writeUInt16LE(0x0100, 124);
    else header.writeUInt16BE(0x0100, 124);
    header.write(this.littleEndian ? 'IM' : 'MI', 126);
    return header;
  }

  compressed(matrix: Buffer): Buffer {
    const data = deflateSync(matrix, { level: 1 });
    return Buffer.concat([this.words(COMPRESSED, data.length), data]);
  }

  matrix(name: string, value: MatValue): Buffer {
    const parts = value.kind === 'nothing' ? [] : this.parts(name, value);
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    return Buffer.concat([this.words(MATRIX, bytes), ...parts]);
  }

  private parts(name: string, value: Exclude<MatValue, { kind: 'nothing' }>): Buffer[] {
    switch (value.kind) {
      case 'numbers': {
        const arrayClass = CLASSES[value.arrayClass ?? 'double'];
        const flags = (value.logical === true ? 0x200 : 0) | (value.imaginary === undefined ? 0 : 0x800);
        const storage = value.storage ?? 'double';
        const parts = [value.values, ...(value.imaginary === undefined ? [] : [value.imaginary])];
        return [
          ...this.start(arrayClass | flags, value.sizes, name),
          ...parts.map((part) => this.numbers(storage, part)),
        ];
      }
      case 'sparse':
        return this.sparse(name, value);
      case 'chars':
        return this.chars(name, value.lines, value.storage ?? 'utf16');
      case 'cell':
        return [
          ...this.start(1, [value.rows, value.columns], name),
          ...value.cells.map((cell) => this.matrix('', cell)),
        ];
      case 'struct': {
        const fields = Object.keys(value.elements[0] ?? {});
        const length = 32;
        const names = Buffer.concat(fields.map((field) => Buffer.alloc(length).fill(field, 0, field.length)));
        return [
          ...this.start(2, [1, value.elements.length], name),
          this.numbers('int32', [length]),
          this.element(STORAGES.int8.type, names),
          ...value.elements.flatMap((element) => fields.map((field) => this.matrix('', element[field]!))),
        ];
      }
      case 'function handle':
        return [...this.start(16, [1, 1], name), this.matrix('', chars('@sin'))];
    }
  }

  private sparse(name: string, { rows, columns, entries }: SparseValue): Buffer[] {
    const before = Array.from({ length: columns + 1 }, (_, j) => entries.filter(([, column]) => column < j).length);
    return [
      ...this.start(5, [rows, columns], name, entries.length),
      this.numbers(
        'int32',
        entries.map(([row]) => row),
      ),
      this.numbers('int32', before),
      this.numbers(
        'double',
        entries.map(([, , entry]) => entry),
      ),
    ];
  }

  private chars(name: string, lines: readonly string[], storage: 'utf8' | 'utf16' | 'latin1'): Buffer[] {
    const columns = Math.max(0, ...lines.map((line) => line.length));
    const padded = lines.map((line) => line.padEnd(columns));
    const text = Array.from({ length: columns }, (_, j) => padded.map((line) => line[j]!).join('')).join('');
    const units = Array.from(text, (_, i) => text.charCodeAt(i));
    const start = this.start(4, [lines.length, columns], name);
    if (storage === 'utf16') return [...start, this.numbers('uint16', units)];
    return [...start, storage === 'utf8' ? this.element(16, Buffer.from(text)) : this.numbers('uint8', units)];
  }

  private start(flags: number, sizes: readonly number[], name: string, most = 0): Buffer[] {
    return [
      this.numbers('uint32', [flags, most]),
      this.numbers('int32', sizes),
      this.element(STORAGES.int8.type, Buffer.from(name)),
    ];
  }

  private numbers(storage: Storage, values: ArrayLike<number>): Buffer {
    const { type, size } = STORAGES[storage];
    const bytes = Buffer.alloc(values.length * size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < values.length; i++) this.put(view, storage, i * size, values[i]!);
    return this.element(type, bytes);
  }

  private put(view: DataView, storage: Storage, at: number, value: number): void {
    const { littleEndian } = this;
    if (storage === 'int8') view.setInt8(at, value);
    if (storage === 'uint8') view.setUint8(at, value);
    if (storage === 'int16') view.setInt16(at, value, littleEndian);
    if (storage === 'uint16') view.setUint16(at, value, littleEndian);
    if (storage === 'int32') view.setInt32(at, value, littleEndian);
    if (storage === 'uint32') view.setUint32(at, value, littleEndian);
    if (storage === 'single') view.setFloat32(at, value, littleEndian);
    if (storage === 'double') view.setFloat64(at, value, littleEndian);
    if (storage === 'int64') view.setBigInt64(at, BigInt(value), littleEndian);
    if (storage === 'uint64') view.setBigUint64(at, BigInt(value), littleEndian);
  }

  /** Up to four bytes go into the tag, as MATLAB does. */
  private element(type: number, data: Buffer): Buffer {
    if (data.length > 0 && data.length <= 4) {
      const padded = Buffer.alloc(4);
      data.copy(padded);
      return Buffer.concat([this.words(data.length * 0x10000 + type), padded]);
    }
    return Buffer.concat([this.words(type, data.length), data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
  }

  private words(...values: number[]): Buffer {
    const words = Buffer.alloc(4 * values.length);
    values.forEach((value, i) =>
      this.littleEndian ? words.writeUInt32LE(value, 4 * i) : words.writeUInt32BE(value, 4 * i),
    );
    return words;
  }
}
