import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds the runner, node_modules and package-lock.json: above this file, or above the bundle of it. */
export const TOOL_ROOT = above(import.meta.dirname);

function above(folder: string): string {
  if (existsSync(join(folder, 'runner', 'start.cjs'))) return folder;
  if (dirname(folder) === folder) throw new Error('The runner does not find its own folder.');
  return above(dirname(folder));
}
