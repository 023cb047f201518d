import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** What RO-Crate 1.1, Workflow RO-Crate 1.0 and the profiles of Workflow Run RO-Crate 0.5 say that a crate MUST have. */

export interface Described {
  readonly '@id': string;
  readonly '@type': string | readonly string[];
  readonly [property: string]: unknown;
}

export interface ReadCrate {
  readonly folder: string;
  readonly context: unknown;
  readonly graph: readonly Described[];
  readonly byId: ReadonlyMap<string, Described>;
}

export function readCrate(folder: string): ReadCrate {
  const content = JSON.parse(readFileSync(join(folder, 'ro-crate-metadata.json'), 'utf8')) as {
    '@context': unknown;
    '@graph': Described[];
  };
  const graph = content['@graph'];
  const byId = new Map(graph.map((entity) => [entity['@id'], entity]));
  return { folder, context: content['@context'], graph, byId };
}

export const list = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
export const typesOf = (entity: Described | undefined): readonly string[] => list(entity?.['@type']) as string[];
const isReference = (value: unknown): value is { '@id': string } =>
  typeof value === 'object' && value !== null && '@id' in value;
export const idsOf = (value: unknown): readonly string[] => list(value).map((one) => (one as { '@id': string })['@id']);

/** What is wrong; empty: nothing. */
export function brokenRules(crate: ReadCrate): string[] {
  return [flatness, descriptor, root, data, workflow, tools, actions, parameters].flatMap((rule) => rule(crate));
}

const must = (holds: boolean, rule: string): string[] => (holds ? [] : [rule]);

/** Flattened and compacted JSON-LD, in which everything that is referred to is described or is on the web. */
function flatness({ context, graph, byId }: ReadCrate): string[] {
  const values = graph.flatMap((entity) =>
    Object.entries(entity).flatMap(([property, value]) =>
      list(value).map((one) => ({ where: `${entity['@id']} ${property}`, one })),
    ),
  );
  return [
    ...must(list(context)[0] === 'https://w3id.org/ro/crate/1.1/context', 'the context is that of RO-Crate 1.1'),
    ...must(byId.size === graph.length, 'no @id is there twice'),
    ...graph.flatMap((entity) => must(typesOf(entity).length > 0, `${entity['@id']} has a type`)),
    ...values.flatMap(({ where, one }) => {
      if (typeof one !== 'object') return [];
      if (!isReference(one)) return [`${where} holds an object that is no reference`];
      const known = byId.has(one['@id']) || URL.canParse(one['@id']);
      return must(Object.keys(one).length === 1, `${where} holds a reference and nothing else`).concat(
        must(known, `${where} refers to ${one['@id']}, which is not described`),
      );
    }),
  ];
}

function descriptor({ byId }: ReadCrate): string[] {
  const entity = byId.get('ro-crate-metadata.json');
  return [
    ...must(typesOf(entity).includes('CreativeWork'), 'the descriptor is a CreativeWork'),
    ...must(idsOf(entity?.['about'])[0] === './', 'the descriptor is about the root'),
    ...['https://w3id.org/ro/crate/1.1', 'https://w3id.org/workflowhub/workflow-ro-crate/1.0'].flatMap((id) =>
      must(idsOf(entity?.['conformsTo']).includes(id), `the descriptor conforms to ${id}`),
    ),
  ];
}

function root({ byId }: ReadCrate): string[] {
  const entity = byId.get('./');
  const text = (property: string) => typeof entity?.[property] === 'string' && entity[property] !== '';
  const profiles = [
    'https://w3id.org/ro/wfrun/process/0.5',
    'https://w3id.org/ro/wfrun/workflow/0.5',
    'https://w3id.org/ro/wfrun/provenance/0.5',
    'https://w3id.org/workflowhub/workflow-ro-crate/1.0',
  ];
  return [
    ...must(typesOf(entity).includes('Dataset'), 'the root is a Dataset'),
    ...['name', 'description'].flatMap((property) => must(text(property), `the root has a ${property}`)),
    ...must(/^\d{4}-\d\d-\d\d/.test(String(entity?.['datePublished'])), 'datePublished of the root is a date'),
    ...must(entity?.['license'] !== undefined, 'the root has a license'),
    ...must(idsOf(entity?.['mainEntity']).length === 1, 'the root has a mainEntity'),
    ...profiles.flatMap((id) => [
      ...must(idsOf(entity?.['conformsTo']).includes(id), `the root conforms to ${id}`),
      ...must(typesOf(byId.get(id)).includes('CreativeWork'), `${id} is described`),
    ]),
  ];
}

/** Every file is a part of the root, is there, and is what is said of it; nothing else is there. */
function data({ folder, graph, byId }: ReadCrate): string[] {
  const parts = new Set(idsOf(byId.get('./')?.['hasPart']));
  const files = graph.filter((entity) => typesOf(entity).includes('File'));
  const there = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const described = files.map((entity) => decodeURIComponent(entity['@id']));
  return [
    ...must(parts.size === files.length, 'the root has files as parts and nothing else'),
    ...there
      .filter((path) => path !== 'ro-crate-metadata.json')
      .flatMap((path) => must(described.includes(path), `${path} is described`)),
    ...files.flatMap((entity, index) => {
      const path = join(folder, described[index]!);
      const says = (rule: string) => `${entity['@id']} ${rule}`;
      if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return [says('is there')];
      const bytes = readFileSync(path);
      const hash = createHash('sha256').update(bytes).digest('hex');
      return [
        ...must(parts.has(entity['@id']), says('is a part of the root')),
        ...must(entity['contentSize'] === String(bytes.length), says('has its size')),
        ...must(entity['sha256'] === hash, says('has its sha256')),
        ...['name', 'description', 'encodingFormat'].flatMap((property) =>
          must(typeof entity[property] === 'string' && entity[property] !== '', says(`has a ${property}`)),
        ),
      ];
    }),
  ];
}

