import { readFileSync, statSync } from 'node:fs';
import type { FileDifference } from './difference.ts';

/** Lines of larger files are not looked at. */
const TEXT_BELOW_BYTES = 1e6;

export function compareFiles(before: string, after: string): FileDifference {
  const [old, now] = [textOf(before), textOf(after)];
  return {
    kind: 'file',
    bytes: { before: statSync(before).size, after: statSync(after).size },
    first_line: old === null || now === null ? null : firstLine(old.split('\n'), now.split('\n')),
  };
}

/** Null for what is large, or no text. */
function textOf(path: string): string | null {
  if (statSync(path).size >= TEXT_BELOW_BYTES) return null;
  const bytes = readFileSync(path);
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function firstLine(before: readonly string[], after: readonly string[]): FileDifference['first_line'] {
  for (let line = 0; line < Math.max(before.length, after.length); line++) {
    if (before[line] === after[line]) continue;
    return { number: line + 1, before: before[line] ?? null, after: after[line] ?? null };
  }
  return null;
}
