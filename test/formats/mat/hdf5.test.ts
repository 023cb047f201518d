import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { columnsAtOnce } from '../../../formats/mat/hdf5-columns.ts';
import { openMat } from '../../../formats/mat/mat-file.ts';
import { ModelError } from '../../../mrio/error.ts';
import { Folder, readAll, valuesOf } from './read-all.ts';
import { Mat73Writer } from './write-mat73.ts';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

const PATH = folder.file('file.mat');

describe.each([false, true])('a MATLAB file of version 7.3, behind the header of MATLAB: %s', (header) => {
  const read = async (write: (writer: Mat73Writer) => void): ReturnType<typeof readAll> => {
    const writer = await Mat73Writer.create(PATH);
    write(writer);
    if (header) writer.closeBehindHeader();
    else writer.close();
    return await readAll(PATH);
  };

  it('gives arrays column by column, those of structs too', async () => {
    const { version, arrays, texts } = await read((writer) => {
      const { file } = writer;
      writer.numbers(file, 'Z', 2, 3, Float64Array.of(1, 2, 3, 4, 5, 6.5));
      const MRIO = writer.struct(file, 'MRIO');
      writer.numbers(MRIO, 'F', 3, 1, Float64Array.of(NaN, -0, Infinity));
      writer.numbers(writer.struct(MRIO, 'meta'), 'year', 1, 1, Float64Array.of(2012));
      writer.numbers(MRIO, 'none', 0, 5, new Float64Array(0));
    });
    expect(version).toBe('7.3');
    expect(texts).toEqual({});
    expect(arrays).toEqual({
      Z: { rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6.5] },
      'MRIO.F': { rows: 3, columns: 1, values: [NaN, -0, Infinity] },
      'MRIO.meta.year': { rows: 1, columns: 1, values: [2012] },
      'MRIO.none': { rows: 0, columns: 5, values: [] },
    });
  });

  it('gives arrays of other classes', async () => {
    const { arrays } = await read((writer) => {
      const { file } = writer;
      writer.numbers(file, 'single', 1, 2, Float32Array.of(0.5, -1), 'single');
      writer.numbers(file, 'logical', 1, 2, Uint8Array.of(1, 0), 'logical');
      writer.numbers(file, 'whole', 1, 2, Int32Array.of(-5, 6), 'int32');
      writer.numbers(file, 'long', 1, 2, BigInt64Array.of(-5n, 2n ** 60n), 'int64');
    });
    expect(Object.entries(arrays).map(([name, { values }]) => [name, values])).toEqual([
      ['logical', [1, 0]],
      ['long', [-5, 2 ** 60]],
      ['single', [0.5, -1]],
      ['whole', [-5, 6]],
    ]);
  });

  it('gives names of cell arrays and char arrays', async () => {
    const { arrays, texts } = await read((writer) => {
      const { file } = writer;
      writer.cell(file, 'regions', ['北京', 'Tianjin ', '']);
      writer.cell(writer.struct(file, 'MRIO'), 'sectors', ['Mining', 'Coal']);
      writer.chars(file, 'lines', 'one', 'three');
      writer.cell(file, 'mixed', ['a', 1]);
    });
    expect(arrays).toEqual({});
    expect(texts).toEqual({
      regions: ['北京', 'Tianjin', ''],
      'MRIO.sectors': ['Mining', 'Coal'],
      lines: ['one', 'three'],
    });
  });

  it('gives sparse arrays in full', async () => {
    const { arrays } = await read((writer) => {
      writer.sparse(writer.file, 'sparse', 3, [0, 2, 2, 3], [0, 2, 1], [1.5, 2, -3]);
      writer.sparse(writer.file, 'zeros', 1, [0, 0, 0], [], []);
    });
    expect(arrays['sparse']).toEqual({ rows: 3, columns: 3, values: [1.5, 0, 2, 0, 0, 0, 0, -3, 0] });
    expect(arrays['zeros']).toEqual({ rows: 1, columns: 2, values: [0, 0] });
  });

  it('gives any array bit by bit as it was written', async () => {
    const array = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
      .chain(([rows, columns]) =>
        fc
          .array(fc.double(), { minLength: rows * columns, maxLength: rows * columns })
          .map((values) => ({ rows, columns, values })),
      );
    await fc.assert(
      fc.asyncProperty(array, async (written) => {
        const { arrays } = await read((writer) => {
          writer.numbers(writer.file, 'Z', written.rows, written.columns, Float64Array.from(written.values));
        });
        expect(arrays).toStrictEqual({ Z: written });
      }),
      { numRuns: 30 },
    );
  });
});

