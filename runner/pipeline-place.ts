import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Where a pipeline file is. */
export interface PipelinePlace {
  readonly absolute: string;
  /** As the user would write it. */
  readonly file: string;
  /** Absolute path of the folder that all paths in it are relative to. */
  readonly root: string;
  /** Absolute path of the folder that it is in: results are published there. */
  readonly folder: string;
}

export function placeOf(path: string): PipelinePlace {
  const absolute = resolve(path);
  const folder = dirname(absolute);
  return { absolute, file: relative(process.cwd(), absolute), root: projectRoot(folder), folder };
}

/** The nearest folder above that has a package.json, so that example pipelines can share the project's stages. */
function projectRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return folder;
  }
}

/** Whether the project has a file of a path. */
export const hasFile = ({ root }: Pick<PipelinePlace, 'root'>, inside: string): boolean =>
  statSync(join(root, inside), { throwIfNoEntry: false })?.isFile() ?? false;
