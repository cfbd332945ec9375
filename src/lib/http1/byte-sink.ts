import { HttpFailure } from './http.js';

/** Smaller pieces are buffered first, because a string concatenated from a million pieces takes many times its length. */
const SMALL_PIECE_BYTES = 1024;
const BUFFER_BYTES = 4 * SMALL_PIECE_BYTES;

/** Collects pieces of bytes into one Latin-1 string. */
export class ByteSink {
  readonly #limit: number;
  #latin1 = '';
  #buffer: Buffer | undefined;
  #bufferLength = 0;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#latin1.length + this.#bufferLength;
  }

  get latin1(): string {
    this.#flush();
    return this.#latin1;
  }

  /** @throws {HttpFailure} `too-large` */
  add(source: Buffer, start: number, end: number): void {
    const size = end - start;
    if (this.length + size > this.#limit) throw new HttpFailure('too-large', undefined);
    if (size < SMALL_PIECE_BYTES) {
      this.#bufferPiece(source, start, end);
    } else {
      this.#flush();
      this.#latin1 += source.toString('latin1', start, end);
    }
  }

  #bufferPiece(source: Buffer, start: number, end: number): void {
    if (this.#bufferLength + end - start > BUFFER_BYTES) this.#flush();
    this.#buffer ??= Buffer.allocUnsafe(BUFFER_BYTES);
    this.#bufferLength += source.copy(this.#buffer, this.#bufferLength, start, end);
  }

  #flush(): void {
    if (this.#buffer === undefined || this.#bufferLength === 0) return;
    this.#latin1 += this.#buffer.toString('latin1', 0, this.#bufferLength);
    this.#bufferLength = 0;
  }
}
