import { readFileSync } from 'node:fs';
import { tableFromIPC } from 'apache-arrow';
import type { CellDifferences, MatrixDifference, NumberCell, Some } from './difference.ts';
import { relativeDifference, ulps } from './difference-numbers.ts';
import { readMatrix } from './matrix.ts';
import type { Matrix } from './stage.ts';

const SHOWN = 3;

/** Compares two matrices by their labels. */
export async function compareMatrices(beforePath: string, afterPath: string): Promise<MatrixDifference> {
  const [before, after] = [await readMatrix('the matrix', beforePath), await readMatrix('the matrix', afterPath)];
  const [old, now] = [aboutOf(beforePath), aboutOf(afterPath)];
  const [rows, columns] = [pair(before.rowLabels, after.rowLabels), pair(before.columnLabels, after.columnLabels)];
  return {
    kind: 'matrix',
    unit: now.get('unit') || null,
    rows_only_before: rows.onlyBefore,
    rows_only_after: rows.onlyAfter,
    columns_only_before: columns.onlyBefore,
    columns_only_after: columns.onlyAfter,
    reordered: rows.reordered || columns.reordered,
    cells_compared: rows.pairs.length * columns.pairs.length,
    about: [...new Set([...old.keys(), ...now.keys()])].filter(
      (name) => !['rows', 'columns'].includes(name) && old.get(name) !== now.get(name),
    ),
    ...compareCells(before, after, rows.pairs, columns.pairs),
  };
}

const aboutOf = (path: string): Map<string, string> => tableFromIPC(readFileSync(path)).schema.metadata;

interface Pairing {
  /** Where a label is before and after, in the order of before. */
  readonly pairs: readonly (readonly [before: number, after: number])[];
  readonly onlyBefore: Some<string>;
  readonly onlyAfter: Some<string>;
  readonly reordered: boolean;
}

function pair(before: readonly string[], after: readonly string[]): Pairing {
  const [old, now] = [positions(before), positions(after)];
  const pairs = [...old].flatMap(([name, at]) => (now.has(name) ? [[at, now.get(name)!] as const] : []));
  const only = (here: Map<string, number>, there: Map<string, number>, labels: readonly string[]) => {
    const found = [...here].flatMap(([name, at]) => (there.has(name) ? [] : [labels[at]!]));
    return { count: found.length, first: found.slice(0, SHOWN) };
  };
  return {
    pairs,
    onlyBefore: only(old, now, before),
    onlyAfter: only(now, old, after),
    reordered: pairs.some(([, at], index) => index > 0 && pairs[index - 1]![1] > at),
  };
}

/** Where each label is. Nothing forbids to use one twice: the second of the same is another. */
function positions(labels: readonly string[]): Map<string, number> {
  const seen = new Map<string, number>();
  const found = labels.map((label, at) => {
    const times = seen.get(label) ?? 0;
    seen.set(label, times + 1);
    return [`${times} ${label}`, at] as const;
  });
  return new Map(found);
}

function compareCells(
  before: Matrix,
  after: Matrix,
  rows: Pairing['pairs'],
  columns: Pairing['pairs'],
): CellDifferences {
  const cellAt = (row: number, column: number, old: number, now: number) => ({
    at: { row: before.rowLabels[row]!, column: before.columnLabels[column]! },
    before: String(old),
    after: String(now),
  });
  let [cells, bits, without] = [0, 0, 0];
  let absolute: NumberCell | null = null;
  let relative: NumberCell | null = null;
  let first: CellDifferences['first_without_number'] = null;
  for (const [rowBefore, rowAfter] of rows) {
    for (const [columnBefore, columnAfter] of columns) {
      const old = before.values[rowBefore * before.columnLabels.length + columnBefore]!;
      const now = after.values[rowAfter * after.columnLabels.length + columnAfter]!;
      if (Object.is(old, now)) continue;
      if (old === now) {
        bits++;
        continue;
      }
      cells++;
      const difference = { absolute: Math.abs(now - old), relative: relativeDifference(old, now) };
      if (!Number.isFinite(difference.absolute)) {
        without++;
        first ??= cellAt(rowBefore, columnBefore, old, now);
        continue;
      }
      const larger = { absolute: difference.absolute > (absolute?.absolute ?? 0) };
      if (larger.absolute || difference.relative > (relative?.relative ?? 0)) {
        const cell = { ...cellAt(rowBefore, columnBefore, old, now), ...difference, ulps: ulps(old, now) };
        if (larger.absolute) absolute = cell;
        if (difference.relative > (relative?.relative ?? 0)) relative = cell;
      }
    }
  }
  return {
    cells,
    cells_in_bits_only: bits,
    cells_without_number: without,
    largest_absolute: absolute,
    largest_relative: relative,
    first_without_number: first,
  };
}
