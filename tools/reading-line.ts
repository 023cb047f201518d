import type { Screen } from '../runner/progress-log.ts';

/** A line on a terminal that says how far a file has been read; without a terminal nothing is said. */
export interface ReadingLine {
  /** @param share of the file, from 0 to 1 */
  readonly show: (share: number) => void;
  /** Leaves nothing behind. */
  readonly clear: () => void;
}

/** Says first that the file is being opened: of a workbook, that takes a pass through its rows. */
export function readingLine({ live }: Pick<Screen, 'live'>, file: string): ReadingLine {
  live?.([`opening ${file}`]);
  let shown = -1;
  return {
    show(share) {
      const percent = Math.floor(100 * share);
      if (percent === shown) return;
      shown = percent;
      live?.([`reading ${file}: ${percent}%`]);
    },
    clear: () => live?.([]),
  };
}
