const HEAD_END = '\r\n\r\n';

/** Tells when an answer has come whole, and its status. One answer at a time, with `Content-Length`. */
export class AnswerCounter {
  #head = '';
  #status = 0;
  /** Bytes of the body that are still to come; undefined while the head is. */
  #left: number | undefined;

  /**
   * @returns the status, where this was the last of an answer
   * @throws Error where there is no `Content-Length`
   */
  add(chunk: Buffer): number | undefined {
    if (this.#left === undefined) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf(HEAD_END);
      if (end === -1) return undefined;
      const head = this.#head.slice(0, end);
      this.#status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
      const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
      if (length === undefined) throw new Error(`An answer has no length: ${head}`);
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
