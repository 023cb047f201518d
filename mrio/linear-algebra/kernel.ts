import { KERNEL_BYTES } from './kernel-bytes.ts';

const PAGE = 65_536;
const BYTES = 8;

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly subtractUpper: (
    k: number,
    rowStrips: number,
    columnStrips: number,
    a: number,
    b: number,
    c: number,
    rowStride: number,
  ) => void;
}

/** Memory of `length` numbers, and a fast dense update on it. */
export interface Kernel {
  readonly values: Float64Array;
  /**
   * C -= A' B on and above the diagonal, in tiles of 4 x 4 (those on the diagonal whole). Positions are indices into
   * `values`; A and B are packed in strips of four columns.
   * @param k rows of A and B, at least 1
   * @param rowStrips strips of A, at least 1
   * @param columnStrips strips of B, at least `rowStrips`
   * @param c position of the first entry of C, whose rows are `stride` numbers apart
   */
  subtractUpper(
    k: number,
    rowStrips: number,
    columnStrips: number,
    a: number,
    b: number,
    c: number,
    stride: number,
  ): void;
}

let module: WebAssembly.Module | null = null;

/** A kernel with memory of its own; see kernel.wat. */
export function createKernel(length: number): Kernel {
  module ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL_BYTES), (character) => character.charCodeAt(0)));
  const { memory, subtractUpper } = new WebAssembly.Instance(module).exports as unknown as KernelExports;
  const missing = Math.ceil((length * BYTES) / PAGE) - memory.buffer.byteLength / PAGE;
  if (missing > 0) memory.grow(missing);
  return {
    values: new Float64Array(memory.buffer, 0, length),
    subtractUpper: (k, rowStrips, columnStrips, a, b, c, stride) => {
      subtractUpper(k, rowStrips, columnStrips, a * BYTES, b * BYTES, c * BYTES, stride * BYTES);
    },
  };
}
