import { readCitation } from './crate-citation.ts';
import { TIME_FORMAT, type WrittenCsv } from './data-package-csv.ts';
import type { PackedTable } from './data-package-tables.ts';
import type { Entity } from './crate-graph.ts';
import type { Sha256 } from './hash.ts';
import type { ColumnDeclaration, Pipeline, Source } from './pipeline.ts';
import { studyAbout } from './study-about.ts';

export const DESCRIPTOR = 'datapackage.json';

/** A table with the file that was written of it. */
export interface PackedFile extends WrittenCsv {
  readonly table: PackedTable;
  /** Path inside the package. */
  readonly path: string;
  readonly compressed: boolean;
  /** Of the file as it is, compressed or not. */
  readonly bytes: number;
  readonly sha256: Sha256;
}

/** How the files are written, the same for all. */
const DIALECT = {
  delimiter: ',',
  quoteChar: '"',
  doubleQuote: true,
  lineTerminator: '\n',
  skipInitialSpace: false,
  header: true,
};

/** The name that a table has in a package, where `@` is not allowed; names of artifacts have no dots. */
export const resourceName = (table: string): string => table.replace('@', '.');

/**
 * The text of datapackage.json, with the profile `tabular-data-package`: https://specs.frictionlessdata.io
 * No time is in it, so that the same results give the same bytes. Who made the data, and what they are called, says the
 * CITATION.cff beside the pipeline file: one further up is about other data. What it says of licences and works holds for the
 * software: those of the data are in the pipeline.
 * @param sources the files that the results were made from
 */
export function descriptor(files: readonly PackedFile[], sources: readonly Source[], pipeline: Pipeline): string {
  const { title, abstract, version } = studyAbout(pipeline);
  const { authors, entities } = readCitation(pipeline.folder);
  const byId = new Map(entities.map((entity) => [entity['@id'], entity]));
  const named = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  const packed = new Set(files.map(({ table }) => table.name));
  const about = {
    profile: 'tabular-data-package',
    name: pipeline.name,
    title,
    description: abstract ?? `Tables of the pipeline ${pipeline.name}`,
    ...(version === null ? {} : { version }),
    ...list('licenses', pipeline.licence === null ? [] : [licence(pipeline.licence)]),
    ...list(
      'contributors',
      named(authors).map((author) => contributor(author, byId)),
    ),
    ...list('sources', sources.map(origin)),
    resources: files.map((file) => resource(file, packed)),
  };
  return `${JSON.stringify(about, null, 2)}\n`;
}

/** The specification has no empty lists. */
const list = (property: string, items: readonly unknown[]): Readonly<Record<string, unknown>> =>
  items.length === 0 ? {} : { [property]: items };

/** A URL has no name that the specification knows. `+` is in few ids, and in no name; their address is still one. */
function licence(named: string) {
  if (/^https?:/.test(named)) return { path: named };
  const path = `https://spdx.org/licenses/${encodeURIComponent(named)}`;
  return { ...(named.includes('+') ? {} : { name: named }), path, title: named };
}

/** The file itself is not in the package, so it has no path there. */
const origin = ({ file, description, evidence }: Source) => ({
  title: description === '' ? file : description,
  ...(evidence === null ? {} : { evidence }),
});

function contributor(author: Entity, byId: ReadonlyMap<string, Entity>) {
  const { '@id': id, name, affiliation } = author;
  const employer = byId.get((affiliation as { '@id': string } | undefined)?.['@id'] ?? '');
  return {
    title: name,
    ...(/^https?:/.test(id) ? { path: id } : {}),
    role: 'author',
    ...(employer === undefined ? {} : { organization: employer['name'] }),
  };
}

function resource(file: PackedFile, packed: ReadonlySet<string>) {
  const { table, path, compressed, bytes, sha256 } = file;
  const { name, evidence, stage, cacheKey, object } = table;
  return {
    profile: 'tabular-data-resource',
    ...{ name: resourceName(name), title: name, description: described(table), path },
    ...{ format: 'csv', mediatype: 'text/csv', encoding: 'utf-8' },
    ...(compressed ? { compression: 'gz' } : {}),
    ...{ bytes, hash: `sha256:${sha256}`, dialect: DIALECT },
    schema: schemaOf(file, packed),
    ...list('sources', table.file === null ? [] : [{ title: table.file }]),
    ...list('evidence', evidence),
    ...(stage === null ? {} : { stage }),
    ...{ cacheKey, artifactHash: `sha256:${object}` },
  };
}

function described({ name, description, evidence, stage, file }: PackedTable): string {
  const what = description || (stage === null ? `Read from ${file!}` : `What the stage ${stage} makes as ${name}`);
  return evidence.length === 0 ? what : `${what.replace(/\.$/, '')}. Evidence: ${evidence.join(' + ')}.`;
}

function schemaOf({ table: { name, declared, referred }, missing }: PackedFile, packed: ReadonlySet<string>) {
  const { columns, key } = declared;
  const nullable = new Set(columns.filter((column) => column.nullable).map((column) => column.name));
  const foreignKeys = columns.flatMap((column) => {
    const table = column.references && referred.get(column.references.table);
    if (table === undefined || !packed.has(table)) return [];
    // The specification writes a table that refers to itself so.
    const resource = table === name ? '' : resourceName(table);
    return [{ fields: column.name, reference: { resource, fields: column.references!.column } }];
  });
  return {
    fields: columns.map(field),
    missingValues: [missing],
    // No part of a primary key may be missing. `uniqueKeys` came with version 2; readers of version 1 pass over it.
    ...(key.some((column) => nullable.has(column)) ? { uniqueKeys: [key] } : list('primaryKey', key)),
    ...list('foreignKeys', foreignKeys),
  };
}

function field({ name, type, unit, description, nullable, min, max }: ColumnDeclaration) {
  const as = fieldType(type);
  const isNumber = as === 'integer' || as === 'number';
  const whole = as === 'integer';
  const constraints = {
    ...(nullable ? {} : { required: true }),
    ...(isNumber && min !== undefined ? { minimum: whole ? Math.ceil(min) : min } : {}),
    ...(isNumber && max !== undefined ? { maximum: whole ? Math.floor(max) : max } : {}),
  };
  return {
    ...{ name, type: as },
    ...(as === 'datetime' ? { format: TIME_FORMAT } : {}),
    ...(description === undefined ? {} : { description }),
    ...(unit === undefined ? {} : { unit }),
    ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
    duckdbType: type,
  };
}

function fieldType(type: string): 'boolean' | 'integer' | 'number' | 'string' | 'date' | 'datetime' {
  if (type === 'BOOLEAN') return 'boolean';
  if (/^U?(TINY|SMALL|BIG)INT$|^U?INTEGER$/.test(type)) return 'integer';
  if (type === 'VARCHAR') return 'string';
  if (type === 'DATE') return 'date';
  return type === 'TIMESTAMP' ? 'datetime' : 'number';
}
