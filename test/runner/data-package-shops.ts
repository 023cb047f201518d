import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { text } from '../../runner/sql.ts';
import { openDatabase } from '../../runner/stage-context.ts';
import { onCommandLine } from './command-line.ts';
import type { Project } from './project.ts';
import { CITATION } from './citation.ts';

/** Of everything one: keys and references of all kinds, every type, a source that is not there, a scenario, no tables. */
export const SHOPS: Readonly<Record<string, string>> = {
  'pipeline.yaml': `pipeline: shops
sources:
  shop:
    file: data-raw/shops.csv
    evidence: published fact
    description: All shops.
    columns: { shop: { type: VARCHAR, description: Short name }, name_zh: { type: VARCHAR, nullable: true } }
    key: [shop]
  rate:
    file: data-raw/user/rates.csv
    otherwise: made_rate
stages:
  rates:
    run: stages/rates.sql
    inputs: [shop]
    outputs:
      made_rate:
        evidence: stand-in
        columns:
          shop: { type: VARCHAR, references: shop.shop }
          rate: { type: DOUBLE, unit: CNY, min: 0, max: 1.5 }
          size: { type: SMALLINT, min: 0.5, max: 9.5 }
        key: [shop]
  taxes:
    run: stages/taxes.sql
    inputs: [shop, rate]
    parameters: { times: 1 }
    outputs:
      tax:
        description: Tax by shop and kind
        columns:
          shop: { type: VARCHAR, references: rate.shop }
          kind: { type: VARCHAR, nullable: true }
          tax: { type: 'DECIMAL(12,2)', unit: CNY, min: -1 }
        key: [shop, kind]
      part:
        columns: { id: INTEGER, whole: { type: INTEGER, nullable: true, references: part.id } }
        key: [id]
  odds:
    run: stages/odds.sql
    outputs:
      odd:
        columns:
          id: UTINYINT
          words: { type: VARCHAR, nullable: true }
          real: { type: DOUBLE, nullable: true }
          short: { type: FLOAT, nullable: true }
          exact: { type: 'DECIMAL(38,6)', nullable: true }
          whole: { type: BIGINT, nullable: true }
          yes: { type: BOOLEAN, nullable: true }
          day: { type: DATE, nullable: true }
          moment: { type: TIMESTAMP, nullable: true }
        key: [id]
      lone_text: { columns: { words: { type: VARCHAR, nullable: true } } }
      lone_number: { columns: { value: { type: DOUBLE, nullable: true } } }
      nothing: { columns: { value: DOUBLE } }
  grid:
    run: stages/grid.ts
    outputs: { grid: { matrix: true }, page: { file: page.txt, publish_as: page.txt } }
scenarios:
  dear: { taxes: { times: 2 } }
`,
  'data-raw/shops.csv': 'shop,name_zh\nHarbour,港口\nStation,\n"Market, ""old""",老市场\n',
  'stages/rates.sql': 'CREATE TABLE made_rate AS SELECT shop, 0.1::DOUBLE + 0.2 AS rate, 1 AS size FROM shop;\n',
  'stages/taxes.sql': `CREATE TABLE tax AS
SELECT shop, kind, 12.5 * getvariable('times') AS tax FROM shop JOIN rate USING (shop), (VALUES ('a'), (NULL)) k(kind);
CREATE TABLE part AS SELECT id, whole FROM (VALUES (1, NULL), (2, 1), (3, 1)) p(id, whole);
`,
  'stages/odds.sql': `CREATE TABLE odd AS
SELECT (row_number() OVER ())::UTINYINT AS id, * FROM (VALUES
  ('a,b', 1e-320, 0.1::FLOAT, 12345678901234567890123456789012.345678::DECIMAL(38,6), 9223372036854775807, true,
    DATE '0001-01-01', TIMESTAMP '0001-01-01 00:00:00'),
  ('', '-0.0'::DOUBLE, 1e38::FLOAT, -0.000001, -9223372036854775808, false, DATE '9999-12-31', TIMESTAMP '9999-12-31 23:59:59.999999'),
  (NULL, 0.1::DOUBLE + 0.2, NULL, 0, 0, NULL, NULL, NULL),
  ('say "yes"', 1e22, 1e-45::FLOAT, 1.1, 1, true, DATE '2020-02-29', TIMESTAMP '2020-02-29 12:00:00.000001'),
  (E'two\\nlines', 1.7976931348623157e308, 0, 0, 1, true, NULL, NULL),
  (E'carriage\\rreturn\\r\\n', 5e-324, 0, 0, 1, true, NULL, NULL),
  ('京津冀', 123456789.125, 0, 0, 1, true, NULL, NULL),
  (' blanks ', 1e15, 0, 0, 1, true, NULL, NULL),
  ('NULL', 1e16, 0, 0, 1, true, NULL, NULL),
  ('#', 2.0 / 3, 0, 0, 1, true, NULL, NULL),
  ('NULL_x', NULL, 0, 0, 1, true, NULL, NULL),
  ('007', -1e-7, 0, 0, 1, true, NULL, NULL),
  ('''\\t;', -4.9406564584124654e-324, 0, 0, 1, true, NULL, NULL)
) v(words, real, short, exact, whole, yes, day, moment);
CREATE TABLE lone_text AS SELECT words FROM (VALUES ('b'), (''), (NULL)) v(words);
CREATE TABLE lone_number AS SELECT value FROM (VALUES (1.5), (NULL), (-2)) v(value);
CREATE TABLE nothing AS SELECT 1.5 AS value LIMIT 0;
`,
  'stages/grid.ts': `import { writeFileSync } from 'node:fs';
export default async (context) => {
  await context.writeMatrix('grid', { rowLabels: ['a'], columnLabels: ['b'], values: Float64Array.of(1) });
  writeFileSync(context.outputs.page, 'Shops\\n');
};
`,
  'CITATION.cff': CITATION,
};