describe('reading an array of version 7.3', () => {
  it('leaves out what is no table: other types, objects, more dimensions', async () => {
    const writer = await Mat73Writer.create(PATH);
    const { file } = writer;
    file.create_dataset({ name: 'cube', data: new Float64Array(8), shape: [2, 2, 2] });
    file.create_dataset({ name: 'vector', data: new Float64Array(8) });
    file.create_dataset({ name: 'string', data: ['text'] });
    writer.numbers(file, 'table', 1, 1, Float64Array.of(1), 'categorical');
    file.create_soft_link('/nowhere', 'broken');
    file.create_external_link('nowhere.h5', '/nowhere', 'outside');
    file.create_group('itself').create_soft_link('/itself', 'again');
    file.create_dataset({ name: 'kept', data: Float64Array.of(1, 2), shape: [2, 1] });
    writer.close();
    const { arrays, texts } = await readAll(PATH);
    expect(arrays).toEqual({ kept: { rows: 1, columns: 2, values: [1, 2] } });
    expect(texts).toEqual({});
  });

  it('can be done again and in part, until the file is closed', async () => {
    const writer = await Mat73Writer.create(PATH);
    writer.numbers(writer.file, 'Z', 2, 3, Float64Array.of(1, 2, 3, 4, 5, 6));
    writer.close();
    const file = await openMat(PATH);
    const [Z] = file.arrays;
    expect(await valuesOf(Z!, 2)).toEqual([1, 2, 3, 4]);
    expect(await valuesOf(Z!)).toEqual([1, 2, 3, 4, 5, 6]);
    file.close();
    file.close();
    await expect(valuesOf(Z!)).rejects.toThrow('has been closed');
  });

  it('is done by whole chunks of columns, of a few megabytes', () => {
    const width = (rows: number, chunks: number[] | null): number =>
      columnsAtOnce({ metadata: { size: 8, chunks } } as Parameters<typeof columnsAtOnce>[0], rows);
    expect(width(1024, null)).toBe(256);
    expect(width(1024, [100, 100])).toBe(200);
    expect(width(1024, [300, 100])).toBe(300);
    expect(width(1024, [5000, 100])).toBe(256);
    expect(width(10_000_000, null)).toBe(1);
  });
});

describe('a damaged file of version 7.3', () => {
  const damaged = folder.file('damaged.mat');

  async function bytesOf(write: (writer: Mat73Writer) => void): Promise<Buffer> {
    const writer = await Mat73Writer.create(damaged);
    write(writer);
    writer.closeBehindHeader();
    return readFileSync(damaged);
  }

  it('is said to be cut short', async () => {
    const whole = await bytesOf((writer) => {
      writer.numbers(
        writer.file,
        'Z',
        100,
        100,
        Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i)),
      );
    });
    await expect(readAll(folder.write('damaged.mat', whole.subarray(0, whole.length - 100)))).rejects.toMatchObject({
      message: expect.stringMatching(/is damaged or cut short: the file cannot be read \(truncated file/) as string,
      remedy: 'get the file anew, or save it again with the option -v7.3',
    });
  });

  it('is said which array cannot be read', async () => {
    const whole = await bytesOf((writer) => {
      const data = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i));
      writer.numbers(writer.struct(writer.file, 'MRIO'), 'Z', 100, 100, data);
    });
    whole.fill(0x55, whole.length / 2, whole.length / 2 + 500);
    const read = readAll(folder.write('damaged.mat', whole));
    await expect(read).rejects.toThrow(ModelError);
    await expect(read).rejects.toThrow(/is damaged or cut short: the array "MRIO\.Z" cannot be read \(/);
  });

  it('gives values or a ModelError whichever bytes are changed', async () => {
    const whole = await bytesOf((writer) => {
      const { file } = writer;
      writer.numbers(
        file,
        'Z',
        9,
        9,
        Float64Array.from({ length: 81 }, (_, i) => Math.sin(i)),
      );
      writer.cell(writer.struct(file, 'MRIO'), 'regions', ['Beijing', 'Tianjin']);
      writer.sparse(file, 'sparse', 3, [0, 1, 2], [0, 1], [1, 2]);
    });
    // Much of a small file is empty.
    const used = Array.from(whole.keys()).filter((at) => at >= 512 && (whole[at] !== 0 || whole[at - 1] !== 0));
    const change = fc.tuple(fc.constantFrom(...used), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        const error: unknown = await readAll(folder.write('damaged.mat', bytes), 1000).catch((error: unknown) => error);
        if (error instanceof Error) expect(error).toBeInstanceOf(ModelError);
      }),
      { numRuns: 200 },
    );
    await readAll(folder.write('damaged.mat', whole));
  });

  it('is read anew once it has been replaced', async () => {
    const write = (value: number): Promise<Buffer> =>
      bytesOf((writer) => {
        writer.numbers(
          writer.file,
          'Z',
          100,
          100,
          Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i) + value),
        );
      });
    const first = await write(0);
    first.fill(0x55, first.length / 2, first.length / 2 + 500);
    await expect(readAll(folder.write('damaged.mat', first))).rejects.toThrow(ModelError);
    await write(7);
    expect((await readAll(damaged)).arrays['Z']!.values[0]).toBe(7);
  });
});
