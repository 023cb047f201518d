import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleWorker, openMemoOf } from '../../runner/workshop.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Absolute path of a folder that all test files share; it holds a memo of the runner's own code. */
    sharedFolder: string;
  }
}

/** Does once what each test file would have to do again. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'tests-'));
  const memo = openMemoOf(folder);
  await bundleWorker(memo);
  memo.save();
  provide('sharedFolder', folder);
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
