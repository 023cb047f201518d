import { createReadStream, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openPromise, type Entry } from 'yauzl';
import { ModelError } from '../../mrio/error.ts';

/** The files of a folder or of a zip archive, or one file alone. */
export interface Files {
  /** Where they are, for errors. */
  readonly place: string;
  /** Their names, with `/` between folders, in the order of their letters. */
  readonly names: readonly string[];
  /** The bytes of one of them, in chunks. */
  open(name: string): AsyncIterable<Uint8Array>;
  /** Where one of them lies on the disk; null: it is packed in an archive. */
  path(name: string): string | null;
}

/** What systems and spreadsheet programs leave beside files: it is none of them. */
export const isAside = (name: string): boolean =>
  name.split('/').some((part) => part.startsWith('.') || part.startsWith('~$') || part === '__MACOSX') ||
  /(?:^|\/)readme\.md$/i.test(name);

/** How deep a folder is looked into: a table, its extensions, and the archives beside it. */
const DEPTH = 3;

/**
 * Opens a folder, a zip archive, or a file.
 * Throws a ModelError where there is nothing at the path or the archive is damaged.
 */
export async function openFiles(path: string): Promise<Files> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ModelError(`${path} does not exist`, 'give the path of a file or of a folder');
  if (found.isDirectory()) return onDisk(path, await listed(path, '', DEPTH));
  if (path.toLowerCase().endsWith('.zip')) return packed(path);
  return { ...onDisk(path, [basename(path)]), open: () => createReadStream(path), path: () => path };
}

const byLetters = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function onDisk(folder: string, names: readonly string[]): Files {
  return {
    place: folder,
    names: names.filter((name) => !isAside(name)).sort(byLetters),
    open: (name) => createReadStream(join(folder, name)),
    path: (name) => join(folder, name),
  };
}

async function listed(folder: string, below: string, depth: number): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const names = entries.map(async (entry) => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    const path = statSync(join(folder, name), { throwIfNoEntry: false });
    if (path === undefined) return [];
    if (!path.isDirectory()) return [name];
    return depth > 1 ? listed(folder, name, depth - 1) : [];
  });
  return (await Promise.all(names)).flat();
}

/** Entries are unpacked as they are read: an archive may hold more than memory does. */
async function packed(path: string): Promise<Files> {
  const entries = new Map<string, Entry>();
  await inArchive(path, async (archive) => {
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
    }
  });
  async function* open(name: string): AsyncGenerator<Uint8Array> {
    const archive = await openPromise(path, { autoClose: false });
    try {
      for await (const chunk of await archive.openReadStreamPromise(entries.get(name)!)) yield chunk as Uint8Array;
    } catch (error) {
      throw damaged(path, error);
    } finally {
      archive.close();
    }
  }
  return {
    place: path,
    names: [...entries.keys()].filter((name) => !isAside(name)).sort(byLetters),
    open,
    path: () => null,
  };
}

async function inArchive(
  path: string,
  act: (archive: Awaited<ReturnType<typeof openPromise>>) => Promise<void>,
): Promise<void> {
  try {
    await act(await openPromise(path));
  } catch (error) {
    throw damaged(path, error);
  }
}

const damaged = (path: string, error: unknown): ModelError =>
  new ModelError(
    `${path} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
    'download the archive again, or unpack it and give the folder',
  );

/** The files in a folder of these, by their names within it. */
export function within(files: Files, folder: string): Files {
  if (folder === '') return files;
  const start = `${folder}/`;
  return {
    place: `${files.place}/${folder}`,
    names: files.names.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length)),
    open: (name) => files.open(start + name),
    path: (name) => files.path(start + name),
  };
}

/** The whole of a small file. */
export async function bytesOf(files: Files, name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of files.open(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The whole text of a small file. */
export const textOf = async (files: Files, name: string): Promise<string> =>
  new TextDecoder().decode(await bytesOf(files, name));
