/** The most characters that are read of one file, over all its texts: more are no names of regions and sectors. */
export const MOST_CHARACTERS = 1 << 22;

/**
 * The rows of a char array, without blanks at their ends. Its characters lie column by column. Which count as one is for
 * the writer to say: MATLAB counts units of UTF-16, others may count code points.
 */
export function rowsOfChars(text: string, rows: number, columns: number): string[] {
  if (rows === 1) return [trimmed(text)];
  const points = Array.from(text);
  const units = points.length === rows * columns ? points : text.split('');
  return Array.from({ length: rows }, (_, i) =>
    trimmed(Array.from({ length: columns }, (_, j) => units[j * rows + i] ?? '').join('')),
  );
}

/** Rows of unequal length are padded by blanks, in some files by zeros. */
const trimmed = (text: string): string => text.replace(/[ \0]+$/, '');
