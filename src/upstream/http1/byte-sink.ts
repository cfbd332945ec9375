import { HttpFailure } from '../http.js';

/** Copies of bytes that come in pieces, one after the other, a character for each (Latin-1). */
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
