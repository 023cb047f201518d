import { readFileSync } from 'node:fs';
import type { PipelinePlace } from './pipeline-place.ts';
import { readYaml } from './yaml-document.ts';

/** What a pipeline file calls its pipeline, whatever else is wrong in it; null: it cannot be read, or does not say. */
export function pipelineNameIn({ absolute }: Pick<PipelinePlace, 'absolute'>): string | null {
  let text: string;
  try {
    text = readFileSync(absolute, 'utf8');
  } catch {
    return null;
  }
  const yaml = readYaml(text);
  const value = Array.isArray(yaml) ? null : yaml.value;
  const named = typeof value === 'object' && value !== null && 'pipeline' in value ? value.pipeline : null;
  return typeof named === 'string' ? named : null;
}
