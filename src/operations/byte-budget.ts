/**
 * Bounds the memory of things that are larger than usual, such as requests. Usual ones are bounded by their number, and are
 * not counted, so that large ones do not keep them out.
 */
export class ByteBudget {
  readonly #usual: number;
  readonly #max: number;
  #bytes = 0;

  /**
   * @param usual what is no larger is not counted, in bytes
   * @param max the most bytes of all larger ones together
   */
  constructor(usual: number, max: number) {
    this.#usual = usual;
    this.#max = max;
  }

  /** @returns whether there was room. Give the bytes back when they are no longer used. */
  take(bytes: number): boolean {
    if (bytes <= this.#usual) return true;
    if (this.#bytes + bytes > this.#max) return false;
    this.#bytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    if (bytes > this.#usual) this.#bytes -= bytes;
  }
}
