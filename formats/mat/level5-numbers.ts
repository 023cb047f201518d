import { endianness } from 'node:os';
import type { Element, Input } from './level5-elements.ts';
import type { Numbers } from './numbers.ts';

interface NumberType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): Numbers;
}

/** By type of element. MATLAB stores whole numbers of any class in the smallest type that takes them. */
const NUMBER_TYPES: ReadonlyMap<number, NumberType> = new Map<number, NumberType>([
  [1, Int8Array],
  [2, Uint8Array],
  [3, Int16Array],
  [4, Uint16Array],
  [5, Int32Array],
  [6, Uint32Array],
  [7, Float32Array],
  [9, Float64Array],
  [12, BigInt64Array],
  [13, BigUint64Array],
]);

const MACHINE_IS_LITTLE_ENDIAN = endianness() === 'LE';

/** How many numbers an element holds. Throws a ModelError if it holds no numbers, or a part of one. */
export function countOfNumbers({ reader }: Input, { type, bytes, start }: Element): number {
  // Of no numbers, the type does not matter.
  if (bytes === 0) return 0;
  const numberType = NUMBER_TYPES.get(type);
  if (numberType === undefined) throw reader.damaged(`numbers are said to be of the unknown type ${type}`, start);
  const count = bytes / numberType.BYTES_PER_ELEMENT;
  if (!Number.isInteger(count)) throw reader.damaged(`an element of ${bytes} bytes ends within a number`, start);
  return count;
}

/** The numbers of one element, from its start on. */
export class NumberReader {
  private readonly input: Input;
  /** As many numbers as are wanted at once, as they are in the file. */
  private readonly stored: Numbers;
  private readonly storedBytes: Uint8Array;

  /** The element has passed countOfNumbers, and the reader stands before it. */
  private constructor(input: Input, type: NumberType, most: number) {
    this.input = input;
    const buffer = new ArrayBuffer(most * type.BYTES_PER_ELEMENT);
    this.stored = new type(buffer);
    this.storedBytes = new Uint8Array(buffer);
  }

  /** The most numbers that are read at once are bounded by the caller, by those that the element holds. */
  static async at(input: Input, element: Element, most: number): Promise<NumberReader> {
    await input.reader.skipTo(element.start);
    return new NumberReader(input, NUMBER_TYPES.get(element.type) ?? Uint8Array, most);
  }

  /** The next numbers, as many as the target has places. */
  async readInto(target: Float64Array): Promise<void> {
    const { stored } = this;
    const bytes = this.storedBytes.subarray(0, target.length * stored.BYTES_PER_ELEMENT);
    await this.input.reader.readInto(bytes);
    if (this.input.littleEndian !== MACHINE_IS_LITTLE_ENDIAN) swapBytes(bytes, stored.BYTES_PER_ELEMENT);
    if (stored instanceof BigInt64Array || stored instanceof BigUint64Array) {
      for (let i = 0; i < target.length; i++) target[i] = Number(stored[i]!);
    } else {
      target.set(stored.length === target.length ? stored : stored.subarray(0, target.length));
    }
  }
}

function swapBytes({ buffer, length }: Uint8Array, size: number): void {
  const bytes = Buffer.from(buffer as ArrayBuffer, 0, length);
  if (size === 2) bytes.swap16();
  if (size === 4) bytes.swap32();
  if (size === 8) bytes.swap64();
}
