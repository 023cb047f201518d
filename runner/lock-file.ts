import { MistakeError } from './diagnostic.ts';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

/** The part of package-lock.json (version 2 or 3) that says which package stands where. */
export interface LockFile {
  readonly packages: Record<string, LockedPackage>;
}

/**
 * The locked version and integrity of each package and of all it depends on, by place in node_modules.
 * Optional ones for other platforms are among them, so that the answer is the same on every platform.
 *
 * @param installed what npm says is really there; a package that differs from the lock is an error
 */
export function lockedVersions(
  lock: LockFile,
  installed: LockFile | null,
  names: Iterable<string>,
): Record<string, string> {
  const found = new Map<string, string>();
  const pending = [...names].map((name) => ({ name, from: '', optional: false }));
  for (let wanted = pending.pop(); wanted !== undefined; wanted = pending.pop()) {
    const place = resolvePlace(lock, wanted.name, wanted.from);
    if (place === null) {
      if (wanted.optional) continue;
      throw new MistakeError(
        `The package \`${wanted.name}\` is not in package-lock.json.\n  Run \`npm install ${wanted.name}\`.`,
      );
    }
    if (found.has(place)) continue;
    const entry = lock.packages[place]!;
    requireInstalled(place, entry, installed);
    found.set(place, [entry.version, entry.integrity].filter(Boolean).join(' '));
    for (const name of Object.keys(entry.dependencies ?? {})) pending.push({ name, from: place, optional: false });
    for (const name of Object.keys({ ...entry.optionalDependencies, ...entry.peerDependencies })) {
      pending.push({ name, from: place, optional: true });
    }
  }
  const sorted = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([place, version]) => [place.replace(/^node_modules\//, ''), version]));
}

/** Where Node finds `name` when it is imported from the package at `from`. */
function resolvePlace(lock: LockFile, name: string, from: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (Object.hasOwn(lock.packages, place)) return place;
    if (folder === '') return null;
  }
}

function requireInstalled(place: string, { version }: LockedPackage, installed: LockFile | null): void {
  const there = installed?.packages[place]?.version;
  if (there === undefined || there === version) return;
  throw new MistakeError(
    `${place} is ${there}, but package-lock.json says ${version ?? 'nothing'}.\n  Run \`npm ci\`.`,
  );
}

/** The package that an import specifier names: `apache-arrow/ipc` -> `apache-arrow`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
