import { countOf } from './count.ts';
import type {
  ArtifactDifference,
  Cell,
  CellDifferences,
  FileDifference,
  MatrixDifference,
  NumberCell,
  Place,
  Some,
  TableDifference,
} from './difference.ts';
import type { RunsDifference } from './difference-runs.ts';

/** What people read of a difference. */

/** Of a run that did not make all there is so many artifacts are named that it lacks. */
const MOST_LACKING = 5;

export function runsLines(difference: RunsDifference): string[] {
  const { before, after, before_was, after_was, same, changed, only_before, only_after } = difference;
  const lines = changed.flatMap(({ artifact, stage, difference, before: old, after: now }) => {
    const name = `${artifact} (stage ${stage})`;
    if (difference === null)
      return [`${name}: other bytes, of which the cache has only hashes: ${brief(old)} -> ${brief(now)}`];
    const [head, ...rest] = differenceLines(difference);
    return [`${difference.kind === 'kind' ? 'artifact' : difference.kind} ${name}: ${head!}`, ...indented(rest)];
  });
  const unpaired = (side: string, found: RunsDifference['only_before'], otherWas: string | undefined) => {
    const lines = found.map(({ artifact, stage }) => `${artifact} (stage ${stage}): only in ${side}`);
    const more = found.length - MOST_LACKING;
    if (otherWas === undefined || more <= 0) return lines;
    return [...lines.slice(0, MOST_LACKING), `${countOf(more, 'more artifact')} only in ${side}`];
  };
  const named = (side: string, was: string | undefined) => (was === undefined ? side : `${side} (${was})`);
  const rest = same === 1 ? '1 artifact is the same' : `${countOf(same, 'artifact')} are the same`;
  return [
    `${named(before, before_was)} -> ${named(after, after_was)}`,
    ...lines,
    ...unpaired(before, only_before, after_was),
    ...unpaired(after, only_after, before_was),
    rest,
  ];
}

/** The first line says how much differs, the others what. */
export function differenceLines(difference: ArtifactDifference): string[] {
  switch (difference.kind) {
    case 'table':
      return tableLines(difference);
    case 'matrix':
      return matrixLines(difference);
    case 'file':
      return fileLines(difference);
    case 'kind':
      return [`was a ${difference.before}, is a ${difference.after}`];
  }
}

function tableLines(difference: TableDifference): string[] {
  const { rows, columns, columns_compared, columns_retyped, about } = difference;
  const width = Math.max(0, ...columns.map(({ column }) => column.length));
  const cells = columns.flatMap(({ column, unit, ...found }) =>
    aligned(column.padEnd(width), columnLines(found, unit)),
  );
  const shape = [
    ...only('row', difference.rows_only_before, difference.rows_only_after, placeText),
    ...difference.columns_only_before.map((name) => `column ${name} only before`),
    ...difference.columns_only_after.map((name) => `column ${name} only after`),
    ...columns_retyped.map(({ column, before, after }) => `column ${column}: ${before} -> ${after}`),
    ...(difference.columns_reordered ? ['columns in another order'] : []),
    ...aboutLine(about),
  ];
  const total =
    rows.before === rows.after ? countOf(rows.after, 'row') : `${number(rows.before)} -> ${countOf(rows.after, 'row')}`;
  const head =
    columns.length > 0
      ? `${columns.length} of ${countOf(columns_compared, 'column')} differ, in ${number(rows.differing)} of ${total}`
      : shape.length > 0
        ? `no value of ${total} that is there before and after`
        : `other bytes, but the same ${total}`;
  return [head, ...cells, ...shape];
}

function matrixLines(difference: MatrixDifference): string[] {
  const { cells, cells_in_bits_only: bits, cells_compared, unit, about } = difference;
  const shape = [
    ...only('row', difference.rows_only_before, difference.rows_only_after, String),
    ...only('column', difference.columns_only_before, difference.columns_only_after, String),
    ...(difference.reordered ? ['labels in another order'] : []),
    ...aboutLine(about),
  ];
  const head =
    cells > 0
      ? `${number(cells)} of ${countOf(cells_compared, 'cell')} differ`
      : `${shape.length + bits > 0 ? 'no value differs' : 'other bytes, but the same values'} in ${countOf(cells_compared, 'cell')}`;
  return [head, ...cellLines(difference, unit), ...shape];
}

