import { HttpFailure } from '../http.js';

/**
 * Copies of bytes that come in pieces, one after the other: as text, a character for each byte (Latin-1), since memory
 * outside of the heap for each body makes V8 collect the whole of its heap often.
 */
export class ByteSink {
  readonly #limit: number;
  #octets = '';

  /** @param limit the most bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#octets.length;
  }

  /** All so far. */
  get octets(): string {
    return this.#octets;
  }

  /** @throws {HttpFailure} `too-large` */
  add(source: Buffer, start: number, end: number): void {
    if (this.length + end - start > this.#limit) throw new HttpFailure('too-large', undefined);
    this.#octets += source.toString('latin1', start, end);
  }
}
