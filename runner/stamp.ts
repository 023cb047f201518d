import { statSync } from 'node:fs';

/** A file written to this recently may be written to again without its times changing. */
const SETTLED_AFTER_MS = 2000;

/** A file as the file system describes it. */
interface Stamp {
  /** Size, times and inode: as long as they stay the same, so does its content, if it was settled. */
  readonly text: string;
  readonly settled: boolean;
}

/** Null if there is no file. */
export function stampOf(file: string): Stamp | null {
  const state = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (state === undefined) return null;
  const { size, mtimeNs, ctimeNs, ctimeMs, ino } = state;
  const age = Date.now() - Number(ctimeMs);
  return { text: `${size}:${mtimeNs}:${ctimeNs}:${ino}`, settled: age > SETTLED_AFTER_MS };
}
