import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareArtifacts, type TableDifference } from '../../runner/difference.ts';
import { differenceLines } from '../../runner/difference-lines.ts';
import { quoted, text } from '../../runner/sql.ts';
import { compareTables, table } from './stored-artifacts.ts';

describe('tables', () => {
  it('are compared cell by cell, rows by their key', async () => {
    const found = await compareTables(
      `FROM (VALUES ('BJ', 1, 10.0::DOUBLE, 'a'), ('HE', 7, 12.0, 'b'), ('TJ', 2, 1.0, 'c')) t(region, sector, nox, name)`,
      // In another order of rows, which the key does not mind.
      `FROM (VALUES ('TJ', 2, 2.0::DOUBLE, 'x'), ('HE', 7, 15.0, 'b'), ('BJ', 1, 10.0, 'a')) t(region, sector, nox, name)`,
      ['region', 'sector'],
    );
    expect(found).toEqual({
      kind: 'table',
      paired_by: ['region', 'sector'],
      rows: { before: 3, after: 3, differing: 2 },
      rows_only_before: { count: 0, first: [] },
      rows_only_after: { count: 0, first: [] },
      columns_only_before: [],
      columns_only_after: [],
      columns_reordered: false,
      columns_retyped: [],
      columns_compared: 4,
      columns: [
        {
          column: 'nox',
          unit: null,
          cells: 2,
          cells_in_bits_only: 0,
          cells_without_number: 0,
          // 15 - 12 = 3, a fifth of 15; 2 - 1 = 1, half of 2.
          largest_absolute: {
            at: { region: 'HE', sector: '7' },
            before: '12.0',
            after: '15.0',
            absolute: 3,
            relative: 0.2,
            // 12 and 15 lie in [8, 16), where doubles are 2^-49 apart.
            ulps: 3 * 2 ** 49,
          },
          largest_relative: {
            at: { region: 'TJ', sector: '2' },
            before: '1.0',
            after: '2.0',
            absolute: 1,
            relative: 0.5,
            ulps: 2 ** 52,
          },
          first_without_number: null,
        },
        {
          column: 'name',
          unit: null,
          cells: 1,
          cells_in_bits_only: 0,
          cells_without_number: 1,
          largest_absolute: null,
          largest_relative: null,
          first_without_number: { at: { region: 'TJ', sector: '2' }, before: 'c', after: 'x' },
        },
      ],
      about: [],
    });
    expect(differenceLines(found)).toEqual([
      '2 of 4 columns differ, in 2 of 3 rows',
      'nox   2 cells, largest difference 3 at region HE, sector 7: 12.0 -> 15.0 (0.2 relative)',
      '               largest relative difference at region TJ, sector 2: 1.0 -> 2.0 (0.5 relative)',
      'name  1 cell, the first at region TJ, sector 2: c -> x',
    ]);
  });

  it('have rows of their own, and keys that are NULL', async () => {
    const found = await compareTables(
      `FROM (VALUES (1, 1), (2, 2), (3, 3), (NULL, 4)) t(id, value)`,
      `FROM (VALUES (1, 1), (NULL, 5), (7, 7), (6, 6), (9, 9), (8, 8)) t(id, value)`,
      ['id'],
    );
    expect(found.rows).toEqual({ before: 4, after: 6, differing: 1 });
    expect(found.rows_only_before).toEqual({ count: 2, first: [{ id: '2' }, { id: '3' }] });
    expect(found.rows_only_after).toEqual({ count: 4, first: [{ id: '6' }, { id: '7' }, { id: '8' }] });
    expect(found.columns).toMatchObject([{ column: 'value', cells: 1, largest_absolute: { at: { id: null } } }]);
    expect(differenceLines(found)).toEqual([
      '1 of 2 columns differ, in 1 of 4 -> 6 rows',
      'value  1 cell, largest difference 1 at id NULL: 4 -> 5 (0.2 relative)',
      '2 rows only before: id 2; id 3',
      '4 rows only after: id 6; id 7; id 8 and 1 more',
    ]);
  });

  it('without a key are compared row by row as they are stored', async () => {
    const found = await compareTables(
      `FROM (VALUES (1), (2), (3)) t(value)`,
      `FROM (VALUES (1), (5), (3), (4)) t(value)`,
    );
    expect(found).toMatchObject({
      paired_by: [],
      rows: { differing: 1 },
      rows_only_after: { count: 1, first: [{ row: '4' }] },
      columns: [{ cells: 1, largest_absolute: { at: { row: '2' }, before: '2', after: '5', absolute: 3, ulps: null } }],
    });
  });

  it('with another key are compared row by row, too', async () => {
    const select = `FROM (VALUES (1, 2), (2, 1)) t(a, b)`;
    const found = await compareArtifacts(await table(select, ['a']), await table(select, ['b']));
    expect(found).toMatchObject({ paired_by: [], columns: [], rows: { differing: 0 } });
    // A part of a key tells no rows apart.
    const lacking = await compareTables(select, select, ['a', 'gone']);
    expect(lacking).toMatchObject({ paired_by: [], columns: [], rows: { differing: 0 } });
  });

  it('may differ in columns and types', async () => {
    const found = await compareTables(
      `FROM (VALUES (1, 2::INTEGER, 'x', true, 5::INTEGER)) t(id, number, old, flag, code)`,
      `FROM (VALUES (1, 2.5::DOUBLE, '5', 'y')) t(id, number, code, "new")`,
      ['id'],
    );
    expect(found).toMatchObject({
      columns_only_before: ['old', 'flag'],
      columns_only_after: ['new'],
      columns_retyped: [
        { column: 'number', before: 'INTEGER', after: 'DOUBLE' },
        { column: 'code', before: 'INTEGER', after: 'VARCHAR' },
      ],
      columns_compared: 3,
      // The code is the same as a text.
      columns: [{ column: 'number', cells: 1, largest_absolute: { absolute: 0.5, ulps: null } }],
    });
    expect(differenceLines(found)).toEqual(
      expect.arrayContaining(['column old only before', 'column new only after', 'column number: INTEGER -> DOUBLE']),
    );
  });

  it('may have the key of another type', async () => {
    const found = await compareTables(
      `FROM (VALUES (1::INTEGER, 1), (2, 2)) t(id, value)`,
      `FROM (VALUES ('1', 1), ('x', 2)) t(id, value)`,
      ['id'],
    );
    expect(found.rows_only_before).toEqual({ count: 1, first: [{ id: '2' }] });
    expect(found.rows_only_after).toEqual({ count: 1, first: [{ id: 'x' }] });
    expect(found.columns).toEqual([]);
  });

  it('may have columns in another order', async () => {
    const found = await compareTables('SELECT 1 AS a, 2 AS b', 'SELECT 2 AS b, 1 AS a', ['a']);
    expect(found).toMatchObject({ columns_reordered: true, columns: [] });
    expect(differenceLines(found)).toEqual([
      'no value of 1 row that is there before and after',
      'columns in another order',
    ]);
  });

  it('know NaN, NULL, infinities and both zeros', async () => {
    const values = (list: string) => `SELECT unnest(range(1, 12)) AS id, unnest([${list}]::DOUBLE[]) AS value`;
    const found = await compareTables(
      values(`'NaN', NULL, 'inf', '0', '-0', 'NaN', NULL, 'inf', 1.0, 1.7e308, 0.0`),
      values(`'NaN', NULL, 'inf', '-0', '-0', 1.0, 'NaN', '-inf', NULL, -1.7e308, 1.0`),
      ['id'],
    );
    expect(found.columns).toEqual([
      {
        column: 'value',
        unit: null,
        cells: 6,
        cells_in_bits_only: 1,
        // The two largest numbers are too far from each other.
        cells_without_number: 5,
        largest_absolute: expect.objectContaining({ at: { id: '11' }, absolute: 1, relative: 1 }) as unknown,
        largest_relative: expect.objectContaining({ at: { id: '11' } }) as unknown,
        first_without_number: { at: { id: '6' }, before: 'nan', after: '1.0' },
      },
    ]);
    expect(found.rows.differing).toBe(7);
    expect(differenceLines(found)).toEqual([
      '1 of 2 columns differ, in 7 of 11 rows',
      'value  6 cells, largest difference 1 at id 11: 0.0 -> 1.0 (1 relative)',
      '                5 cells without a number, the first at id 6: nan -> 1.0',
      '                1 cell in the sign of 0 only',
    ]);
  });

  it.each([
    // 2^53 and the next whole number are the same double.
    ['BIGINT', '9007199254740992', '9007199254740993', 1],
    ['UBIGINT', '18446744073709551615', '0', 2 ** 64],
    // The difference is no DECIMAL(38,2).
    ['DECIMAL(38,2)', '-900000000000000000000000000000000000.00', '900000000000000000000000000000000000.00', 1.8e36],
    ['DECIMAL(38,2)', '100000000000000000000000000000000000.00', '100000000000000000000000000000000000.01', 0.01],
    ['DECIMAL(12,2)', '0.10', '0.30', 0.2],
    ['UTINYINT', '255', '0', 255],
    ['FLOAT', '0.5', '0.75', 0.25],
  ])('subtract %s exactly', async (type, before, after, difference) => {
    const found = await compareTables(`SELECT '${before}'::${type} AS value`, `SELECT '${after}'::${type} AS value`);
    expect(found.columns).toMatchObject([
      { cells: 1, largest_absolute: { before, after, absolute: difference, ulps: null } },
    ]);
  });

  it.each([
    ['BOOLEAN', 'true', 'false'],
    ['DATE', '2017-01-01', '2017-01-02'],
    ['VARCHAR', 'a', 'A'],
  ])('count cells of %s', async (type, before, after) => {
    const found = await compareTables(`SELECT '${before}'::${type} AS value`, `SELECT '${after}'::${type} AS value`);
    expect(found.columns).toMatchObject([
      { cells: 1, cells_without_number: 1, largest_absolute: null, first_without_number: { before, after } },
    ]);
  });

  it('have columns of any name', async () => {
    const names = ['he said "no"', `it's`, 'row', 'in_before', 'before_0', 'file_row_number'];
    const select = (value: number) =>
      `SELECT ${names.map((name) => `${value} AS ${quoted(name)}`).join(', ')}, 1 AS id`;
    const found = await compareTables(select(1), select(3), ['id']);
    expect(
      found.columns.map(({ column, cells, largest_absolute }) => [column, cells, largest_absolute?.absolute]),
    ).toEqual(names.map((name) => [name, 1, 2]));
    expect((await compareTables(select(1), select(1))).columns).toEqual([]);
  });

  it('have units, and may differ in what is said of them', async () => {
    const about = (description: string) =>
      `, KV_METADATA {description: ${text(description)}, columns: ${text('[{"name":"nox","unit":"t"}]')}}`;
    const found = await compareArtifacts(
      await table('SELECT 12.001::DOUBLE AS nox', [], about('old')),
      await table('SELECT 12.003::DOUBLE AS nox', [], about('new')),
    );
    expect(found).toMatchObject({ about: ['description'], columns: [{ unit: 't' }] });
    expect(differenceLines(found)[1]).toBe(
      'nox  1 cell, largest difference 0.002 t at row 1: 12.001 -> 12.003 (1.7e-4 relative)',
    );
  });

  it('show differences of rounding in ulps', async () => {
    const found = await compareTables('SELECT 0.3::DOUBLE AS x', 'SELECT 0.1::DOUBLE + 0.2::DOUBLE AS x');
    expect(differenceLines(found)[1]).toBe(
      'x  1 cell, largest difference 5.55e-17 at row 1: 0.3 -> 0.30000000000000004 (1.9e-16 relative, 1 ulp)',
    );
  });

  it('differ in exactly the cells that were changed', async () => {
    const column = fc.array(fc.option(fc.double(), { nil: null }), { minLength: 12, maxLength: 12 });
    const literal = (value: number | null) => {
      const name = value === Infinity ? 'inf' : value === -Infinity ? '-inf' : String(value);
      return value === null ? 'NULL' : `'${Object.is(value, -0) ? '-0' : name}'::DOUBLE`;
    };
    const select = (values: readonly (number | null)[]) =>
      `SELECT * FROM (VALUES ${values.map((value, id) => `(${id}, ${literal(value)})`).join(', ')}) t(id, value)`;
    const same = (a: number | null, b: number | null) => a === b || Object.is(a, b);
    await fc.assert(
      fc.asyncProperty(column, fc.uniqueArray(fc.nat(11)), column, fc.boolean(), async (before, at, fresh, keyed) => {
        const key = keyed ? ['id'] : [];
        const stored = await table(select(before), key);
        expect(await compareArtifacts(stored, stored)).toMatchObject({ columns: [], rows: { differing: 0 } });
        const after = before.map((value, id) => (at.includes(id) ? fresh[id]! : value));
        const found = (await compareArtifacts(stored, await table(select(after), key))) as TableDifference;
        const changed = before.flatMap((value, id) => (same(value, after[id]!) ? [] : [id]));
        const bits = before.filter((value, id) => value === 0 && after[id] === 0 && !Object.is(value, after[id]));
        const differences = changed.flatMap((id) => {
          const [old, now] = [before[id]!, after[id]!];
          const finite = typeof old === 'number' && typeof now === 'number' && Number.isFinite(now - old);
          return finite ? [Math.abs(now - old)] : [];
        });
        expect(found.columns.map((one) => [one.cells, one.cells_in_bits_only, one.cells_without_number])).toEqual(
          changed.length + bits.length === 0
            ? []
            : [[changed.length, bits.length, changed.length - differences.length]],
        );
        expect(found.rows.differing).toBe(changed.length + bits.length);
        expect(found.columns[0]?.largest_absolute?.absolute ?? 0).toBe(Math.max(0, ...differences));
      }),
      { numRuns: 15 },
    );
  });
});
