import { createHash } from 'node:crypto';
import { blocksOf } from './files.ts';

declare const brand: unique symbol;
type Branded<Name> = string & { readonly [brand]: Name };

/** sha256 of some bytes, in hex. */
export type Sha256 = Branded<'sha256'>;
/** sha256 of all that a stage's output bytes depend on. */
export type CacheKey = Branded<'cache key'>;

export const sha256 = (bytes: string | Uint8Array): Sha256 =>
  createHash('sha256').update(bytes).digest('hex') as Sha256;

/** sha256 of a file's bytes, read block by block. */
export function sha256OfFile(path: string): Sha256 {
  const hash = createHash('sha256');
  for (const block of blocksOf(path)) hash.update(block);
  return hash.digest('hex') as Sha256;
}

/**
 * JSON with the keys of every object sorted, so that equal values have equal texts.
 * Refuses what JSON cannot hold exactly: undefined, NaN, infinities, functions.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no place in a cache key`);
  // -0 and 0 are different inputs to a calculation, but JSON writes both as 0.
  if (Object.is(value, -0)) return '-0';
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`${typeof value} has no place in a cache key`);
  return text;
}
