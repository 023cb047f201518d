import { join } from 'node:path';
import { DIFFERS, DONE, type Answer, type Call } from '../command.ts';
import { runsLines } from '../difference-lines.ts';
import { compareSides, sideOfRun, type Side } from '../difference-runs.ts';
import { interruptible } from '../interruption.ts';
import { lockName, requireLock, sideOfLock } from '../lock.ts';
import { openMemo } from '../memo.ts';
import { findRun } from '../run-record.ts';
import { openStore, type Store } from '../store.ts';
import { usingStore } from '../store-use.ts';

/** What stands for the lock file in place of a run. */
const LOCK = 'lock';

/** It asks the store only: the pipeline file of today may speak of other artifacts, or be wrong. */
export async function answer({ words: [before = '', after = ''], cache, place }: Call): Promise<Answer> {
  const store = openStore(cache, openMemo(join(cache, 'memo.json')));
  const [old, now] = [sideOf(before, { cache, place }, store), sideOf(after, { cache, place }, store)];
  const difference = await interruptible((interruption) =>
    usingStore(cache, interruption, () => compareSides(old, now, store)),
  );
  return { exitCode: difference.differs ? DIFFERS : DONE, lines: runsLines(difference), json: difference };
}

const sideOf = (named: string, { cache, place }: Pick<Call, 'cache' | 'place'>, store: Store): Side =>
  named === LOCK ? sideOfLock(lockName(place), requireLock(place), store) : sideOfRun(findRun(cache, named));
