/** Rows of a symmetric matrix that are eliminated together: each leaves the same later rows coupled. */
export interface Supernode {
  /** Its pivots stand at first .. first + width - 1 in the order of elimination. */
  readonly first: number;
  readonly width: number;
  /** Places of later pivots that elimination couples to its own, ascending. */
  readonly rest: Int32Array;
}

/** Which entries elimination fills. */
export interface Elimination {
  readonly size: number;
  /** Place of each row in the order of elimination. */
  readonly placeOf: Int32Array;
  readonly supernodes: readonly Supernode[];
  /** Supernode of each place. */
  readonly supernodeOf: Int32Array;
}

/** An entry off the diagonal: a row and a column, in either order. */
export type Entries = readonly { readonly rows: Int32Array; readonly columns: Int32Array }[];

/** Places in one bundle, and how many times their entries it may hold. */
const BUNDLE = 32;
const MOST_ZEROS = 1.3;

/**
 * Which entries are filled when rows are eliminated in a given order, and which of them go together. A row passes what
 * it is coupled to on to the first of these: its parent in the elimination tree (Liu 1990).
 * @param order rows in the order of elimination
 * @param entries off the diagonal, repeated at will; entries with a negative row or column are none
 * @param denseFrom place from which on every entry is held, as one supernode
 */
export function eliminate(order: Int32Array, entries: Entries, denseFrom: number): Elimination {
  const size = order.length;
  const placeOf = new Int32Array(size);
  order.forEach((row, place) => (placeOf[row] = place));
  const rests = restsOf(neighboursBehind(placeOf, entries, denseFrom), denseFrom);
  const supernodes: Supernode[] = [];
  for (let first = 0; first < denseFrom;) {
    const supernode = chain(rests, first, denseFrom) ?? bundle(rests, first, denseFrom);
    supernodes.push(supernode);
    first += supernode.width;
  }
  if (denseFrom < size) supernodes.push({ first: denseFrom, width: size - denseFrom, rest: new Int32Array() });
  const supernodeOf = new Int32Array(size);
  supernodes.forEach(({ first, width }, s) => supernodeOf.fill(s, first, first + width));
  return { size, placeOf, supernodes, supernodeOf };
}

/** Places from `first` on of which each leaves coupled what the one before leaves: none if that is one place only. */
function chain(rests: readonly Int32Array[], first: number, denseFrom: number): Supernode | null {
  let width = 1;
  while (first + width < denseFrom && continues(rests, first + width)) width++;
  return width === 1 ? null : { first, width, rest: rests[first + width - 1]! };
}

/**
 * Places from `first` on that leave nearly the same rows coupled. They hold some zeros more so that they can be
 * eliminated together; only where all that they leave lies in the dense part, so that there is room for these zeros.
 */
function bundle(rests: readonly Int32Array[], first: number, denseFrom: number): Supernode {
  let rest = rests[first]!;
  let width = 1;
  if ((rest[0] ?? 0) < denseFrom) return { first, width, rest };
  let entries = rest.length;
  while (first + width < denseFrom && width < BUNDLE) {
    const next = rests[first + width]!;
    if ((next[0] ?? 0) < denseFrom) break;
    const both = union(rest, next, denseFrom);
    entries += next.length;
    if ((width + 1) * both.length > MOST_ZEROS * entries) break;
    rest = both;
    width++;
  }
  return { first, width, rest };
}

/** Whether a place leaves coupled just what the one before it leaves, but for itself. */
const continues = (rests: readonly Int32Array[], place: number): boolean =>
  rests[place - 1]![0] === place && rests[place - 1]!.length === rests[place]!.length + 1;

/** For each place before `denseFrom` the later places that it has an entry with, ascending. */
function neighboursBehind(placeOf: Int32Array, entries: Entries, denseFrom: number): Int32Array[] {
  const size = placeOf.length;
  const keys = new Float64Array(entries.reduce((count, { rows }) => count + rows.length, 0));
  let count = 0;
  for (const { rows, columns } of entries) {
    for (let e = 0; e < rows.length; e++) {
      if (rows[e]! < 0 || columns[e]! < 0) continue;
      const a = placeOf[rows[e]!]!;
      const b = placeOf[columns[e]!]!;
      if (a !== b && Math.min(a, b) < denseFrom) keys[count++] = Math.min(a, b) * size + Math.max(a, b);
    }
  }
  const sorted = keys.subarray(0, count).sort();
  let at = 0;
  return Array.from({ length: denseFrom }, (_, place) => {
    const behind: number[] = [];
    for (; at < count && sorted[at]! < (place + 1) * size; at++) {
      const neighbour = sorted[at]! - place * size;
      if (behind.at(-1) !== neighbour) behind.push(neighbour);
    }
    return Int32Array.from(behind);
  });
}

/** Adds what elimination fills to the neighbours of each place. */
function restsOf(behind: readonly Int32Array[], denseFrom: number): Int32Array[] {
  const passed: Int32Array[][] = Array.from({ length: denseFrom }, () => []);
  return behind.map((neighbours, place) => {
    const rest = passed[place]!.reduce((all, more) => union(all, more, place + 1), neighbours);
    passed[place] = [];
    const parent = rest[0] ?? denseFrom;
    if (parent < denseFrom) passed[parent]!.push(rest);
    return rest;
  });
}

/** What is in one of two ascending lists without repetition, from `least` on. */
function union(a: Int32Array, b: Int32Array, least: number): Int32Array {
  const result = new Int32Array(a.length + b.length);
  let count = 0;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    if (a[i] === next) i++;
    if (b[j] === next) j++;
    if (next >= least) result[count++] = next;
  }
  return result.slice(0, count);
}
