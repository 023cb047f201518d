import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOOL_ROOT } from './tool-root.ts';

/** What the runner is called where others are told of it. */
export interface ToolPackage {
  readonly name: string;
  readonly version: string;
  /** A URI that names it; it need not lead anywhere. */
  readonly uri: string;
}

export function toolPackage(): ToolPackage {
  const { name = 'pipeline-runner', version = '0' } = JSON.parse(
    readFileSync(join(TOOL_ROOT, 'package.json'), 'utf8'),
  ) as { name?: string; version?: string };
  // A package URL: https://github.com/package-url/purl-spec
  return { name, version, uri: `pkg:generic/${encodeURIComponent(name)}@${encodeURIComponent(version)}` };
}
