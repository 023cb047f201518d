import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'yaml';
import { z } from 'zod';

const declaration = z.object({
  type: z.string(),
  nullable: z.boolean().default(false),
  references: z.string().optional(),
  min: z.number().optional(),
});

const source = z.object({
  file: z.string(),
  columns: z.record(z.string(), declaration).default({}),
  key: z.array(z.string()).default([]),
});

export type Source = z.infer<typeof source>;
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Absolute path of a file of the project. */
export const projectFile = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The CSV facts that pipeline.yaml declares with their columns, by name. */
export const sources: Readonly<Record<string, Source>> = Object.fromEntries(
  Object.entries(
    z.object({ sources: z.record(z.string(), source) }).parse(parse(readFileSync(projectFile('pipeline.yaml'), 'utf8')))
      .sources,
  ).filter(([, { file }]) => /^data-raw\/[^/]+\.csv$/.test(file)),
);

/** All facts as tables of their source names, with the declared types. Fails where a value does not fit its type. */
export async function openFacts(): Promise<(sql: string) => Promise<Row[]>> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const [name, { file, columns }] of Object.entries(sources)) {
    const types = Object.entries(columns).map(([column, { type }]) => `'${column}': '${type}'`);
    await connection.run(
      `CREATE TABLE ${name} AS FROM read_csv('${projectFile(file)}', auto_detect = false, header = true,
         delim = ',', quote = '"', escape = '"', strict_mode = true, columns = {${types.join(', ')}})`,
    );
  }
  return async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS() as Row[];
}
