/** A linear system K x = b, and an approximate inverse of K. */
export interface PreconditionedSystem {
  readonly size: number;
  /** result = K x. */
  readonly multiply: (x: Float64Array, result: Float64Array) => void;
  /** x = M^-1 x, in place, with M near K. */
  readonly precondition: (x: Float64Array) => void;
  /** What each residual is multiplied by, so that all are measured in like units. */
  readonly weight: Float64Array;
}

export interface GmresOptions {
  /** Where the largest weighted residual is at most this, the solution is good enough. */
  readonly tolerance: number;
  /** Steps before a restart, and restarts. */
  readonly steps: number;
  readonly restarts: number;
}

/** Scratch vectors that are used again by every solve of a system. */
export type GmresScratch = Float64Array[];

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

const addMultiple = (into: Float64Array, factor: number, from: Float64Array): void => {
  for (let i = 0; i < into.length; i++) into[i]! += factor * from[i]!;
};

/**
 * Solves K x = b by the preconditioner and, where that is not good enough, by flexible GMRES (Saad 1993) on what is left.
 * @param x the solution, written
 * @returns the largest weighted residual
 */
export function solvePreconditioned(
  system: PreconditionedSystem,
  b: Float64Array,
  x: Float64Array,
  { tolerance, steps, restarts }: GmresOptions,
  scratch: GmresScratch,
): number {
  const { size, weight } = system;
  const vector = (index: number): Float64Array => (scratch[index] ??= new Float64Array(size));
  const residual = vector(0);
  const measure = (): number => {
    system.multiply(x, residual);
    let largest = 0;
    for (let i = 0; i < size; i++) {
      residual[i] = (b[i]! - residual[i]!) * weight[i]!;
      largest = Math.max(largest, Math.abs(residual[i]!));
    }
    return largest;
  };
  x.set(b);
  system.precondition(x);
  let largest = measure();
  for (let restart = 0; restart < restarts && largest > tolerance; restart++) {
    const before = largest;
    cycle(system, residual, x, steps, 0.3 * tolerance, vector);
    largest = measure();
    if (!(largest < 0.1 * before)) break;
  }
  return largest;
}

/** Up to `steps` steps of GMRES from the residual, and their correction of x. */
function cycle(
  { size, weight, multiply, precondition }: PreconditionedSystem,
  residual: Float64Array,
  x: Float64Array,
  steps: number,
  tolerance: number,
  vector: (index: number) => Float64Array,
): void {
  const basis = (k: number): Float64Array => vector(1 + 2 * k);
  const direction = (k: number): Float64Array => vector(2 + 2 * k);
  const length = Math.sqrt(dot(residual, residual));
  const first = basis(0);
  for (let i = 0; i < size; i++) first[i] = residual[i]! / length;
  const columns: number[][] = [];
  const rotations: { readonly cosine: number; readonly sine: number }[] = [];
  const rightHandSide = [length];
  for (let k = 0; k < steps; k++) {
    const z = direction(k);
    const from = basis(k);
    for (let i = 0; i < size; i++) z[i] = from[i]! / weight[i]!;
    precondition(z);
    const w = basis(k + 1);
    multiply(z, w);
    for (let i = 0; i < size; i++) w[i]! *= weight[i]!;
    const column: number[] = [];
    for (let j = 0; j <= k; j++) {
      const projection = dot(basis(j), w);
      column.push(projection);
      addMultiple(w, -projection, basis(j));
    }
    const rest = Math.sqrt(dot(w, w));
    if (rest > 0) for (let i = 0; i < size; i++) w[i]! /= rest;
    rotations.forEach(({ cosine, sine }, j) => {
      const upper = cosine * column[j]! + sine * column[j + 1]!;
      column[j + 1] = -sine * column[j]! + cosine * column[j + 1]!;
      column[j] = upper;
    });
    const norm = Math.hypot(column[k]!, rest);
    if (!(norm > 0) || !Number.isFinite(norm)) break;
    const rotation = { cosine: column[k]! / norm, sine: rest / norm };
    rotations.push(rotation);
    column[k] = norm;
    columns.push(column);
    rightHandSide.push(-rotation.sine * rightHandSide[k]!);
    rightHandSide[k]! *= rotation.cosine;
    if (Math.abs(rightHandSide[k + 1]!) <= tolerance) break;
  }
  const factors: number[] = [];
  for (let k = columns.length - 1; k >= 0; k--) {
    let sum = rightHandSide[k]!;
    for (let j = k + 1; j < columns.length; j++) sum -= columns[j]![k]! * factors[j]!;
    factors[k] = sum / columns[k]![k]!;
  }
  factors.forEach((factor, k) => {
    if (Number.isFinite(factor)) addMultiple(x, factor, direction(k));
  });
}
