import { open } from 'node:fs/promises';

/** How a text of two bytes a character has them: the lower one first (as Excel's "Unicode text"), or last. */
export type Utf16 = 'utf-16le' | 'utf-16be';

const LOOKED_AT = 4096;

/**
 * Whether a file is UTF-16: by its mark, or by zero bytes in every other place, as all digits, commas and line ends have
 * them. Null: it is not.
 */
export async function utf16In(path: string): Promise<Utf16 | null> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LOOKED_AT) });
    return utf16Of(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function utf16Of(bytes: Buffer): Utf16 | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  bytes.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2]!++;
  });
  const [even, odd] = zeros as [number, number];
  // A header and a few records are a quarter of plain digits and letters at least.
  const enough = bytes.length / 8;
  // A few characters, such as the Chinese one, have a zero on the other side.
  if (odd > enough && even < odd / 10) return 'utf-16le';
  return even > enough && odd < even / 10 ? 'utf-16be' : null;
}
