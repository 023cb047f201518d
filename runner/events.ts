import type { Available } from './available.ts';
import type { RunsDifference } from './difference-runs.ts';
import type { CacheKey, Sha256 } from './hash.ts';
import type { Failure } from './job.ts';
import type { Progress } from './stage.ts';
import type { StoredOutput } from './store.ts';

/** All that a run has to say. The engine never prints: a listener shows what it likes. All of it is plain data. */
export type RunEvent =
  | {
      readonly kind: 'planned';
      readonly stages: readonly string[];
      /** How long each took the last time, where it has run before. */
      readonly seconds: Readonly<Record<string, number>>;
      /** Sources whose file is absent, and the artifact in its place. */
      readonly replaced: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'sources-started'; readonly sources: readonly string[] }
  | { readonly kind: 'sources-finished'; readonly sources: readonly string[]; readonly seconds: number }
  | { readonly kind: 'cached'; readonly stage: string; readonly key: CacheKey }
  /** It was made elsewhere, and was in the shared store. */
  | { readonly kind: 'borrowed'; readonly stage: string; readonly key: CacheKey; readonly from: string }
  /** The shared store cannot be used; the run goes on without. */
  | { readonly kind: 'not-shared'; readonly store: string; readonly problem: string }
  /** Another run is making the same; what it makes is used. */
  | { readonly kind: 'waiting'; readonly stage: string; readonly holder: string }
  | { readonly kind: 'started'; readonly stage: string; readonly reason: string }
  | { readonly kind: 'progress'; readonly stage: string; readonly progress: Progress }
  /** A line that the stage's code printed. */
  | { readonly kind: 'output'; readonly stage: string; readonly line: string }
  | {
      readonly kind: 'finished';
      readonly stage: string;
      readonly key: CacheKey;
      readonly seconds: number;
      readonly outputs: Readonly<Record<string, StoredOutput>>;
      /** Whether all outputs are the ones of the previous run, so that nothing downstream has to follow. */
      readonly unchanged: boolean;
    }
  | { readonly kind: 'retrying'; readonly stage: string; readonly left: number; readonly failures: readonly Failure[] }
  | { readonly kind: 'failed'; readonly stage: string; readonly failures: readonly Failure[] }
  /** A stored file was not what it should be: it is put aside and made again. */
  | { readonly kind: 'damaged'; readonly stage: string; readonly artifact: string; readonly object: Sha256 }
  | {
      readonly kind: 'published';
      readonly folder: string;
      readonly files: number;
      readonly movedAside: string | null;
    }
  | { readonly kind: 'already-published'; readonly folder: string }
  /** What was made is not what the lock file says, so nothing is published. */
  | { readonly kind: 'differs-from-lock'; readonly difference: RunsDifference }
  /** Only a run of everything is published; what the last stage of this one made lies in the store. */
  | {
      readonly kind: 'not-published';
      /** Stages that such a run would execute, or may have to. */
      readonly waitsFor: readonly string[];
      readonly artifacts: Readonly<Record<string, Pick<Available, 'kind' | 'path'>>>;
    };

export type Listener = (event: RunEvent) => void;
