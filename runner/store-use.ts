import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claiming, describeHolder, holderOf, leave, liveClaims, removeTemporaries } from './claim.ts';
import { entriesOf } from './folder.ts';
import { MistakeError } from './diagnostic.ts';
import { exclusively } from './exclusive.ts';

/** Where those who use a store say so, and who clears it up. */
const usersOf = (store: string): string => join(store, 'users');
const clearingOf = (store: string): string => join(store, 'clearing');
/** Where whole files are written, each in one step. */
const WRITTEN = ['.', 'receipts', 'latest', 'runs'];

/** Removes what processes left in a store that were killed. */
function removeAbandoned(store: string): void {
  for (const folder of WRITTEN) removeTemporaries(join(store, folder));
  liveClaims(join(store, 'work'));
  liveClaims(usersOf(store));
  for (const key of entriesOf(join(store, 'claims'))) {
    const folder = join(store, 'claims', key);
    if (liveClaims(folder).length === 0) leave(folder);
  }
}

/** Works with a store while nothing is removed from it. Any number may do so at once. */
export function usingStore<T>(store: string, interruption: AbortSignal, work: () => Promise<T>): Promise<T> {
  return claiming(usersOf(store), async () => {
    // The claim is laid down first, so that of a run and a clearing that start together at least one sees the other.
    while (liveClaims(clearingOf(store)).length > 0) await sleep(50, undefined, { signal: interruption });
    removeAbandoned(store);
    return work();
  });
}

/** Clears a store up while nobody uses it; throws a MistakeError that names who does. */
export function clearingStore<T>(store: string, work: () => T | Promise<T>): Promise<T> {
  return exclusively(clearingOf(store), () => {
    removeAbandoned(store);
    const user = liveClaims(usersOf(store))[0];
    if (user === undefined) return work();
    const holder = describeHolder(holderOf(user)!);
    throw new MistakeError(`The cache ${store} is in use by a run (${holder}).\n  Try again when it has ended.`);
  });
}
