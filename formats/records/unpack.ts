import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ModelError } from '../../mrio/error.ts';
import { openFiles } from '../delimited/files.ts';
import type { NamedFile } from './plain-text.ts';

/** What a packed file is told by: its first bytes; a workbook is a zip too. */
export type Packing = 'gzip' | 'zip';

/** The first bytes of a file. */
export async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(count) });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * The files in a packed one, each unpacked to a temporary file that is removed when the next is asked for. Their places
 * are `a.zip/inner.csv`; what a `.gz` holds has its own place.
 * @throws ModelError that names the packed file if it is damaged
 */
export async function* unpacked({ path, place }: NamedFile, packing: Packing): AsyncGenerator<NamedFile> {
  const folder = await mkdtemp(join(tmpdir(), 'records-'));
  try {
    if (packing === 'gzip') {
      const copy = join(folder, basename(place).replace(/\.gz$/i, ''));
      await gunzip(path, copy, place);
      yield { path: copy, place };
      return;
    }
    const files = await named(place, path, () => openFiles(path));
    for (const [index, name] of files.names.entries()) {
      const copy = join(folder, `${index}-${basename(name)}`);
      await named(place, path, () => pipeline(files.open(name), createWriteStream(copy)));
      yield { path: copy, place: `${place}/${name}` };
      await rm(copy);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function gunzip(path: string, copy: string, place: string): Promise<void> {
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(copy));
  } catch (error) {
    throw new ModelError(
      `${place} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
      'It has to be a whole gzip file: pack it again, or put it there unpacked.',
    );
  }
}

/** Errors call an archive by its place. */
async function named<Result>(place: string, path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new ModelError(error.message.replaceAll(path, place), error.remedy.replaceAll(path, place));
  }
}
