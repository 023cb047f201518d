import { countOf } from './count.ts';
import type { Sha256 } from './hash.ts';
import { shown } from './shown.ts';

/** Where an input was from: for people, and not in the key. */
export interface InputFrom {
  /** Path of a file or folder in the project, or name of an artifact. */
  readonly from: string;
  /** Of a folder. */
  readonly folder?: FolderContent;
}

interface FolderContent {
  readonly files: number;
  /** sha256 of each file by its path in the folder; null: they are too many to be kept. */
  readonly hashes: FileHashes | null;
}

export type FileHashes = Readonly<Record<string, Sha256>>;

/** Files of a folder that differ, by path. */
export interface FilesChange {
  readonly new: readonly string[];
  readonly changed: readonly string[];
  readonly gone: readonly string[];
}

/** A receipt names the files of larger folders not one by one. */
const MOST_FILES = 1000;
/** So many names are told in a line. */
const MOST_NAMES = 5;

/** @param hashes of the files of a folder; absent: it is no folder */
export function inputFrom(from: string, hashes: FileHashes | undefined): InputFrom {
  if (hashes === undefined) return { from };
  const files = Object.keys(hashes).length;
  return { from, folder: { files, hashes: files > MOST_FILES ? null : hashes } };
}

/** `data-raw/user/sales/ (4 files)`; of a folder whose files are not known the hash too, as that is all that may differ. */
export function inputFromText({ from, folder }: InputFrom, sha256: Sha256): string {
  if (folder === undefined) return from;
  return `${from} (${countOf(folder.files, 'file')}${folder.hashes === null ? `, ${sha256}` : ''})`;
}

/** Null: it was another folder, or not of both it is known what was in it. */
export function filesChange(before: InputFrom | undefined, after: InputFrom | undefined): FilesChange | null {
  const [old, now] = [before?.folder?.hashes, after?.folder?.hashes];
  if (!old || !now || before?.from !== after?.from) return null;
  return {
    new: Object.keys(now).filter((file) => !Object.hasOwn(old, file)),
    changed: Object.keys(now).filter((file) => Object.hasOwn(old, file) && old[file] !== now[file]),
    gone: Object.keys(old).filter((file) => !Object.hasOwn(now, file)),
  };
}

/** `new b.csv, changed a.csv`, and how many more. */
export function filesChangeText(files: FilesChange): string {
  const names = (['new', 'changed', 'gone'] as const).flatMap((what) =>
    files[what].map((file) => `${what} ${shown(file)}`),
  );
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${names.slice(0, MOST_NAMES).join(', ')}${more}`;
}
