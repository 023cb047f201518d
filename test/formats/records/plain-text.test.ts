import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { firstLines, NO_CHARACTER, openPlainText } from '../../../formats/records/plain-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'plain-text-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The plain text of a file, and whether it is the file itself. */
async function plainText(bytes: string | Buffer): Promise<{ text: string; itself: boolean }> {
  const path = join(folder, 'file.csv');
  writeFileSync(path, bytes);
  const plain = await openPlainText({ path, place: path });
  const text = readFileSync(plain.path, 'utf8');
  await plain.close();
  return { text, itself: plain.path === path };
}

// Longer than two pieces of a megabyte; with `shift`, any byte of a line can stand at the end of a piece.
const longText = (shift: number, end: string) => 'x'.repeat(shift) + `唐山,宏达${end}`.repeat(160_000);

describe('openPlainText', () => {
  it('hands over a UTF-8 file with LF as it is, wherever it is cut into pieces', async () => {
    for (const shift of [0, 1, 2, 3]) {
      const text = longText(shift, '\n');
      expect(await plainText(text)).toEqual({ text, itself: true });
    }
  });

  it('turns CR LF and CR into LF, also between two pieces', async () => {
    const lineBytes = Buffer.byteLength('唐山,宏达\r\n');
    for (let shift = 0; shift < lineBytes; shift++) {
      const { text, itself } = await plainText(longText(shift, '\r\n'));
      expect(itself).toBe(false);
      expect(text === longText(shift, '\n')).toBe(true);
    }
    expect((await plainText('a\r\rb\r\n\nc\r')).text).toBe('a\n\nb\n\nc\n');
  });

  it('decodes GB18030, also between two pieces', async () => {
    // 唐山,宏达 in GB18030, and 㐀 in its four bytes
    const line = Buffer.from([0xcc, 0xc6, 0xc9, 0xbd, 0x2c, 0xba, 0xea, 0xb4, 0xef, 0x81, 0x39, 0xee, 0x39, 0x0a]);
    for (const shift of [0, 1, 2, 3]) {
      const bytes = Buffer.concat([Buffer.from('x'.repeat(shift)), ...new Array<Buffer>(160_000).fill(line)]);
      const expected = 'x'.repeat(shift) + '唐山,宏达㐀\n'.repeat(160_000);
      expect((await plainText(bytes)).text === expected).toBe(true);
    }
  });

  it('marks what is neither UTF-8 nor GB18030, and U+10FFFF', async () => {
    const broken = Buffer.concat([Buffer.from('唐山'), Buffer.from([0xff, 0x0a])]);
    expect((await plainText(broken)).text).toBe('唐山\uFFFD\n');
    expect((await plainText(`a${NO_CHARACTER}b\n`)).text).toBe('a\uFFFDb\n');
  });

  it('decodes UTF-16 with and without a mark, also between two pieces', async () => {
    const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
    const text = longText(1, '\r\n');
    const expected = longText(1, '\n');
    for (const mark of ['\uFEFF', '']) {
      const bytes = Buffer.from(mark + text, 'utf16le');
      for (const written of [bytes, swapped(bytes)]) {
        const found = await plainText(written);
        expect(found.itself).toBe(false);
        expect(found.text === expected).toBe(true);
      }
    }
    // One unit of a pair: no character.
    expect((await plainText(Buffer.from('\uFEFFa\uD800b\n', 'utf16le'))).text).toBe('a\uFFFDb\n');
  });

  it('leaves no copy behind', async () => {
    const path = join(folder, 'file.csv');
    writeFileSync(path, 'a\r\n');
    const { path: copy, close } = await openPlainText({ path, place: path });
    expect(copy).not.toBe(path);
    expect(existsSync(dirname(copy))).toBe(true);
    await close();
    expect(existsSync(dirname(copy))).toBe(false);
  });

  it('refuses a line without end in any encoding', async () => {
    const path = join(folder, 'file.csv');
    for (const [encoding, before] of [
      ['utf8', '4 bytes'],
      ['utf16le', '4 characters'],
    ] as const) {
      writeFileSync(path, Buffer.from(`a,b\n${'x'.repeat(3_000_000)}`, encoding));
      await expect(openPlainText({ path, place: 'some.csv' })).rejects.toThrow(
        `some.csv: the line after the first ${before} is longer than a megabyte`,
      );
    }
  });
});

describe('firstLines', () => {
  it('skips blank lines and a byte order mark', async () => {
    const path = join(folder, 'first.csv');
    for (const [text, ...expected] of [
      ['a,b\nc', [1, 'a,b'], [2, 'c']],
      ['\uFEFFa,b', [1, 'a,b']],
      ['\n \t\n a\nb\nc', [3, ' a'], [4, 'b']],
      ['\n\n'],
      [''],
    ] as const) {
      writeFileSync(path, text);
      expect((await firstLines(path, 2)).map(({ line, text }) => [line, text])).toEqual(expected);
    }
  });
});
