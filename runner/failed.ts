import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { countOf } from './count.ts';
import { flushToDisk, renameDurably } from './files.ts';
import type { Failure, JobOutput } from './job.ts';
import { isOwnFile } from './own-file.ts';
import { JobFailure } from './run-job.ts';
import type { Workshop } from './workshop.ts';

/**
 * What a stage wrote about its own failure: tables declared with `diagnosis: true` that it had written when it failed.
 * They are kept beside the store, one folder for each stage of each pipeline, until the stage fails again or succeeds.
 */
const folderOf = ({ store, pipeline }: Pick<Workshop, 'store' | 'pipeline'>, stage: string): string =>
  join(store.folder, 'failed', `${pipeline.name}.${stage}`);

/** Keeps the diagnoses of a failed stage in place of those of its last failure. @returns the failure that names them */
export function keepDiagnoses(
  error: unknown,
  stage: string,
  outputs: readonly JobOutput[],
  workshop: Pick<Workshop, 'store' | 'pipeline'>,
): unknown {
  if (!(error instanceof JobFailure)) return error;
  const { written } = error;
  const kept = outputs.filter(
    (output) =>
      output.kind === 'table' &&
      output.diagnosis &&
      (written[output.name] ?? 0) > 0 &&
      isOwnFile(output.path, workshop.store.folder),
  );
  if (kept.length === 0) {
    forgetDiagnoses(workshop, stage);
    return error;
  }
  const folder = folderOf(workshop, stage);
  // Of a folder elsewhere that a link leads to nothing is removed.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(folder);
  mkdirSync(folder, { recursive: true });
  const named = kept.map(({ name, path }): Failure => {
    const place = join(folder, `${name}.parquet`);
    flushToDisk(path);
    renameDurably(path, place);
    const shown = relative(workshop.pipeline.root, place).split(sep).join('/');
    return { message: `${name} (${countOf(written[name]!, 'row')}): ${shown}`, remedy: null, stack: null };
  });
  const files = kept.map(({ name }) => `${name}.parquet`);
  for (const entry of readdirSync(folder)) if (!files.includes(entry)) rmSync(join(folder, entry));
  return new JobFailure([...error.failures, ...named]);
}

/** Removes what is kept of the last failure of a stage that has succeeded since. */
export function forgetDiagnoses(workshop: Pick<Workshop, 'store' | 'pipeline'>, stage: string): void {
  const folder = folderOf(workshop, stage);
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
}
