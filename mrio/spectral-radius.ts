import { factorise, SingularMatrixError, solve } from './linear-algebra/lu.ts';

/** What a spectral radius lies between, both included. */
export interface RadiusBounds {
  readonly lower: number;
  readonly upper: number;
}

/** Bounds are this near to each other, as a share of the upper one, unless all steps are used up. */
export const RADIUS_PRECISION = 1e-12;

/** Of the power method, which is cheap; then of Noda's, each of which needs a factorisation. */
const POWER_STEPS = 300;
const NODA_STEPS = 40;

/** Entries of a vector are kept above this share of the largest: a ratio needs a number to divide by. */
const LEAST_ENTRY = 1e-290;

/**
 * The spectral radius, the largest modulus of an eigenvalue, of a matrix without negative entries. It is the largest one
 * of its irreducible diagonal blocks, which reducible and defective matrices are split into. Of a matrix that has
 * negative entries it is that of their absolute values, which is no less (Wielandt 1950).
 * @param matrix n x n, row-major
 * @returns bounds within 1e-12 of each other, or as near as they got; NaN where an entry is no finite number
 */
export function spectralRadius(matrix: Float64Array, n: number): RadiusBounds {
  if (!matrix.every(Number.isFinite)) return { lower: NaN, upper: NaN };
  const moduli = matrix.map(Math.abs);
  let [lower, upper] = [0, 0];
  for (const accounts of irreducibleBlocks(moduli, n)) {
    const block = Float64Array.from(accounts.flatMap((i) => accounts.map((j) => moduli[i * n + j]!)));
    const bounds = irreducibleRadius(block, accounts.length);
    lower = Math.max(lower, bounds.lower);
    upper = Math.max(upper, bounds.upper);
  }
  return { lower, upper };
}

/** The strongly connected sets of rows, where i leads to j if entry (i, j) is not zero. */
function irreducibleBlocks(matrix: Float64Array, n: number): number[][] {
  const blocks: number[][] = [];
  const rest = new Set(Array.from({ length: n }, (_, i) => i));
  for (let first = 0; first < n; first++) {
    if (!rest.has(first)) continue;
    const leadingTo = reached(first, rest, (i, j) => matrix[j * n + i] !== 0);
    const block = [...reached(first, leadingTo, (i, j) => matrix[i * n + j] !== 0)].sort((a, b) => a - b);
    for (const i of block) rest.delete(i);
    blocks.push(block);
  }
  return blocks;
}

/** What can be reached of some rows from one of them, itself included. */
function reached(first: number, among: ReadonlySet<number>, leads: (from: number, to: number) => boolean): Set<number> {
  const unseen = new Set(among);
  unseen.delete(first);
  const found = [first];
  for (const from of found) {
    for (const to of unseen) {
      if (!leads(from, to)) continue;
      unseen.delete(to);
      found.push(to);
    }
  }
  return new Set(found);
}

/**
 * For any v > 0 the radius is no less than the least (B v)_i / v_i and no more than the largest (Collatz 1942, Wielandt
 * 1950). v is improved by the power method on B + shift I, which no other eigenvalue of the same modulus disturbs, and where
 * that is slow by v <- (upper I - B)^-1 v, whose upper bounds fall to the radius of any irreducible matrix, at last
 * quadratically (Noda 1971).
 * @param block B, irreducible, m x m, row-major
 */
function irreducibleRadius(block: Float64Array, m: number): RadiusBounds {
  if (m === 1) return { lower: block[0]!, upper: block[0]! };
  let vector: Float64Array = new Float64Array(m).fill(1);
  let [lower, upper] = [0, Infinity];
  for (let step = 0; step < POWER_STEPS + NODA_STEPS; step++) {
    if (step > POWER_STEPS) vector = nodaStep(block, vector, upper);
    const image = product(block, vector);
    const ratios = image.map((value, i) => value / vector[i]!);
    lower = Math.max(lower, -largest(ratios.map((ratio) => -ratio)));
    upper = Math.min(upper, largest(ratios));
    if (upper - lower <= RADIUS_PRECISION * upper) break;
    const shift = largest(image) / 4;
    vector = scaled(image.map((value, i) => value + shift * vector[i]!));
  }
  return { lower, upper };
}

/** (upper I - B)^-1 v; v itself where that is singular: it is as near as numbers tell. */
function nodaStep(block: Float64Array, vector: Float64Array, upper: number): Float64Array {
  const m = vector.length;
  const shifted = block.map((value, cell) => (cell % (m + 1) === 0 ? upper : 0) - value);
  try {
    const solution = solve(factorise(shifted, m), vector, 1);
    return solution.every(Number.isFinite) ? scaled(solution) : vector;
  } catch (error) {
    if (error instanceof SingularMatrixError) return vector;
    throw error;
  }
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const m = vector.length;
  const result = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    let sum = 0;
    for (let j = 0; j < m; j++) sum += matrix[i * m + j]! * vector[j]!;
    result[i] = sum;
  }
  return result;
}

/** Positive, the largest entry 1. */
function scaled(vector: Float64Array): Float64Array {
  const moduli = vector.map(Math.abs);
  const most = largest(moduli);
  return moduli.map((value) => Math.max(value / most, LEAST_ENTRY));
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value));
