import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach } from 'vitest';

export interface TestFolder {
  /** A path in the folder; without parts, the folder. */
  readonly path: (...parts: readonly string[]) => string;
  /** Writes files, by their paths in the folder, and gives the folder. */
  readonly write: (files: Readonly<Record<string, string | Uint8Array>>) => string;
}

/** An empty folder for each test of a file. All are removed at the end. */
export function folderPerTest(): TestFolder {
  const root = mkdtempSync(join(tmpdir(), 'formats-'));
  let folder = root;
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'test-'));
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });
  const path = (...parts: readonly string[]): string => join(folder, ...parts);
  return {
    path,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(path(name)), { recursive: true });
        writeFileSync(path(name), content);
      }
      return folder;
    },
  };
}
