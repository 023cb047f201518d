import { compareArtifacts, type ArtifactDifference, type StoredArtifact } from './difference.ts';
import type { Sha256 } from './hash.ts';
import { isComplete, outcomeOf, type RunRecord } from './run-record.ts';
import type { Store } from './store.ts';

/** What is known of an artifact by which its content can be read. */
export type Description = Pick<StoredArtifact, 'kind' | 'key'>;

export interface NamedArtifact {
  readonly stage: string;
  readonly sha256: Sha256;
}

/** One of the two that are compared. */
export interface Side {
  /** Id of a run, or name of a lock file. */
  readonly name: string;
  /** By name; of a scenario `NAME@SCENARIO`. */
  readonly artifacts: Readonly<Record<string, NamedArtifact>>;
  /** Whether it has all there is; otherwise what it lacks is no difference. */
  readonly complete: boolean;
  /** What a run was that was not complete: `failed`, `only emissions`. */
  readonly was?: string;
  /** Null: nothing but the hash is known. */
  readonly describe: (artifact: string) => Description | null;
}

interface Unpaired extends NamedArtifact {
  readonly artifact: string;
}

interface Changed {
  readonly artifact: string;
  readonly stage: string;
  readonly before: Sha256;
  readonly after: Sha256;
  /** Null: not both are in the store, so that only their hashes are known. */
  readonly difference: ArtifactDifference | null;
}

/** What differs between two runs, or a lock and a run. All of it is plain data. */
export interface RunsDifference {
  readonly before: string;
  readonly after: string;
  /** What the run before was, and the one after, where it was not complete: `failed`, `only emissions`. */
  readonly before_was?: string;
  readonly after_was?: string;
  readonly differs: boolean;
  /** Artifacts with the same bytes. */
  readonly same: number;
  readonly changed: readonly Changed[];
  readonly only_before: readonly Unpaired[];
  readonly only_after: readonly Unpaired[];
}

/** A run that was of some stages only, or that did not come to its end, has not made all there is. */
export function sideOfRun(run: RunRecord): Side {
  const { id, artifacts } = run;
  const was = outcomeOf(run);
  const describe = (artifact: string) => artifacts[artifact] ?? null;
  return { name: id, artifacts, complete: isComplete(run), ...(was === null ? {} : { was }), describe };
}

export async function compareSides(
  before: Side,
  after: Side,
  store: Pick<Store, 'objectPath' | 'verify'>,
): Promise<RunsDifference> {
  const names = [...new Set([...Object.keys(before.artifacts), ...Object.keys(after.artifacts)])];
  const changed: Changed[] = [];
  for (const artifact of names) {
    const [old, now] = [before.artifacts[artifact], after.artifacts[artifact]];
    if (old === undefined || now === undefined || old.sha256 === now.sha256) continue;
    const [stored, storedNow] = [storedIn(store, before, artifact, old), storedIn(store, after, artifact, now)];
    const difference = stored === null || storedNow === null ? null : await compareArtifacts(stored, storedNow);
    changed.push({ artifact, stage: now.stage, before: old.sha256, after: now.sha256, difference });
  }
  const onlyBefore = unpaired(before, after);
  const onlyAfter = unpaired(after, before);
  return {
    before: before.name,
    after: after.name,
    ...(before.was === undefined ? {} : { before_was: before.was }),
    ...(after.was === undefined ? {} : { after_was: after.was }),
    differs:
      changed.length > 0 || (onlyBefore.length > 0 && after.complete) || (onlyAfter.length > 0 && before.complete),
    same: names.length - changed.length - onlyBefore.length - onlyAfter.length,
    changed,
    only_before: onlyBefore,
    only_after: onlyAfter,
  };
}

const unpaired = (here: Side, there: Side): Unpaired[] =>
  Object.entries(here.artifacts).flatMap(([artifact, { stage, sha256 }]) =>
    Object.hasOwn(there.artifacts, artifact) ? [] : [{ artifact, stage, sha256 }],
  );

/** Null for an object that is gone, or damaged. */
function storedIn(
  store: Pick<Store, 'objectPath' | 'verify'>,
  side: Side,
  artifact: string,
  { sha256 }: NamedArtifact,
): StoredArtifact | null {
  const description = side.describe(artifact);
  if (description === null || !store.verify(sha256)) return null;
  return { kind: description.kind, key: description.key, path: store.objectPath(sha256), sha256 };
}
