/**
 * Dense linear algebra on row-major Float64Array: LU factorisation with partial pivoting, solves, inverse.
 *
 * Blocked, with a 4 x 4 register tile, so that n = 1,066 takes a fraction of a second.
 * Every sum is formed in a fixed order: the same input gives the same bits everywhere.
 */

/** Columns factorised before the rest of the matrix is updated; a panel of this width stays in the cache. */
const PANEL = 48;

/** P A = L U: unit lower triangle L and upper triangle U in one n x n row-major array. */
export interface LuFactors {
  readonly n: number;
  readonly lu: Float64Array;
  /** Row i of P A is row `rowOrder[i]` of A. */
  readonly rowOrder: Int32Array;
}

/** A pivot column without a usable pivot: the matrix is singular. */
export class SingularMatrixError extends Error {
  override readonly name = 'SingularMatrixError';
  /** Zero-based column in which elimination found no pivot. */
  readonly column: number;

  constructor(column: number) {
    super(`the matrix is singular: no pivot in column ${column + 1}`);
    this.column = column;
  }
}

/** A block of a row-major matrix: `values[offset + i * stride + j]` is its entry (i, j). */
interface Block {
  readonly values: Float64Array;
  readonly offset: number;
  readonly stride: number;
}

const blockAt = (block: Block, row: number, column: number): Block => ({
  ...block,
  offset: block.offset + row * block.stride + column,
});

/** The columns j..j+3 of a k-row block, one after the other in memory, padded with zeros at the right edge. */
function packStrip(k: number, columns: number, b: Block, strip: Float64Array): void {
  for (let p = 0; p < k; p++) {
    const from = b.offset + p * b.stride;
    for (let q = 0; q < 4; q++) strip[4 * p + q] = q < columns ? b.values[from + q]! : 0;
  }
}

/** C -= A B on four rows of A and C and one packed strip of B, of which `columns` are real. */
function subtractTile(k: number, columns: number, a: Block, strip: Float64Array, c: Block): void {
  const x = a.values;
  const a0 = a.offset;
  const a1 = a0 + a.stride;
  const a2 = a1 + a.stride;
  const a3 = a2 + a.stride;
  // prettier-ignore
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0,
      s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0;
  // prettier-ignore
  for (let p = 0, q = 0; p < k; p++, q += 4) {
    const b0 = strip[q]!, b1 = strip[q + 1]!, b2 = strip[q + 2]!, b3 = strip[q + 3]!;
    const v0 = x[a0 + p]!, v1 = x[a1 + p]!, v2 = x[a2 + p]!, v3 = x[a3 + p]!;
    s00 += v0 * b0; s01 += v0 * b1; s02 += v0 * b2; s03 += v0 * b3;
    s10 += v1 * b0; s11 += v1 * b1; s12 += v1 * b2; s13 += v1 * b3;
    s20 += v2 * b0; s21 += v2 * b1; s22 += v2 * b2; s23 += v2 * b3;
    s30 += v3 * b0; s31 += v3 * b1; s32 += v3 * b2; s33 += v3 * b3;
  }
  const sums = [s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33];
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < columns; j++) c.values[c.offset + i * c.stride + j]! -= sums[4 * i + j]!;
  }
}

/** C -= A B on one row of A and C and one packed strip of B. */
function subtractRow(k: number, columns: number, a: Block, strip: Float64Array, c: Block): void {
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let p = 0; p < k; p++) sum += a.values[a.offset + p]! * strip[4 * p + j]!;
    c.values[c.offset + j]! -= sum;
  }
}

/** C -= A B, with A m x k, B k x n and C m x n. */
function subtractProduct(m: number, n: number, k: number, a: Block, b: Block, c: Block): void {
  const strip = new Float64Array(4 * k);
  for (let j = 0; j < n; j += 4) {
    const columns = Math.min(4, n - j);
    packStrip(k, columns, blockAt(b, 0, j), strip);
    let i = 0;
    for (; i + 4 <= m; i += 4) subtractTile(k, columns, blockAt(a, i, 0), strip, blockAt(c, i, j));
    for (; i < m; i++) subtractRow(k, columns, blockAt(a, i, 0), strip, blockAt(c, i, j));
  }
}

/** target -= factor x source, on rows that start at the given offsets. */
function subtractMultiple(values: Float64Array, target: number, source: number, factor: number, length: number): void {
  for (let j = 0; j < length; j++) values[target + j]! -= factor * values[source + j]!;
}

