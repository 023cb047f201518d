import { DONE, type Answer, type Call } from '../command.ts';
import { countOf } from '../count.ts';
import { artifactsUpToDate, lockName, readLock, writeLock, type Lock } from '../lock.ts';
import { MistakeError } from '../diagnostic.ts';

export const answer = ({ inWorkshop }: Call): Promise<Answer> =>
  inWorkshop(async (workshop) => {
    const place = workshop.pipeline;
    const lock = await artifactsUpToDate(workshop);
    const before = lockBefore(place);
    const written = writeLock(place, lock);
    const file = lockName(place);
    const names = Object.keys(lock);
    const changed = names.filter((name) => before[name] !== undefined && !same(before[name], lock[name]!));
    const added = names.filter((name) => before[name] === undefined);
    const removed = Object.keys(before).filter((name) => lock[name] === undefined);
    const told = (
      [
        ['changed', changed],
        ['new', added],
        ['gone', removed],
      ] as const
    ).flatMap(([what, found]) => (found.length === 0 ? [] : [`  ${what}: ${found.join(', ')}`]));
    return {
      exitCode: DONE,
      lines: written
        ? [`wrote ${file}: ${countOf(names.length, 'artifact')}`, ...(Object.keys(before).length === 0 ? [] : told)]
        : [`${file} says so already: ${countOf(names.length, 'artifact')}`],
      json: { file, written, artifacts: names.length, changed, added, removed },
    };
  });

/** One that cannot be read is written anew. */
function lockBefore(place: Parameters<typeof readLock>[0]): Lock {
  try {
    return readLock(place) ?? {};
  } catch (error) {
    if (error instanceof MistakeError) return {};
    throw error;
  }
}

const same = (a: Lock[string], b: Lock[string]): boolean => a.sha256 === b.sha256 && a.stage === b.stage;
