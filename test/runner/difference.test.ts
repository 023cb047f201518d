import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareArtifacts, type MatrixDifference, type NumberCell } from '../../runner/difference.ts';
import { differenceLines } from '../../runner/difference-lines.ts';
import { ulps } from '../../runner/difference-numbers.ts';
import type { Matrix } from '../../runner/stage.ts';
import { compareFiles, file, matrix, table } from './stored-artifacts.ts';

describe('the distance in doubles', () => {
  it.each([
    [1, 1 + Number.EPSILON, 1],
    [1, 1 - Number.EPSILON / 2, 1],
    [1, 2, 2 ** 52],
    [0, Number.MIN_VALUE, 1],
    [-Number.MIN_VALUE, Number.MIN_VALUE, 2],
    [0, -0, 0],
    [Number.MAX_VALUE, Infinity, 1],
    [0.1 + 0.2, 0.3, 1],
    [NaN, NaN, 0],
    [NaN, 1, Infinity],
  ])('from %d to %d is %d', (a, b, distance) => {
    expect(ulps(a, b)).toBe(distance);
    expect(ulps(b, a)).toBe(distance);
  });

  it('adds up along the line of numbers', () => {
    const near = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(near, near, near, (a, b, c) => {
        const sorted = [a, b, c].sort((x, y) => x - y).map((count) => count * Number.MIN_VALUE);
        const [low, middle, high] = sorted as [number, number, number];
        expect(ulps(low, high)).toBe(ulps(low, middle) + ulps(middle, high));
        expect(ulps(low, high)).toBe((high - low) / Number.MIN_VALUE);
      }),
    );
  });
});

describe('matrices', () => {
  const values = (...list: number[]) => Float64Array.of(...list);
  const square = (...list: number[]): Matrix => ({
    rowLabels: ['BJ', 'TJ'],
    columnLabels: ['x', 'y'],
    values: values(...list),
  });

  it('are compared by their labels', async () => {
    const found = await compareArtifacts(
      await matrix(square(1, 2, 3, 4), 't'),
      // Columns in another order, a new row before the others.
      await matrix(
        { rowLabels: ['HE', 'BJ', 'TJ'], columnLabels: ['y', 'x'], values: values(9, 9, 2.5, 1, 4, 6) },
        't',
        'new',
      ),
    );
    expect(found).toEqual({
      kind: 'matrix',
      unit: 't',
      rows_only_before: { count: 0, first: [] },
      rows_only_after: { count: 1, first: ['HE'] },
      columns_only_before: { count: 0, first: [] },
      columns_only_after: { count: 0, first: [] },
      reordered: true,
      cells_compared: 4,
      about: ['description'],
      cells: 2,
      cells_in_bits_only: 0,
      cells_without_number: 0,
      // 6 - 3 = 3, half of 6; 2.5 - 2 = 0.5, a fifth of 2.5. From 3 to 4 are 2^51 doubles, from 4 to 6 as many.
      largest_absolute: {
        at: { row: 'TJ', column: 'x' },
        before: '3',
        after: '6',
        absolute: 3,
        relative: 0.5,
        ulps: 2 ** 52,
      },
      largest_relative: expect.objectContaining({ at: { row: 'TJ', column: 'x' } }) as NumberCell,
      first_without_number: null,
    } satisfies MatrixDifference);
    expect(differenceLines(found)).toEqual([
      '2 of 4 cells differ',
      'largest difference 3 t at row TJ, column x: 3 -> 6 (0.5 relative)',
      '1 row only after: HE',
      'labels in another order',
      'what is declared of it differs: description',
    ]);
  });

  it('know both zeros, and labels that are there twice', async () => {
    const twice = (...list: number[]): Matrix => ({ ...square(...list), rowLabels: ['BJ', 'BJ'] });
    const found = await compareArtifacts(await matrix(twice(0, 1, 2, 3)), await matrix(twice(-0, 1, 2, 4)));
    expect(found).toMatchObject({ cells: 1, cells_in_bits_only: 1, reordered: false });
    expect(differenceLines(found)).toEqual([
      '1 of 4 cells differ',
      'largest difference 1 at row BJ, column y: 3 -> 4 (0.25 relative)',
      '1 cell in the sign of 0 only',
    ]);
  });

  it('differ in nothing from themselves', async () => {
    const found = await compareArtifacts(await matrix(square(1, 2, 3, 4)), await matrix(square(1, 2, 3, 4)));
    expect(found).toMatchObject({ cells: 0, cells_in_bits_only: 0, reordered: false, about: [] });
  });
});

describe('files', () => {
  it('show the first line that differs', async () => {
    const found = await compareFiles('total 12\nmean 4\n', 'total 12\nmean 5\nmore\n');
    expect(found).toEqual({
      kind: 'file',
      bytes: { before: 16, after: 21 },
      first_line: { number: 2, before: 'mean 4', after: 'mean 5' },
    });
    expect(differenceLines(found)).toEqual(['16 -> 21 bytes, from line 2 on', '"mean 4" -> "mean 5"']);
  });

  it('may end earlier', async () => {
    const found = await compareFiles('a\nb', 'a');
    expect(found.first_line).toEqual({ number: 2, before: 'b', after: null });
    expect(differenceLines(found)[1]).toBe('"b" -> the end of the file');
  });

  it('are told apart by a byte order mark or a carriage return alone', async () => {
    expect((await compareFiles('a\n', '\ufeffa\n')).first_line).toEqual({ number: 1, before: 'a', after: '\ufeffa' });
    expect((await compareFiles('a\n', 'a\r\n')).first_line).toEqual({ number: 1, before: 'a', after: 'a\r' });
  });

  it.each([
    ['with bytes that are no text', Uint8Array.of(1, 0, 2), Uint8Array.of(1, 0, 3)],
    ['in no known encoding', Uint8Array.of(0xff, 0xfe), Uint8Array.of(0xff, 0xfd)],
    ['that are large', 'a'.repeat(1e6), 'b'.repeat(1e6)],
  ])('%s are compared by size', async (_, before, after) => {
    const found = await compareFiles(before, after);
    expect(found.first_line).toBeNull();
    expect(differenceLines(found)).toEqual([expect.stringMatching(/^other bytes, [\d,]+ bytes both$/)]);
  });

  it('may have become something else', async () => {
    const found = await compareArtifacts(file('x'), await table('SELECT 1 AS x'));
    expect(found).toEqual({ kind: 'kind', before: 'file', after: 'table' });
    expect(differenceLines(found)).toEqual(['was a file, is a table']);
  });
});