function largestInColumn(lu: Float64Array, n: number, column: number): number {
  let best = column;
  for (let i = column + 1; i < n; i++) {
    if (Math.abs(lu[i * n + column]!) > Math.abs(lu[best * n + column]!)) best = i;
  }
  return best;
}

function swapRows(lu: Float64Array, n: number, rowOrder: Int32Array, i: number, j: number): void {
  if (i === j) return;
  const row = lu.slice(i * n, (i + 1) * n);
  lu.copyWithin(i * n, j * n, (j + 1) * n);
  lu.set(row, j * n);
  [rowOrder[i], rowOrder[j]] = [rowOrder[j]!, rowOrder[i]!];
}

/** Eliminates the columns start..end of the rows below them; only these columns are updated. */
function factorisePanel(lu: Float64Array, n: number, rowOrder: Int32Array, start: number, end: number): void {
  for (let j = start; j < end; j++) {
    swapRows(lu, n, rowOrder, j, largestInColumn(lu, n, j));
    const pivot = lu[j * n + j]!;
    if (pivot === 0 || !Number.isFinite(pivot)) throw new SingularMatrixError(j);
    for (let i = j + 1; i < n; i++) {
      const factor = lu[i * n + j]! / pivot;
      lu[i * n + j] = factor;
      subtractMultiple(lu, i * n + j + 1, j * n + j + 1, factor, end - j - 1);
    }
  }
}

/**
 * LU factorisation with partial pivoting.
 * @param matrix n x n, row-major; not changed
 * @throws SingularMatrixError where a column has no pivot
 */
export function factorise(matrix: Float64Array, n: number): LuFactors {
  const lu = matrix.slice();
  const rowOrder = Int32Array.from({ length: n }, (_, i) => i);
  const whole: Block = { values: lu, offset: 0, stride: n };
  for (let start = 0; start < n; start += PANEL) {
    const end = Math.min(start + PANEL, n);
    factorisePanel(lu, n, rowOrder, start, end);
    for (let j = start; j < end; j++) {
      for (let i = j + 1; i < end; i++) subtractMultiple(lu, i * n + end, j * n + end, lu[i * n + j]!, n - end);
    }
    const below = blockAt(whole, end, start);
    subtractProduct(n - end, n - end, end - start, below, blockAt(whole, start, end), blockAt(whole, end, end));
  }
  return { n, lu, rowOrder };
}

/** L X = B in place; B is n x m, its rows already in the order of P. */
function solveLower({ n, lu }: LuFactors, x: Block, m: number): void {
  const factors: Block = { values: lu, offset: 0, stride: n };
  for (let start = 0; start < n; start += PANEL) {
    const end = Math.min(start + PANEL, n);
    for (let j = start; j < end; j++) {
      for (let i = j + 1; i < end; i++) subtractMultiple(x.values, i * m, j * m, lu[i * n + j]!, m);
    }
    subtractProduct(n - end, m, end - start, blockAt(factors, end, start), blockAt(x, start, 0), blockAt(x, end, 0));
  }
}

/** U X = B in place. */
function solveUpper({ n, lu }: LuFactors, x: Block, m: number): void {
  const factors: Block = { values: lu, offset: 0, stride: n };
  for (let end = n; end > 0; end -= PANEL) {
    const start = Math.max(0, end - PANEL);
    for (let j = end - 1; j >= start; j--) {
      const pivot = lu[j * n + j]!;
      for (let c = 0; c < m; c++) x.values[j * m + c]! /= pivot;
      for (let i = start; i < j; i++) subtractMultiple(x.values, i * m, j * m, lu[i * n + j]!, m);
    }
    subtractProduct(start, m, end - start, blockAt(factors, 0, start), blockAt(x, start, 0), x);
  }
}

/**
 * X with A X = B.
 * @param rightHandSides B, n x columns, row-major
 * @returns X, n x columns, row-major
 */
export function solve(factors: LuFactors, rightHandSides: Float64Array, columns: number): Float64Array {
  const x = new Float64Array(factors.n * columns);
  factors.rowOrder.forEach((row, i) => {
    x.set(rightHandSides.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  const block: Block = { values: x, offset: 0, stride: columns };
  solveLower(factors, block, columns);
  solveUpper(factors, block, columns);
  return x;
}

/** The inverse of A, n x n, row-major. */
export function inverse(factors: LuFactors): Float64Array {
  const { n } = factors;
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  return solve(factors, identity, n);
}
