import { expect, it } from 'vitest';
import { project } from './project.ts';

it('a stage that imports DuckDB has the values of its database', async () => {
  const one = project({
    'pipeline.yaml': `pipeline: one
stages:
  dated: { run: stages/dated.ts, outputs: { dated: { file: dated.txt, publish_as: dated.txt } } }
`,
    'stages/dated.ts': `import { writeFileSync } from 'node:fs';
import { DuckDBDateValue } from '@duckdb/node-api';
export default async ({ database, outputs }) => {
  const read = await database.runAndReadAll("SELECT $day AS day, DATE '2017-01-02' AS other", { day: new DuckDBDateValue(1) });
  writeFileSync(outputs.dated, read.getRows()[0].map((day) => \`\${day} \${day instanceof DuckDBDateValue}\`).join());
};
`,
  });
  expect((await one.run()).message).toBe('');
  expect(one.read('data-out/dated.txt')).toBe('1970-01-02 true,2017-01-02 true');
});
