import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflate } from 'node:zlib';
import * as h5wasm from 'h5wasm/node';
import { STORAGES } from './write-mat5.ts';
import { classify } from './write-mat73.ts';

/** An array that need not be in memory: its values are asked for column by column, each once. */
export interface LargeArray {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly fill: (column: Float64Array, j: number) => void;
}

/** Arrays of zeros that stand first in a file, so that the others start beyond 2^31 bytes. */
const ZEROS: readonly Pick<LargeArray, 'name' | 'rows' | 'columns'>[] = ['A', 'L'].map((name) => ({
  ...{ name, rows: 2 ** 14, columns: 2 ** 13 + 1 },
}));

const HEADER_BYTES = 128;
/** Flags, sizes, a name of up to four letters, and the tag of the values. */
const ARRAY_BYTES = 48;
const FIELD_BYTES = 32;
const MATRIX = 14;
const COMPRESSED = 15;

const valueBytes = ({ rows, columns }: Pick<LargeArray, 'rows' | 'columns'>): number => 8 * rows * columns;

/** A file of version 5 with a struct MRIO of arrays; compressed as a whole, or as it is, behind 2 GB of zeros. */
export async function writeLargeMat5(path: string, arrays: readonly LargeArray[], compressed: boolean): Promise<void> {
  const header = Buffer.alloc(HEADER_BYTES, ' ');
  header.fill(0, 116, 124).writeUInt16LE(0x0100, 124);
  header.write('IM', 126);
  const file = await open(path, 'w');
  let at = HEADER_BYTES;
  await file.write(header, 0, HEADER_BYTES, 0);
  for (const array of compressed ? [] : ZEROS) {
    const start = Buffer.concat([words(MATRIX, ARRAY_BYTES + valueBytes(array)), arrayStart(array.name, array)]);
    await file.write(start, 0, start.length, at);
    // A hole in the file is read as zeros.
    at += start.length + valueBytes(array);
  }
  const element = Readable.from(structBytes(arrays), { objectMode: false, highWaterMark: 1 << 20 });
  if (compressed) {
    const target = createWriteStream(path, { flags: 'r+', start: at + 8 });
    await pipeline(element, createDeflate({ level: 1 }), target);
    await file.write(words(COMPRESSED, target.bytesWritten), 0, 8, at);
  } else {
    await pipeline(element, createWriteStream(path, { flags: 'r+', start: at }));
  }
  await file.close();
}

function* structBytes(arrays: readonly LargeArray[]): Generator<Buffer> {
  const names = Buffer.alloc(arrays.length * FIELD_BYTES);
  arrays.forEach(({ name }, k) => names.write(name, k * FIELD_BYTES));
  const start = Buffer.concat([
    words(STORAGES.uint32.type, 8, 2, 0),
    words(STORAGES.int32.type, 8, 1, 1),
    short(STORAGES.int8.type, Buffer.from('MRIO')),
    short(STORAGES.int32.type, words(FIELD_BYTES)),
    words(STORAGES.int8.type, names.length),
    names,
  ]);
  const bytes = arrays.reduce((sum, array) => sum + 8 + ARRAY_BYTES + valueBytes(array), start.length);
  yield Buffer.concat([words(MATRIX, bytes), start]);
  for (const array of arrays) {
    yield Buffer.concat([words(MATRIX, ARRAY_BYTES + valueBytes(array)), arrayStart('', array)]);
    for (let j = 0; j < array.columns; j++) {
      const column = new Float64Array(array.rows);
      array.fill(column, j);
      yield Buffer.from(column.buffer);
    }
  }
}

const arrayStart = (name: string, array: Pick<LargeArray, 'rows' | 'columns'>): Buffer =>
  Buffer.concat([
    words(STORAGES.uint32.type, 8, 6, 0),
    words(STORAGES.int32.type, 8, array.rows, array.columns),
    short(STORAGES.int8.type, Buffer.from(name)),
    words(STORAGES.double.type, valueBytes(array)),
  ]);

const words = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);

/** An element of up to four bytes. */
function short(type: number, data: Buffer): Buffer {
  if (data.length === 0) return words(type, 0);
  return Buffer.concat([words(data.length * 0x10000 + type), data, Buffer.alloc(4 - data.length)]);
}

/** So many columns are in a chunk, and are written at once. */
const CHUNK_COLUMNS = 16;

/** A file of version 7.3 with a struct MRIO of arrays, compressed in chunks, behind 2 GB of zeros that are not. */
export async function writeLargeMat73(path: string, arrays: readonly LargeArray[]): Promise<void> {
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'w', { libver: ['earliest', 'v110'] });
  for (const array of ZEROS) writeDataset(file, { ...array, fill: () => undefined }, false);
  const struct = file.create_group('MRIO');
  classify(struct, 'struct');
  for (const array of arrays) writeDataset(struct, array, true);
  file.close();
}

/** The dataset grows to its size: then no more of it than a block is in memory. */
function writeDataset(group: h5wasm.Group, { name, rows, columns, fill }: LargeArray, compressed: boolean): void {
  const width = Math.min(CHUNK_COLUMNS, columns);
  const dataset = group.create_dataset({
    ...{ name, data: new Float64Array(width * rows), shape: [width, rows], maxshape: [columns, rows] },
    ...{ chunks: [width, rows], ...(compressed ? { compression: 1 } : {}) },
  });
  dataset.resize([columns, rows]);
  classify(dataset, 'double');
  for (let start = 0; start < columns; start += width) {
    const end = Math.min(start + width, columns);
    const block = new Float64Array((end - start) * rows);
    for (let j = start; j < end; j++) fill(block.subarray((j - start) * rows, (j - start + 1) * rows), j);
    dataset.write_slice([[start, end], []], block);
  }
}
