import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { openMatTable } from '../../../formats/mat/mat-table.ts';
import { chars, numbers, writeMat5, type MatValue } from './write-mat5.ts';

const folder = mkdtempSync(join(inject('sharedFolder'), 'mat-tables-'));

/** Two regions of three sectors with two categories of final demand: each value tells its place. */
const value = (block: number) => (i: number, j: number) => 1000 * block + 10 * i + j;
const array = (rows: number, columns: number, block: number): MatValue =>
  numbers(
    rows,
    columns,
    Array.from({ length: rows * columns }, (_, k) => value(block)(k % rows, Math.floor(k / rows))),
  );
const ARRAYS = {
  Z: array(6, 6, 1),
  F: array(6, 4, 2),
  VA: array(3, 6, 3),
  Import: array(1, 6, 4),
  Export: array(6, 1, 5),
};

const struct = (fields: Readonly<Record<string, MatValue>>): MatValue => ({ kind: 'struct', elements: [fields] });

function file(name: string, variables: Readonly<Record<string, MatValue>>): string {
  const path = join(folder, name);
  writeFileSync(path, writeMat5(variables));
  return path;
}

const NAMES = { regions: ['Beijing', 'Tianjin'], sectors: ['Agriculture', 'Mining', 'Services'] };

async function read(path: string, names = {}, sheet?: string) {
  const table = await openMatTable(path, names, 'user/table.mat', sheet);
  const values = table.rows.map(() => table.columns.map(() => 0));
  for await (const { axis, index, start, values: stripe } of table.stripes()) {
    stripe.forEach((found, k) => {
      const [i, j] = axis === 'row' ? [index, start + k] : [start + k, index];
      values[i]![j] = found;
    });
  }
  return { table, values };
}

