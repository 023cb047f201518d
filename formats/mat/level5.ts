import { ModelError } from '../../mrio/error.ts';
import { FileReader, InflatedReader } from './byte-reader.ts';
import { COMPRESSED, MATRIX, readElement, readTag, type Element, type Input } from './level5-elements.ts';
import { inventory, nameOf, type Inventory } from './level5-inventory.ts';
import type { MatFile } from './mat-file.ts';
import { MOST_CHARACTERS } from './chars.ts';

const HEADER_BYTES = 128;

/** No compression by zlib makes more of one byte than this: an element that says more is not believed. */
const MOST_INFLATION = 1032;

/** Opens a file of version 5, of the given size and byte order: the arrays are one after the other, behind the header. */
export async function openLevel5(path: string, size: number, littleEndian: boolean): Promise<MatFile> {
  const file = new OpenLevel5(path, size, littleEndian);
  await file.findArrays();
  return file;
}

class OpenLevel5 implements MatFile {
  readonly version = '5';
  private readonly path: string;
  private readonly size: number;
  private readonly littleEndian: boolean;
  private readonly found: Inventory = { arrays: [], texts: [], room: MOST_CHARACTERS };
  private closed = false;

  constructor(path: string, size: number, littleEndian: boolean) {
    this.path = path;
    this.size = size;
    this.littleEndian = littleEndian;
  }

  get arrays(): MatFile['arrays'] {
    return this.found.arrays;
  }

  get texts(): MatFile['texts'] {
    return this.found.texts;
  }

  close(): void {
    this.closed = true;
  }

  async findArrays(): Promise<void> {
    const input = await this.openFile(HEADER_BYTES);
    try {
      for (let at = HEADER_BYTES; at < this.size;) {
        const element = await readTag(input, at);
        if (element.type !== MATRIX && element.type !== COMPRESSED) {
          throw input.reader.damaged(`there is an element of type ${element.type}, which is no array`, at);
        }
        // The padding of the last element is not missed.
        if (element.start + element.bytes > this.size) throw await this.cutShort(input, element, at);
        if (element.type === MATRIX) await this.findPlain(input, element, at);
        else await this.findCompressed(input, element);
        at = element.end;
        input.reader.reading = 'its next array';
      }
    } finally {
      await input.reader.close();
    }
  }

  private async findPlain(input: Input, element: Element, at: number): Promise<void> {
    const origin = { open: () => this.openFile(at), checked: false };
    await inventory(input, element, origin, this.found);
  }

  private async findCompressed({ reader }: Input, { start, bytes }: Element): Promise<void> {
    if (bytes === 0) throw reader.damaged('a compressed array has no bytes', start);
    const input = this.openCompressed(start, bytes);
    try {
      const matrix = await this.matrixOf(input, bytes);
      const origin = { open: () => Promise.resolve(this.openCompressed(start, bytes)), checked: true };
      await inventory(input, matrix, origin, this.found);
    } finally {
      await input.reader.close();
    }
  }

  private async matrixOf(input: Input, compressedBytes: number): Promise<Element> {
    const matrix = await readElement(input, 0, MOST_INFLATION * (compressedBytes + 1));
    if (matrix.type !== MATRIX)
      throw input.reader.damaged(`there is an element of type ${matrix.type} and no array`, 0);
    return matrix;
  }

  private async openFile(position: number): Promise<Input> {
    this.requireOpen();
    return { reader: await FileReader.open(this.path, position), littleEndian: this.littleEndian };
  }

  private openCompressed(start: number, bytes: number): Input {
    this.requireOpen();
    return { reader: new InflatedReader(this.path, start, start + bytes), littleEndian: this.littleEndian };
  }

  private requireOpen(): void {
    if (this.closed) throw new Error(`${this.path} has been closed`);
  }

  private async cutShort(input: Input, element: Element, at: number): Promise<ModelError> {
    const name = await this.nameOfPart(input, element).catch(() => null);
    const end = element.start + element.bytes;
    return new ModelError(
      `${this.path} is cut short: ${name === null ? 'an array' : `the array "${name}"`} that starts at byte ${at} ` +
        `ends at byte ${end}, but the file at byte ${this.size}`,
      'get the file anew, or save it again with the option -v7',
    );
  }

  /** The name of an array of which the end is missing. */
  private async nameOfPart(input: Input, element: Element): Promise<string> {
    if (element.type === MATRIX) return await nameOf(input, element);
    const compressed = this.openCompressed(element.start, this.size - element.start);
    try {
      return await nameOf(compressed, await this.matrixOf(compressed, element.bytes));
    } finally {
      await compressed.reader.close();
    }
  }
}
