import type { Tolerances } from '../formats/inspect.ts';
import { readPipelineFile } from '../runner/pipeline-file.ts';
import type { Pipeline } from '../runner/pipeline.ts';
import type { Parameter } from '../runner/stage.ts';

/** The parameters of the stage that reads tables. Other stages have a tolerance of balance too: of tables that they are given. */
export const tableParameters = ({ stages }: Pick<Pipeline, 'stages'>): Readonly<Record<string, Parameter>> =>
  [...stages.values()].find(({ parameters }) => 'stated_tolerance' in parameters)?.parameters ?? {};

/**
 * How far totals of a table may be apart in the study of a pipeline file: parameters of the stage that reads tables.
 * @throws MistakeError where the pipeline file is wrong
 */
export function studyTolerances(pipelineFile: string): Tolerances {
  const parameters = tableParameters(readPipelineFile(pipelineFile));
  const share = (name: string): number | null => (typeof parameters[name] === 'number' ? parameters[name] : null);
  return { stated: share('stated_tolerance'), balance: share('balance_tolerance') };
}
