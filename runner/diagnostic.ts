import { visible } from './shown.ts';

/** A place in a text file; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A mistake in a file, at a place, with what to do about it. */
export interface Diagnostic {
  /** As the user would write it: relative to the project. */
  readonly file: string;
  readonly at: Position | null;
  readonly message: string;
  readonly remedy: string;
}

const TAB = /\t/g;

/** What a file says is shown, not obeyed; the lines of a message are its own. */
const inLines = (text: string): string => text.split('\n').map(visible).join('\n');

/**
 * The diagnostic as lines of text: `file:line:column: message`, the line with a caret below it, and the remedy.
 *
 * @param source the whole text of the file, or null where there is none to show
 */
export function formatDiagnostic({ file, at, message, remedy }: Diagnostic, source: string | null): string {
  if (at === null) return `${file}: ${inLines(message)}\n  ${remedy}`;
  const head = `${file}:${at.line}:${at.column}: ${inLines(message)}`;
  const line = source?.split(/\r?\n/)[at.line - 1];
  if (line === undefined) return `${head}\n  ${remedy}`;
  // Long lines are cut around the caret, so that it stays in sight.
  const from = Math.max(0, at.column - 80);
  const shown = visible(line.slice(from, from + 120).replace(TAB, ' '));
  const gutter = `${at.line} | `;
  return `${head}\n  ${gutter}${shown}\n  ${' '.repeat(gutter.length + at.column - 1 - from)}^\n  ${remedy}`;
}

/** The pipeline file or the command line is wrong: the user's mistake, shown without a stack trace (exit code 2). */
export class MistakeError extends Error {
  override readonly name = 'MistakeError';
}

/** Throws all diagnostics of one file as one error; does nothing if there are none. */
export function refuse(diagnostics: readonly Diagnostic[], source: string | null): void {
  if (diagnostics.length === 0) return;
  const sorted = diagnostics.toSorted((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0));
  throw new MistakeError(sorted.map((diagnostic) => formatDiagnostic(diagnostic, source)).join('\n\n'));
}
