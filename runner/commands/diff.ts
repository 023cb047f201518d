import { join } from 'node:path';
import { DIFFERS, DONE, type Answer, type Call } from '../command.ts';
import { MistakeError } from '../diagnostic.ts';
import { runsLines } from '../difference-lines.ts';
import { compareSides, sideOfRun, type Side } from '../difference-runs.ts';
import { interruptible } from '../interruption.ts';
import { lockName, requireLock, sideOfLock } from '../lock.ts';
import { openMemo } from '../memo.ts';
import { pipelineNameIn } from '../pipeline-name.ts';
import { findRun } from '../run-record.ts';
import { openStore, type Store } from '../store.ts';
import { usingStore } from '../store-use.ts';

/** What stands for the lock file in place of a run. */
const LOCK = 'lock';

/** What is compared if nothing is named: a failed run, or one of a part, is no state of the results. */
const LAST_TWO = ['complete~1', 'complete'] as const;

/**
 * It asks the store only, and the pipeline file for its name: the file of today may speak of other artifacts, or be wrong.
 */
export async function answer({ words, cache, place }: Call): Promise<Answer> {
  if (words.length === 1) {
    const remedy = 'For example: npm run pipeline -- diff last~1 last';
    throw new MistakeError(`\`diff\` takes two runs, or none for the last two that were complete.\n  ${remedy}`);
  }
  const [before, after] = words.length === 0 ? LAST_TWO : (words as [string, string]);
  const store = openStore(cache, openMemo(join(cache, 'memo.json')));
  const [old, now] = [sideOf(before, { cache, place }, store), sideOf(after, { cache, place }, store)];
  const difference = await interruptible((interruption) =>
    usingStore(cache, interruption, () => compareSides(old, now, store)),
  );
  return { exitCode: difference.differs ? DIFFERS : DONE, lines: runsLines(difference), json: difference };
}

const sideOf = (named: string, { cache, place }: Pick<Call, 'cache' | 'place'>, store: Store): Side =>
  named === LOCK
    ? sideOfLock(lockName(place), requireLock(place), store)
    : sideOfRun(findRun(cache, named, pipelineNameIn(place)));
