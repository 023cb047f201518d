import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, numberIn, writtenCell } from '../../../formats/delimited/cells.ts';
import { linesOf, type Encoding, type Line } from '../../../formats/delimited/lines.ts';

/** The bytes of a text in chunks of some lengths, which begin again at the end. */
// eslint-disable-next-line @typescript-eslint/require-await
async function* chunked(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (let k = 0; from < bytes.length; k++) {
    const to = from + lengths[k % lengths.length]!;
    yield bytes.subarray(from, to);
    from = to;
  }
}

async function read(bytes: Uint8Array, lengths: readonly number[] = [3], encoding?: Encoding): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(chunked(bytes, lengths), 'table.txt', encoding)) lines.push(line);
  return lines;
}

describe('lines', () => {
  it('are the same in whatever chunks they come', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\r\n\uFEFF]/.test(text));
    const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        lengths,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        async (texts, sizes, end, last) => {
          const expected = texts.flatMap((text, k) => (text === '' ? [] : [{ number: k + 1, text }]));
          const bytes = Buffer.from(texts.join(end) + (last ? end : ''));
          expect(await read(bytes, sizes)).toEqual(expected);
        },
      ),
    );
  });

  it('begin behind the mark of the byte order', async () => {
    expect(await read(Buffer.from('\uFEFFregion\tä\n\n2'))).toEqual([
      { number: 1, text: 'region\tä' },
      { number: 3, text: '2' },
    ]);
  });

  it('are Latin-1 where they may be and are no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('é\n'), Buffer.from('Réunion', 'latin1')]);
    expect((await read(bytes, [2], 'either')).map(({ text }) => text)).toEqual(['é', 'Réunion']);
    await expect(read(bytes)).rejects.toThrow('table.txt, line 2, is not encoded in UTF-8');
  });
});

describe('cells', () => {
  it('are read as they were written', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', 'é'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        const text = cells.map((each) => writtenCell(each, ',')).join(',');
        expect(cellsOf(text, ',', 'line 1')).toEqual(cells);
      }),
    );
  });

  it.each([
    ['"a"b,c', 'table.csv, line 1: text follows the quotes of cell 1'],
    ['a,"b', 'table.csv, line 1: a quote is never closed'],
    ['a,"b""', 'table.csv, line 1: a quote is never closed'],
  ])('%s is refused', (text, message) => {
    expect(() => cellsOf(text, ',', 'table.csv, line 1')).toThrow(message);
  });
});

describe('numbers', () => {
  it('are read to the bit as they are written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberIn(String(value))).toBe(value + 0);
      }),
    );
  });

  it.each([
    ['1', 1],
    [' 1.50 ', 1.5],
    ['+2', 2],
    ['.5', 0.5],
    ['5.', 5],
    ['-1E-3', -0.001],
    ['0', 0],
    ['0e0', 0],
    ['-0.0', 0],
    ['00012', 12],
  ])('%s', (cell, value) => {
    expect(numberIn(cell)).toBe(value);
  });

  it.each([
    '',
    ' ',
    'NaN',
    'nan',
    'Infinity',
    '-inf',
    '1e999',
    '0x10',
    '0b1',
    '0o7',
    '1,5',
    '1_000',
    'a',
    '--1',
    'null',
  ])('"%s" is none', (cell) => {
    expect(numberIn(cell)).toBeNaN();
  });
});
