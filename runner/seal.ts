import { existsSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from './events.ts';
import { writeAtomically } from './files.ts';
import { isIdle } from './idle-lines.ts';
import { stampOf } from './stamp.ts';
import { SEAL_VERSION, engine, listing, sealOf, type Seal } from './unbroken-seal.ts';
import type { Workshop } from './workshop.ts';

const RUNNER = fileURLToPath(import.meta.url);
/** Straight from its sources the runner has no name that changes with them. */
const IS_BUNDLE = RUNNER.endsWith('.mjs');

/**
 * Takes note of a run that had nothing to do, unless one of its files may still change without a trace.
 * @param events all that the run said
 */
export function seal({ pipeline, store, memo }: Workshop, events: readonly RunEvent[]): void {
  const { folder, absolute } = pipeline;
  const link = join(folder, 'data-out');
  if (!IS_BUNDLE || !events.every(isIdle) || events.at(-1)?.kind !== 'already-published' || !existsSync(link)) return;
  const stamps: Record<string, string | null> = {};
  for (const [file, seen] of memo.consulted()) {
    const stamp = stampOf(file);
    if ((stamp?.text ?? null) !== seen || stamp?.settled === false) return;
    stamps[file] = seen;
  }
  const folders = [folder, join(folder, dirname(readlinkSync(link)))];
  const content: Seal = {
    version: SEAL_VERSION,
    runner: dirname(RUNNER),
    engine: engine(),
    pipeline: absolute,
    stamps,
    listings: Object.fromEntries(folders.map((one) => [one, listing(one)])),
    link: [link, readlinkSync(link)],
    events,
  };
  writeAtomically(sealOf(store.folder), JSON.stringify(content));
}