const mainWorkflow = ({ byId }: ReadCrate): Described | undefined =>
  byId.get(idsOf(byId.get('./')?.['mainEntity'])[0] ?? '');

function workflow(crate: ReadCrate): string[] {
  const entity = mainWorkflow(crate);
  const every = (property: string, type: string) =>
    idsOf(entity?.[property]).every((id) => typesOf(crate.byId.get(id)).includes(type));
  return [
    ...['File', 'SoftwareSourceCode', 'ComputationalWorkflow', 'HowTo'].flatMap((type) =>
      must(typesOf(entity).includes(type), `the workflow is a ${type}`),
    ),
    ...must(entity?.['programmingLanguage'] !== undefined, 'the workflow has a language'),
    ...must(every('programmingLanguage', 'ComputerLanguage'), 'the language is a ComputerLanguage'),
    ...must(idsOf(entity?.['hasPart']).length > 0 && every('hasPart', 'SoftwareApplication'), 'the workflow has tools'),
    ...must(every('step', 'HowToStep'), 'steps are HowToSteps'),
    ...must(every('input', 'FormalParameter') && every('output', 'FormalParameter'), 'slots are FormalParameters'),
  ];
}

function tools(crate: ReadCrate): string[] {
  const { graph, byId } = crate;
  const ofWorkflow = idsOf(mainWorkflow(crate)?.['hasPart']);
  const steps = graph.filter((entity) => typesOf(entity).includes('HowToStep'));
  return [
    ...ofWorkflow.flatMap((id) =>
      [...idsOf(byId.get(id)?.['input']), ...idsOf(byId.get(id)?.['output'])].flatMap((slot) =>
        must(typesOf(byId.get(slot)).includes('FormalParameter'), `${slot} of ${id} is a FormalParameter`),
      ),
    ),
    ...steps.flatMap((step) => [
      ...must(
        idsOf(step['workExample']).every((id) => ofWorkflow.includes(id)),
        `${step['@id']} names its tool`,
      ),
      ...must(idsOf(step['workExample']).length === 1, `${step['@id']} names one tool`),
      ...must(Number.isInteger(step['position']), `${step['@id']} has a position`),
    ]),
  ];
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/;

function actions(crate: ReadCrate): string[] {
  const { graph, byId } = crate;
  const of = (type: string) => graph.filter((entity) => typesOf(entity).includes(type));
  const refers = (entity: Described, property: string, types: readonly string[]) => {
    const ids = idsOf(entity[property]);
    const fits = ids.every((id) => typesOf(byId.get(id)).some((type) => types.includes(type)));
    return must(ids.length > 0 && fits, `${entity['@id']} refers by ${property} to ${types.join(' or ')}`);
  };
  const mentioned = idsOf(byId.get('./')?.['mentions']);
  const workflowId = mainWorkflow(crate)?.['@id'] ?? '';
  const tooled = idsOf(mainWorkflow(crate)?.['hasPart']);
  const created = of('CreateAction');
  const instruments = created.flatMap((action) => idsOf(action['instrument']));
  return [
    ...must(instruments.filter((id) => id === workflowId).length === 1, 'the workflow was run once'),
    ...tooled.flatMap((id) => must(instruments.includes(id), `${id} was executed`)),
    ...created.flatMap((action) => [
      ...refers(action, 'instrument', ['SoftwareApplication', 'SoftwareSourceCode', 'ComputationalWorkflow']),
      ...refers(action, 'result', ['File']),
      ...(action['object'] === undefined ? [] : refers(action, 'object', ['File', 'PropertyValue'])),
      ...must(TIME.test(String(action['endTime'])), `${action['@id']} has an endTime`),
      ...must(TIME.test(String(action['startTime'])), `${action['@id']} has a startTime`),
      ...must(String(action['startTime']) <= String(action['endTime']), `${action['@id']} ends after its start`),
      ...must(mentioned.includes(action['@id']), `${action['@id']} is mentioned`),
      ...must(action['actionStatus'] === 'http://schema.org/CompletedActionStatus', `${action['@id']} has its status`),
    ]),
    ...of('ControlAction').flatMap((action) => [
      ...refers(action, 'instrument', ['HowToStep']),
      ...refers(action, 'object', ['CreateAction']),
    ]),
    ...must(of('OrganizeAction').length === 1, 'the engine was run once'),
    ...of('OrganizeAction').flatMap((action) => [
      ...refers(action, 'instrument', ['SoftwareApplication']),
      ...refers(action, 'object', ['ControlAction']),
      ...refers(action, 'result', ['CreateAction']),
    ]),
  ];
}

function parameters({ graph, byId }: ReadCrate): string[] {
  return graph.flatMap((entity) => [
    ...(typesOf(entity).includes('FormalParameter')
      ? must(typeof entity['additionalType'] === 'string', `${entity['@id']} has an additionalType`)
      : []),
    ...idsOf(entity['exampleOfWork']).flatMap((id) =>
      must(typesOf(byId.get(id)).includes('FormalParameter'), `${entity['@id']} is an example of a FormalParameter`),
    ),
  ]);
}
