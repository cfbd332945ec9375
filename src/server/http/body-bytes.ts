/** `Buffer` takes smaller ones from a pool, whose other parts would be kept as well. */
const MIN_BUFFER_BYTES = 4096;

/**
 * The bytes of a body. Node.js emits one `Buffer` for each piece, such as a chunk of one byte, and a `Buffer` takes some hundred
 * bytes itself. So the pieces are copied into one that grows, unless there is only one piece.
 */
export class BodyBytes {
  readonly #limit: number;
  #buffer: Buffer | undefined;
  #length = 0;

  /** @param limit in bytes; the caller adds no more */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  /** The memory that the bytes take, which is less than twice their length if there are many. */
  get capacity(): number {
    return this.#buffer?.length ?? 0;
  }

  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (this.#buffer === undefined) this.#buffer = piece;
    else {
      if (length > this.#buffer.length) this.#buffer = this.#grown(this.#buffer, length);
      piece.copy(this.#buffer, this.#length);
    }
    this.#length = length;
  }

  bytes(): Buffer {
    return this.#buffer?.subarray(0, this.#length) ?? Buffer.alloc(0);
  }

  #grown(buffer: Buffer, length: number): Buffer {
    const capacity = Math.max(length, Math.min(this.#limit, Math.max(2 * buffer.length, MIN_BUFFER_BYTES)));
    const grown = Buffer.allocUnsafe(capacity);
    buffer.copy(grown, 0, 0, this.#length);
    return grown;
  }
}
