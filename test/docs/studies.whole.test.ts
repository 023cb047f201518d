import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runExample } from '../examples/run-example.ts';
import { expectShown, queryCount, shownQueries } from './shown-queries.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(`${ROOT}/docs/studies.md`, 'utf8');
const queries = shownQueries(page);

const results: Record<string, string> = {};
beforeAll(async () => {
  for (const name of ['hand', 'national']) results[name] = (await runExample(name)).results;
}, 300_000);

describe('docs/studies.md', () => {
  it('shows a table for each query', () => {
    expect(queries.length).toBe(queryCount(page));
    expect(queries.length).toBe(3);
  });

  it.each(queries)('$sql', async (query) => {
    await expectShown(results[query.sql.includes('anais') ? 'national' : 'hand']!, query);
  });

  it('shows a pipeline file whose parts are those of the example', () => {
    const shown = parse(/```yaml\n(.*?)```/s.exec(page)![1]!) as Record<string, Record<string, unknown>>;
    const real = parse(readFileSync(`${ROOT}/examples/pymrio-test/pipeline.yaml`, 'utf8')) as typeof shown;
    expect([shown['pipeline'], shown['base'], shown['units']]).toEqual([real['pipeline'], real['base'], real['units']]);
    for (const part of ['sources', 'stages'] as const) expect(real[part]).toMatchObject(shown[part]!);
  });

  it('names examples that are there', () => {
    const named = [...page.matchAll(/\]\(\.\.\/(examples\/[^)]*)\)/g)].map(([, path]) => path!);
    expect(named.length).toBeGreaterThan(4);
    for (const path of named) expect(existsSync(`${ROOT}/${path}`), path).toBe(true);
  });
});
