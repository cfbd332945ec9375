import { ByteSink } from './byte-sink.js';

/** Collects a body that arrives in pieces. */
export interface IncomingBody {
  /**
   * @returns the offset after the body; undefined if the body is incomplete
   * @throws {HttpFailure} `too-large`; {Error} if the body is malformed
   */
  push(bytes: Buffer, start: number): number | undefined;
  /** The bytes so far, as Latin-1. */
  readonly latin1: string;
}

/** A body with a `Content-Length`. */
export class LengthBody implements IncomingBody {
  readonly #sink: ByteSink;
  #remaining: number;

  constructor(length: number) {
    this.#sink = new ByteSink(length);
    this.#remaining = length;
  }

  get latin1(): string {
    return this.#sink.latin1;
  }

  push(bytes: Buffer, start: number): number | undefined {
    const end = Math.min(bytes.length, start + this.#remaining);
    this.#sink.add(bytes, start, end);
    this.#remaining -= end - start;
    return this.#remaining === 0 ? end : undefined;
  }
}

/** A body that ends when the server closes the connection. */
export class BodyUntilClose implements IncomingBody {
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
