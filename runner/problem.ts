import type { YamlPath } from './yaml-document.ts';

/** Something in the pipeline that does not fit together, at a path in its file. */
export interface Problem {
  readonly path: YamlPath;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly remedy: string;
}

export const problem = (path: YamlPath, part: Problem['part'], message: string, remedy: string): Problem => ({
  path,
  part,
  message,
  remedy,
});