function fileLines({ bytes, first_line }: FileDifference): string[] {
  const size =
    bytes.before === bytes.after
      ? `other bytes, ${countOf(bytes.after, 'byte')} both`
      : `${number(bytes.before)} -> ${countOf(bytes.after, 'byte')}`;
  if (first_line === null) return [size];
  const { number: line, before, after } = first_line;
  const text = (value: string | null) => (value === null ? 'the end of the file' : shown(JSON.stringify(value)));
  return [`${size}, from line ${number(line)} on`, `${text(before)} -> ${text(after)}`];
}

function columnLines(found: CellDifferences, unit: string | null): string[] {
  const lines = cellLines(found, unit);
  return found.cells === 0 ? lines : aligned(`${countOf(found.cells, 'cell')},`, lines, ' ');
}

function cellLines(found: CellDifferences, unit: string | null): string[] {
  const { cells_in_bits_only, cells_without_number, largest_absolute, largest_relative } = found;
  const { first_without_number: first } = found;
  // A unit such as `10 000 CNY` would read as a part of the number.
  const measure = unit === null || unit === '1' ? '' : /^\d/.test(unit) ? ` x ${unit}` : ` ${unit}`;
  const lines: string[] = [];
  if (largest_absolute !== null)
    lines.push(
      `largest difference ${rounded(largest_absolute.absolute)}${measure} ${cellText(largest_absolute)}${closeness(largest_absolute)}`,
    );
  if (largest_relative !== null && largest_relative.relative !== largest_absolute?.relative)
    lines.push(`largest relative difference ${cellText(largest_relative)}${closeness(largest_relative)}`);
  if (first !== null) {
    const which =
      lines.length === 0 ? 'the first' : `${countOf(cells_without_number, 'cell')} without a number, the first`;
    lines.push(`${which} ${cellText(first)}`);
  }
  const bits = cells_in_bits_only === 0 ? [] : [`${countOf(cells_in_bits_only, 'cell')} in the sign of 0 only`];
  return [...lines, ...bits];
}

/** Differences of rounding are told by the doubles in between. */
function closeness({ relative, ulps }: NumberCell): string {
  const distance = ulps !== null && ulps <= 1024 ? `, ${countOf(ulps, 'ulp')}` : '';
  return ` (${scientific(relative)} relative${distance})`;
}

const cellText = ({ at, before, after }: Cell): string => `at ${placeText(at)}: ${value(before)} -> ${value(after)}`;
const placeText = (at: Place): string =>
  Object.entries(at)
    .map(([name, part]) => `${name} ${value(part)}`)
    .join(', ');

function only<T>(noun: string, before: Some<T>, after: Some<T>, text: (value: T) => string): string[] {
  const line = (side: string, { count, first }: Some<T>) => {
    const more = count > first.length ? ` and ${number(count - first.length)} more` : '';
    return count === 0 ? [] : [`${countOf(count, noun)} only ${side}: ${first.map(text).join('; ')}${more}`];
  };
  return [...line('before', before), ...line('after', after)];
}

const aboutLine = (about: readonly string[]): string[] =>
  about.length === 0 ? [] : [`what is declared of it differs: ${about.join(', ')}`];

/** Lines beside a name, the second and later ones below the first. */
const aligned = (name: string, lines: readonly string[], gap = '  '): string[] =>
  lines.map((line, index) => `${index === 0 ? name : ' '.repeat(name.length)}${gap}${line}`);

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const number = (count: number): string => count.toLocaleString('en');
const rounded = (difference: number): string => String(Number(difference.toPrecision(3))).replace('e+', 'e');
const scientific = (share: number): string => (share >= 0.01 ? rounded(share) : share.toExponential(1));
const value = (text: string | null): string => (text === null ? 'NULL' : shown(text));
const shown = (text: string): string => {
  // Whatever the data holds, it stays one line, and does nothing to the terminal.
  const line = text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};
const brief = (hash: string): string => hash.slice(0, 8);
