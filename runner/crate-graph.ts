import { isDeepStrictEqual } from 'node:util';

/** An entity of a crate: flat, and what it speaks of by `@id`. */
export interface Entity {
  readonly '@id': string;
  readonly '@type': string | readonly string[];
  readonly [property: string]: unknown;
}

export interface Reference {
  readonly '@id': string;
}

export const reference = (id: string): Reference => ({ '@id': id });

/** One reference as it is, several as a list; none: nothing. */
export function references(property: string, ids: readonly string[]): Readonly<Record<string, unknown>> {
  if (ids.length === 0) return {};
  return { [property]: ids.length === 1 ? reference(ids[0]!) : ids.map(reference) };
}

/** The `@id` of a file of the crate: its path as a URI. */
export const fileId = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** The `@id` of what is no file: `#artifact/emission`. */
export const localId = (...parts: readonly string[]): string =>
  `#${parts.map((part) => encodeURIComponent(part).replaceAll('%40', '@')).join('/')}`;

/** A time as the profiles have it. */
export const timeOf = (date: Date): string => date.toISOString().replace('Z', '+00:00');

/** Collects entities; the same one may be added again. */
export class Graph {
  readonly #entities = new Map<string, Entity>();

  add(...entities: readonly Entity[]): void {
    for (const entity of entities) {
      const known = this.#entities.get(entity['@id']);
      if (known !== undefined && !isDeepStrictEqual(known, entity)) {
        throw new Error(`Two entities are called ${entity['@id']}.`);
      }
      this.#entities.set(entity['@id'], entity);
    }
  }

  entities(): readonly Entity[] {
    return [...this.#entities.values()];
  }
}
