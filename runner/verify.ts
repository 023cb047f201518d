import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheKey } from './cache-key.ts';
import { sha256OfFile, type Sha256 } from './hash.ts';
import type { PublishedFile } from './publish.ts';
import type { Store } from './store.ts';

/** Something that is not what its hash says. */
export interface Wrong {
  readonly what: string;
  readonly problem: string;
  readonly remedy: string;
}

const PUT_RIGHT = '`npm run pipeline` puts it right.';
const RUN_AGAIN = 'It is put aside; `npm run pipeline` makes it again.';
const REMOVE = 'Remove the file; the stage runs again.';
const UNUSED = 'No stage uses it any more: `npm run pipeline -- gc` removes its receipt.';

/** Reads every object that a receipt speaks of, whole. One that is damaged is put into quarantine. */
export function verifyStored(store: Store): { receipts: number; objects: number; wrong: Wrong[] } {
  const wrong = store
    .brokenReceipts()
    .map((file): Wrong => ({ what: `receipts/${file}`, problem: 'it is no receipt', remedy: REMOVE }));
  const seen = new Map<Sha256, boolean>();
  const inUse = store.allLatest();
  let receipts = 0;
  for (const { key, stage, fields, outputs } of store.receipts()) {
    receipts++;
    if (cacheKey(fields) !== key) {
      const what = `receipts/${key}.json (${stage})`;
      wrong.push({ what, problem: 'its fields do not give its key', remedy: REMOVE });
    }
    for (const [name, { sha256 }] of Object.entries(outputs)) {
      if (seen.has(sha256)) continue;
      const there = existsSync(store.objectPath(sha256));
      const intact = store.verify(sha256);
      seen.set(sha256, intact);
      if (!intact) {
        const what = `objects/${sha256} (${name} of ${stage})`;
        const remedy = inUse.has(key) ? RUN_AGAIN : UNUSED;
        wrong.push({ what, problem: there ? 'its bytes have another hash' : 'it is gone', remedy });
      }
    }
  }
  return { receipts, objects: seen.size, wrong };
}

/**
 * Reads every published file and compares it with the manifest beside it. Null: nothing is published.
 * @param place absolute path of the folder that data-out is in
 */
export function verifyPublished(place: string): { files: number; wrong: Wrong[] } | null {
  const folder = join(place, 'data-out');
  const manifest = join(folder, 'manifest.json');
  if (!existsSync(manifest)) return null;
  const files = filesOf(readFileSync(manifest, 'utf8'));
  if (files === null) {
    const what = 'data-out/manifest.json';
    return { files: 0, wrong: [{ what, problem: 'it is no manifest', remedy: PUT_RIGHT }] };
  }
  const wrong = files.flatMap(({ path, sha256 }): Wrong[] => {
    const place = join(folder, path);
    const problem = !existsSync(place) ? 'it is gone' : sha256OfFile(place) === sha256 ? null : 'it was edited';
    return problem === null ? [] : [{ what: `data-out/${path}`, problem, remedy: PUT_RIGHT }];
  });
  return { files: files.length, wrong };
}

function filesOf(manifest: string): PublishedFile[] | null {
  try {
    const { files } = JSON.parse(manifest) as { files: PublishedFile[] };
    return files.every(({ path, sha256 }) => typeof path === 'string' && typeof sha256 === 'string') ? files : null;
  } catch {
    return null;
  }
}
