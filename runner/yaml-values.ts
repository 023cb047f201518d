import type { YamlPath } from './yaml-document.ts';

/** Something in the values of a YAML document that a pipeline cannot hold. */
interface Unfit {
  readonly path: YamlPath;
  readonly part: 'key' | 'value';
  readonly message: string;
}

/** Far more than a pipeline needs, far less than the stack holds; what repeats itself goes deeper than any. */
const DEEPEST = 64;
/** What aliases repeat is counted each time: so often it is looked at. */
const MOST_VALUES = 200_000;

/** What every JavaScript object has: as a name it would be found where it is not. */
const RESERVED: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

const NO_TEXT = /\0|\p{Surrogate}/u;

/** The first value or key that is reserved, no text, or nested too deeply. */
export function findUnfit(document: unknown): Unfit | null {
  let values = 0;
  const visit = (value: unknown, path: YamlPath): Unfit | null => {
    if (typeof value === 'string' && NO_TEXT.test(value))
      return { path, part: 'value', message: 'a text cannot hold a NUL character or half a character' };
    if (++values > MOST_VALUES) return { path, part: 'value', message: `here are more than ${MOST_VALUES} values` };
    if (typeof value !== 'object' || value === null) return null;
    if (path.length >= DEEPEST) return { path, part: 'value', message: 'this is nested too deeply' };
    for (const [key, member] of Object.entries(value)) {
      const inside = [...path, Array.isArray(value) ? Number(key) : key];
      const found = unfitKey(key, inside) ?? visit(member, inside);
      if (found !== null) return found;
    }
    return null;
  };
  return visit(document, []);
}

function unfitKey(key: string, path: YamlPath): Unfit | null {
  if (RESERVED.has(key)) return { path, part: 'key', message: `\`${key}\` cannot be a name here: it is reserved` };
  if (NO_TEXT.test(key))
    return { path, part: 'key', message: 'a name cannot hold a NUL character or half a character' };
  return null;
}