describe('a table in a MATLAB file', () => {
  it.each([
    ['in a struct', { MRIO: struct(ARRAYS) }],
    ['at the top', ARRAYS],
    ['with imports in a column', { ...ARRAYS, Import: numbers(6, 1, [4000, 4001, 4002, 4003, 4004, 4005]) }],
  ])('is read %s, with names that are given', async (name, variables) => {
    const { table, values } = await read(file(`${name}.mat`, variables), NAMES);
    expect(table.rows.map(({ kind }) => kind)).toEqual([...Array<string>(6).fill('account'), ...Array<string>(4).fill('primary input')]); // prettier-ignore
    expect(table.columns.slice(6).map(({ kind }) => kind)).toEqual([
      ...Array<string>(4).fill('final demand'),
      'export',
    ]);
    expect(table.columns.slice(6, 10)).toMatchObject(['Beijing', 'Beijing', 'Tianjin', 'Tianjin'].map((region) => ({ region }))); // prettier-ignore
    expect(table.rows[4]).toEqual({ kind: 'account', region: 'Tianjin', sector: 'Mining' });
    expect(table.rows[6]).toMatchObject({ imports: true });
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 6; j++) expect(values[i]![j]).toBe(value(1)(i, j));
      for (let j = 0; j < 4; j++) expect(values[i]![6 + j]).toBe(value(2)(i, j));
      expect(values[i]![10]).toBe(value(5)(i, 0));
      expect(values[6]![i]).toBe(value(4)(0, i));
      for (let k = 0; k < 3; k++) expect(values[7 + k]![i]).toBe(value(3)(k, i));
    }
    expect(table.place(8, 2)).toMatch(/VA\(2, 3\)$/);
    expect(table.place(1, 7)).toMatch(/F\(2, 2\)$/);
  });

  it('is read with names that the file has, and numbers for sectors that nobody names', async () => {
    const named = file('named.mat', { ...ARRAYS, city_names: chars('Beijing', 'Tianjin') });
    const { table } = await read(named);
    expect(table.rows[5]).toEqual({ kind: 'account', region: 'Tianjin', sector: '03' });
  });

  describe('beside another', () => {
    const BOTH = {
      MRIO2012: struct({ Z: ARRAYS.Z, Y: ARRAYS.F, VA: ARRAYS.VA, cities: chars('Baoding', 'Beijing') }),
      MRIO2017: struct({
        Z: array(6, 6, 7),
        F: array(6, 2, 8),
        VA: array(1, 6, 9),
        cities: chars('Beijing', 'Tianjin'),
      }),
    };

    it('is chosen by its struct, with the names in that', async () => {
      const path = file('two.mat', BOTH);
      const { table, values } = await read(path, {}, 'MRIO2017');
      expect(table.format).toBe('MATLAB file of version 5, struct MRIO2017');
      expect(table.rows.map((row) => (row.kind === 'account' ? row.region : row.kind))).toEqual(
        ['Beijing', 'Tianjin', 'primary input'].flatMap((name, k) => Array<string>(k < 2 ? 3 : 1).fill(name)),
      );
      expect([values[2]![3], values[2]![7], values[6]![3]]).toEqual([7023, 8021, 9003]);
      const other = await read(path, {}, 'MRIO2012');
      expect(other.table.rows[0]).toMatchObject({ region: 'Baoding' });
      expect([other.values[2]![3], other.values[2]![7], other.values[8]![3]]).toEqual([1023, 2021, 3023]);
    });

    it('is not mixed with it where none is chosen, or one that is not there', async () => {
      const path = file('mixed.mat', { ...BOTH, ...ARRAYS });
      const all = 'MRIO2012, MRIO2017, Z (at the top)';
      await expect(openMatTable(path, NAMES, 'user/table.mat')).rejects.toMatchObject({
        message: `user/table.mat holds several tables: ${all}`,
        remedy: expect.stringContaining('choose one, such as "MRIO2012": --sheet') as string,
      });
      await expect(openMatTable(path, NAMES, 'user/table.mat', '2017')).rejects.toThrow(
        `user/table.mat holds no tables that are 2017: there are ${all}`,
      );
      const { table, values } = await read(path, NAMES, 'Z');
      expect(table.place(1, 7)).toBe('F(2, 2)');
      expect(values[1]![7]).toBe(value(2)(1, 1));
    });

    it('says which arrays are no part of it: a vector E is no export', async () => {
      const { table } = await read(file('others.mat', { ...ARRAYS, E: array(6, 1, 6), M: array(6, 6, 6) }), NAMES);
      expect(table.columns).toHaveLength(6 + 4 + 1);
      expect(table.rows).toHaveLength(6 + 1 + 3);
      expect(table.format).toBe('MATLAB file of version 5; not read: E (6 x 1), M (6 x 6)');
      const { table: alone } = await read(file('alone.mat', { Z: ARRAYS.Z, F: ARRAYS.F, E: array(6, 1, 6) }), NAMES);
      expect(alone.columns.map(({ kind }) => kind)).not.toContain('export');
    });
  });

  it.each([
    ['no names', ARRAYS, {}, /does not name the regions of its 6 accounts/],
    ['names of too many regions', ARRAYS, { regions: ['A', 'B', 'C', 'D'] }, /6 accounts, which are not 4 regions/],
    ['names of too few sectors', ARRAYS, { ...NAMES, sectors: ['1'] }, /which are not 2 regions of 1 sectors/],
    ['no deliveries', { F: ARRAYS.F }, NAMES, /no array Z of deliveries; it has F \(6 x 4\)/],
    ['no final demand', { Z: ARRAYS.Z }, NAMES, /no array F of final demand/],
    ['value added of another table', { ...ARRAYS, VA: array(3, 5, 3) }, NAMES, /VA is 3 x 5, expected is 6 columns/],
    [
      'final demand twice',
      { ...ARRAYS, Y: array(6, 4, 6) },
      NAMES,
      /several arrays that may be the final demand: F \(6 x 4\), Y \(6 x 4\)/,
    ],
    [
      'exports twice',
      { ...ARRAYS, EX: array(6, 1, 6) },
      NAMES,
      /several arrays that may be the exports: Export \(6 x 1\), EX/,
    ],
    [
      'deliveries and final demand in two structs',
      { A: struct({ Z: ARRAYS.Z }), B: struct({ F: ARRAYS.F }) },
      NAMES,
      /no array F of final demand beside A.Z \(6 x 6\); it has A.Z \(6 x 6\), B.F/,
    ],
    ['uneven final demand', { ...ARRAYS, F: array(6, 3, 2) }, NAMES, /F has 3 columns, which 2 regions do not share/],
  ])('with %s is refused', async (name, variables, names, message) => {
    const opened = openMatTable(file(`${name}.mat`, variables), names, 'user/table.mat');
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toThrow(/^user\/table\.mat/);
  });
});
