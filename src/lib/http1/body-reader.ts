import { ByteSink } from './byte-sink.js';

/** Collects a body that comes in pieces. */
export interface BodyReader {
  /**
   * @returns where the bytes after the body begin; undefined where it goes on
   * @throws {HttpFailure} `too-large`, or {Error} where it is malformed
   */
  push(bytes: Buffer, start: number): number | undefined;
  /** All of it so far, a character for each byte. */
  readonly latin1: string;
}

/** A body of so many bytes. */
export class LengthBody implements BodyReader {
  readonly #sink: ByteSink;
  #left: number;

  constructor(length: number) {
    this.#sink = new ByteSink(length);
    this.#left = length;
  }

  get latin1(): string {
    return this.#sink.latin1;
  }

  push(bytes: Buffer, start: number): number | undefined {
    const end = Math.min(bytes.length, start + this.#left);
    this.#sink.add(bytes, start, end);
    this.#left -= end - start;
    return this.#left === 0 ? end : undefined;
  }
}

/** A body that ends with its connection. */
export class BodyUntilClose implements BodyReader {
  readonly #sink: ByteSink;

  constructor(maxBytes: number) {
    this.#sink = new ByteSink(maxBytes);
  }

  get latin1(): string {
    return this.#sink.latin1;
  }

  push(bytes: Buffer, start: number): undefined {
    this.#sink.add(bytes, start, bytes.length);
  }
}
