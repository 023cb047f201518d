import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Description, NamedArtifact, RunsDifference, Side } from './difference-runs.ts';
import { MistakeError } from './diagnostic.ts';
import { writeAtomically } from './files.ts';
import { qualified } from './graph.ts';
import type { Sha256 } from './hash.ts';
import type { PipelinePlace } from './pipeline-place.ts';
import type { Store } from './store.ts';
import { requireUpToDate } from './up-to-date-stages.ts';
import type { Workshop } from './workshop.ts';

/** What all artifacts are to be, by name; of a scenario `NAME@SCENARIO`. It is committed beside the pipeline file. */
export type Lock = Readonly<Record<string, NamedArtifact>>;

type Place = Pick<PipelinePlace, 'absolute' | 'file'>;

/** Raised when what is written changes its meaning. */
const VERSION = 1;

/** `pipeline.lock` of `pipeline.yaml`: beside it, under its name. */
const lockFileOf = (file: string): string => join(dirname(file), `${basename(file, extname(file))}.lock`);

/** What people call it. */
export const lockName = ({ file }: Place): string => lockFileOf(file);

/** Null: there is none. */
export function readLock(place: Place): Lock | null {
  const path = lockFileOf(place.absolute);
  return existsSync(path) ? parseLock(readFileSync(path, 'utf8'), lockName(place)) : null;
}

/** Throws a MistakeError if there is none. */
export function requireLock(place: Place): Lock {
  const lock = readLock(place);
  if (lock !== null) return lock;
  throw new MistakeError(
    `${lockName(place)}: is not there\n  Write it once all is up to date: npm run pipeline -- lock`,
  );
}

/** Objects that the lock names: what is to be compared with later. */
export const lockedObjects = (place: Place): ReadonlySet<Sha256> =>
  new Set(Object.values(readLock(place) ?? {}).map(({ sha256 }) => sha256));

/** Returns whether anything changed. */
export function writeLock(place: Place, lock: Lock): boolean {
  const path = lockFileOf(place.absolute);
  const text = lockText(lock);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  writeAtomically(path, text);
  return true;
}

/** One line for each artifact, in order, so that a diff of two versions names what changed. */
export function lockText(lock: Lock): string {
  const lines = Object.entries(lock)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { stage, sha256 }]) => `  ${JSON.stringify(name)}: ${JSON.stringify({ stage, sha256 })}`);
  return `{\n "version": ${VERSION},\n "artifacts": {\n${lines.join(',\n')}\n }\n}\n`;
}

export function parseLock(text: string, file: string): Lock {
  const refused = (why: string) =>
    new MistakeError(`${file}: ${why}\n  Take it from version control, or write it again: npm run pipeline -- lock`);
  let content: { version?: unknown; artifacts?: unknown } | null;
  try {
    content = JSON.parse(text) as typeof content;
  } catch (error) {
    throw refused(`is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (content?.version !== VERSION) throw refused(`is not of version ${VERSION}, the only one that is known here`);
  const artifacts: unknown = content.artifacts;
  if (typeof artifacts !== 'object' || artifacts === null) throw refused('has no `artifacts`');
  for (const [name, artifact] of Object.entries(artifacts as Record<string, unknown>)) {
    if (!isNamedArtifact(artifact)) throw refused(`says of ${name} neither stage nor sha256`);
  }
  return artifacts as Lock;
}

const isNamedArtifact = (value: unknown): value is NamedArtifact =>
  typeof value === 'object' &&
  value !== null &&
  'stage' in value &&
  typeof value.stage === 'string' &&
  'sha256' in value &&
  typeof value.sha256 === 'string' &&
  /^[0-9a-f]{64}$/.test(value.sha256);

/** What a run of everything would use; throws a MistakeError that names the stages that have to run first. */
export async function artifactsUpToDate(workshop: Workshop): Promise<Lock> {
  const { stages } = await requireUpToDate(workshop, 'Nothing is locked');
  const artifacts = stages.flatMap(({ stage, receipt }) =>
    stage.outputs.map(({ name }): [string, NamedArtifact] => {
      return [qualified(name, stage.scenario), { stage: stage.id, sha256: receipt.outputs[name]!.sha256 }];
    }),
  );
  return Object.fromEntries(artifacts);
}

/** A lock as one of two sides. Receipts say what its objects are. */
export function sideOfLock(name: string, lock: Lock, store: Pick<Store, 'receipts'>): Side {
  let known: Map<string, Description> | null = null;
  return {
    name,
    artifacts: lock,
    complete: true,
    describe(artifact) {
      known ??= descriptionsIn(store);
      const [plain = ''] = artifact.split('@');
      return known.get(`${plain} ${lock[artifact]?.sha256 ?? ''}`) ?? null;
    },
  };
}

function descriptionsIn(store: Pick<Store, 'receipts'>): Map<string, Description> {
  const known = new Map<string, Description>();
  for (const { outputs, fields } of store.receipts()) {
    for (const [name, { sha256 }] of Object.entries(outputs)) {
      const declared = fields.outputs[name];
      if (declared === undefined) continue;
      known.set(`${name} ${sha256}`, { kind: declared.kind, key: declared.kind === 'table' ? declared.key : [] });
    }
  }
  return known;
}

/** What a run made, held against the lock before it is published; null: it is as locked. */
export type LockCheck = (made: Omit<Side, 'name'>, store: Store) => Promise<RunsDifference | null>;

/** Reads the lock at once, so that nothing runs where there is none. */
export function lockCheck(place: Place): LockCheck {
  const lock = requireLock(place);
  return async (made, store) => {
    const { compareSides } = await import('./difference-runs.ts');
    const difference = await compareSides(
      sideOfLock(lockName(place), lock, store),
      { name: 'this run', ...made },
      store,
    );
    return difference.differs ? difference : null;
  };
}
