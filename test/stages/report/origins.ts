import { resolve } from 'node:path';
import { readPipelineFile } from '../../../runner/pipeline-file.ts';
import type { ColumnDeclaration, StageDeclaration } from '../../../runner/pipeline.ts';
import type { Origin } from '../../../runner/stage.ts';

const pipeline = readPipelineFile(resolve(import.meta.dirname, '../../../pipeline.yaml'));

/** The declared columns of a table. */
export function columnsOf(table: string): readonly ColumnDeclaration[] {
  const source = pipeline.sources.get(table);
  if (source !== undefined) return source.table?.columns ?? [];
  const output = [...pipeline.stages.values()].flatMap(({ outputs }) => outputs).find(({ name }) => name === table);
  return output?.kind === 'table' ? output.columns : [];
}

/** Where the inputs of `report` and `results` come from, as pipeline.yaml has it, with or without all of the user's own files. */
export function reportOrigins(userFiles: 'absent' | 'present'): Origin[] {
  const found = new Map<string, Origin>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    const origin = originOf(name, userFiles);
    origin.inputs.forEach(visit);
    found.set(name, origin);
  };
  read(pipeline.stages.get('report')!, userFiles).forEach(visit);
  return [...found.values()];
}

/** Its optional inputs are files of the user, or of the stand-ins: then they are there where those are not. */
const read = ({ inputs, optionalInputs }: StageDeclaration, userFiles: 'absent' | 'present'): readonly string[] => [
  ...inputs,
  ...optionalInputs.filter((name) => pipeline.sources.has(name) === (userFiles === 'present')),
];

function originOf(artifact: string, userFiles: 'absent' | 'present'): Origin {
  const columns = Object.fromEntries(
    columnsOf(artifact).map(({ name, type, unit, description }) => [
      name,
      { type, ...(unit === undefined ? {} : { unit }), ...(description === undefined ? {} : { description }) },
    ]),
  );
  const about = { artifact, sha256: `${artifact} sha256`.padEnd(64, '0'), columns };
  const source = pipeline.sources.get(artifact);
  if (source !== undefined) {
    const file = { ...about, description: source.description, stage: null };
    if (source.otherwise === null || userFiles === 'present') return { ...file, evidence: source.evidence, inputs: [] };
    return { ...file, evidence: null, inputs: [source.otherwise] };
  }
  for (const stage of pipeline.stages.values()) {
    const output = stage.outputs.find(({ name }) => name === artifact);
    if (output === undefined) continue;
    const { description, evidence } = output;
    return {
      ...about,
      description,
      evidence,
      stage: stage.name,
      inputs: read(stage, userFiles),
    };
  }
  throw new Error(`pipeline.yaml has no ${artifact}`);
}
