import { HttpFailure } from '../http.js';

/** Copies of bytes that come in pieces, one after the other. */
export class ByteSink {
  readonly #limit: number;
  #bytes: Buffer;
  #length = 0;

  /**
   * @param limit the most bytes
   * @param expected how many there will be, where that is known
   */
  constructor(limit: number, expected = 0) {
    this.#limit = limit;
    this.#bytes = Buffer.allocUnsafe(Math.min(expected, limit));
  }

  get length(): number {
    return this.#length;
  }

  /** All so far; valid until more is added. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** @throws {HttpFailure} `too-large` */
  add(source: Buffer, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.#limit) throw new HttpFailure('too-large', undefined);
    if (length > this.#bytes.length) this.#grow(length);
    source.copy(this.#bytes, this.#length, start, end);
    this.#length = length;
  }

  /** At least doubles, so that many small pieces cost no more than a few large ones. */
  #grow(length: number): void {
    const grown = Buffer.allocUnsafe(Math.min(Math.max(length, 2 * this.#bytes.length), this.#limit));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
