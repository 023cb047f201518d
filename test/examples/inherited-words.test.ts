import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import type { TableDeclaration } from '../../runner/pipeline.ts';

/** What only the main study is about. */
const OF_THE_MAIN_STUDY =
  /Beijing|Tianjin|Hebei|agglomeration|\bBJ\b|\bNOx\b|\bpaper\b|\bnine\b|\b26\b|\b41\b|\b20\d\d\b|CNY/;

const about = (name: string, description: string, table: TableDeclaration | null): string[] => [
  `${name}: ${description}`,
  ...(table?.columns ?? []).map((column) => `${name}.${column.name}: ${column.description ?? ''} ${column.unit ?? ''}`),
];

/** What is said of the tables and stages of an example. */
function saidIn(example: string): string[] {
  const pipeline = readPipelineFile(resolve(import.meta.dirname, `../../examples/${example}/pipeline.yaml`));
  return [
    ...[...pipeline.sources.values()].flatMap(({ name, description, table }) => about(name, description, table)),
    ...[...pipeline.stages.values()].flatMap(({ name, description, outputs }) => [
      `${name}: ${description}`,
      ...outputs.flatMap((output) => about(output.name, output.description, output.kind === 'table' ? output : null)),
    ]),
  ];
}

it.each(['hand', 'pymrio-test'])('%s says of its tables nothing of the study that its stages come from', (example) => {
  const said = saidIn(example);
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((words) => OF_THE_MAIN_STUDY.test(words))).toEqual([]);
});

// They have years of their own.
it.each(['towns', 'towns-later', 'towns-factors'])('%s, which is to be copied, does neither', (example) => {
  const said = saidIn(example).map((words) => words.replace(/\b202\d\b/g, ''));
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((words) => OF_THE_MAIN_STUDY.test(words))).toEqual([]);
});

it('provinces speaks of provinces', () => {
  const said = saidIn('provinces');
  expect(said.filter((words) => /\b41\b|\bcity-level|\bANAIS\b|agglomeration/i.test(words))).toEqual([]);
  expect(said).toContain('region: 31 provinces; Beijing, Tianjin and Hebei in focus');
});
