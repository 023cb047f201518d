import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { IdleEvent } from './idle-lines.ts';
import type { PipelinePlace } from './pipeline-place.ts';
import { stampOf } from './stamp.ts';

/**
 * What a run of everything looked at that found nothing to do. As long as none of it has been touched the next run has
 * nothing to do either, and need not even read receipts. Losing it costs time, never correctness.
 */
export interface Seal {
  readonly version: number;
  /** Folder of the runner's bundle that found it so, and its engine: another may see it differently. */
  readonly runner: string;
  readonly engine: string;
  /** Absolute path of the pipeline file. */
  readonly pipeline: string;
  /** The state of every file that was looked at; null: it was not there. */
  readonly stamps: Readonly<Record<string, string | null>>;
  /** Names in folders where something may turn up. */
  readonly listings: Readonly<Record<string, readonly string[]>>;
  readonly link: readonly [path: string, target: string];
  /** What is said of such a run. */
  readonly events: readonly IdleEvent[];
}

/** Raised when what is kept changes its meaning. */
export const SEAL_VERSION = 2;

/** Node may be built with another ICU than the one of its version. */
export const engine = (): string => `${process.version} ${process.versions.icu ?? ''}`;

export const sealOf = (cache: string): string => join(cache, 'seal.json');

/** What a run of everything says that has nothing to do; null: that is not known. */
export function unbrokenSeal(cache: string, { absolute }: PipelinePlace, runner: string): readonly IdleEvent[] | null {
  try {
    const seal = JSON.parse(readFileSync(sealOf(cache), 'utf8')) as Seal;
    const sameRunner = seal.version === SEAL_VERSION && seal.runner === runner && seal.engine === engine();
    if (!sameRunner || seal.pipeline !== absolute || readlinkSync(seal.link[0]) !== seal.link[1]) return null;
    for (const file in seal.stamps) if ((stampOf(file)?.text ?? null) !== seal.stamps[file]) return null;
    for (const folder in seal.listings) if (listing(folder).join('/') !== seal.listings[folder]!.join('/')) return null;
    return seal.events;
  } catch {
    // Absent, cut short, or something that it speaks of is gone: then everything is looked at.
    return null;
  }
}

/** Results, editions and what a killed run may have left of them. */
export const listing = (folder: string): string[] =>
  readdirSync(folder)
    .filter((entry) => entry.startsWith('data-out') || folder.endsWith('.data-out'))
    .toSorted();
