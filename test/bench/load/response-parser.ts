const HEAD_END = '\r\n\r\n';

/** Detects the end of a response and its status. It handles one response at a time, with `Content-Length`. */
export class ResponseParser {
  #head = '';
  #status = 0;
  /** Remaining bytes of the body; undefined while the head is read. */
  #left: number | undefined;

  /**
   * @returns the status if this chunk completes a response
   * @throws Error without a `Content-Length`
   */
  add(chunk: Buffer): number | undefined {
    if (this.#left === undefined) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf(HEAD_END);
      if (end === -1) return undefined;
      const head = this.#head.slice(0, end);
      this.#status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
      const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
      if (length === undefined) throw new Error(`The response has no length: ${head}`);
      this.#left = Number(length) - (this.#head.length - end - HEAD_END.length);
      this.#head = '';
    } else {
      this.#left -= chunk.length;
    }
    if (this.#left > 0) return undefined;
    this.#left = undefined;
    return this.#status;
  }
}
