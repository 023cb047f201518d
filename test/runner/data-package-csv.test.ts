import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeCsv } from '../../runner/data-package-csv.ts';
import { quoted, text } from '../../runner/sql.ts';
import { openDatabase } from '../../runner/stage-context.ts';

type Opened = Awaited<ReturnType<typeof openDatabase>>;

let folder: string;
let opened: Opened;
beforeAll(async () => {
  folder = mkdtempSync(join(inject('sharedFolder'), 'csv-'));
  opened = await openDatabase(join(folder, 'scratch'), null);
});
afterAll(() => {
  opened.close();
});

type Value = number | string | null;

/** Stores rows as Parquet and writes them as CSV; returns the fields of each line, and what stands for NULL there. */
async function exported(columns: Readonly<Record<string, 'DOUBLE' | 'VARCHAR'>>, rows: readonly (readonly Value[])[]) {
  const { database } = opened;
  const declared = Object.entries(columns).map(([name, type]) => `${quoted(name)} ${type}`);
  await database.run(`CREATE OR REPLACE TABLE held (${declared.join(', ')})`);
  const appender = await database.createAppender('held');
  for (const row of rows) {
    for (const value of row) {
      if (value === null) appender.appendNull();
      else if (typeof value === 'number') appender.appendDouble(value);
      else appender.appendVarchar(value);
    }
    appender.endRow();
  }
  appender.closeSync();
  const [parquet, csv] = [join(folder, 'held.parquet'), join(folder, 'held.csv')];
  await database.run(`COPY held TO ${text(parquet)} (FORMAT parquet)`);
  const table = {
    ...{ name: 'held', parquet },
    columns: Object.entries(columns).map(([name, type]) => ({ name, type, nullable: true })),
  };
  const { rows: written, missing } = await writeCsv(database, table, csv, false);
  const [header, ...lines] = fieldsOf(readFileSync(csv, 'utf8'));
  expect(header).toEqual(Object.keys(columns));
  expect([written, lines.length]).toEqual([rows.length, rows.length]);
  return { missing, lines };
}

/** The fields of a CSV file, letter by letter, as RFC 4180 has them but for line feeds alone. */
function fieldsOf(csv: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (let at = 0; at < csv.length; at++) {
    let field = '';
    if (csv[at] === '"') {
      for (at++; csv[at] !== '"' || csv[at + 1] === '"'; at++) {
        if (csv[at] === '"') at++;
        field += csv[at]!;
      }
      at++;
    } else {
      const end = /[,\n]/.exec(csv.slice(at))!.index + at;
      field = csv.slice(at, end);
      expect(field).not.toMatch(/["\r]/);
      at = end;
    }
    line.push(field);
    if (csv[at] !== '\n') continue;
    lines.push(line);
    line = [];
  }
  expect(line).toEqual([]);
  return lines;
}

const real = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
const words = fc.option(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', "'", ';', '#', '京', 'a') }),
    fc.constantFrom('', 'NULL', 'NULL_'),
  ),
);

describe('a table written as CSV', () => {
  it('has the same bits, letters and NULLs in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(real, words, words), { maxLength: 20 }), async (rows) => {
        const { missing, lines } = await exported({ real: 'DOUBLE', words: 'VARCHAR', others: 'VARCHAR' }, rows);
        const read = lines.map(([first, ...texts]) => [
          first === missing ? null : Number(first),
          ...texts.map((field) => (field === missing ? null : field)),
        ]);
        // `toEqual` tells -0 from 0.
        expect(read).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  it('has a line for each row of a single column, none of them blank', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(words), { maxLength: 20 }), async (rows) => {
        const { missing, lines } = await exported({ words: 'VARCHAR' }, rows);
        expect(lines.map(([field]) => [field === missing ? null : field])).toEqual(rows);
        expect(`\n${readFileSync(join(folder, 'held.csv'), 'utf8').replaceAll(/"[^"]*"/g, '""')}`).not.toContain(
          '\n\n',
        );
      }),
      { numRuns: 30 },
    );
  });

  it('has something for NULL that is no text of it', async () => {
    const mark = async (...given: Value[]) => {
      const rows = [...given, null].map((value) => [1, value]);
      return (await exported({ real: 'DOUBLE', words: 'VARCHAR' }, rows)).missing;
    };
    expect(await mark('a', 'NULL')).toBe('');
    expect(await mark('a', '')).toBe('NULL');
    expect(await mark('', 'NULL')).toBe('NULL_');
    expect(await mark('', 'NULL', 'NULL_')).toBe('NULL__');
    expect((await exported({ real: 'DOUBLE' }, [[1], [null]])).missing).toBe('NULL');
  });

  it.each([NaN, Infinity, -Infinity])('is refused for %d, which stored tables never have', async (value) => {
    await expect(exported({ real: 'DOUBLE' }, [[1], [value]])).rejects.toThrow(
      /^Nothing is packed: held\.real has (nan|-?inf), which other programs do not read\.\n {2}Name the other tables/,
    );
  });

  it('is read by DuckDB as docs/pipeline.md shows', async () => {
    const docs = readFileSync(join(import.meta.dirname, '../../docs/pipeline.md'), 'utf8');
    const sql = /-- DuckDB\n([^;]*;)/.exec(docs)![1]!;
    await exported({ shop: 'VARCHAR', amount: 'DOUBLE' }, [['Harbour', 42.5], ['"京"', 1]]); // prettier-ignore
    const here = sql.replace('example/package/data/total.csv', join(folder, 'held.csv'));
    expect(here).not.toBe(sql);
    const result = await opened.database.runAndReadAll(here);
    expect(result.columnNames()).toEqual(['shop', 'amount']);
    expect(result.getRowsJson()).toEqual([['Harbour', '42.50'], ['"京"', '1.00']]); // prettier-ignore
  });
});
