import fc from 'fast-check';
import { mkdirSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openMat } from '../../../formats/mat/mat-file.ts';
import { ModelError } from '../../../mrio/error.ts';
import { Folder, readAll } from './read-all.ts';
import { chars, numbers, writeMat5, type MatValue } from './write-mat5.ts';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

const MRIO: MatValue = {
  kind: 'struct',
  elements: [
    {
      Z: numbers(
        8,
        8,
        Float64Array.from({ length: 64 }, (_, i) => Math.sin(i)),
      ),
      names: { kind: 'cell', rows: 2, columns: 1, cells: [chars('Beijing'), chars('Tianjin')] },
      sparse: {
        kind: 'sparse',
        rows: 4,
        columns: 3,
        entries: [
          [0, 0, 1.5],
          [2, 2, 2],
        ],
      },
      F: { ...numbers(4, 2, [1, 2, 3, 4, 5, 6, 7, 8]), storage: 'uint8' },
    },
  ],
};
const VARIABLES = {
  first: numbers(2, 2, [1, 2, 3, 4]),
  MRIO,
  lines: chars('one', 'three'),
  last: numbers(1, 9, [1, 2, 3, 4.5, 6, 7, 8.25, 9, Math.PI]),
};

/** Reads a file of which nothing is known: what is wrong with it, or null. Fails for any error but a ModelError. */
async function wrongWith(bytes: Uint8Array): Promise<string | null> {
  try {
    // The columns of an array without data would be handed out for ever.
    await readAll(folder.write('damaged.mat', bytes), 1000);
    return null;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    expect(error.remedy).not.toBe('');
    return error.message;
  }
}

describe('a file that is no MATLAB file of version 5 or 7.3', () => {
  it.each([
    ['text', Buffer.from('region,sector,value\n'.repeat(100))],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(2000)],
    [
      'a header of an unknown version',
      Buffer.concat([writeMat5({}).subarray(0, 124), Buffer.from([0, 3, 0x49, 0x4d])]),
    ],
  ])('is refused: %s', async (_, bytes) => {
    expect(await wrongWith(bytes)).toMatch(/is not a MATLAB file$/);
  });

  it.each([true, false])('is refused with its remedy: version 4, little-endian %s', async (littleEndian) => {
    const header = new DataView(new ArrayBuffer(20));
    [littleEndian ? 0 : 1000, 2, 2, 0, 2].forEach((word, i) => {
      header.setInt32(4 * i, word, littleEndian);
    });
    const bytes = Buffer.concat([Buffer.from(header.buffer), Buffer.from('Z\0'), Buffer.alloc(32)]);
    await expect(openMat(folder.write('four.mat', bytes))).rejects.toMatchObject({
      message: expect.stringContaining('is a MATLAB file of version 4') as string,
      remedy: 'save it in MATLAB with the option -v7',
    });
  });

  it('is refused: one that is not there, or a folder', async () => {
    await expect(openMat(folder.file('none.mat'))).rejects.toThrow(ModelError);
    mkdirSync(folder.file('folder.mat'));
    await expect(openMat(folder.file('folder.mat'))).rejects.toThrow(ModelError);
  });
});

