import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { forgetClaim, newClaim, temporaryName } from './claim.ts';

const BLOCK = 1 << 20;

/** The bytes of a file, block by block; a block is overwritten by the next. */
export function* blocksOf(path: string): Generator<Buffer> {
  const block = Buffer.allocUnsafe(BLOCK);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, block); read > 0; read = readSync(file, block)) yield block.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

/** Makes what was written to a file or folder survive a power cut. */
export function flushToDisk(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Renames, and makes the new name survive a power cut. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  flushToDisk(dirname(to));
}

/** Writes a whole file so that a reader sees the old text or the new one, never a part. */
export function writeAtomically(path: string, text: string): void {
  replaceWhole(path, (temporary) => {
    writeFileSync(temporary, text, { flag: 'wx', flush: true });
  });
}

/**
 * Puts a file in the place of another, or of none, in one step.
 * @param write writes it at the path given, and flushes it to the disk
 */
export function replaceWhole(path: string, write: (temporary: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  const claim = newClaim();
  const temporary = temporaryName(path, claim);
  try {
    write(temporary);
    renameDurably(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    forgetClaim(claim);
  }
}
