import { copyFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheKey } from './cache-key.ts';
import { removeTemporaries } from './claim.ts';
import { MistakeError } from './diagnostic.ts';
import { flushToDisk, replaceWhole, writeAtomically } from './files.ts';
import { sha256OfFile, type CacheKey, type Sha256 } from './hash.ts';
import { parseReceipt, type Receipt, type Store } from './store.ts';
import { inWorkFolder } from './work-folder.ts';

/** A store that several people or machines fill and use, beside the one of each. */
export interface SharedStore {
  /** What errors call it. */
  readonly name: string;
  readonly readOnly: boolean;
  /** Objects that were not what their names say: they are put there anew. */
  readonly doubted: Set<Sha256>;
  /** The text of a receipt; null: there is none. */
  receipt(key: CacheKey): Promise<string | null>;
  /** Copies an object to a path; returns whether it was there. */
  fetch(hash: Sha256, path: string): Promise<boolean>;
  has(hash: Sha256): Promise<boolean>;
  /** Stores a file under its hash: other readers see all of it or nothing. */
  put(hash: Sha256, path: string): Promise<void>;
  putReceipt(key: CacheKey, text: string): Promise<void>;
}

/** A folder with the layout of a cache: the cache of another checkout will do. */
export function sharedFolder(folder: string, readOnly: boolean): SharedStore {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new MistakeError(`The shared store ${folder} is no folder.\n  Create it, or name another with --shared.`);
  }
  const objectPath = (hash: Sha256) => join(folder, 'objects', hash);
  const receiptPath = (key: CacheKey) => join(folder, 'receipts', `${key}.json`);
  const at = async <T>(work: () => T): Promise<T> => Promise.resolve(work());
  return {
    name: folder,
    readOnly,
    doubted: new Set(),
    receipt: (key) => at(() => (existsSync(receiptPath(key)) ? readFileSync(receiptPath(key), 'utf8') : null)),
    fetch: (hash, path) =>
      at(() => {
        if (!existsSync(objectPath(hash))) return false;
        copyFileSync(objectPath(hash), path);
        return true;
      }),
    has: (hash) => at(() => existsSync(objectPath(hash))),
    put: (hash, path) =>
      at(() => {
        removeTemporaries(join(folder, 'objects'));
        replaceWhole(objectPath(hash), (temporary) => {
          copyFileSync(path, temporary);
          flushToDisk(temporary);
        });
      }),
    putReceipt: (key, text) =>
      at(() => {
        writeAtomically(receiptPath(key), text);
      }),
  };
}

/**
 * Brings a receipt and its outputs from a shared store into this one. Nothing is believed: the receipt has to give its
 * key, every object its hash. Null: it is not there, or not all of it, or something is not what it should be.
 * @param id of the stage, as it is known here: in a scenario `STAGE@SCENARIO`
 * @param from where its inputs are from here; absent: it is the reading of a source
 */
export async function borrow(
  key: CacheKey,
  id: string,
  shared: SharedStore,
  store: Store,
  from?: NonNullable<Receipt['from']>,
): Promise<Receipt | null> {
  const receipt = parse(await shared.receipt(key), key);
  if (receipt === null) return null;
  const arrived = await inWorkFolder({ store }, (folder) => fetchOutputs(receipt, shared, store, folder));
  if (!arrived) return null;
  // What was in use here before is for this store to say.
  const own = { ...withoutFrom(receipt), ...(from === undefined ? {} : { from }), previous: store.latest(id) };
  store.writeReceipt(own);
  return own;
}

/** Whether all outputs that a receipt speaks of are in the store now. */
async function fetchOutputs(receipt: Receipt, shared: SharedStore, store: Store, folder: string): Promise<boolean> {
  for (const output of Object.values(receipt.outputs)) {
    if (store.holds(output)) continue;
    const place = join(folder, output.sha256);
    if (!(await shared.fetch(output.sha256, place))) return false;
    if (sha256OfFile(place) !== output.sha256) {
      shared.doubted.add(output.sha256);
      return false;
    }
    store.adopt(place);
  }
  return true;
}

/** Gives what a receipt speaks of to a shared store: the receipt last, as it is the proof that all is there. */
export async function lend(receipt: Receipt, shared: SharedStore, store: Store): Promise<void> {
  if (shared.readOnly) return;
  for (const { sha256 } of Object.values(receipt.outputs)) {
    if (!shared.doubted.has(sha256) && (await shared.has(sha256))) continue;
    await shared.put(sha256, store.objectPath(sha256));
    shared.doubted.delete(sha256);
  }
  await shared.putReceipt(receipt.key, `${JSON.stringify(withoutFrom(receipt), null, 1)}\n`);
}

/** What the files of a user are called is nothing for others. */
function withoutFrom({ from: _, ...receipt }: Receipt): Receipt {
  return receipt;
}

/** Gives what was made while there was no shared store, or while it could not be reached. */
export async function lendIfMissing(receipt: Receipt, shared: SharedStore, store: Store): Promise<void> {
  if (!shared.readOnly && (await shared.receipt(receipt.key)) === null) await lend(receipt, shared, store);
}

/** What comes from elsewhere has to give its key too. */
function parse(text: string | null, key: CacheKey): Receipt | null {
  const receipt = parseReceipt(text, key);
  return receipt !== null && cacheKey(receipt.fields) === key ? receipt : null;
}
