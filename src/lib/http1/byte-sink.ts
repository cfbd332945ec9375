import { HttpFailure } from './http.js';

/** Pieces of fewer bytes are put together first: a string that is made of a million pieces takes many times its length. */
const SMALL = 1024;
const GATHERED_BYTES = 4 * SMALL;

/** Copies of bytes that come in pieces, one after the other, a character for each (Latin-1). */
export class ByteSink {
  readonly #limit: number;
  #latin1 = '';
  /** The last of them, where they came in small pieces. */
  #gathered: Buffer | undefined;
  #gatheredLength = 0;

  /** @param limit the most bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#latin1.length + this.#gatheredLength;
  }

  /** All so far. */
  get latin1(): string {
    this.#flush();
    return this.#latin1;
  }

  /** @throws {HttpFailure} `too-large` */
  add(source: Buffer, start: number, end: number): void {
    const size = end - start;
    if (this.length + size > this.#limit) throw new HttpFailure('too-large', undefined);
    if (size < SMALL) {
      this.#gather(source, start, end);
    } else {
      this.#flush();
      this.#latin1 += source.toString('latin1', start, end);
    }
  }

  #gather(source: Buffer, start: number, end: number): void {
    if (this.#gatheredLength + end - start > GATHERED_BYTES) this.#flush();
    this.#gathered ??= Buffer.allocUnsafe(GATHERED_BYTES);
    this.#gatheredLength += source.copy(this.#gathered, this.#gatheredLength, start, end);
  }

  #flush(): void {
    if (this.#gathered === undefined || this.#gatheredLength === 0) return;
    this.#latin1 += this.#gathered.toString('latin1', 0, this.#gatheredLength);
    this.#gatheredLength = 0;
  }
}
