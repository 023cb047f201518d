import { eliminate, type Entries, type Supernode } from './elimination.ts';
import { createKernel, type Kernel } from './kernel.ts';

/**
 * LDL' factorisation of symmetric quasi-definite matrices (Vanderbei 1995) of one pattern: some diagonal entries are
 * positive, the others negative, and any order of elimination is stable enough without pivoting.
 *
 * Fill: `clear`, then add to `values` at the positions of entries. Then `factorise`, then `solve` at will.
 */
export interface QuasiDefinite {
  readonly size: number;
  /** Entries, then factors. */
  readonly values: Float64Array;
  /** Where the entry (row, column) is held, on either side of the diagonal. */
  readonly position: (row: number, column: number) => number;
  readonly clear: () => void;
  /** Factorises `values` in place. @returns how many pivots were replaced because they had the wrong sign */
  readonly factorise: () => number;
  /** x with K x = b, in place. */
  readonly solve: (x: Float64Array) => void;
}

export interface QuasiDefiniteOptions {
  /** Rows in the order of elimination. */
  readonly order: Int32Array;
  /** Entries off the diagonal, repeated at will. */
  readonly entries: Entries;
  /** Place in `order` from which on every entry is held. */
  readonly denseFrom: number;
  /** Sign of each row's pivot: 1 or -1. */
  readonly sign: Int8Array;
  /** What is added to each pivot, as a share of its diagonal entry. */
  readonly regularisation: number;
}

/** A pivot smaller than this share of its diagonal entry, or of the wrong sign, is rounding: its row is left out. */
const LEAST_PIVOT = 1e-15;
const INFINITE_PIVOT = 1e80;

/** Supernodes of at least this width are eliminated by the dense kernel, in blocks of pivots. */
const LEAST_DENSE_WIDTH = 8;
const BLOCK = 32;
const TILE = 4;

const padded = (count: number): number => Math.ceil(count / TILE) * TILE;

/** Rows of a supernode as they are held: one row a pivot, its own columns first, then those of `rest`. */
interface Panel {
  readonly supernode: Supernode;
  readonly offset: number;
  readonly stride: number;
  /** Rows, and column at which `rest` begins: the width, padded where the panel is dense. */
  readonly pivots: number;
  readonly dense: boolean;
  readonly targets: readonly Target[];
}

/** Part of a supernode's rest that lies in one later supernode, and where its updates go there. */
interface Target {
  /** Indices into `rest`. */
  readonly from: number;
  readonly to: number;
  /** Where `places` holds the position of the target's row of each. */
  readonly rows: number;
  /** Where `places` holds the column in the target's rows of each entry of `rest` from `from` on. */
  readonly columns: number;
}

/** Numbers one after the other: many short lists in one array, since each array of its own costs more than its content. */
class IntegerList {
  private values = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Int32Array(2 * this.length);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[this.length++] = value;
  }

  toArray(): Int32Array {
    return this.values.slice(0, this.length);
  }
}

