import { existsSync, readFileSync, statSync } from 'node:fs';
import { writeAtomically } from './files.ts';
import { sha256OfFile, type Sha256 } from './hash.ts';
import { stampOf } from './stamp.ts';

/**
 * What is known of files that have not been touched since, so that a run with nothing to do reads none of them.
 * Losing it costs time, never correctness.
 */
export interface Memo {
  /** sha256 of a file; read again only if the file has been touched. */
  hashOf(path: string): Sha256;
  /** Takes note of the hash of a file that nobody else writes to. */
  remember(path: string, hash: Sha256): void;
  /** A value computed from files: computed again only if one of them has changed or the value is no longer `good`. */
  derive<T>(name: string, compute: () => Promise<Derived<T>>, good: (value: T) => boolean): Promise<T>;
  /** Takes note that something depended on a file, there or not. */
  consult(path: string): void;
  /** The state of every file that was asked for in this process, when it first was (see `stampOf`); null: not there. */
  consulted(): ReadonlyMap<string, string | null>;
  save(): void;
}

interface Derived<T> {
  readonly value: T;
  /** Absolute paths of all files it was computed from. */
  readonly files: readonly string[];
}

interface Content {
  readonly version: number;
  readonly hashes: Record<string, { readonly stamp: string; readonly hash: Sha256 }>;
  readonly derived: Record<string, { readonly files: Record<string, Sha256>; readonly value: unknown }>;
}

/** Raised when what is kept changes its meaning. */
const VERSION = 1;
/** The state of a file that may be another than the one that was read: that of no file. */
const DOUBTFUL = 'doubtful';
/** Times of files lag behind the clock by less than this. */
const CLOCK_GRAIN_MS = 100;

/** @param paranoid whether nothing is believed of an earlier run: every file is read once, touched or not */
export function openMemo(path: string, paranoid = false): Memo {
  const { hashes, derived } = read(path);
  let changed = false;
  const readNow = new Set<string>();

  const consulted = new Map<string, string | null>();
  const consult = (file: string, stamp: string | null) => {
    if (!consulted.has(file)) consulted.set(file, stamp);
  };

  const keep = (file: string, stamp: string, hash: Sha256) => {
    consult(file, stamp);
    hashes[file] = { stamp, hash };
    readNow.add(file);
    changed = true;
  };
  const hashOf = (file: string): Sha256 => {
    const before = stampOf(file);
    consult(file, before?.text ?? null);
    const known = hashes[file];
    if (known !== undefined && known.stamp === before?.text && (!paranoid || readNow.has(file))) return known.hash;
    const hash = sha256OfFile(file);
    if (before?.settled && stampOf(file)?.text === before.text) keep(file, before.text, hash);
    return hash;
  };
  const unchanged = (files: Record<string, Sha256>) =>
    Object.entries(files).every(([file, hash]) => existsSync(file) && hashOf(file) === hash);

  return {
    hashOf,
    remember: (file, hash) => {
      const stamp = stampOf(file);
      if (stamp !== null) keep(file, stamp.text, hash);
    },
    async derive<T>(name: string, compute: () => Promise<Derived<T>>, good: (value: T) => boolean): Promise<T> {
      const known = derived[name];
      for (const file in known?.files) consult(file, stampOf(file)?.text ?? null);
      // The value is what an earlier `compute` of this name gave: VERSION guards its shape.
      if (known !== undefined && unchanged(known.files) && good(known.value as T)) return known.value as T;
      const start = Date.now();
      const { value, files } = await compute();
      // A file that changed while it was read may not be what the value was made from.
      const doubtful = new Set(files.filter((file) => start - statSync(file).ctimeMs <= CLOCK_GRAIN_MS));
      for (const file of files) consult(file, doubtful.has(file) ? DOUBTFUL : (stampOf(file)?.text ?? null));
      if (doubtful.size === 0) {
        derived[name] = { files: Object.fromEntries(files.map((file) => [file, hashOf(file)])), value };
        changed = true;
      }
      return value;
    },
    consult: (path) => {
      consult(path, stampOf(path)?.text ?? null);
    },
    consulted: () => consulted,
    save() {
      if (!changed) return;
      const present = Object.fromEntries(Object.entries(hashes).filter(([file]) => existsSync(file)));
      writeAtomically(path, JSON.stringify({ version: VERSION, hashes: present, derived } satisfies Content));
      changed = false;
    },
  };
}

function read(path: string): Content {
  const empty: Content = { version: VERSION, hashes: {}, derived: {} };
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as Content;
    return content.version === VERSION ? content : empty;
  } catch {
    // Absent, cut short or not readable: everything is simply looked at again.
    return empty;
  }
}
