import { expect, it } from 'vitest';
import { project, projectThatRan } from './project.ts';

const files = (threads: number) => ({
  'pipeline.yaml': `pipeline: threads
stages:
  shuffled:
    run: stages/shuffled.sql
    threads: ${threads}
    parameters: { rows: 400000 }
    outputs:
      keyed: { columns: { id: INTEGER, part: VARCHAR, value: DOUBLE, cost: 'DECIMAL(18,3)' }, key: [id] }
      unkeyed: { columns: { part: VARCHAR, cost: 'DECIMAL(38,3)' } }
  written:
    run: stages/written.ts
    threads: ${threads}
    inputs: [keyed]
    outputs:
      copy: { columns: { id: INTEGER, part: VARCHAR, value: DOUBLE }, key: [part, id] }
      grid: { matrix: true }
`,
  'stages/shuffled.sql': `CREATE TABLE keyed AS
SELECT i::INTEGER AS id, 'part ' || (i % 97) AS part, sin(i) AS value, (i % 1000 / 7)::DECIMAL(18,3) AS cost
FROM range(getvariable('rows')) AS r(i) ORDER BY hash(i);
CREATE VIEW unkeyed AS SELECT part, sum(cost) AS cost FROM keyed GROUP BY part;
`,
  'stages/written.ts': `export default async (context) => {
  const { id, value } = await context.query('SELECT id, value FROM keyed');
  const labels = Array.from({ length: 97 }, (_, i) => 'part ' + i);
  await context.writeTable('copy', { id: Int32Array.from(id), value, part: { labels, indices: Uint8Array.from(id, (i) => i % 97) } });
  await context.writeMatrix('grid', { rowLabels: labels, columnLabels: ['x'], values: value.subarray(0, 97) });
};
`,
});

it('the bytes of tables and matrices are the same with one thread and with several', async () => {
  const one = await projectThatRan(files(1));
  for (const threads of [2, 4]) {
    const more = project(files(threads));
    expect((await more.run()).executed).toEqual(['shuffled', 'written']);
    expect(more.read('data-out/manifest.json')).toBe(one.read('data-out/manifest.json'));
  }
});
