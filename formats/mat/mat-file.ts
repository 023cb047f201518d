import { open } from 'node:fs/promises';
import { ModelError } from '../../mrio/error.ts';
import { openHdf5 } from './hdf5.ts';
import { openLevel5 } from './level5.ts';

/**
 * What is of use to a table in a MATLAB file: real 2-d arrays of numbers and lists of names. Those of a struct of one
 * element are named with it: `MRIO.Z`. Complex arrays, arrays of more dimensions, arrays of structs, objects and
 * function handles are left out.
 */
export interface MatFile {
  readonly version: '5' | '7.3';
  readonly arrays: readonly MatArray[];
  readonly texts: readonly MatText[];
  /** No array can be read afterwards. */
  close(): void;
}

/** A full or sparse array of numbers of any type, rows x columns. */
export interface MatArray {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /**
   * Column by column, each of as many values as there are rows; nothing if there are no rows. Every call reads the file
   * anew, and memory holds a few columns at a time. The array handed out may be overwritten by the next.
   *
   * Throws a ModelError where the file is cut short or damaged.
   */
  columnsOf(): AsyncIterable<Float64Array>;
}

/** A char array, one value for each of its rows without blanks at its end, or a cell array of strings, column by column. */
export interface MatText {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly string[];
}

const HEADER_BYTES = 128;
const HDF5_SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** MATLAB puts its own header before the HDF5 file; other programs need not. */
const HDF5_STARTS = [0, 512];

/**
 * Opens a MATLAB file of version 5 (save -v6 and -v7) or 7.3, and finds what is in it. The large arrays stay in the file.
 *
 * Throws a ModelError for a file that cannot be read, is of another kind or version, is cut short or damaged.
 */
export async function openMat(path: string): Promise<MatFile> {
  const { start, size } = await startOf(path);
  if (HDF5_STARTS.some((at) => HDF5_SIGNATURE.every((byte, i) => start[at + i] === byte))) return await openHdf5(path);
  const littleEndian = byteOrder(start);
  if (littleEndian !== null) return await openLevel5(path, size, littleEndian);
  if (isLevel4(start)) {
    throw new ModelError(`${path} is a MATLAB file of version 4`, 'save it in MATLAB with the option -v7');
  }
  throw new ModelError(
    `${path} is not a MATLAB file`,
    'give a file that MATLAB has saved with the option -v7 or -v7.3',
  );
}

async function startOf(path: string): Promise<{ start: Buffer; size: number }> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
      return { start: buffer.subarray(0, bytesRead), size };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ModelError(`${path} cannot be read: ${(error as Error).message}`, 'check the path and the permissions');
  }
}

/** Whether the header of a file of version 5 says little-endian; null: there is no such header. */
function byteOrder(start: Buffer): boolean | null {
  if (start.length < HEADER_BYTES) return null;
  const mark = start.toString('latin1', 126, 128);
  if (mark === 'IM' && start.readUInt16LE(124) === 0x0100) return true;
  if (mark === 'MI' && start.readUInt16BE(124) === 0x0100) return false;
  return null;
}

/** Version 4 has no header. Its first array starts with its type, rows, columns, complexity and length of its name. */
function isLevel4(start: Buffer): boolean {
  if (start.length < 20) return false;
  return [true, false].some((littleEndian) => {
    const word = (i: number): number => (littleEndian ? start.readUInt32LE(4 * i) : start.readUInt32BE(4 * i));
    const type = word(0);
    const digits = [Math.floor(type / 1000), Math.floor(type / 100) % 10, Math.floor(type / 10) % 10, type % 10];
    const within = digits.every((digit, i) => digit <= [4, 0, 5, 2][i]!);
    return within && word(3) <= 1 && word(4) >= 1 && word(4) <= 256;
  });
}
