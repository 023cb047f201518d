import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runExample } from '../examples/run-example.ts';
import { ask } from '../study/identities.ts';
import { expectShown, queryCount, shownQueries } from './shown-queries.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(`${ROOT}/docs/studies.md`, 'utf8');
const queries = shownQueries(page);

type Shown = Record<string, unknown>;
/** Each pipeline file that the page shows, by its name. */
const shown = new Map(
  Array.from(page.matchAll(/^```yaml\n([^]*?)^```$/gm), ([, text]) => parse(text!) as Shown).map((file) => [
    String(file['pipeline']),
    file,
  ]),
);
const fileOf = (name: string): Shown => parse(readFileSync(`${ROOT}/examples/${name}/pipeline.yaml`, 'utf8')) as Shown;

/** The example that a query is asked of. */
const EXAMPLES = { anais: 'national', correlation: 'towns-factors' };
const askedOf = (sql: string): string => Object.entries(EXAMPLES).find(([word]) => sql.includes(word))?.[1] ?? 'hand';

const results: Record<string, string> = {};
beforeAll(async () => {
  // All that is shown is run.
  for (const name of ['hand', 'national', ...shown.keys()]) results[name] = (await runExample(name)).results;
}, 300_000);

describe('docs/studies.md', () => {
  it('shows a table for each query', () => {
    expect(queries.length).toBe(queryCount(page));
    expect(queries.length).toBe(4);
  });

  it.each(queries)('$sql', async (query) => {
    await expectShown(results[askedOf(query.sql)]!, query);
  });

  it('shows a pipeline file whose parts are those of the example', () => {
    const [part, real] = [shown.get('pymrio-test')!, fileOf('pymrio-test')];
    expect([part['pipeline'], part['base'], part['units']]).toEqual([real['pipeline'], real['base'], real['units']]);
    for (const name of ['sources', 'stages']) expect(real[name]).toMatchObject(part[name] as Shown);
  });

  it('shows every pipeline file that is to be copied as it is', () => {
    expect(shown.size).toBe(page.match(/^```yaml$/gm)!.length);
    expect([...shown.keys()]).toEqual(['pymrio-test', 'towns', 'towns-later', 'towns-factors']);
    for (const [name, file] of [...shown].slice(1)) expect(file, name).toEqual(fileOf(name));
  });

  it('shows all files of a study to copy', () => {
    const trees = Array.from(page.matchAll(/^```text\n([^]*?)^```$/gm), ([, tree]) => tree!.trim().split('\n'));
    expect(trees).toHaveLength(shown.size - 1);
    for (const [folder, ...lines] of trees) {
      const files = lines.map((line) => line.trim().split(/ {2,}/)[0]!);
      const there = readdirSync(`${ROOT}/${folder!}`, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(`${ROOT}/${folder!}`, join(entry.parentPath, entry.name)))
        .filter((path) => !/^\.?data-out/.test(path));
      expect(files.toSorted(), folder).toEqual(there.toSorted());
    }
  });

  it('shows lines that are in the files', () => {
    const parts = [...page.matchAll(/^In `(examples\/[^`]+)`[^\n]*:\n\n```csv\n([^]*?)^```$/gm)];
    expect(parts).toHaveLength(page.match(/^```csv$/gm)!.length);
    for (const [, file, lines] of parts) {
      const [header, ...rows] = readFileSync(`${ROOT}/${file!}`, 'utf8').trim().split('\n');
      const [shownHeader, ...shownRows] = lines!.trim().split('\n');
      expect(shownHeader).toBe(header);
      for (const row of shownRows) expect(rows).toContain(row);
    }
  });

  it('says how the table to copy is read: exports, imports, and what is negative', async () => {
    const of = (sql: string) => ask(results['towns']!, sql);
    expect(await of("SELECT from_region, value FROM final_demand WHERE to_region = 'export' AND value <> 0")).toEqual([
      { from_region: 'A', value: 15 },
      { from_region: 'C', value: 40 },
    ]);
    expect(await of("SELECT value FROM primary_input WHERE region = 'A' AND sector = 2")).toEqual([{ value: 57 }]);
    expect(await of("SELECT value, places FROM balance WHERE measure = 'negative cells of final demand'")).toEqual([
      { value: 1, places: 'B.2 by A: -3' },
    ]);
    expect(await of("SELECT count(*)::INTEGER AS n FROM consumption WHERE consumer_region = 'export'")).toEqual([
      { n: 16 },
    ]);
  });

  it('has an estimate of the towns that is proven, and adds up to the later table', async () => {
    const of = (sql: string) => ask(results['towns-later']!, sql);
    expect(await of('SELECT bool_and(abs(relative_gap) < 1e-6) AS proven FROM anais_certificate')).toEqual([
      { proven: true },
    ]);
    const within = "SELECT round(sum(value ORDER BY value), 6) AS value FROM mrio WHERE from_region IN ('A', 'B')";
    expect(await of(`${within} AND to_region IN ('A', 'B')`)).toEqual([{ value: 73 }]);
  });

  it('names examples that are there', () => {
    const named = [...page.matchAll(/\]\(\.\.\/(examples\/[^)]*)\)/g)].map(([, path]) => path!);
    expect(named.length).toBeGreaterThan(4);
    for (const path of named) expect(existsSync(`${ROOT}/${path}`), path).toBe(true);
  });
});
