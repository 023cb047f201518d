import { existsSync, realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * Makes paths below some folders relative to them: what leaves this machine is not to tell how it is laid out.
 * @param folders absolute paths
 */
export function withoutFolders(folders: readonly string[]): (text: string) => string {
  const real = folders.map((folder) => (existsSync(folder) ? realpathSync(folder) : folder));
  const inner = [...new Set([...folders, ...real])]
    .filter((folder) => folder.length > 1)
    // The longest first, since one may lie in another.
    .toSorted((a, b) => b.length - a.length);
  return (text) =>
    inner.reduce(
      (told, folder) =>
        told
          .replaceAll(`${pathToFileURL(folder).href}/`, '')
          .replaceAll(`file://${folder}/`, '')
          .replaceAll(`${folder}/`, '')
          .replaceAll(folder, '.'),
      text,
    );
}
