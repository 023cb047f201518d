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

it.each(['hand', 'pymrio-test'])('%s says of its tables nothing of the study that its stages come from', (example) => {
  const pipeline = readPipelineFile(resolve(import.meta.dirname, `../../examples/${example}/pipeline.yaml`));
  const said = [
    ...[...pipeline.sources.values()].flatMap(({ name, description, table }) => about(name, description, table)),
    ...[...pipeline.stages.values()].flatMap(({ outputs }) =>
      outputs.flatMap((output) => about(output.name, output.description, output.kind === 'table' ? output : null)),
    ),
  ];
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((words) => OF_THE_MAIN_STUDY.test(words))).toEqual([]);
});
