import type { Dataset } from './datasets.ts';
import type { Sha256 } from './hash.ts';
import type { Failure } from './job.ts';
import type { ColumnDeclaration, StageDeclaration } from './pipeline.ts';
import type { StoredOutput } from './store.ts';

/** The shapes of OpenLineage 2-0-2, as far as they are used here: https://openlineage.io/spec/2-0-2/OpenLineage.json */

export type EventType = 'START' | 'COMPLETE' | 'ABORT' | 'FAIL';

export interface LineageEvent {
  readonly eventType: EventType;
  readonly eventTime: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
  readonly inputs: readonly LineageDataset[];
  readonly outputs: readonly LineageDataset[];
  readonly producer: string;
  readonly schemaURL: string;
}

export interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
  readonly outputFacets?: Facets;
}

type Facets = Readonly<Record<string, object>>;

export const EVENT_SCHEMA = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

const facetSchema = (version: string, name: string): string =>
  `https://openlineage.io/spec/facets/${version}/${name}.json#/$defs/${name}`;

const SCHEMAS = {
  parent: facetSchema('1-1-0', 'ParentRunFacet'),
  errorMessage: facetSchema('1-0-1', 'ErrorMessageRunFacet'),
  jobType: facetSchema('2-0-3', 'JobTypeJobFacet'),
  jobDocumentation: facetSchema('1-0-1', 'DocumentationJobFacet'),
  documentation: facetSchema('1-0-1', 'DocumentationDatasetFacet'),
  schema: facetSchema('1-2-0', 'SchemaDatasetFacet'),
  version: facetSchema('1-0-1', 'DatasetVersionDatasetFacet'),
  outputStatistics: facetSchema('1-0-2', 'OutputStatisticsOutputDatasetFacet'),
};

export type FacetMaker = ReturnType<typeof facetMaker>;

/** Makes facets, each with who says so and what it is. */
export function facetMaker(producer: string) {
  const facet = (kind: keyof typeof SCHEMAS, fields: object): object => ({
    _producer: producer,
    _schemaURL: SCHEMAS[kind],
    ...fields,
  });

  const datasetFacets = (dataset: Dataset, version: Sha256 | null): Facets => {
    const { description, columns } = describe(dataset);
    return {
      ...(description === '' ? {} : { documentation: facet('documentation', { description }) }),
      ...(columns === null ? {} : { schema: facet('schema', { fields: columns.map(field) }) }),
      ...(version === null ? {} : { version: facet('version', { datasetVersion: version }) }),
    };
  };

  return {
    parent: (runId: string, namespace: string, name: string): Facets => ({
      parent: facet('parent', { run: { runId }, job: { namespace, name } }),
    }),
    errorMessage: (failures: readonly Failure[], programmingLanguage: string): Facets => {
      const message = failures.map(({ message, remedy }) => [message, remedy ?? []].flat().join('\n')).join('\n');
      const stackTrace = failures.flatMap(({ stack }) => stack ?? []).join('\n');
      const fields = { message, programmingLanguage, ...(stackTrace === '' ? {} : { stackTrace }) };
      return { errorMessage: facet('errorMessage', fields) };
    },
    job: (jobType: 'DAG' | 'TASK', integration: string, description: string): Facets => ({
      jobType: facet('jobType', { processingType: 'BATCH', integration: integration.toUpperCase(), jobType }),
      ...(description === '' ? {} : { documentation: facet('jobDocumentation', { description }) }),
    }),
    dataset: (namespace: string, dataset: Dataset, version: Sha256 | null): LineageDataset => ({
      namespace,
      name: dataset.name,
      facets: datasetFacets(dataset, version),
    }),
    /** @param stored null: it is not made yet */
    output: (namespace: string, dataset: Dataset, stored: StoredOutput | null): LineageDataset => ({
      namespace,
      name: dataset.name,
      facets: datasetFacets(dataset, stored?.sha256 ?? null),
      ...(stored === null ? {} : { outputFacets: { outputStatistics: facet('outputStatistics', statistics(stored)) } }),
    }),
  };
}

const statistics = ({ rows, bytes }: StoredOutput) => ({ ...(rows === null ? {} : { rowCount: rows }), size: bytes });

function describe(dataset: Dataset): { description: string; columns: readonly ColumnDeclaration[] | null } {
  if (dataset.kind === 'source') {
    const { description, table } = dataset.source;
    return { description, columns: table?.columns ?? null };
  }
  const { output } = dataset;
  return { description: output.description, columns: output.kind === 'table' ? output.columns : null };
}

function field({ name, type, unit, description }: ColumnDeclaration): object {
  const told = [description ?? [], unit === undefined ? [] : `unit: ${unit}`].flat().join('; ');
  return { name, type, ...(told === '' ? {} : { description: told }) };
}

const LANGUAGES = { typescript: 'TypeScript', sql: 'SQL', shell: 'Bash' } as const;

export const languageOf = ({ language }: Pick<StageDeclaration, 'language'>): string => LANGUAGES[language];
