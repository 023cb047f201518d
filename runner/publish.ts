import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { MistakeError } from './diagnostic.ts';
import { flushToDisk, renameDurably, writeAtomically } from './files.ts';
import { sha256, type Sha256 } from './hash.ts';
import type { Memo } from './memo.ts';

/** A file of what is published. */
export interface PublishedFile {
  /** Path inside data-out. */
  readonly path: string;
  readonly artifact: string;
  readonly stage: string;
  readonly sha256: Sha256;
}

export interface Publication {
  /** Absolute path of data-out. */
  readonly folder: string;
  /** False if all of it was there already. */
  readonly changed: boolean;
  /** Where a folder went that was in the way. */
  readonly movedAside: string | null;
}

/**
 * Makes `data-out` hold exactly the given files. Readers see the old results or the new ones, never a mixture:
 * data-out is a link to a folder that is complete before the link is swapped.
 *
 * @param objectPath where the bytes of a file are; called for each file that is copied, may throw
 */
export function publish(
  root: string,
  files: readonly PublishedFile[],
  objectPath: (file: PublishedFile) => string,
  memo: Memo,
): Publication {
  const link = join(root, 'data-out');
  const editions = join(root, '.data-out');
  const manifest = `${JSON.stringify({ files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }, null, 1)}\n`;
  const id = sha256(manifest).slice(0, 16);
  const edition = join(editions, id);
  const previous = currentEdition(link);
  if (previous === id && isComplete(edition, files, memo)) return { folder: link, changed: false, movedAside: null };

  if (!isComplete(edition, files, memo)) buildEdition(edition, manifest, files, objectPath, memo);
  const movedAside = previous === null ? moveAside(link) : null;
  const fresh = `${link}.${randomUUID()}.tmp`;
  symlinkSync(join('.data-out', id), fresh);
  renameDurably(fresh, link);
  removeOthers(editions, [id, previous]);
  return { folder: link, changed: true, movedAside };
}

/** The edition that data-out links to; null if it is a folder or nothing. */
function currentEdition(link: string): string | null {
  const state = lstatSync(link, { throwIfNoEntry: false });
  if (state === undefined || state.isDirectory()) return null;
  if (state.isSymbolicLink()) {
    const target = readlinkSync(link);
    if (dirname(target) === '.data-out') return basename(target);
  }
  throw new MistakeError(`${link} is not a folder of this pipeline.\n  Move it away: results are published there.`);
}

function isComplete(edition: string, files: readonly PublishedFile[], memo: Memo): boolean {
  return (
    existsSync(join(edition, 'manifest.json')) &&
    files.every(({ path, sha256 }) => {
      const place = join(edition, path);
      return existsSync(place) && memo.hashOf(place) === sha256;
    })
  );
}

/** Builds a folder aside and puts it in place when it is whole. */
function buildEdition(
  edition: string,
  manifest: string,
  files: readonly PublishedFile[],
  objectPath: (file: PublishedFile) => string,
  memo: Memo,
): void {
  const building = `${edition}.${randomUUID()}.tmp`;
  try {
    const folders = new Set([building]);
    for (const file of files) {
      const place = join(building, file.path);
      mkdirSync(dirname(place), { recursive: true });
      // A copy, so that nobody who edits a result reaches into the store.
      copyFileSync(objectPath(file), place, constants.COPYFILE_FICLONE);
      chmodSync(place, 0o644);
      flushToDisk(place);
      folders.add(dirname(place));
    }
    mkdirSync(building, { recursive: true });
    writeAtomically(join(building, 'manifest.json'), manifest);
    folders.forEach(flushToDisk);
    // A damaged edition of the same name gives way.
    rmSync(edition, { recursive: true, force: true });
    renameDurably(building, edition);
    for (const { path, sha256 } of files) memo.remember(join(edition, path), sha256);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

/** A real folder of that name may hold anything: it is kept under another name. */
function moveAside(link: string): string | null {
  if (!existsSync(link)) return null;
  let number = 1;
  while (existsSync(`${link}.before-${number}`)) number++;
  renameSync(link, `${link}.before-${number}`);
  return `${link}.before-${number}`;
}

/** Keeps the newest two, for readers that still have the old one open. */
function removeOthers(editions: string, kept: readonly (string | null)[]): void {
  for (const entry of readdirSync(editions)) {
    if (!kept.includes(entry)) rmSync(join(editions, entry), { recursive: true, force: true });
  }
}
