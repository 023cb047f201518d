import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { entriesOf } from './folder.ts';
import { flushToDisk, renameDurably, writeAtomically } from './files.ts';
import { sha256OfFile, type CacheKey, type Sha256 } from './hash.ts';
import type { KeyFields } from './cache-key.ts';
import type { InputFrom } from './inputs-from.ts';
import type { Memo } from './memo.ts';

/** An output as it was stored. */
export interface StoredOutput {
  readonly sha256: Sha256;
  readonly bytes: number;
  /** Rows of a table; null for other kinds. */
  readonly rows: number | null;
}

/** The only proof that a stage is done. Written last. Times are kept here and nowhere else. */
export interface Receipt {
  readonly key: CacheKey;
  readonly stage: string;
  /** Name of the pipeline in a run of which it was made; others may use it. Older receipts do not say. */
  readonly pipeline?: string;
  /** All that the key was made of. */
  readonly fields: KeyFields;
  /** Where each input was from. Older receipts, and those of sources, do not say. */
  readonly from?: Readonly<Record<string, InputFrom>>;
  readonly outputs: Readonly<Record<string, StoredOutput>>;
  /** sha256 of each file of the stage's code, to say which one changed. */
  readonly files: Readonly<Record<string, Sha256>>;
  /** The receipt of the same stage that was in use before in that pipeline. */
  readonly previous: CacheKey | null;
  readonly started_at: string;
  readonly seconds: number;
  readonly peak_memory_bytes: number;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Content-addressed files and the receipts that say what made them. All pipelines share them; which receipt a stage used
 * last is kept for each pipeline, so that nothing is explained by what another study did.
 */
export interface Store {
  readonly folder: string;
  /** Path of an object, there or not. */
  objectPath(hash: Sha256): string;
  /** Whether an object is there and has not been touched since it was last found intact. */
  holds(output: StoredOutput): boolean;
  /** Reads the whole object; one that is damaged is put into quarantine. Returns whether it is intact. */
  verify(hash: Sha256): boolean;
  /** Moves a finished file into the store. The file must be on the same file system. */
  adopt(path: string): { sha256: Sha256; bytes: number };
  receipt(key: CacheKey): Receipt | null;
  /** All receipts, in no order. */
  receipts(): Iterable<Receipt>;
  /** Names of the files that should be receipts and are none. */
  brokenReceipts(): string[];
  writeReceipt(receipt: Receipt): void;
  /** Key of the receipt that a stage of the pipeline used last. */
  latest(stage: string): CacheKey | null;
  /** That receipt; null if there is none, or no more. */
  latestReceipt(stage: string): Receipt | null;
  setLatest(stage: string, key: CacheKey): void;
  /** Keys of the receipts that any stage of any pipeline used last. */
  allLatest(): ReadonlySet<CacheKey>;
}

/** @param pipeline name of the pipeline whose stages are asked for by `latest`; names of pipelines have no dots */
export function openStore(folder: string, memo: Memo, pipeline = ''): Store {
  const objectPath = (hash: Sha256) => join(folder, 'objects', hash);
  const receiptsFolder = join(folder, 'receipts');
  const receiptPath = (key: CacheKey) => join(receiptsFolder, `${key}.json`);
  const latestPath = (entry: string) => join(folder, 'latest', entry);
  const entryOf = (stage: string) => `${pipeline}.${stage}`;

  const quarantine = (hash: Sha256) => {
    const place = join(folder, 'quarantine');
    mkdirSync(place, { recursive: true });
    renameSync(objectPath(hash), join(place, `${hash}.${randomUUID()}`));
  };
  const verify = (hash: Sha256): boolean => {
    if (!existsSync(objectPath(hash))) return false;
    if (sha256OfFile(objectPath(hash)) === hash) return true;
    quarantine(hash);
    return false;
  };

  const receipt = (key: CacheKey): Receipt | null => {
    memo.consult(receiptPath(key));
    return readReceipt(receiptPath(key), key);
  };
  const keyIn = (entry: string): CacheKey | null => {
    memo.consult(latestPath(entry));
    return readText(latestPath(entry)) as CacheKey | null;
  };
  const latest = (stage: string): CacheKey | null => keyIn(entryOf(stage));

  return {
    folder,
    objectPath,
    verify,
    holds({ sha256, bytes }) {
      const path = objectPath(sha256);
      if (!existsSync(path)) return false;
      if (statSync(path).size === bytes && memo.hashOf(path) === sha256) return true;
      quarantine(sha256);
      return false;
    },
    adopt(path) {
      if (statSync(path).nlink > 1) makeOwn(path);
      const hash = sha256OfFile(path);
      const { size } = statSync(path);
      const target = objectPath(hash);
      mkdirSync(join(folder, 'objects'), { recursive: true });
      chmodSync(path, 0o444);
      flushToDisk(path);
      // Replaces an equal object that may be there: whatever had happened to that one, this one is good.
      renameDurably(path, target);
      memo.remember(target, hash);
      return { sha256: hash, bytes: size };
    },
    receipt,
    *receipts() {
      for (const key of receiptKeys(receiptsFolder)) {
        const found = readReceipt(receiptPath(key), key);
        if (found !== null) yield found;
      }
    },
    brokenReceipts: () =>
      receiptKeys(receiptsFolder).flatMap((key) =>
        readReceipt(receiptPath(key), key) === null ? [`${key}.json`] : [],
      ),
    writeReceipt(made) {
      writeAtomically(receiptPath(made.key), `${JSON.stringify(made, null, 1)}\n`);
    },
    latest,
    latestReceipt(stage) {
      const key = latest(stage);
      return key === null ? null : receipt(key);
    },
    setLatest(stage, key) {
      writeAtomically(latestPath(entryOf(stage)), key);
    },
    allLatest: () => new Set(entriesOf(join(folder, 'latest')).flatMap((entry) => keyIn(entry) ?? [])),
  };
}

/** Another name of the same file would be made read-only with it, and could write to what is stored. */
function makeOwn(path: string): void {
  const copy = `${path}.${randomUUID()}.tmp`;
  copyFileSync(path, copy);
  renameSync(copy, path);
}

/** Files of other names were put there by somebody else. */
const receiptKeys = (folder: string): CacheKey[] =>
  entriesOf(folder).flatMap((entry) => (/^[0-9a-f]{64}\.json$/.test(entry) ? [entry.slice(0, -5) as CacheKey] : []));

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

const readReceipt = (path: string, key: CacheKey): Receipt | null => parseReceipt(readText(path), key);

/** A receipt that is absent, cut short, for another key, or does not say of each declared output where it is, is none. */
export function parseReceipt(text: string | null, key: CacheKey): Receipt | null {
  try {
    const receipt = JSON.parse(text ?? 'null') as Receipt | null;
    if (receipt?.key !== key) return null;
    const declared = Object.keys(receipt.fields.outputs);
    const isWhole =
      Object.keys(receipt.outputs).length === declared.length &&
      declared.every((name) => Object.hasOwn(receipt.outputs, name) && isStoredOutput(receipt.outputs[name]));
    return isWhole ? receipt : null;
  } catch {
    // No JSON, or of another shape.
    return null;
  }
}

/** The hash becomes a path, so that it may be nothing but a hash. */
const isStoredOutput = (output: Partial<StoredOutput> | undefined): boolean =>
  /^[0-9a-f]{64}$/.test(String(output?.sha256)) && Number.isSafeInteger(output?.bytes);
