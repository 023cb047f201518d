import type { Tolerances } from '../formats/inspect.ts';
import { readPipelineFile } from '../runner/pipeline-file.ts';

/**
 * How far totals of a table may be apart in the study of a pipeline file: parameters of the stage that reads tables.
 * @throws MistakeError where the pipeline file is wrong
 */
export function studyTolerances(pipelineFile: string): Tolerances {
  const stages = [...readPipelineFile(pipelineFile).stages.values()];
  // Other stages have a tolerance of balance too: of tables that they are given.
  const parameters = stages.find((stage) => 'stated_tolerance' in stage.parameters)?.parameters ?? {};
  const share = (name: string): number | null => (typeof parameters[name] === 'number' ? parameters[name] : null);
  return { stated: share('stated_tolerance'), balance: share('balance_tolerance') };
}
