import { publishedPath, type CopiedFile } from './crate-files.ts';
import { fileId, localId, reference, references, timeOf, type Entity } from './crate-graph.ts';
import { endOf, type Archived, type ArchivedStage } from './crate-record.ts';
import type { Dataset } from './datasets.ts';
import { isFolder } from './source-files.ts';
import type { Parameter } from './stage.ts';

/** What happened: the run, and in it each stage, as Provenance Run Crate 0.5 has it. */

export const ENGINE = '#engine';

const COMPLETED = 'http://schema.org/CompletedActionStatus';

/** Id of the value that a parameter of a stage has; in a scenario it may have another. */
const valueId = (stage: string, parameter: string): string => localId('value', stage, parameter);

/** Ids of the files of a dataset: one, or of a source that is a folder all in it. */
type DataIds = (dataset: Dataset) => string[];

const dataIdsAmong =
  (files: readonly CopiedFile[], archived: Archived): DataIds =>
  (dataset) => {
    if (dataset.kind === 'artifact') return [fileId(publishedPath(archived, dataset.output.publishAs))];
    if (!isFolder(dataset.name)) return [fileId(dataset.name)];
    return files.filter(({ path }) => path.startsWith(dataset.name)).map(({ path }) => fileId(path));
  };

const runId = ({ run }: Archived): string => (run.id === null ? '#run' : localId('run', run.id));

/**
 * @param files all files of the crate
 * @param agents ids of who is responsible for the run
 * @returns the actions, the run first, and the values that they were given
 */
export function crateActions(
  archived: Archived,
  files: readonly CopiedFile[],
  workflow: string,
  agents: readonly string[],
): { actions: Entity[]; values: Entity[] } {
  const { stages, run, datasets } = archived;
  const dataIds = dataIdsAmong(files, archived);
  const common = { actionStatus: COMPLETED, ...references('agent', agents) };
  const times = { startTime: timeOf(run.started), endTime: timeOf(run.ended) };
  const executed = stages.filter((stage) => stage.executed).length;
  const values = stages.flatMap(parameterValues);
  const whole: Entity = {
    ...{ '@id': runId(archived), '@type': 'CreateAction', name: `Run${run.id === null ? '' : ` ${run.id}`}` },
    description: `${executed} of ${stages.length} stages were executed in this run; what the others made before was used again`,
    instrument: reference(workflow),
    ...references('object', [...datasets.sources.flatMap(dataIds), ...values.map((value) => value['@id'])]),
    ...references('result', datasets.artifacts.flatMap(dataIds)),
    ...times,
    ...common,
  };
  const organize: Entity = {
    ...{
      '@id': '#organize',
      '@type': 'OrganizeAction',
      name: 'Execution of the stages in the order of what they need',
    },
    instrument: reference(ENGINE),
    ...references(
      'object',
      stages.map(({ stage }) => localId('control', stage.id)),
    ),
    result: reference(whole['@id']),
    ...times,
    ...common,
  };
  const perStage = stages.flatMap((one) => [stageAction(one, archived, dataIds, common), controlAction(one)]);
  return { actions: [whole, organize, ...perStage], values };
}

function stageAction(
  { stage, receipt, executed }: ArchivedStage,
  { datasets }: Archived,
  dataIds: DataIds,
  common: object,
): Entity {
  const read = datasets.readBy(stage).flatMap(({ dataset }) => dataIds(dataset));
  const versions = Object.entries(receipt.versions).map(([name, version]) => `${name} ${version}`);
  return {
    ...{ '@id': localId('action', stage.id), '@type': 'CreateAction', name: `Execution of the stage ${stage.id}` },
    description: `With ${versions.join(', ')}${executed ? '' : '; in an earlier run'}`,
    instrument: reference(localId('tool', stage.name)),
    ...references('object', [
      ...new Set(read),
      ...Object.keys(stage.parameters).map((name) => valueId(stage.id, name)),
    ]),
    ...references('result', datasets.madeBy(stage).flatMap(dataIds)),
    startTime: timeOf(new Date(receipt.started_at)),
    endTime: timeOf(endOf(receipt)),
    ...common,
  };
}

const controlAction = ({ stage }: ArchivedStage): Entity => ({
  ...{ '@id': localId('control', stage.id), '@type': 'ControlAction', name: `Control of the stage ${stage.id}` },
  instrument: reference(localId('step', stage.id)),
  object: reference(localId('action', stage.id)),
  actionStatus: COMPLETED,
});

const parameterValues = ({ stage }: ArchivedStage): Entity[] =>
  Object.entries(stage.parameters).map(([name, value]) => ({
    ...{ '@id': valueId(stage.id, name), '@type': 'PropertyValue', name: `${stage.id}.${name}` },
    value: plainValue(value),
    exampleOfWork: reference(localId('parameter', stage.name, name)),
  }));

/** Lists have no order in JSON-LD, and null is nothing: both are given as the text that they are in JSON. */
const plainValue = (value: Parameter): string | number | boolean =>
  typeof value === 'object' ? JSON.stringify(value) : value;
