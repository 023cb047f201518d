import { dirname } from 'node:path';
import { MistakeError } from '../../runner/diagnostic.ts';
import { parsePipeline } from '../../runner/pipeline-file.ts';
import type { Pipeline } from '../../runner/pipeline.ts';

/** A study of everything: a measured table that an estimate stands in for, a note that a stage reads if it is there. */
export const STUDY = `pipeline: study
sources:
  region:
    file: data-raw/regions.csv
    evidence: published fact
    columns: { code: VARCHAR, province: { type: VARCHAR, references: province.name } }
    key: [code]
  province:
    file: data-raw/provinces.csv
    columns: { name: VARCHAR }
  measured:
    file: data-raw/measured.csv
    evidence: user's data
    otherwise: estimate
  unused:
    file: data-raw/unused.csv
stages:
  estimates:
    run: stages/estimates.sql
    inputs: [region]
    outputs:
      estimate:
        description: What was estimated
        columns: { code: { type: VARCHAR, references: region.code }, value: { type: DOUBLE, unit: t } }
        key: [code]
  notes:
    run: stages/notes.sql
    inputs: [region]
    outputs:
      note: { columns: { code: { type: VARCHAR, references: region.code }, said: VARCHAR }, key: [code] }
  totals:
    run: stages/totals.sql
    description: Sums
    inputs: [measured, region]
    optional_inputs: [note]
    parameters: { times: 2, shift: { by: 0, from: 0 } }
    parameter_types: { times: { type: number, min: 1 }, shift: any }
    threads: 1
    outputs:
      total: { description: All, columns: { value: DOUBLE }, publish_as: total.parquet }
      noted: { columns: { codes: BIGINT } }
  page:
    sh: cat {inputs.total} > {outputs.page}
    inputs: [total]
    outputs: { page: { file: page.txt } }
scenarios:
  more: { totals: { times: 3 } }
`;

/** Reads `other.yaml`, which is based on the study, out of files that are nowhere. */
export function parse(text: string, files: Readonly<Record<string, string>> = {}): Pipeline {
  const all: Readonly<Record<string, string>> = { 'pipeline.yaml': STUDY, ...files };
  const place = (file: string) => ({ absolute: `/project/${file}`, file, root: '/project' });
  return parsePipeline(text, {
    ...place('other.yaml'),
    exists: (file) => !file.includes('missing'),
    readBase: (file) =>
      all[file] === undefined ? null : { ...place(file), folder: dirname(`/project/${file}`), text: all[file] },
  });
}

export const other = (rest: string, head = 'pipeline: other\nbase: pipeline.yaml\n'): Pipeline =>
  parse(`${head}${rest}`);

/** What is said of a text that is wrong. */
export function mistake(text: string, files: Readonly<Record<string, string>> = {}): string {
  try {
    parse(text, files);
  } catch (error) {
    if (error instanceof MistakeError) return error.message;
    throw error;
  }
  throw new Error('the pipeline was accepted');
}

export const wrong = (rest: string): string => mistake(`pipeline: other\nbase: pipeline.yaml\n${rest}`);

/** The stages that a file with a base may name, none of which needs another. */
export const WITH_ESTIMATES = 'stages: { estimates: , totals: }\n';
