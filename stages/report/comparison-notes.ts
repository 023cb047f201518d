import { sentenceCase } from './html.ts';

/** Notes of a table, each given once below it. */
export interface NumberedNotes {
  /** In the order of their numbers, from 1. */
  readonly texts: readonly string[];
  /** The numbers of the notes of a row. */
  readonly numbers: (notes: readonly string[]) => number[];
}

/** Numbers notes, as markup, by where they first occur. What goes on after another note is that note and a second one. */
export function numberNotes(rows: readonly (readonly string[])[]): NumberedNotes {
  const whole = new Set(rows.flat());
  const parts = (note: string): string[] => {
    const [beginning] = [...whole]
      .filter((other) => note.startsWith(`${other}${AND}`))
      .sort((a, b) => b.length - a.length);
    return beginning === undefined
      ? [note]
      : [...parts(beginning), sentenceCase(note.slice(beginning.length + AND.length))];
  };
  const texts = [...new Set(rows.flat().flatMap(parts))];
  return {
    texts,
    numbers: (notes) =>
      notes
        .flatMap(parts)
        .map((part) => texts.indexOf(part) + 1)
        .sort((a, b) => a - b),
  };
}

/** Between the parts of a note. */
const AND = '; ';
