import { DONE, type Answer, type Call } from '../command.ts';
import { countOf } from '../count.ts';
import { MistakeError } from '../diagnostic.ts';
import { findGarbage, removeGarbage } from '../garbage.ts';
import { lockedObjects } from '../lock.ts';
import { formatBytes, parseBytes } from '../quantity.ts';
import { clearingStore } from '../store-use.ts';

/** Enough to compare with, and to go back to. */
const KEEP_RUNS = 10;

export const answer = ({ inWorkshop, options }: Call): Promise<Answer> =>
  inWorkshop(async ({ pipeline, store }) => {
    const keeping = {
      runs: runsToKeep(options['keep-runs']),
      maxBytes: largestSize(options['max-size']),
      objects: lockedObjects(pipeline),
    };
    const dry = options['dry-run'] === true;
    const garbage = await clearingStore(store.folder, () => {
      const found = findGarbage(store, keeping);
      if (!dry) removeGarbage(store, found);
      return found;
    });
    const { files, bytes, kept } = garbage;
    return {
      exitCode: DONE,
      lines: [
        ...(dry ? files.map((file) => `  ${file}`) : []),
        `${dry ? 'would remove' : 'removed'} ${countOf(files.length, 'entry', 'entries')}, ${formatBytes(bytes)} of objects`,
        `${dry ? 'would keep' : 'kept'} ${countOf(kept.runs, 'run')}, ${countOf(kept.objects, 'object')}, ${formatBytes(kept.bytes)}`,
      ],
      json: { dry_run: dry, removed: { files, bytes }, kept },
    };
  });

function runsToKeep(text: string | undefined): number {
  const runs = Number(text ?? KEEP_RUNS);
  if (Number.isInteger(runs) && runs >= 1) return runs;
  throw new MistakeError(`--keep-runs takes a number from 1 on, not \`${text ?? ''}\`.\n  For example: --keep-runs 3`);
}

function largestSize(text: string | undefined): number | null {
  if (text === undefined) return null;
  const size = parseBytes(text);
  if (size !== null) return size;
  throw new MistakeError(`--max-size takes a size, not \`${text}\`.\n  For example: --max-size '20 GB'`);
}
