import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { MistakeError } from './diagnostic.ts';
import { flushToDisk, renameDurably } from './files.ts';

/** Throws a MistakeError if there is something already. */
export function requireFree(named: string): void {
  const state = statSync(resolve(named), { throwIfNoEntry: false });
  if (state === undefined || (state.isDirectory() && readdirSync(resolve(named)).length === 0)) return;
  const what = state.isDirectory() ? 'is not empty' : 'is a file';
  throw new MistakeError(`${named} ${what}.\n  Name a folder that is not there yet, or an empty one.`);
}

/**
 * Builds a folder aside and puts it in place: readers see none or the whole one.
 *
 * @param named where it is to be: nothing yet, or an empty folder
 * @param build writes the files, each flushed to disk, below the folder that it is given
 */
export async function intoNewFolder<T>(named: string, build: (folder: string) => Promise<T>): Promise<T> {
  const folder = resolve(named);
  mkdirSync(dirname(folder), { recursive: true });
  const building = `${folder}.${randomUUID()}.tmp`;
  try {
    mkdirSync(building);
    const built = await build(building);
    foldersIn(building).forEach(flushToDisk);
    requireFree(named);
    if (existsSync(folder)) rmdirSync(folder);
    renameDurably(building, folder);
    return built;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

/** A folder and all below it. */
const foldersIn = (folder: string): string[] => [
  folder,
  ...readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name)),
];