const indexOf = (sorted: Int32Array, value: number): number => {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

const columnIn = ({ supernode: { first, width, rest }, pivots }: Panel, place: number): number =>
  place < first + width ? place - first : pivots + indexOf(rest, place);

interface Panels {
  readonly panels: readonly Panel[];
  readonly places: Int32Array;
  /** Numbers that all panels hold. */
  readonly length: number;
}

function layOut(supernodes: readonly Supernode[], supernodeOf: Int32Array): Panels {
  let length = 0;
  const bare = supernodes.map((supernode) => {
    const dense = supernode.width >= LEAST_DENSE_WIDTH;
    const pivots = dense ? padded(supernode.width) : supernode.width;
    const stride = pivots + (dense ? padded(supernode.rest.length) : supernode.rest.length);
    const panel: Panel = { supernode, offset: length, stride, pivots, dense, targets: [] };
    length += padded(pivots * stride);
    return panel;
  });
  const places = new IntegerList();
  const panels = bare.map((panel) => ({
    ...panel,
    targets: targetsOf(panel.supernode.rest, bare, supernodeOf, places),
  }));
  return { panels, places: places.toArray(), length };
}

function targetsOf(rest: Int32Array, panels: readonly Panel[], supernodeOf: Int32Array, places: IntegerList): Target[] {
  const targets: Target[] = [];
  for (let from = 0; from < rest.length;) {
    const target = panels[supernodeOf[rest[from]!]!]!;
    const { first, width } = target.supernode;
    let to = from;
    while (to < rest.length && rest[to]! < first + width) to++;
    const rows = places.length;
    for (let a = from; a < to; a++) places.push(target.offset + (rest[a]! - first) * target.stride);
    const columns = places.length;
    for (let b = from; b < rest.length; b++) places.push(columnIn(target, rest[b]!));
    targets.push({ from, to, rows, columns });
    from = to;
  }
  return targets;
}

/** Prepares the factorisation of matrices with the given pattern. */
export function quasiDefinite({
  order,
  entries,
  denseFrom,
  sign,
  regularisation,
}: QuasiDefiniteOptions): QuasiDefinite {
  const { size, placeOf, supernodes, supernodeOf } = eliminate(order, entries, denseFrom);
  const { panels, places, length } = layOut(supernodes, supernodeOf);
  const widest = Math.max(0, ...panels.filter(({ dense }) => dense).map(({ stride }) => stride));
  const rest = Math.max(0, ...panels.filter(({ dense }) => dense).map(({ stride, pivots }) => stride - pivots));
  const work: Workspace = { packedA: length, packedB: length + BLOCK * widest, update: length + 2 * BLOCK * widest };
  const kernel = createKernel(work.update + rest * rest);
  const { values } = kernel;
  const pivot = new Float64Array(size);
  const size0 = new Float64Array(size);
  const permuted = new Float64Array(size);
  const pivotSign = Int8Array.from(order, (row) => sign[row]!);
  const diagonal = Int32Array.from(order, (_, place) => {
    const { offset, stride, supernode } = panels[supernodeOf[place]!]!;
    return offset + (place - supernode.first) * (stride + 1);
  });
  const pivots: Pivots = { value: pivot, sign: pivotSign, scale: size0, replaced: 0 };
  return {
    size,
    values,
    position: (row, column) => {
      const a = placeOf[row]!;
      const b = placeOf[column]!;
      const panel = panels[supernodeOf[Math.min(a, b)]!]!;
      return panel.offset + (Math.min(a, b) - panel.supernode.first) * panel.stride + columnIn(panel, Math.max(a, b));
    },
    clear: () => {
      values.fill(0, 0, length);
    },
    factorise: () => {
      diagonal.forEach((at, place) => {
        size0[place] = Math.abs(values[at]!);
        values[at]! += pivotSign[place]! * regularisation * size0[place];
      });
      pivots.replaced = 0;
      for (const panel of panels) {
        if (panel.dense) eliminateDense(panel, places, kernel, work, pivots);
        else eliminateSparse(panel, places, values, pivots);
      }
      return pivots.replaced;
    },
    solve: (x) => {
      for (let place = 0; place < size; place++) permuted[place] = x[order[place]!]!;
      for (const panel of panels) solveForward(panel, values, permuted);
      for (let place = 0; place < size; place++) permuted[place]! /= pivot[place]!;
      for (let s = panels.length - 1; s >= 0; s--) solveBackward(panels[s]!, values, permuted);
      for (let place = 0; place < size; place++) x[order[place]!] = permuted[place]!;
    },
  };
}

/** Positions of the scratch areas behind the panels. */
interface Workspace {
  readonly packedA: number;
  readonly packedB: number;
  readonly update: number;
}

interface Pivots {
  readonly value: Float64Array;
  readonly sign: Int8Array;
  /** Size of each diagonal entry before elimination. */
  readonly scale: Float64Array;
  replaced: number;
}

function takePivot(pivots: Pivots, place: number, found: number): number {
  const sign = pivots.sign[place]!;
  const usable = sign * found > LEAST_PIVOT * pivots.scale[place]!;
  if (!usable) pivots.replaced++;
  return (pivots.value[place] = usable ? found : sign * INFINITE_PIVOT);
}

/** A narrow supernode, pivot by pivot: its rest is updated in place. */
function eliminateSparse(panel: Panel, places: Int32Array, values: Float64Array, pivots: Pivots): void {
  const { offset, stride, targets, pivots: width } = panel;
  for (let p = 0; p < width; p++) {
    const row = offset + p * stride;
    const inverse = 1 / takePivot(pivots, panel.supernode.first + p, values[row + p]!);
    for (let a = p + 1; a < width; a++) subtractRow(values, offset + a * stride + a, row + a, inverse, stride - a);
    for (const { from, to, rows, columns } of targets) {
      const source = row + width;
      for (let a = from; a < to; a++) {
        const factor = values[source + a]! * inverse;
        if (factor === 0) continue;
        const into = places[rows + a - from]!;
        for (let b = a, column = columns + a - from; b < stride - width; b++, column++) {
          values[into + places[column]!]! -= factor * values[source + b]!;
        }
      }
    }
    for (let c = p + 1; c < stride; c++) values[row + c]! *= inverse;
  }
}

/** values[into ..] -= (values[from] * inverse) * values[from ..] */
function subtractRow(values: Float64Array, into: number, from: number, inverse: number, length: number): void {
  const factor = values[from]! * inverse;
  if (factor === 0) return;
  for (let c = 0; c < length; c++) values[into + c]! -= factor * values[from + c]!;
}

/** A wide supernode, in blocks of pivots: within a block row by row, all that follows by the kernel. */
function eliminateDense(panel: Panel, places: Int32Array, kernel: Kernel, work: Workspace, pivots: Pivots): void {
  const { values } = kernel;
  const { offset, stride, pivots: rows, supernode } = panel;
  const left = stride - rows;
  if (left > 0) values.fill(0, work.update, work.update + left * left);
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(start + BLOCK, rows);
    for (let k = start; k < end; k++) {
      const row = offset + k * stride;
      const real = k < supernode.width;
      if (!real) values[row + k] = 1;
      const inverse = real ? 1 / takePivot(pivots, supernode.first + k, values[row + k]!) : 1;
      for (let a = k + 1; a < end; a++) subtractRow(values, offset + a * stride + a, row + a, inverse, stride - a);
    }
    pack(panel, values, work, pivots, start, end);
    const strips = (stride - end) / TILE;
    if (end < rows) {
      const below = offset + end * (stride + 1);
      kernel.subtractUpper(end - start, (rows - end) / TILE, strips, work.packedA, work.packedB, below, stride);
    }
    if (left > 0) {
      const skipped = (end - start) * (rows - end);
      const [a, b] = [work.packedA + skipped, work.packedB + skipped];
      kernel.subtractUpper(end - start, left / TILE, left / TILE, a, b, work.update, left);
    }
    for (let k = start; k < Math.min(end, supernode.width); k++) {
      const inverse = 1 / pivots.value[supernode.first + k]!;
      for (let c = k + 1; c < stride; c++) values[offset + k * stride + c]! *= inverse;
    }
  }
  for (const { from, to, rows: targetRows, columns } of panel.targets) {
    for (let a = from; a < to; a++) {
      const row = work.update + a * left;
      const target = places[targetRows + a - from]!;
      for (let b = a; b < supernode.rest.length; b++) {
        values[target + places[columns + b - from]!]! += values[row + b]!;
      }
    }
  }
}