describe.each([false, true])('a damaged file of version 5, compressed: %s', (compressed) => {
  const whole = writeMat5(VARIABLES, { compressed });

  it('is whole before it is damaged', async () => {
    expect(await wrongWith(whole)).toBeNull();
  });

  it('is said to be cut short, with the array and the byte', async () => {
    const message = await wrongWith(whole.subarray(0, whole.length - 20));
    const at = whole.length - 20;
    expect(message).toMatch(
      /is cut short: the array "last" that starts at byte \d+ ends at byte \d+, but the file at byte/,
    );
    expect(message).toContain(`byte ${at}`);
  });

  it('is refused wherever it is cut short, but for the ends of arrays', async () => {
    const ends = [128];
    for (const count of [1, 2, 3, 4]) {
      ends.push(writeMat5(Object.fromEntries(Object.entries(VARIABLES).slice(0, count)), { compressed }).length);
    }
    const cuts = Array.from({ length: Math.ceil(whole.length / 64) }, (_, i) => 64 * i).concat(whole.length - 1);
    for (const cut of cuts.filter((cut) => !ends.includes(cut))) {
      const wrong = await wrongWith(whole.subarray(0, cut));
      // Padding behind the last array is not missed.
      if (cut > whole.length - 8 && !compressed && wrong === null) continue;
      expect(wrong, `cut at ${cut}`).toMatch(cut < 128 ? /is not a MATLAB file/ : /is cut short/);
    }
  });

  it('gives values or a ModelError whichever bytes are changed', async () => {
    const change = fc.tuple(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        await wrongWith(bytes);
      }),
      { numRuns: 600 },
    );
  });

  it('gives values or a ModelError whatever a word says of sizes', async () => {
    // Compressed anew around the change, so that it is what the reader sees.
    const plain = writeMat5(VARIABLES);
    const word = fc.constantFrom(0, 1, 7, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 32, max: plain.length / 4 - 1 }), word, async (at, value) => {
        const bytes = Buffer.from(plain);
        bytes.writeUInt32LE(value, 4 * at);
        await wrongWith(compressed ? compressedAnew(bytes, plain) : bytes);
      }),
      { numRuns: 400 },
    );
  });
});

describe('damage of one kind', () => {
  const message = (bytes: Uint8Array): Promise<string | null> => wrongWith(bytes);
  const values = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i));

  it('is named: compressed data that are wrong, in a struct', async () => {
    const bytes = writeMat5(
      { MRIO: { kind: 'struct', elements: [{ Z: numbers(100, 100, values), F: numbers(1, 1, [1]) }] } },
      { compressed: true },
    );
    bytes.fill(0x55, 40_000, 40_100);
    expect(await message(bytes)).toMatch(
      /is damaged: in the array "MRIO\.Z", at byte \d+ of what is compressed from byte 136 on, the compressed data are wrong \(/,
    );
  });

  it('is named: a wrong checksum', async () => {
    const bytes = writeMat5({ Z: numbers(100, 100, values) }, { compressed: true });
    bytes[bytes.length - 1]! ^= 1;
    expect(await message(bytes)).toMatch(/in the array "Z".*the compressed data are wrong \(incorrect data check\)/);
  });

  it('is named: compressed data that end too early', async () => {
    const matrix = writeMat5({ Z: numbers(100, 100, values) }).subarray(128, -800);
    const data = deflateSync(matrix);
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(data.length, 4);
    const bytes = Buffer.concat([writeMat5({}), tag, data]);
    expect(await message(bytes)).toMatch(
      new RegExp(
        `is cut short: in the array "Z", the data end at byte ${matrix.length} of what is compressed from byte 136 on`,
      ),
    );
  });

  it('is named: another number of values than places', async () => {
    const bytes = writeMat5({ Z: { kind: 'numbers', sizes: [3, 3], values: [1, 2] } });
    expect(await message(bytes)).toMatch(/in the array "Z", at byte \d+, there are 2 numbers for 3 x 3 places/);
  });

  it('is named: a sparse array with a value outside', async () => {
    const bytes = writeMat5({ Z: { kind: 'sparse', rows: 2, columns: 2, entries: [[5, 1, 1]] } });
    expect(await message(bytes)).toMatch(/in the array "Z", at byte \d+, column 2 has a value in row 6 of 2/);
  });
});

/** The arrays of a file, cut where the undamaged one has them, each compressed. */
function compressedAnew(bytes: Buffer, undamaged: Buffer): Buffer {
  const parts: Buffer[] = [bytes.subarray(0, 128)];
  for (let at = 128; at < undamaged.length;) {
    const end = at + 8 + 8 * Math.ceil(undamaged.readUInt32LE(at + 4) / 8);
    const data = deflateSync(bytes.subarray(at, end), { level: 1 });
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(data.length, 4);
    parts.push(tag, data);
    at = end;
  }
  return Buffer.concat(parts);
}