interface Field {
  name: string;
  type: string;
  duckdbType: string;
}
interface Resource {
  name: string;
  path: string;
  description: string;
  bytes: number;
  hash: string;
  artifactHash: string;
  cacheKey: string;
  evidence?: string[];
  stage?: string;
  schema: {
    fields: Field[];
    missingValues: [string];
    primaryKey?: string[];
    uniqueKeys?: string[][];
    foreignKeys?: { fields: string; reference: { resource: string; fields: string } }[];
  };
}
export interface Package {
  folder: string;
  text: string;
  content: { resources: Resource[] };
  resource: (name: string) => Resource;
}

export function readPackage(folder: string): Package {
  const text = readFileSync(join(folder, 'datapackage.json'), 'utf8');
  const content = JSON.parse(text) as Package['content'];
  return { folder, text, content, resource: (name) => content.resources.find((one) => one.name === name)! };
}

export async function packageOf(of: Project, ...args: string[]): Promise<Package> {
  const { code, err } = await onCommandLine(of, 'package', of.path('package'), ...args);
  expect([code, err]).toEqual([0, '']);
  return readPackage(of.path('package'));
}

/** Queries with the function `csv(name)`: the FROM item of a table as a reader sees it who goes by the descriptor. */
export async function reading(
  { folder, resource }: Package,
  use: (first: (sql: string) => Promise<unknown>, csv: (name: string) => string) => Promise<void>,
): Promise<void> {
  const { database, close } = await openDatabase(join(folder, 'scratch'), null);
  const csv = (name: string) => {
    const { path, schema } = resource(name);
    const columns = schema.fields.map((field) => `${text(field.name)}: ${text(field.duckdbType)}`).join(', ');
    const dialect = `header=true, auto_detect=false, delim=',', quote='"', escape='"', strict_mode=true`;
    return `read_csv(${text(join(folder, path))}, ${dialect}, nullstr=${text(schema.missingValues[0])}, columns={${columns}})`;
  };
  try {
    await use(async (sql) => (await database.runAndReadAll(sql)).getRows()[0]![0], csv);
  } finally {
    close();
  }
}

/** Whether the rows of two FROM items are the same in the same order: by value, and by text, which tells -0 from 0. */
export async function differing(first: (sql: string) => Promise<unknown>, one: string, other: string): Promise<number> {
  const rows = (from: string) => `(SELECT row_number() OVER (), *, COLUMNS(*)::VARCHAR FROM ${from})`;
  const without = (a: string, b: string) => `(SELECT count(*) FROM (FROM ${rows(a)} EXCEPT ALL FROM ${rows(b)}))`;
  return Number(await first(`SELECT ${without(one, other)} + ${without(other, one)}`));
}
