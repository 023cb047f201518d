import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { csvRecords } from '../../runner/csv-records.ts';
import { openDatabase } from '../../runner/stage-context.ts';

/** A value as it may be written: bare, or quoted with anything in it, or quoted after a space. */
const bare = fc.string({ unit: fc.constantFrom('a', '1', ' ', '\u5317'), minLength: 1, maxLength: 3 });
const quoted = (end: string) =>
  fc
    .tuple(fc.constantFrom('', ' '), fc.string({ unit: fc.constantFrom('a', ',', '""', end), maxLength: 4 }))
    .map(([space, inside]) => `${space}"${inside}"`);

const written = fc.constantFrom('\n', '\r\n', '\r').chain((end) =>
  fc.constantFrom(1, 3).chain((columns) => {
    const value = fc.oneof(bare, quoted(end));
    const record = fc.array(value, { minLength: columns, maxLength: columns }).map((values) => values.join(','));
    // Blank lines before a record; with one column they would be records.
    const blanks = columns === 1 ? fc.constant('') : fc.nat(2).map((count) => end.repeat(count));
    const pieces = fc.array(fc.tuple(blanks, record), { minLength: 1, maxLength: 8 });
    return fc.record({
      end: fc.constant(end),
      columns: fc.constant(columns),
      pieces,
      mark: fc.constantFrom('', '\uFEFF'),
    });
  }),
);

it('finds each record where it was written, and as many as DuckDB reads', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'csv-'));
  const file = join(folder, 'x.csv');
  const { database, close } = await openDatabase(folder, 1);
  onTestFinished(() => {
    close();
    rmSync(folder, { recursive: true });
  });
  await fc.assert(
    fc.asyncProperty(written, async ({ end, columns, pieces, mark }) => {
      const header = ['x', 'y', 'z'].slice(0, columns);
      let text = `${mark}${header.join(',')}${end}`;
      const lines = [1];
      const starts = [0];
      for (const [blanks, record] of pieces) {
        text += blanks;
        lines.push(text.split(end).length);
        starts.push(Buffer.byteLength(text));
        text += record + end;
      }
      writeFileSync(file, text);
      expect(csvRecords(file, columns)).toEqual({ lines, starts });
      const types = header.map((name) => `${name}: 'VARCHAR'`).join(', ');
      const read = `read_csv('${file}', auto_detect=false, header=true, delim=',', quote='"', escape='"', columns={${types}})`;
      expect((await database.runAndReadAll(`SELECT count(*)::INTEGER FROM ${read}`)).getRows()).toEqual([
        [pieces.length],
      ]);
    }),
  );
});

it('counts blank lines of a file with one column, where they are records', () => {
  const folder = mkdtempSync(join(tmpdir(), 'csv-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'x.csv'), 'x\r\n\r\n1\r\n\r\n');
  expect(csvRecords(join(folder, 'x.csv'), 1)).toEqual({ lines: [1, 2, 3, 4], starts: [0, 3, 5, 8] });
});
