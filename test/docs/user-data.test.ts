import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import { HEADER } from '../../stages/stand-in/enterprise-lines.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(`${ROOT}/${file}`, 'utf8');
const page = read('data-raw/user/README.md');
const pipeline = readPipelineFile(`${ROOT}/pipeline.yaml`);
const userFiles = [...pipeline.sources.values()].filter(({ file }) => file.startsWith('data-raw/user/'));

/** The example under the heading of a file, as lines. */
const example = (file: string): string[] => {
  const section = page.split(/^## /m).find((part) => part.startsWith(file))!;
  return /```csv\n(.*?)```/s.exec(section)![1]!.trim().split('\n');
};

describe("the page on the user's own data", () => {
  it('has a heading for every file that pipeline.yaml looks for', () => {
    for (const { file } of userFiles)
      expect(page).toMatch(new RegExp(`^## .*${file.replace('data-raw/user/', '')}`, 'm'));
  });

  it('shows the columns that are declared', () => {
    for (const { file, table } of userFiles) {
      if (!file.endsWith('.csv') || table === null) continue;
      const [header, ...rows] = example(file.replace('data-raw/user/', ''));
      expect(header!.split(',')).toEqual(table.columns.map(({ name }) => name));
      for (const row of rows) expect(row.split(',')).toHaveLength(table.columns.length);
    }
    expect(example('enterprises/')[0]).toBe(HEADER);
  });

  it('names every category of a table', () => {
    const [, ...rows] = read('data-raw/categories.csv').trim().split('\n');
    for (const row of rows) expect(page).toContain(`\`${row.split(',')[0]!}\``);
  });
});
