import { codePath, LOCK_FILE } from './crate-files.ts';
import { ENGINE } from './crate-actions.ts';
import { fileId, localId, references, reference, type Entity } from './crate-graph.ts';
import type { Archived, ArchivedStage } from './crate-record.ts';
import { mediaType } from './media-types.ts';
import type { Pipeline } from './pipeline.ts';
import type { Parameter } from './stage.ts';
import type { ToolPackage } from './tool-package.ts';
import type { Workshop } from './workshop.ts';

/** What was to be done: tools, steps and parameters of the workflow, as Provenance Run Crate 0.5 has it. */
interface WorkflowParts {
  /** Properties of the workflow that refer to its parts. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly entities: readonly Entity[];
}

export function workflowParts(archived: Archived, workshop: Workshop, tool: ToolPackage): WorkflowParts {
  const { stages } = archived;
  const tools = [...new Map(stages.map((one) => [one.stage.name, one])).keys()].map((name) =>
    toolOf(
      stages.filter(({ stage }) => stage.name === name),
      workshop.pipeline,
    ),
  );
  const sources = sourceParameters(archived, workshop);
  const parameters = stageParameters(stages);
  const artifacts = artifactParameters(archived);
  const steps = stages.map(stepOf);
  const ids = (entities: readonly Entity[]) => entities.map(({ '@id': id }) => id);
  return {
    properties: {
      ...references('hasPart', ids(tools)),
      ...references('step', ids(steps)),
      ...references('input', [...ids(sources), ...ids(parameters)]),
      ...references('output', ids(artifacts)),
    },
    entities: [
      ...tools,
      ...steps,
      ...sources,
      ...parameters,
      ...artifacts,
      engineOf(stages, tool),
      ...stages.flatMap(({ receipt: { fields } }) => [
        ...packageEntities(fields.packages),
        ...packageEntities(fields.worker.packages),
      ]),
    ],
  };
}

/** @param variants the stage as it stands and as it is in scenarios; its code is the same */
function toolOf(variants: readonly ArchivedStage[], { root, sources }: Pipeline): Entity {
  const [{ stage, receipt, code }] = variants as [ArchivedStage];
  const run = stage.language === 'shell' ? null : stage.run;
  const files = code.filter((file) => file !== run).map((file) => fileId(codePath(file, root)));
  const inputs = new Set(variants.flatMap((variant) => variant.stage.inputs));
  return {
    '@id': localId('tool', stage.name),
    '@type': stage.language === 'shell' ? ['SoftwareApplication', 'SoftwareSourceCode'] : 'SoftwareApplication',
    name: stage.name,
    description: stage.description || `The stage ${stage.name}`,
    // The code as it is executed, with all that it imports.
    ...(receipt.fields.code === null ? {} : { softwareVersion: receipt.fields.code }),
    ...(stage.language === 'shell'
      ? { text: stage.command.text, programmingLanguage: reference(localId('language', 'sh')) }
      : { mainEntity: reference(fileId(codePath(stage.run, root))) }),
    ...references('softwareRequirements', [
      ...files,
      ...packageEntities(receipt.fields.packages).map(({ '@id': id }) => id),
    ]),
    ...references('input', [
      ...[...inputs].map((name) => localId(sources.has(name) ? 'source' : 'artifact', name)),
      ...Object.keys(stage.parameters).map((name) => localId('parameter', stage.name, name)),
    ]),
    ...references(
      'output',
      stage.outputs.map(({ name }) => localId('artifact', name)),
    ),
  };
}

const stepOf = ({ stage }: ArchivedStage, index: number): Entity => ({
  ...{ '@id': localId('step', stage.id), '@type': 'HowToStep', name: stage.id },
  position: index + 1,
  workExample: reference(localId('tool', stage.name)),
});

const formalParameter = (id: string, name: string, additionalType: string, more: object): Entity => ({
  ...{ '@id': id, '@type': 'FormalParameter', name, additionalType },
  ...more,
});

const describedAs = (description: string) => (description === '' ? {} : { description });

/** The files from outside that are read, and those in whose place an artifact stands. */
function sourceParameters({ datasets, replaced }: Archived, { pipeline }: Workshop): Entity[] {
  const read = new Set([...datasets.sources.map(({ source }) => source.name), ...replaced.keys()]);
  return [...pipeline.sources.values()]
    .filter(({ name }) => read.has(name))
    .map(({ name, file, description, otherwise }) =>
      formalParameter(localId('source', name), name, 'File', {
        ...describedAs(description),
        encodingFormat: mediaType(file),
        valueRequired: otherwise === null,
      }),
    );
}

function artifactParameters({ stages }: Archived): Entity[] {
  const outputs = new Map(stages.flatMap(({ stage }) => stage.outputs.map((output) => [output.name, output] as const)));
  return [...outputs.values()].map(({ name, description, publishAs }) =>
    formalParameter(localId('artifact', name), name, 'File', {
      ...describedAs(description),
      encodingFormat: mediaType(publishAs),
    }),
  );
}

/** Parameters have the same names in every scenario. */
function stageParameters(stages: readonly ArchivedStage[]): Entity[] {
  const parameters = new Map(
    stages.flatMap(({ stage }) =>
      Object.entries(stage.parameters).map(
        ([name, value]) => [`${stage.name}.${name}`, { stage, name, value }] as const,
      ),
    ),
  );
  return [...parameters].map(([slot, { stage, name, value }]) =>
    formalParameter(localId('parameter', stage.name, name), slot, dataType(value), {}),
  );
}

function dataType(value: Parameter): string {
  if (value === null) return 'DataType';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Float';
  if (typeof value === 'boolean') return 'Boolean';
  return typeof value === 'string' ? 'Text' : 'PropertyValue';
}

function engineOf(stages: readonly ArchivedStage[], tool: ToolPackage): Entity {
  const packages = stages.flatMap(({ receipt }) => packageEntities(receipt.fields.worker.packages));
  return {
    ...{ '@id': ENGINE, '@type': 'SoftwareApplication', name: `${tool.name} pipeline runner` },
    description: 'Executes the stages of a pipeline file and keeps what they make',
    identifier: tool.uri,
    softwareVersion: tool.version,
    ...references('softwareRequirements', [LOCK_FILE, ...new Set(packages.map(({ '@id': id }) => id))]),
  };
}

/** Packages by their place in node_modules; each is told as `version integrity`. */
function packageEntities(packages: Readonly<Record<string, string>>): Entity[] {
  const named = Object.entries(packages).map(([place, locked]): Entity => {
    const name = place.split('node_modules/').at(-1)!;
    const version = locked.split(' ')[0]!;
    const id = `https://www.npmjs.com/package/${name}/v/${version}`;
    return { '@id': id, '@type': 'SoftwareApplication', name, softwareVersion: version, url: id };
  });
  // A package may lie in several places.
  return [...new Map(named.map((entity) => [entity['@id'], entity])).values()];
}
