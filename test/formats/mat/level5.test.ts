import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openMat } from '../../../formats/mat/mat-file.ts';
import { Folder, readAll, valuesOf } from './read-all.ts';
import { chars, numbers, writeMat5, type MatValue, type NumbersValue, type WriteOptions } from './write-mat5.ts';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

const WAYS: WriteOptions[] = [true, false].flatMap((littleEndian) =>
  [true, false].map((compressed) => ({ littleEndian, compressed })),
);
const read = (variables: Record<string, MatValue>, options: WriteOptions = {}): ReturnType<typeof readAll> =>
  readAll(folder.write('file.mat', writeMat5(variables, options)));

describe.each(WAYS)('a MATLAB file of version 5, %o', (way) => {
  it('gives arrays column by column', async () => {
    const { version, arrays } = await read({ Z: numbers(2, 3, [1, 2, 3, 4, 5, 6.5]), VA: numbers(1, 1, [-7]) }, way);
    expect(version).toBe('5');
    expect(arrays).toEqual({
      Z: { rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6.5] },
      VA: { rows: 1, columns: 1, values: [-7] },
    });
  });

  it.each([
    ['int8', [-128, 127, 0]],
    ['uint8', [255, 0, 1]],
    ['int16', [-32768, 32767, 3]],
    ['uint16', [65535, 0, 1]],
    ['int32', [-2147483648, 2147483647, 3]],
    ['uint32', [4294967295, 0, 1]],
    ['int64', [-9007199254740991, 5, 2 ** 60]],
    ['uint64', [9007199254740991, 5, 2 ** 63]],
    ['single', [0.5, -1e10, Infinity]],
  ] as const)('gives doubles that are stored as %s', async (storage, values) => {
    const { arrays } = await read({ Z: { ...numbers(3, 1, values), storage } }, way);
    expect(arrays['Z']!.values).toEqual(values);
  });

  it('gives logical arrays, arrays of other classes, NaN and infinities', async () => {
    const logical: NumbersValue = { ...numbers(1, 2, [1, 0]), arrayClass: 'uint8', storage: 'uint8', logical: true };
    const whole: NumbersValue = { ...numbers(2, 1, [-3, 4]), arrayClass: 'int32', storage: 'int32' };
    const { arrays } = await read({ logical, whole, odd: numbers(1, 3, [NaN, -Infinity, -0]) }, way);
    expect(arrays['logical']!.values).toEqual([1, 0]);
    expect(arrays['whole']!.values).toEqual([-3, 4]);
    expect(arrays['odd']!.values).toEqual([NaN, -Infinity, -0]);
  });

  it('gives the fields of a struct of one element, and of a struct in it', async () => {
    const meta: MatValue = { kind: 'struct', elements: [{ year: numbers(1, 1, [2012]), regions: chars('Beijing') }] };
    const MRIO: MatValue = { kind: 'struct', elements: [{ Z: numbers(1, 2, [1, 2]), meta, F: numbers(2, 1, [3, 4]) }] };
    const { arrays, texts } = await read({ MRIO, after: numbers(1, 1, [5]) }, way);
    expect(Object.keys(arrays)).toEqual(['MRIO.Z', 'MRIO.meta.year', 'MRIO.F', 'after']);
    expect(arrays['MRIO.Z']!.values).toEqual([1, 2]);
    expect(arrays['MRIO.F']!.values).toEqual([3, 4]);
    expect(arrays['MRIO.meta.year']!.values).toEqual([2012]);
    expect(texts).toEqual({ 'MRIO.meta.regions': ['Beijing'] });
  });

  it.each(['utf8', 'utf16', 'latin1'] as const)('gives char arrays in %s, and cell arrays of them', async (storage) => {
    const text = (...lines: string[]): MatValue => ({ kind: 'chars', lines, storage });
    const regions: MatValue = {
      kind: 'cell',
      rows: 4,
      columns: 1,
      cells: [text('Shíjiā'.slice(0, 3)), text(), text('b c '), { kind: 'nothing' }],
    };
    const { texts } = await read({ regions, sectors: text('Mining', 'Coal', ''), one: text('one') }, way);
    expect(texts).toEqual({ regions: ['Shí', '', 'b c', ''], sectors: ['Mining', 'Coal', ''], one: ['one'] });
  });

  it('gives names in Chinese', async () => {
    const cells = ['北京', '石家庄'].map((name): MatValue => ({ kind: 'chars', lines: [name] }));
    const { texts } = await read(
      {
        regions: { kind: 'cell', rows: 1, columns: 2, cells },
        city: { kind: 'chars', lines: ['天津', '唐'], storage: 'utf8' },
      },
      way,
    );
    expect(texts).toEqual({ regions: ['北京', '石家庄'], city: ['天津', '唐'] });
  });

  it('gives sparse arrays in full', async () => {
    const sparse: MatValue = {
      kind: 'sparse',
      rows: 3,
      columns: 4,
      entries: [
        [0, 0, 1.5],
        [2, 0, 2],
        [1, 3, -3],
      ],
    };
    const { arrays } = await read({ sparse, empty: { kind: 'sparse', rows: 2, columns: 1, entries: [] } }, way);
    expect(arrays['sparse']).toEqual({ rows: 3, columns: 4, values: [1.5, 0, 2, 0, 0, 0, 0, 0, 0, 0, -3, 0] });
    expect(arrays['empty']).toEqual({ rows: 2, columns: 1, values: [0, 0] });
  });

  it('gives arrays without rows or columns, without a value', async () => {
    const { arrays } = await read({ a: numbers(0, 5, []), b: numbers(5, 0, []) }, way);
    expect(arrays).toEqual({ a: { rows: 0, columns: 5, values: [] }, b: { rows: 5, columns: 0, values: [] } });
  });

  it('leaves out what is no table and no list of names', async () => {
    const { arrays, texts } = await read(
      {
        '': numbers(1, 1, [1]),
        complex: { ...numbers(1, 1, [1]), imaginary: [2] },
        cube: { ...numbers(1, 1, [1, 2]), sizes: [1, 1, 2] },
        structs: { kind: 'struct', elements: [{ a: numbers(1, 1, [1]) }, { a: numbers(1, 1, [2]) }] },
        handle: { kind: 'function handle' },
        cells: { kind: 'cell', rows: 1, columns: 2, cells: [chars('a'), numbers(1, 1, [1])] },
        handles: { kind: 'cell', rows: 1, columns: 1, cells: [{ kind: 'function handle' }] },
        bare: { kind: 'struct', elements: [{}] },
        kept: numbers(1, 1, [3]),
      },
      way,
    );
    expect(arrays).toEqual({ kept: { rows: 1, columns: 1, values: [3] } });
    expect(texts).toEqual({});
  });

  it('gives any arrays bit by bit as they were written', async () => {
    const array = fc
      .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
      .chain(([rows, columns]) =>
        fc
          .array(fc.double(), { minLength: rows * columns, maxLength: rows * columns })
          .map((values) => ({ rows, columns, values })),
      );
    const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,30}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, array, { maxKeys: 5, noNullPrototype: true }),
        fc.boolean(),
        async (written, inStruct) => {
          const variables = Object.fromEntries(
            Object.entries(written).map(([key, { rows, columns, values }]) => [key, numbers(rows, columns, values)]),
          );
          const { arrays } = await read(inStruct ? { S: { kind: 'struct', elements: [variables] } } : variables, way);
          const expected = Object.entries(written).map(([key, value]) => [inStruct ? `S.${key}` : key, value]);
          // Object.is tells -0 from 0, and equality of NaN is that of the bits that doubles of fast-check have.
          expect(arrays).toStrictEqual(Object.fromEntries(expected));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('reading an array of version 5', () => {
  it('can be done again, side by side and in part', async () => {
    const path = folder.write('again.mat', writeMat5({ Z: numbers(2, 3, [1, 2, 3, 4, 5, 6]) }, { compressed: true }));
    const file = await openMat(path);
    const [Z] = file.arrays;
    expect(await valuesOf(Z!, 1)).toEqual([1, 2]);
    expect(await Promise.all([valuesOf(Z!), valuesOf(Z!)])).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6],
    ]);
    file.close();
    await expect(valuesOf(Z!)).rejects.toThrow('has been closed');
  });

  it('passes over arrays longer than a buffer', async () => {
    const long = Float64Array.from({ length: 100_000 }, (_, i) => i);
    const fields = { Z: numbers(1000, 100, long), F: numbers(1, 2, [1, 2]), VA: numbers(100_000, 1, long) };
    for (const way of WAYS) {
      const { arrays } = await read({ S: { kind: 'struct', elements: [fields] }, plain: fields.VA, x: fields.F }, way);
      expect(arrays['S.Z']!.values).toEqual(Array.from(long));
      expect(arrays['S.F']!.values).toEqual([1, 2]);
      expect(arrays['S.VA']!.values).toEqual(Array.from(long));
      expect(arrays['x']!.values).toEqual([1, 2]);
    }
  });
});
