import { createReadStream, type ReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { constants, createInflate, type Inflate } from 'node:zlib';
import { ModelError } from '../../mrio/error.ts';

const FIRST_READ_BYTES = 1 << 12;
const MOST_READ_BYTES = 1 << 18;
const INFLATED_BUFFER_BYTES = 1 << 16;
/** Of a piece with damage in it, nothing arrives: small ones lose little. */
const COMPRESSED_PIECE_BYTES = 1 << 14;
const NOTHING = new Uint8Array(0);

/** Bytes that are read once, from front to back, with no more than a buffer of them in memory. */
export abstract class ByteReader {
  readonly path: string;
  /** What is being read, for errors. */
  reading = 'its first array';
  /** Of the byte that comes next. */
  protected at: number;
  /** Bytes from there on that are in memory. */
  protected ahead: Uint8Array = NOTHING;

  constructor(path: string, position: number) {
    this.path = path;
    this.at = position;
  }

  get position(): number {
    return this.at;
  }

  /** Where a position is, for errors. */
  abstract place(position: number): string;

  abstract close(): Promise<void>;

  /** At least one byte from the position on; null at the end. They may be overwritten by the next call. */
  protected abstract next(): Promise<Uint8Array | null>;

  /** Fills the whole target. Throws a ModelError if the bytes end before. */
  async readInto(target: Uint8Array): Promise<void> {
    for (let filled = 0; filled < target.length;) {
      const bytes = await this.some(target.length - filled);
      target.set(bytes, filled);
      filled += bytes.length;
    }
  }

  async skipTo(position: number): Promise<void> {
    while (this.at < position) await this.some(position - this.at);
  }

  /** Reads on to the end of all bytes, so that a checksum after them is checked. */
  async readToEnd(): Promise<void> {
    for (;;) {
      this.at += this.ahead.length;
      const bytes = await this.next();
      if (bytes === null) return;
      this.ahead = bytes;
    }
  }

  /** One byte or more, as many as are in memory, but no more than the most. */
  private async some(most: number): Promise<Uint8Array> {
    if (this.ahead.length === 0) {
      const bytes = await this.next();
      if (bytes === null) throw this.ended();
      this.ahead = bytes;
    }
    const bytes = this.ahead.subarray(0, most);
    this.ahead = this.ahead.subarray(bytes.length);
    this.at += bytes.length;
    return bytes;
  }

  damaged(what: string, position: number): ModelError {
    return new ModelError(
      `${this.path} is damaged: in ${this.reading}, at ${this.place(position)}, ${what}`,
      'get the file anew, or save it again with the option -v7',
    );
  }

  private ended(): ModelError {
    return new ModelError(
      `${this.path} is cut short: in ${this.reading}, the data end at ${this.place(this.at)}`,
      'get the file anew, or save it again with the option -v7',
    );
  }
}

/** The bytes of a file. Positions count from its start. */
export class FileReader extends ByteReader {
  private readonly file: FileHandle;
  private buffer = new Uint8Array(FIRST_READ_BYTES);

  private constructor(path: string, file: FileHandle, position: number) {
    super(path, position);
    this.file = file;
  }

  static async open(path: string, position: number): Promise<FileReader> {
    return new FileReader(path, await open(path), position);
  }

  place(position: number): string {
    return `byte ${position}`;
  }

  override skipTo(position: number): Promise<void> {
    if (position > this.at) {
      this.ahead = this.ahead.subarray(position - this.at);
      this.at = position;
    }
    return Promise.resolve();
  }

  protected async next(): Promise<Uint8Array | null> {
    const { buffer } = this;
    const { bytesRead } = await this.file.read(buffer, 0, buffer.length, this.at);
    // Headers are short, data are long.
    if (buffer.length < MOST_READ_BYTES) this.buffer = new Uint8Array(2 * buffer.length);
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** What a part of a file holds compressed, by zlib. Positions count from the start of the inflated bytes. */
export class InflatedReader extends ByteReader {
  private readonly start: number;
  private readonly file: ReadStream;
  private readonly inflate: Inflate;
  private readonly chunks: AsyncIterator<Uint8Array>;

  /** Of the bytes start to end - 1 of the file; there is at least one. */
  constructor(path: string, start: number, end: number) {
    super(path, 0);
    this.start = start;
    this.file = createReadStream(path, { start, end: end - 1, highWaterMark: COMPRESSED_PIECE_BYTES });
    // With this flush an early end of the compressed bytes is no error, and hides none of the data before it.
    this.inflate = createInflate({ chunkSize: INFLATED_BUFFER_BYTES, finishFlush: constants.Z_SYNC_FLUSH });
    // Errors arrive with the chunks.
    pipeline(this.file, this.inflate, () => undefined);
    this.chunks = this.inflate[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  }

  place(position: number): string {
    return `byte ${position} of what is compressed from byte ${this.start} on`;
  }

  protected async next(): Promise<Uint8Array | null> {
    try {
      const result = await this.chunks.next();
      return result.done === true ? null : result.value;
    } catch (error) {
      if (!isOfZlib(error)) throw error;
      throw this.damaged(`the compressed data are wrong (${error.message})`, this.at);
    }
  }

  close(): Promise<void> {
    this.inflate.destroy();
    this.file.destroy();
    return Promise.resolve();
  }
}

const isOfZlib = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
