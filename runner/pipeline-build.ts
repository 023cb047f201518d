import type { Places } from './pipeline-places.ts';
import type { WrittenPipeline, WrittenTable } from './pipeline-schema.ts';
import type {
  ColumnDeclaration,
  Output,
  Pipeline,
  ScenarioDeclaration,
  Source,
  StageDeclaration,
  TableDeclaration,
  Work,
} from './pipeline.ts';
import { parseCommand } from './shell-command.ts';
import { isFolder } from './source-files.ts';
import type { Parameter } from './stage.ts';

/**
 * The pipeline that a written one means: defaults filled in, places noted, no names resolved.
 * @param absentTables tables of the base that nobody here makes, by name
 */
export function buildPipeline(
  written: WrittenPipeline,
  absentTables: Readonly<Record<string, WrittenTable>>,
  places: Places,
  about: Pick<Pipeline, 'absolute' | 'file' | 'root' | 'folder' | 'bases' | 'text'>,
): Pipeline {
  const inUnits = namedUnits(written.units ?? {});
  const stages = Object.entries(written.stages).map(([name, stage]) => buildStage(name, stage, places, inUnits));
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
        table(source, inUnits) ??
        (standIn?.kind === 'table' && !isFolder(source.file) ? replaceable(standIn, independent) : null),
      otherwise: source.otherwise ?? null,
      base: places.baseOf(['sources', name, 'file']),
      at: places.position(['sources', name], 'key'),
    };
  });
  return {
    name: written.pipeline,
    licence: written.licence ?? null,
    ...about,
    sources: new Map(sources.map((source) => [source.name, source])),
    stages: new Map(stages.map((stage) => [stage.name, stage])),
    scenarios: new Map(
      Object.entries(written.scenarios ?? {}).map(([name, changes]) => [name, scenario(changes, inUnits)]),
    ),
    absentTables: new Map(
      Object.entries(absentTables).map(([name, said]) => [name, declared(said.columns ?? {}, said.key, inUnits)]),
    ),
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

function buildStage(
  name: string,
  stage: WrittenPipeline['stages'][string],
  places: Places,
  inUnits: InUnits,
): StageDeclaration {
  return {
    name,
    ...workOf(stage),
    description: stage.description ?? '',
    inputs: stage.inputs ?? [],
    optionalInputs: stage.optional_inputs ?? [],
    parameters: parametersIn(inUnits, stage.parameters ?? {}),
    parameterTypes: stage.parameter_types ?? null,
    provenance: stage.provenance ?? false,
    describedInputs: stage.described_inputs ?? false,
    threads: stage.threads ?? null,
    memory: stage.memory ?? null,
    timeout: stage.timeout ?? null,
    retries: stage.retries ?? 0,
    outputs: Object.entries(stage.outputs).map(([output, said]) => buildOutput(name, output, said, places, inUnits)),
    at: places.position(['stages', name], 'key'),
  };
}

/** The schema sees to it that one of the two is there. */
function workOf({ run = '', sh }: WrittenPipeline['stages'][string]): Work {
  if (sh !== undefined) return { language: 'shell', command: parseCommand(sh) };
  return { language: run.endsWith('.sql') ? 'sql' : 'typescript', run };
}

type WrittenOutput = WrittenPipeline['stages'][string]['outputs'][string];

function buildOutput(stage: string, name: string, written: WrittenOutput, places: Places, inUnits: InUnits): Output {
  const common = {
    name,
    description: written.description ?? '',
    evidence: written.evidence ?? null,
    at: places.position(['stages', stage, 'outputs', name], 'key'),
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
    return {
      ...common,
      kind: 'matrix',
      unit: written.unit === undefined ? null : inUnits(written.unit),
      publishAs: publishAs(`${name}.arrow`),
    };
  return {
    ...common,
    kind: 'table',
    ...declared(written.columns ?? {}, written.key, inUnits),
    diagnosis: written.diagnosis ?? false,
    publishAs: publishAs(`${name}.parquet`),
  };
}

function table({ columns, key }: WrittenTable, inUnits: InUnits): TableDeclaration | null {
  return columns === undefined ? null : declared(columns, key, inUnits);
}

function declared(
  columns: NonNullable<WrittenTable['columns']>,
  key: WrittenTable['key'],
  inUnits: InUnits,
): TableDeclaration {
  return { columns: Object.entries(columns).map(([name, said]) => declaration(name, said, inUnits)), key: key ?? [] };
}

function declaration(
  name: string,
  { nullable, unit, ...rest }: NonNullable<WrittenTable['columns']>[string],
  inUnits: InUnits,
): ColumnDeclaration {
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    name,
    ...(said as Omit<ColumnDeclaration, 'name' | 'nullable' | 'unit'>),
    ...(unit === undefined ? {} : { unit: inUnits(unit) }),
    nullable: nullable ?? false,
  };
}

const scenario = (changes: ScenarioDeclaration, inUnits: InUnits): ScenarioDeclaration =>
  Object.fromEntries(
    Object.entries(changes).map(([stage, parameters]) => [stage, parametersIn(inUnits, parameters)] as const),
  );

const parametersIn = (inUnits: InUnits, parameters: Parameters): Parameters =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, parameterIn(inUnits, value)] as const));

type Parameters = StageDeclaration['parameters'];

/** A parameter with the names of units replaced in all its texts; names of members are no texts. */
function parameterIn(inUnits: InUnits, value: Parameter): Parameter {
  if (typeof value === 'string') return inUnits(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Parameter[]).map((member) => parameterIn(inUnits, member));
  return parametersIn(inUnits, value as Parameters);
}

/** A text with the names of units that are in it replaced. */
type InUnits = (text: string) => string;

/** A name that is not known stays as it is written: in a unit it is found by `tableProblems`. */
const namedUnits =
  (units: Readonly<Record<string, string>>): InUnits =>
  (text) =>
    text.replaceAll(NAMED_UNIT, (braced, name: string) => (Object.hasOwn(units, name) ? units[name]! : braced));

/** The name of a unit, in braces. */
export const NAMED_UNIT = /\{([^{}]*)\}/g;
