import type { Plain } from './plain-values.ts';
import type { YamlDocument, YamlPath } from './yaml-document.ts';

/** Places of what a pipeline file says. */
export interface Places extends Pick<YamlDocument, 'position'> {
  /** The base that something comes from, as the user would write it; null: it is written in the file, or nowhere. */
  readonly baseOf: (path: YamlPath) => string | null;
}

export const placesIn = (yaml: YamlDocument): Places => ({
  baseOf: () => null,
  position: (path, part) => yaml.position(path, part),
});

/**
 * The place of what only the base says is the nearest that is written: the name of the stage or source, else `base`.
 * @param whole what the file says together with its base
 */
export function placesWithBase(yaml: YamlDocument, whole: Plain, base: string): Places {
  const isFromBase = (path: YamlPath): boolean =>
    depthIn(yaml.value, path) < path.length && depthIn(whole, path) === path.length;
  return {
    baseOf: (path) => (isFromBase(path) ? base : null),
    position(path, part) {
      if (!isFromBase(path)) return yaml.position(path, part);
      const written = path.slice(0, depthIn(yaml.value, path));
      return yaml.position(written.length >= 2 ? written : ['base'], 'key');
    },
  };
}

/** How many steps of a path there are in a value. */
function depthIn(value: unknown, path: YamlPath): number {
  const missing = path.findIndex((step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return true;
    value = (value as Record<PropertyKey, unknown>)[step];
    return false;
  });
  return missing === -1 ? path.length : missing;
}
