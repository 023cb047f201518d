import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { localId, references, type Entity } from './crate-graph.ts';
import { MistakeError } from './diagnostic.ts';

export const CITATION = 'CITATION.cff';
export const LICENCE = 'LICENSE';

/** Who made the pipeline, and what others may do with it. */
export interface Citation {
  readonly title: string | null;
  readonly abstract: string | null;
  readonly version: string | null;
  /** Ids of authors, licences and cited works, all of them among `entities`. */
  readonly authors: readonly string[];
  readonly licences: readonly string[];
  readonly cited: readonly string[];
  readonly entities: readonly Entity[];
}

type Fields = Readonly<Record<string, unknown>>;

/** What CITATION.cff says, if there is one: https://citation-file-format.github.io */
export function readCitation(root: string): Citation {
  const fields = readFields(join(root, CITATION));
  const authors = list(fields['authors']).map(author);
  const cited = list(fields['references']).flatMap(citedWork);
  const licences = licenceEntities(fields['license'], existsSync(join(root, LICENCE)));
  return {
    title: text(fields['title']),
    abstract: text(fields['abstract'])?.trim() ?? null,
    version: text(fields['version']),
    authors: authors.map(({ id }) => id),
    licences: licences.map(({ '@id': id }) => id),
    cited: cited.map(({ '@id': id }) => id),
    entities: [...authors.flatMap(({ entities }) => entities), ...licences, ...cited],
  };
}

function readFields(path: string): Fields {
  if (!existsSync(path)) return {};
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MistakeError(`${CITATION} cannot be read: ${why}\n  Correct it, or move it away.`);
  }
  return isFields(content) ? content : {};
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;

function author(fields: Fields, index: number): { id: string; entities: Entity[] } {
  const id = text(fields['orcid']) ?? text(fields['website']) ?? localId('author', String(index + 1));
  const whole = text(fields['name']);
  if (whole !== null) return { id, entities: [{ '@id': id, '@type': 'Organization', name: whole }] };
  const given = text(fields['given-names']);
  const family = [text(fields['name-particle']) ?? [], text(fields['family-names']) ?? []].flat().join(' ');
  const employer = text(fields['affiliation']);
  const employerId = localId('organization', employer ?? '');
  return {
    id,
    entities: [
      {
        ...{ '@id': id, '@type': 'Person', name: [given ?? [], family].flat().join(' ').trim() },
        ...(given === null ? {} : { givenName: given }),
        ...(family === '' ? {} : { familyName: family }),
        ...references('affiliation', employer === null ? [] : [employerId]),
      },
      ...(employer === null ? [] : [{ '@id': employerId, '@type': 'Organization', name: employer }]),
    ],
  };
}

/** A work without a name that lasts cannot be referred to. */
function citedWork(fields: Fields): Entity[] {
  const [doi, title] = [text(fields['doi']), text(fields['title'])];
  if (doi === null || title === null) return [];
  return [{ '@id': `https://doi.org/${doi}`, '@type': 'ScholarlyArticle', name: title }];
}

function licenceEntities(named: unknown, hasText: boolean): Entity[] {
  const ids = (Array.isArray(named) ? named : [named]).flatMap((id) => text(id) ?? []);
  const where = hasText ? ` Its text is in ${LICENCE}.` : '';
  return ids.map((id) => ({
    '@id': `https://spdx.org/licenses/${encodeURIComponent(id)}`,
    '@type': 'CreativeWork',
    name: id,
    description: `The licence that SPDX calls ${id}.${where}`,
  }));
}
