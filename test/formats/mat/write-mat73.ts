import { readFileSync, writeFileSync } from 'node:fs';
import * as h5wasm from 'h5wasm/node';

type Numbers = Float64Array | Float32Array | Uint8Array | Int32Array | Uint16Array | BigInt64Array | BigUint64Array;

/** A file of version 7.3 in the layout of MATLAB: an array of m x n is a dataset of shape [n, m]. */
export class Mat73Writer {
  readonly file: h5wasm.File;
  private readonly path: string;
  private references = 0;

  private constructor(path: string) {
    this.path = path;
    // MATLAB writes the oldest version of HDF5, without checksums of what describes the data.
    this.file = new h5wasm.File(path, 'w', { libver: ['earliest', 'v110'] });
  }

  static async create(path: string): Promise<Mat73Writer> {
    await h5wasm.ready;
    return new Mat73Writer(path);
  }

  numbers(
    group: h5wasm.Group,
    name: string,
    rows: number,
    columns: number,
    data: Numbers,
    matlabClass = 'double',
  ): void {
    const empty = data.length === 0;
    const dataset = group.create_dataset(
      empty
        ? { name, data: BigUint64Array.from([BigInt(rows), BigInt(columns)]) }
        : { name, data, shape: [columns, rows], chunks: [Math.min(columns, 2), rows], compression: 3 },
    );
    classify(dataset, matlabClass);
    if (empty) dataset.create_attribute('MATLAB_empty', Uint8Array.of(1));
  }

  struct(group: h5wasm.Group, name: string): h5wasm.Group {
    const struct = group.create_group(name);
    classify(struct, 'struct');
    return struct;
  }

  chars(group: h5wasm.Group, name: string, ...lines: string[]): h5wasm.Dataset {
    const columns = Math.max(...lines.map((line) => line.length));
    const padded = lines.map((line) => line.padEnd(columns));
    const units = Uint16Array.from({ length: lines.length * columns }, (_, k) => {
      return padded[k % lines.length]!.charCodeAt(Math.floor(k / lines.length));
    });
    if (units.length === 0) {
      this.numbers(group, name, 0, 0, units, 'char');
    } else {
      const dataset = group.create_dataset({ name, data: units, shape: [columns, lines.length] });
      classify(dataset, 'char');
      dataset.create_attribute('MATLAB_int_decode', Int32Array.of(2));
    }
    return group.get(name) as h5wasm.Dataset;
  }

  /** What is in the cells lies in a group of its own, which the cells refer to. */
  cell(group: h5wasm.Group, name: string, values: readonly (string | number)[]): void {
    const home = (this.file.get('#refs#') as h5wasm.Group | null) ?? this.file.create_group('#refs#');
    const references = values.map((value) => {
      const key = `r${this.references++}`;
      if (typeof value === 'string') return this.chars(home, key, value).create_reference();
      this.numbers(home, key, 1, 1, Float64Array.of(value));
      return (home.get(key) as h5wasm.Dataset).create_reference();
    });
    const dataset = group.create_dataset({ name, data: references, shape: [1, values.length], dtype: 'Reference' });
    classify(dataset, 'cell');
  }

  sparse(
    group: h5wasm.Group,
    name: string,
    rows: number,
    starts: number[],
    rowIndices: number[],
    values: number[],
  ): void {
    const sparse = group.create_group(name);
    classify(sparse, 'double');
    sparse.create_attribute('MATLAB_sparse', BigUint64Array.of(BigInt(rows)));
    sparse.create_dataset({ name: 'jc', data: BigUint64Array.from(starts, BigInt) });
    if (values.length === 0) return;
    sparse.create_dataset({ name: 'ir', data: BigUint64Array.from(rowIndices, BigInt) });
    sparse.create_dataset({ name: 'data', data: Float64Array.from(values) });
  }

  close(): void {
    this.file.close();
  }

  /** Closes the file, and puts before it the block of 512 bytes that MATLAB has there. */
  closeBehindHeader(): void {
    this.close();
    const header = Buffer.alloc(512);
    header.write('MATLAB 7.3 MAT-file, Platform: GLNXA64, HDF5 schema 1.00 .'.padEnd(116));
    header.writeUInt16LE(0x0200, 124);
    header.write('IM', 126);
    writeFileSync(this.path, Buffer.concat([header, readFileSync(this.path)]));
  }
}

/** Says of what class of MATLAB something is. */
export function classify(object: h5wasm.Dataset | h5wasm.Group, matlabClass: string): void {
  object.create_attribute('MATLAB_class', matlabClass, null, `S${matlabClass.length}`);
}
