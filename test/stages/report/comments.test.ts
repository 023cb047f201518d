import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { readPipelineFile } from '../../../runner/pipeline-file.ts';
import type { Output } from '../../../runner/pipeline.ts';

const pipeline = readPipelineFile(resolve(import.meta.dirname, '../../../pipeline.yaml'));

/** Stages of the model: other studies have them as they are, and their words stand in the results and the report. */
const INHERITED = ['leontief', 'balance', 'flows', 'networks', 'intensity', 'correlation', 'results', 'report'];

/** Where the study in print has something, what it is of, and how its table was made. */
const OF_THE_MAIN_STUDY =
  /\b[Ff]igures? \d|\bTable \d|\bANAIS\b|\bNOx\b|\bcit(y|ies)\b|\bprovinces?\b|\b(nine|26|41)\b/;

it.each(INHERITED)('the words of the stage %s hold for any study', (name) => {
  const { description, outputs } = pipeline.stages.get(name)!;
  const said = [description, ...outputs.flatMap((output) => [output.description, ...columnsOf(output)])];
  expect(said.filter((words) => OF_THE_MAIN_STUDY.test(words))).toEqual([]);
});

const columnsOf = (output: Output): string[] =>
  output.kind === 'table' ? output.columns.map((column) => column.description ?? '') : [];
