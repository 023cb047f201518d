import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFacts, projectFile, type Row, sources } from './facts.ts';

let query: (sql: string) => Promise<Row[]>;
beforeAll(async () => {
  query = await openFacts();
});

const csvFiles = readdirSync(projectFile('data-raw')).filter((name) => name.endsWith('.csv'));

/** These two say themselves in which order others are sorted. */
const inAnOrderOfTheirOwn = new Set(['region', 'category']);

describe('data-raw', () => {
  it('holds the declared files and no other', () => {
    const declared = Object.values(sources).map(({ file }) => file.replace('data-raw/', ''));
    expect(csvFiles.toSorted()).toEqual(declared.toSorted());
  });

  it('has a note in README.md for every file, and a file for every note', () => {
    const headings = readFileSync(projectFile('data-raw/README.md'), 'utf8').match(/(?<=^## ).*$/gm);
    expect(headings?.toSorted()).toEqual(csvFiles.toSorted());
  });
});

describe.each(Object.entries(sources))('%s', (name, { file, columns, key }) => {
  it('has the declared header, UTF-8 without a mark, and LF line ends', () => {
    const bytes = readFileSync(projectFile(file));
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    expect(text.split('\n')[0]).toBe(Object.keys(columns).join(','));
    expect(text).not.toMatch(/\r|\uFEFF/);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('has no empty field, negative number or stray space where none is allowed', async () => {
    const faults = Object.entries(columns).flatMap(([column, { type, nullable, min }]) => [
      ...(nullable ? [] : [`${column} IS NULL`]),
      ...(min === undefined ? [] : [`${column} < ${min}`]),
      ...(type === 'VARCHAR' ? [`trim(${column}) <> ${column}`] : []),
    ]);
    expect(await query(`FROM ${name} WHERE ${faults.join(' OR ')}`)).toEqual([]);
  });

  it('has a unique key', async () => {
    expect(await query(`SELECT ${key.join(', ')} FROM ${name} GROUP BY ALL HAVING count(*) > 1`)).toEqual([]);
  });

  it('refers to nothing that is not there', async () => {
    for (const [column, { references }] of Object.entries(columns)) {
      if (references === undefined) continue;
      const [table, target] = references.split('.');
      const unknown = await query(
        `SELECT ${column} FROM ${name} WHERE ${column} NOT IN (SELECT ${String(target)} FROM ${String(table)})`,
      );
      expect(unknown, `${name}.${column}`).toEqual([]);
    }
  });

  if (inAnOrderOfTheirOwn.has(name)) return;

  it('is sorted by its key', async () => {
    const ranks = key.map((column) => {
      const [table = '', target = ''] = columns[column]?.references?.split('.') ?? [];
      return inAnOrderOfTheirOwn.has(table)
        ? `(SELECT r.rowid FROM ${table} r WHERE r.${target} = t.${column})`
        : `t.${column}`;
    });
    const misplaced = await query(
      `SELECT * FROM (SELECT rowid AS stands_at, row_number() OVER (ORDER BY ${ranks.join(', ')}) - 1 AS belongs_at
       FROM ${name} t) WHERE stands_at <> belongs_at LIMIT 1`,
    );
    expect(misplaced).toEqual([]);
  });
});
