import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * Whether there is a plain file at a path below a folder, and no link on the way to it. A stage can put a link in the
 * place of a folder that was made for it: what is taken from there would then be somebody else's.
 */
export function isOwnFile(path: string, folder: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const parent = dirname(path);
  return realpathSync(parent) === join(realpathSync(folder), relative(folder, parent));
}
