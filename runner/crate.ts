import { join, resolve } from 'node:path';
import { copyInto, crateFiles, workflowPath, type CopiedFile, type CrateFile } from './crate-files.ts';
import { METADATA, crateMetadata } from './crate-metadata.ts';
import { requireArchivable, type Archived } from './crate-record.ts';
import { MistakeError } from './diagnostic.ts';
import { writeAtomically } from './files.ts';
import { intoNewFolder, requireFree } from './new-folder.ts';
import type { Workshop } from './workshop.ts';

/** A crate that was written. */
export interface Crate {
  /** Absolute path. */
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** Id of the run that it is of; null: that left no record. */
  readonly run: string | null;
}

/**
 * Archives the last complete run as an RO-Crate 1.1: https://w3id.org/ro/crate/1.1, with the profiles of Workflow Run
 * RO-Crate 0.5. Readers see no folder or the whole one. Throws a MistakeError if not all is up to date and published.
 */
export async function writeCrate(workshop: Workshop, named: string): Promise<Crate> {
  requireFree(named);
  const archived = await requireArchivable(workshop, 'Nothing is archived');
  const files = await intoNewFolder(named, async (folder) => {
    const copied = await copyAll(folder, archived, workshop);
    writeAtomically(join(folder, METADATA), crateMetadata(archived, copied, workshop));
    return copied;
  });
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { folder: resolve(named), files: files.length, bytes, run: archived.run.id };
}

async function copyAll(folder: string, archived: Archived, workshop: Workshop): Promise<CopiedFile[]> {
  const { pipeline, interruption } = workshop;
  const path = workflowPath(workshop);
  const workflow: CrateFile = {
    ...{ path, from: pipeline.absolute, sha256: null, types: ['File'], name: pipeline.name },
    description: 'What is computed from what: sources, stages, parameters and results, with their units',
    properties: {},
  };
  const files = [workflow, ...crateFiles(archived, workshop).filter((file) => file.path !== path)];
  if (files.some((file) => file.path === METADATA)) {
    throw new MistakeError(
      `Nothing is archived: the project has a file of its own called ${METADATA}.\n  Give it another name.`,
    );
  }
  const copied: CopiedFile[] = [];
  for (const file of files) {
    interruption.throwIfAborted();
    copied.push(await copyInto(folder, file));
  }
  return copied;
}