/** Packs the columns behind a block of pivots in strips of four: B as they are, A divided by the pivots. */
function pack(panel: Panel, values: Float64Array, work: Workspace, pivots: Pivots, start: number, end: number): void {
  const { offset, stride, supernode } = panel;
  const depth = end - start;
  for (let k = start; k < end; k++) {
    const inverse = k < supernode.width ? 1 / pivots.value[supernode.first + k]! : 0;
    const row = offset + k * stride;
    for (let c = end; c < stride; c += TILE) {
      const at = (c - end) * depth + (k - start) * TILE;
      for (let lane = 0; lane < TILE; lane++) {
        const value = values[row + c + lane]!;
        values[work.packedB + at + lane] = value;
        values[work.packedA + at + lane] = value * inverse;
      }
    }
  }
}

function solveForward({ supernode, offset, stride, pivots }: Panel, values: Float64Array, x: Float64Array): void {
  const { first, width, rest } = supernode;
  for (let p = 0; p < width; p++) {
    const value = x[first + p]!;
    if (value === 0) continue;
    const row = offset + p * stride;
    for (let a = p + 1; a < width; a++) x[first + a]! -= values[row + a]! * value;
    for (let b = 0; b < rest.length; b++) x[rest[b]!]! -= values[row + pivots + b]! * value;
  }
}

function solveBackward({ supernode, offset, stride, pivots }: Panel, values: Float64Array, x: Float64Array): void {
  const { first, width, rest } = supernode;
  for (let p = width - 1; p >= 0; p--) {
    const row = offset + p * stride;
    let value = x[first + p]!;
    for (let a = p + 1; a < width; a++) value -= values[row + a]! * x[first + a]!;
    for (let b = 0; b < rest.length; b++) value -= values[row + pivots + b]! * x[rest[b]!]!;
    x[first + p] = value;
  }
}
