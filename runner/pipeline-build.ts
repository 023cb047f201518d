import type { WrittenPipeline, WrittenTable } from './pipeline-schema.ts';
import type {
  ColumnDeclaration,
  Output,
  Pipeline,
  Source,
  StageDeclaration,
  TableDeclaration,
  Work,
} from './pipeline.ts';
import { parseCommand } from './shell-command.ts';
import { isFolder } from './source-files.ts';
import type { YamlDocument } from './yaml-document.ts';

/** The pipeline that a written one means: defaults filled in, places noted, no names resolved. */
export function buildPipeline(
  written: WrittenPipeline,
  yaml: YamlDocument,
  about: Pick<Pipeline, 'absolute' | 'file' | 'root' | 'text'>,
): Pipeline {
  const stages = Object.entries(written.stages).map(([name, stage]) => buildStage(name, stage, yaml));
  const outputs = stages.flatMap((stage) => stage.outputs);
  const independent = new Set(
    Object.entries(written.sources ?? {})
      .filter(([, { otherwise }]) => otherwise === undefined)
      .map(([name]) => name),
  );
  const sources = Object.entries(written.sources ?? {}).map(([name, source]): Source => {
    const standIn = outputs.find((output) => output.name === source.otherwise);
    return {
      name,
      file: source.file,
      description: source.description ?? standIn?.description ?? '',
      evidence: source.evidence ?? null,
      table:
        table(source) ??
        (standIn?.kind === 'table' && !isFolder(source.file) ? replaceable(standIn, independent) : null),
      otherwise: source.otherwise ?? null,
      at: yaml.position(['sources', name], 'key'),
    };
  });
  return {
    name: written.pipeline,
    ...about,
    sources: new Map(sources.map((source) => [source.name, source])),
    stages: new Map(stages.map((stage) => [stage.name, stage])),
    scenarios: new Map(Object.entries(written.scenarios ?? {})),
  };
}

/**
 * What a file has to be like that takes the place of a table: the same columns.
 * References to what stages make are left out, since the file is read before any of them runs.
 */
function replaceable({ columns, key }: TableDeclaration, sources: ReadonlySet<string>): TableDeclaration {
  const kept = columns.map((column) => {
    const { references, ...rest } = column;
    return references === undefined || sources.has(references.table) ? column : rest;
  });
  return { columns: kept, key };
}

function buildStage(name: string, stage: WrittenPipeline['stages'][string], yaml: YamlDocument): StageDeclaration {
  return {
    name,
    ...workOf(stage),
    description: stage.description ?? '',
    inputs: stage.inputs ?? [],
    optionalInputs: stage.optional_inputs ?? [],
    parameters: stage.parameters ?? {},
    parameterTypes: stage.parameter_types ?? null,
    provenance: stage.provenance ?? false,
    threads: stage.threads ?? null,
    memory: stage.memory ?? null,
    timeout: stage.timeout ?? null,
    retries: stage.retries ?? 0,
    outputs: Object.entries(stage.outputs).map(([output, said]) => buildOutput(name, output, said, yaml)),
    at: yaml.position(['stages', name], 'key'),
  };
}

/** The schema sees to it that one of the two is there. */
function workOf({ run = '', sh }: WrittenPipeline['stages'][string]): Work {
  if (sh !== undefined) return { language: 'shell', command: parseCommand(sh) };
  return { language: run.endsWith('.sql') ? 'sql' : 'typescript', run };
}

type WrittenOutput = WrittenPipeline['stages'][string]['outputs'][string];

function buildOutput(stage: string, name: string, written: WrittenOutput, yaml: YamlDocument): Output {
  const common = {
    name,
    description: written.description ?? '',
    evidence: written.evidence ?? null,
    at: yaml.position(['stages', stage, 'outputs', name], 'key'),
  };
  const publishAs = (file: string) => written.publish_as ?? `${stage}/${file}`;
  if (written.file !== undefined)
    return {
      ...common,
      kind: 'file',
      file: written.file,
      receipts: written.receipts ?? false,
      publishAs: publishAs(written.file),
    };
  if (written.matrix)
    return { ...common, kind: 'matrix', unit: written.unit ?? null, publishAs: publishAs(`${name}.arrow`) };
  return {
    ...common,
    kind: 'table',
    ...declared(written.columns ?? {}, written.key),
    diagnosis: written.diagnosis ?? false,
    publishAs: publishAs(`${name}.parquet`),
  };
}

function table({ columns, key }: WrittenTable): TableDeclaration | null {
  return columns === undefined ? null : declared(columns, key);
}

function declared(columns: NonNullable<WrittenTable['columns']>, key: WrittenTable['key']): TableDeclaration {
  return { columns: Object.entries(columns).map(([name, said]) => declaration(name, said)), key: key ?? [] };
}

function declaration(name: string, written: NonNullable<WrittenTable['columns']>[string]): ColumnDeclaration {
  const { nullable, ...rest } = written;
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { name, ...(said as Omit<ColumnDeclaration, 'name' | 'nullable'>), nullable: nullable ?? false };
}
