import { decodeBody } from './content-coding.js';
import { HttpFailure, type HttpResponse } from './http.js';
import { BodyUntilClose, LengthBody, type BodyReader } from './body-reader.js';
import { ChunkedBody } from './chunked.js';
import { fieldOf, MAX_HEAD_BYTES, parseHead, type Framing, type Head } from './head.js';

const START_OF_HEAD = 'HTTP/1.';
const END_OF_HEAD = '\r\n\r\n';
/** Most heads have no more bytes than this. */
const MOST_HEADS = 1024;

/** Reads one answer to a GET from bytes that come in any pieces. It keeps none of the buffers that it is given. */
export class AnswerReader {
  readonly #maxBodyBytes: number;
  /** The part of a head that has come, where it does not come whole. */
  #partOfHead = '';
  #head: Head | undefined;
  /** The body, where it does not come whole with its head. */
  #body: BodyReader | undefined;
  #reusable = false;
  /** Whether an informational answer has come. */
  #informed = false;

  /** @param maxBodyBytes the most bytes of a body, before and after decompression */
  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Whether any of the answer has come. */
  get begun(): boolean {
    return this.#head !== undefined || this.#partOfHead !== '' || this.#informed;
  }

  /** Whether the answer is complete, and another request may follow on the connection. */
  get reusable(): boolean {
    return this.#reusable;
  }

  /** For how long the server keeps the connection without a request, in seconds, where it says so. */
  get keepAliveSeconds(): number | undefined {
    return this.#head?.keepAliveSeconds;
  }

  /**
   * Bytes after an answer make its connection unusable. The answer stands: its framing has been clear.
   *
   * @returns the answer, once it is complete
   * @throws {HttpFailure} `too-large`, or {Error} where it is malformed
   */
  push(bytes: Buffer): HttpResponse | undefined {
    let start = 0;
    while (this.#head === undefined) {
      const end = this.#takeHead(bytes, start);
      if (end === undefined) return undefined;
      start = end;
    }
    return this.#takeBody(this.#head, bytes, start);
  }

  /** The server has closed the connection. @returns the answer, where that is what ends it */
  end(): HttpResponse | undefined {
    if (this.#head?.framing !== 'close' || this.#body === undefined) return undefined;
    return this.#complete(this.#head, this.#body.latin1);
  }

  /** The answer with what became of its body, where its head has come. */
  brokenOff(failure: HttpFailure): HttpResponse | undefined {
    return this.#head && new Answer(this.#head, { failure });
  }

  /** @returns where the bytes after the head begin; undefined where it goes on */
  #takeHead(bytes: Buffer, start: number): number | undefined {
    for (let at = start; at < bytes.length; at += MOST_HEADS) {
      const before = this.#partOfHead;
      const text = before + bytes.toString('latin1', at, at + MOST_HEADS);
      const end = text.indexOf(END_OF_HEAD, before.length - END_OF_HEAD.length);
      if (end !== -1) {
        this.#partOfHead = '';
        this.#endHead(text.slice(0, end + 2));
        return at + end + END_OF_HEAD.length - before.length;
      }
      if (text.length >= MAX_HEAD_BYTES) throw new Error('The head of the answer is too large.');
      if (!text.startsWith(START_OF_HEAD.slice(0, text.length))) throw new Error('The answer is not HTTP/1.');
      this.#partOfHead = text;
    }
    return undefined;
  }

  #endHead(text: string): void {
    if (text.length + 2 > MAX_HEAD_BYTES) throw new Error('The head of the answer is too large.');
    const head = parseHead(text);
    if (head.status === 101) throw new Error('The server changes to a protocol that nobody asked for.');
    // An informational answer comes before the answer itself (RFC 9110, 15.2).
    if (head.status >= 200) this.#head = head;
    else this.#informed = true;
  }

  #takeBody(head: Head, bytes: Buffer, start: number): HttpResponse | undefined {
    const { framing } = head;
    if (this.#body === undefined && typeof framing === 'number') {
      if (framing > this.#maxBodyBytes) throw new HttpFailure('too-large', undefined);
      // Most answers come in one piece.
      const end = start + framing;
      if (end <= bytes.length) {
        this.#reusable = head.persistent && end === bytes.length;
        return this.#complete(head, bytes.toString('latin1', start, end));
      }
    }
    this.#body ??= bodyReader(framing, this.#maxBodyBytes);
    const end = this.#body.push(bytes, start);
    if (end === undefined) return undefined;
    this.#reusable = head.persistent && end === bytes.length;
    return this.#complete(head, this.#body.latin1);
  }

  #complete(head: Head, latin1: string): HttpResponse {
    return new Answer(head, decodeBody(latin1, head.coding, this.#maxBodyBytes));
  }
}

function bodyReader(framing: Framing, maxBytes: number): BodyReader {
  switch (framing) {
    case 'chunked':
      return new ChunkedBody(maxBytes);
    case 'close':
      return new BodyUntilClose(maxBytes);
    default:
      return new LengthBody(framing);
  }
}

class Answer implements HttpResponse {
  readonly status: number;
  readonly body: HttpResponse['body'];
  readonly #head: Head;

  constructor(head: Head, body: HttpResponse['body']) {
    this.status = head.status;
    this.body = body;
    this.#head = head;
  }

  header(name: string): string | undefined {
    return fieldOf(this.#head, name);
  }
}
