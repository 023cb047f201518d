import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MistakeError } from './diagnostic.ts';
import { canonicalJson, sha256, type Sha256 } from './hash.ts';
import type { FileHashes } from './inputs-from.ts';
import type { Memo } from './memo.ts';

/** Whether a source is all that lies in a folder: then its path ends with a slash. */
export const isFolder = (file: string): boolean => file.endsWith('/');

/** Names of what is in a folder for people to read, or for programs to find their way. */
const isAside = (name: string): boolean => name.startsWith('.') || name.startsWith('~$') || /^readme\.md$/i.test(name);

type Consult = Pick<Memo, 'consult'>;

/** Paths of all files below a folder, relative to it and in order, but for README.md and names that begin with a dot. */
export function filesBelow(folder: string, memo: Consult, below = ''): string[] {
  const place = join(folder, below);
  memo.consult(place);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => !isAside(name))
    .toSorted()
    .flatMap((name) => {
      const path = below === '' ? name : `${below}/${name}`;
      const state = lstatSync(join(folder, path));
      if (state.isDirectory()) return filesBelow(folder, memo, path);
      // It may lead back to where it lies.
      if (state.isSymbolicLink() && statSync(join(folder, path)).isDirectory())
        throw new MistakeError(
          `${join(folder, path)} is a link to a folder\n  Put the folder itself there, or links to its files.`,
        );
      return [path];
    });
}

/** Whether a source is there: a file, or a folder that holds one. */
export function isPresent(root: string, file: string, memo: Consult): boolean {
  const path = resolve(root, file);
  if (isFolder(file) && (!existsSync(path) || statSync(path).isDirectory())) return filesBelow(path, memo).length > 0;
  memo.consult(path);
  return existsSync(path);
}

/** What a source holds. */
interface SourceContent {
  /** Of the file, or of the names and hashes of all files in the folder. */
  readonly hash: Sha256;
  /** Of a folder: the hash of each file by its path in it. */
  readonly files?: FileHashes;
}

export const hashOfSource = (root: string, file: string, memo: Memo): Sha256 => contentOf(root, file, memo).hash;

/** Throws a MistakeError where a folder lies in the place of the file, or a file in that of the folder. */
export function contentOf(root: string, file: string, memo: Memo): SourceContent {
  const path = resolve(root, file);
  const state = statSync(path);
  if (isFolder(file) ? !state.isDirectory() : !state.isFile()) {
    const what = state.isDirectory() ? 'a folder' : state.isFile() ? 'a file' : 'no plain file';
    const expected = isFolder(file) ? 'a folder' : 'a file';
    throw new MistakeError(
      `${file} is ${what}, ${expected} is expected there\n  Move it away, and put the ${expected.slice(2)} there.`,
    );
  }
  if (!isFolder(file)) return { hash: memo.hashOf(path) };
  const hashes = filesBelow(path, memo).map((name) => [name, memo.hashOf(join(path, name))] as const);
  const files = Object.fromEntries(hashes);
  return { hash: sha256(canonicalJson(files)), files };
}
