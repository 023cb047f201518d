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
import { exclusively } from './exclusive.ts';
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

interface Publication {
  /** Absolute path of data-out. */
  readonly folder: string;
  /** False if all of it was there already. */
  readonly changed: boolean;
  /** Where a folder went that was in the way. */
  readonly movedAside: string | null;
}

/**
 * Makes `data-out` in a folder hold exactly the given files. Readers see the old results or the new ones, never a mixture:
 * data-out is a link to a folder that is complete before the link is swapped. One run at a time publishes.
 *
 * @param root absolute path of the folder that data-out is in
 * @param objectPath where the bytes of a file are; called for each file that is copied, may throw
 */
export function publish(
  root: string,
  files: readonly PublishedFile[],
  objectPath: (file: PublishedFile) => string,
  memo: Memo,
): Promise<Publication> {
  const editions = join(root, '.data-out');
  requireFolder(editions);
  return exclusively(editions, () => publishAlone(root, editions, files, objectPath, memo));
}

function publishAlone(
  root: string,
  editions: string,
  files: readonly PublishedFile[],
  objectPath: (file: PublishedFile) => string,
  memo: Memo,
): Publication {
  const link = join(root, 'data-out');
  removeUnfinished(root, editions);
  const previous = currentEdition(link);
  const manifest = `${JSON.stringify({ files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }, null, 1)}\n`;
  const id = sha256(manifest).slice(0, 16);
  const there = readdirSync(editions);
  const alike = there.filter((name) => idOf(name) === id);
  const complete = alike.filter((name) => isComplete(join(editions, name), manifest, files, memo));
  if (previous !== null && complete.includes(previous)) {
    // A run that was killed just after it had swapped the link may have left the damaged one.
    if (alike.length > 1) removeOthers(editions, [previous, ...there.filter((name) => idOf(name) !== id)]);
    return { folder: link, changed: false, movedAside: null };
  }

  const edition = complete[0] ?? freeName(id, alike);
  if (complete.length === 0) buildEdition(join(editions, edition), manifest, files, objectPath, memo);
  // Before the link is swapped: a run that is killed after that has left nothing that only the next publication removes.
  removeOthers(editions, previous === null ? [edition] : [edition, previous]);
  const movedAside = previous === null ? moveAside(link) : null;
  const fresh = `${link}.${randomUUID()}.tmp`;
  symlinkSync(join('.data-out', edition), fresh);
  renameDurably(fresh, link);
  // The one before is kept for readers that still have it open, unless it is this one damaged.
  if (previous !== null && idOf(previous) === id) removeOthers(editions, [edition]);
  return { folder: link, changed: true, movedAside };
}

/** Old editions are removed there: a link may lead to a folder in which they are something else. */
function requireFolder(editions: string): void {
  const state = lstatSync(editions, { throwIfNoEntry: false });
  if (state === undefined || state.isDirectory()) return;
  const what = state.isSymbolicLink() ? 'a link' : 'no folder';
  throw new MistakeError(
    `${editions} is ${what}.\n  Move it away: what is published is kept in a folder of that name.`,
  );
}

/** `0123456789abcdef`, `0123456789abcdef-2`. */
const isEdition = (entry: string): boolean => /^[0-9a-f]{16}(?:-\d+)?$/.test(entry);

/** Editions of the same files differ in a number: `0123456789abcdef`, `0123456789abcdef-2`. */
const idOf = (edition: string): string => edition.replace(/-\d+$/, '');

/** A damaged edition of the same files may be the one that is read: its name is not free before the link is swapped. */
function freeName(id: string, taken: readonly string[]): string {
  let name = id;
  for (let number = 2; taken.includes(name); number++) name = `${id}-${number}`;
  return name;
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

function isComplete(edition: string, manifest: string, files: readonly PublishedFile[], memo: Memo): boolean {
  if (!lstatSync(edition).isDirectory()) return false;
  const expected = [...files, { path: 'manifest.json', sha256: sha256(manifest) }];
  return expected.every((file) => {
    const place = join(edition, file.path);
    return existsSync(place) && memo.hashOf(place) === file.sha256;
  });
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

/** Nobody else publishes now, so no edition is being built. What is no edition is somebody's own. */
function removeOthers(editions: string, kept: readonly string[]): void {
  for (const entry of readdirSync(editions)) {
    if (isEdition(entry) && !kept.includes(entry)) rmSync(join(editions, entry), { recursive: true, force: true });
  }
}

/** What runs left that were killed while they published. */
function removeUnfinished(root: string, editions: string): void {
  const links = readdirSync(root).filter((entry) => /^data-out\.[0-9a-f-]{36}\.tmp$/.test(entry));
  const builds = readdirSync(editions).filter((entry) => entry.endsWith('.tmp'));
  for (const path of [...links.map((entry) => join(root, entry)), ...builds.map((entry) => join(editions, entry))])
    rmSync(path, { recursive: true, force: true });
}
