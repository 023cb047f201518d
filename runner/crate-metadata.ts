import { relative } from 'node:path';
import { crateActions } from './crate-actions.ts';
import { LICENCE, readCitation, type Citation } from './crate-citation.ts';
import { fileEntity, languageEntities, workflowPath, type CopiedFile } from './crate-files.ts';
import { fileId, Graph, localId, reference, references, type Entity } from './crate-graph.ts';
import type { Archived } from './crate-record.ts';
import { workflowParts } from './crate-workflow.ts';
import { countOf } from './count.ts';
import { studyAbout } from './study-about.ts';
import { toolPackage } from './tool-package.ts';
import type { Workshop } from './workshop.ts';

export const METADATA = 'ro-crate-metadata.json';

const RO_CRATE = 'https://w3id.org/ro/crate/1.1';
const WORKFLOW_RO_CRATE = 'https://w3id.org/workflowhub/workflow-ro-crate/1.0';

const PROFILES: readonly Entity[] = [
  profile('https://w3id.org/ro/wfrun/process/0.5', 'Process Run Crate', '0.5'),
  profile('https://w3id.org/ro/wfrun/workflow/0.5', 'Workflow Run Crate', '0.5'),
  profile('https://w3id.org/ro/wfrun/provenance/0.5', 'Provenance Run Crate', '0.5'),
  profile(WORKFLOW_RO_CRATE, 'Workflow RO-Crate', '1.0'),
];

function profile(id: string, name: string, version: string): Entity {
  return { '@id': id, '@type': 'CreativeWork', name, version };
}

const LANGUAGE = localId('language', 'pipeline');

/**
 * The text of ro-crate-metadata.json: the same for the same run. Title, abstract and version are those of the study; authors,
 * licences and cited works those of the project, whose workflow it is.
 */
export function crateMetadata(archived: Archived, files: readonly CopiedFile[], workshop: Workshop): string {
  const citation = readCitation(workshop.pipeline.root);
  const workflow = fileId(workflowPath(workshop));
  const tool = toolPackage();
  const parts = workflowParts(archived, workshop, tool);
  const { actions, values } = crateActions(archived, files, workflow, citation.authors);
  const entities = files.map(fileEntity).map((entity) =>
    entity['@id'] === workflow
      ? {
          ...entity,
          '@type': ['File', 'SoftwareSourceCode', 'ComputationalWorkflow', 'HowTo'],
          programmingLanguage: reference(LANGUAGE),
          ...references(
            'isBasedOn',
            workshop.pipeline.bases.map((base) => fileId(relative(workshop.pipeline.root, base))),
          ),
          ...references('author', citation.authors),
          ...references('license', citation.licences),
          ...parts.properties,
        }
      : entity,
  );
  const graph = new Graph();
  graph.add(
    {
      ...{ '@id': METADATA, '@type': 'CreativeWork', about: reference('./') },
      conformsTo: [reference(RO_CRATE), reference(WORKFLOW_RO_CRATE)],
    },
    rootEntity(archived, entities, actions, citation, workshop),
    ...PROFILES,
    ...entities,
    {
      ...{ '@id': LANGUAGE, '@type': 'ComputerLanguage', name: `Pipeline file of ${tool.name}` },
      identifier: `${tool.uri}#pipeline-file`,
    },
    ...languageEntities(),
    ...parts.entities,
    ...actions,
    ...values,
    ...citation.entities,
  );
  const context = [`${RO_CRATE}/context`, 'https://w3id.org/ro/terms/workflow-run/context'];
  return `${JSON.stringify({ '@context': context, '@graph': graph.entities() }, null, 2)}\n`;
}

function rootEntity(
  archived: Archived,
  files: readonly Entity[],
  actions: readonly Entity[],
  { authors, licences, cited }: Citation,
  workshop: Workshop,
): Entity {
  const { stages, datasets, run } = archived;
  const { pipeline } = workshop;
  const { title, abstract, version } = studyAbout(pipeline);
  const workflow = fileId(workflowPath(workshop));
  const what = `The pipeline ${pipeline.name} as it was run: ${countOf(stages.length, 'stage')}, ${countOf(datasets.sources.length, 'source')}, ${countOf(datasets.artifacts.length, 'result')}.`;
  return {
    ...{ '@id': './', '@type': 'Dataset' },
    name: title,
    description: abstract === null ? what : `${abstract}\n\n${what}`,
    // Of the run, so that the same run gives the same crate.
    datePublished: run.ended.toISOString().slice(0, 'yyyy-mm-dd'.length),
    ...licenceOf(licences, files),
    ...(version === null ? {} : { version }),
    ...references('author', authors),
    ...references('citation', cited),
    conformsTo: PROFILES.map(({ '@id': id }) => reference(id)),
    mainEntity: reference(workflow),
    hasPart: files.map(({ '@id': id }) => reference(id)),
    mentions: actions.map(({ '@id': id }) => reference(id)),
  };
}

/** A crate has to say what may be done with it. */
function licenceOf(named: readonly string[], files: readonly Entity[]): Readonly<Record<string, unknown>> {
  if (named.length > 0) return references('license', named);
  if (files.some(({ '@id': id }) => id === LICENCE)) return { license: reference(LICENCE) };
  return { license: 'No licence is given: ask the authors before any use.' };
}
